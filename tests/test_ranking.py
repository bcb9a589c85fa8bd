import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.ranking import Ranking, terms

PASSAGES = [
    "Refunds are paid within ten days of the cancellation.",
    "The function getTicketPrice returns the fare; see also max_retry_count.",
    "Cats sleep. Cats eat. Cats purr and sleep again for most of the day.",
    "A dog sleeps.",
]


def test_terms_are_lower_cased_and_stemmed_without_stop_words():
    assert terms("The Refunds were PAID") == terms("refund paid")


def test_names_in_code_are_found_whole_and_by_their_parts():
    assert set(terms("getTicketPrice")) >= {"ticket", "price"}
    assert set(terms("max_retry_count")) >= {"max", "retri", "count"}
    assert "getticketpric" in terms("getTicketPrice")
    assert set(terms("HTTPServer2")) >= {"http", "server", "2"}


def test_possessives_and_contractions_do_not_leave_letters_behind():
    assert terms("the company's don’t") == terms("company")


def test_text_without_spaces_between_words_is_compared_in_pairs():
    ranking = Ranking(["退款在十天内支付", "狗在睡觉"])
    assert ranking.best("退款", 2)[0][0] == 0


@pytest.mark.parametrize(
    ("query", "first"),
    [("when is a refund paid?", 0), ("ticket price", 1), ("retry", 1), ("dogs", 3), ("cats sleeping", 2)],
)
def test_the_passage_that_holds_the_words_comes_first(query, first):
    assert Ranking(PASSAGES).best(query, 4)[0][0] == first


def test_a_short_passage_wins_over_a_long_one_with_the_same_word():
    ranking = Ranking(["sleep", "sleep " + "other words entirely " * 20])
    assert [position for position, _ in ranking.best("sleep", 2)] == [0, 1]


def test_rare_words_weigh_more_and_unknown_ones_most():
    ranking = Ranking(PASSAGES)
    assert ranking.weight("sleep") < ranking.weight("refund") < ranking.weight("zebra")


def test_a_score_is_the_formula():
    ranking = Ranking(["alpha beta", "beta"])
    mean, idf = 1.5, 0.6931471805599453
    expected = idf * 1 * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / mean))
    assert ranking.scores("alpha")[0] == pytest.approx(expected)
    assert ranking.scores("alpha")[1] == 0


def test_nothing_is_found_in_nothing():
    assert Ranking([]).best("cats", 3) == []
    assert Ranking(["", " "]).best("cats", 3) == []
    assert Ranking(PASSAGES).best("the of and", 3) == []


@given(st.lists(st.text(max_size=60), max_size=8), st.text(max_size=40))
def test_scores_are_never_negative_and_one_for_each_passage(passages, query):
    scores = Ranking(passages).scores(query)
    assert len(scores) == len(passages)
    assert all(score >= 0 for score in scores)


@given(st.lists(st.text(max_size=60), max_size=6), st.text(max_size=40))
def test_the_order_of_the_words_in_the_query_does_not_matter(passages, query):
    words = terms(query)
    ranking = Ranking(passages)
    assert ranking.scores(words) == pytest.approx(ranking.scores(words[::-1]))


def test_a_megabyte_is_ranked_within_a_second_of_processor_time():
    passage = "Section twelve says that customers_who cancel early receive refunds, minus booking fees. " * 8
    passages = [passage + str(number) for number in range(1_000_000 // len(passage))]
    begin = time.process_time()
    Ranking(passages).best("refunds for early cancellation", 5)
    assert time.process_time() - begin < 1
