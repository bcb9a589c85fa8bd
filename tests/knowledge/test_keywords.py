import math

import pytest

from switchboard.knowledge.keywords import K1, B, KeywordIndex


def test_a_score_is_bm25_worked_by_hand():
    # Two texts of two words and four; "cat" stands in the first alone, once.
    scores = KeywordIndex(["cat dog", "dog dog bird fish"]).scores("cat")
    weight = math.log(1 + (2 - 1 + 0.5) / (1 + 0.5))
    lucene = weight * 1 / (1 + K1 * (1 - B + B * 2 / 3))
    assert scores.tolist() == pytest.approx([lucene, 0.0], rel=1e-5)


@pytest.mark.parametrize(
    "question",
    ["Baggage allowances", "baggage ALLOWANCE", "allowances for baggage", "the baggage's allowance"],
)
def test_case_endings_and_small_words_do_not_matter(question):
    scores = KeywordIndex(["The baggage allowance", "Crew rest"]).scores(question)
    assert scores[0] > 0 == scores[1]


@pytest.mark.parametrize("question", ["max connections", "maxConnections", "max_connections"])
def test_names_of_code_are_found_by_their_parts(question):
    scores = KeywordIndex(["Set maxConnections to 5", "Set max_connections to 5", "Set the colour"]).scores(
        question
    )
    assert scores[0] > 0
    assert scores[1] > 0
    assert scores[2] == 0


@pytest.mark.parametrize("question", ["", "?!", "the", "zebra"])
def test_a_question_without_a_known_word_scores_nothing(question):
    assert KeywordIndex(["cat dog", "bird"]).scores(question).tolist() == [0, 0]


def test_texts_without_words_are_no_trouble():
    assert KeywordIndex(["...", "---"]).scores("cat").tolist() == [0, 0]
