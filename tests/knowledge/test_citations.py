import itertools
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from switchboard.knowledge.citations import CitationFilter


def filtered(pieces, sources):
    citations = CitationFilter(sources)
    return "".join(map(citations.feed, pieces)) + citations.flush()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It flies [1].", "It flies [1]."),
        ("It flies [3].", "It flies."),
        ("It flies [0] daily.", "It flies daily."),
        ("It flies [1, 3].", "It flies [1]."),
        ("It flies [1][3][2].", "It flies [1][2]."),
        ("[3] begins", " begins"),
        ("Use `row[7]` and [7].", "Use `row[7]` and."),
        ("```py\nrow[7]\n```\nsays [7].", "```py\nrow[7]\n```\nsays."),
        ("A stray ` tick\nand [7] here", "A stray ` tick\nand here"),
        ("A [link](page) and [a] and []", "A [link](page) and [a] and []"),
        ("unfinished [1", "unfinished [1"),
        ("spaces at the end  ", "spaces at the end  "),
    ],
)
def test_citations_of_two_sources(text, shown):
    assert filtered([text], 2) == shown
    assert filtered(text, 2) == shown


@given(st.text(alphabet="[]0129, `\na–(", max_size=60), st.lists(st.integers(0, 60)), st.integers(0, 12))
@example("x [1" + "0" * 45 + "] [3]", [3, 20, 44], 2)
@example("a            [9]", [5, 9, 14], 2)
def test_however_the_stream_is_cut_the_same_comes_out(text, cuts, sources):
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[a:b] for a, b in itertools.pairwise(places)]
    assert filtered(pieces, sources) == filtered([text], sources)


@given(
    st.lists(st.sampled_from(["word", ".", " ", "\n", "[1]", "[2, 5]", "[0]", "[99]", " [3;4]"])),
    st.integers(0, 5),
)
def test_no_citation_beyond_the_sources_remains_and_no_real_one_is_lost(parts, sources):
    shown = filtered(parts, sources)
    numbers = [int(n) for group in re.findall(r"\[([\d,; ]+)\]", shown) for n in re.findall(r"\d+", group)]
    cited = [int(n) for part in parts for n in re.findall(r"\d+", part)]
    assert numbers == [n for n in cited if 1 <= n <= sources]


def test_words_are_shown_at_once():
    citations = CitationFilter(2)
    assert citations.feed("It flies daily") == "It flies daily"
    assert citations.feed(" [") == ""
    assert citations.feed("2] to Mumbai") == " [2] to Mumbai"
