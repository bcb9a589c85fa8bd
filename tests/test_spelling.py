import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.spelling import Names, distance, fold, tokens

TOWNS = ("delhi", "mumbai", "london", "pune", "new york", "rome")
NAMES = Names({town: town for town in TOWNS})


@pytest.mark.parametrize(
    ("one", "two", "slips"),
    [
        ("delhi", "delhi", 0),
        ("dehli", "delhi", 1),
        ("delh", "delhi", 1),
        ("mumbay", "mumbai", 1),
        ("ab", "xyz", 3),
    ],
)
def test_a_slip_is_a_letter_more_less_changed_or_swapped(one, two, slips):
    assert distance(one, two, 5) == slips


@given(st.text(max_size=8), st.text(max_size=8))
def test_distance_is_the_same_both_ways_and_bounded(one, two):
    assert distance(one, two, 2) == distance(two, one, 2) <= 3
    assert (distance(one, two, 8) == 0) == (one == two)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dehli", "delhi"),
        ("londn", "london"),
        ("new yrok", "new york"),
        ("elhi", None),
        ("paris", None),
        ("ro", None),
    ],
)
def test_a_misspelt_name_is_found_and_another_is_not(typed, meant):
    assert NAMES.closest(typed, forgiving=False) == meant


def test_four_letters_are_corrected_only_where_a_name_is_expected():
    assert NAMES.closest("rose", forgiving=False) is None
    assert NAMES.closest("rmoe", forgiving=True) == "rome"


def test_a_word_as_near_to_two_names_is_neither():
    assert Names({"marko": 1, "marks": 2}).closest("marka", forgiving=True) is None
    assert Names({"marko": 1, "marks": 1}).closest("marka", forgiving=True) == "marko"


@given(st.text("abcd", min_size=1, max_size=8), st.booleans())
def test_a_look_up_finds_what_comparing_with_every_name_finds(typed, forgiving):
    names = {name: name for name in ("abcd", "abdc", "aabbcc", "bdca", "cabbad", "dabcabd", "abcdabcd", "ad")}
    limit = 2 if forgiving and len(typed) >= 6 else 1
    slips = {
        name: distance(typed, name, limit)
        for name in names
        if len(name) >= 4 and name[0] == typed[0] and len(typed) >= (4 if forgiving else 5)
    }
    nearest = [name for name, count in slips.items() if count == min(slips.values()) <= limit]
    expected = nearest[0] if len(nearest) == 1 else None
    assert Names(names).closest(typed, forgiving) == expected


def test_words_are_folded_and_keep_their_place():
    text = "São Paulo’s ZÜRICH"
    assert [token.folded for token in tokens(text)] == ["sao", "paulo", "zurich"]
    assert [text[token.start : token.end] for token in tokens(text)] == ["São", "Paulo’s", "ZÜRICH"]
    assert fold("Don't") == "dont"
