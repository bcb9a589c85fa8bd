"""What the words of a message say for each tool."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.mentions import Utterance
from switchboard.tool_words import heard
from switchboard.tools import tool


def named(*words):
    def anything() -> str:
        """Do it."""
        return ""

    return tool(anything, words=words)


def weights(text, *tools):
    return [round(one.weight, 2) for one in heard(Utterance.of(text), tools)]


def test_a_word_shared_by_two_tools_counts_half_for_each():
    tools = named("booking", "cancel"), named("booking", "details")
    assert weights("my booking", *tools) == [0.5, 0.5]
    assert weights("cancel my booking", *tools) == [1.5, 0.5]


def test_a_longer_word_counts_more_and_none_of_its_parts_alone():
    assert weights("is it on time", named("on time"), named("time off")) == [1.2, 0]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("add a bag", {0, 2}),
        ("add two more heavy bags", {0, 4}),
        ("add it to the very big bag", set()),
        ("bag to add", set()),
        ("add", set()),
    ],
)
def test_a_gap_stands_for_up_to_three_words(text, places):
    (found,) = heard(Utterance.of(text), [named("add … bag")])
    assert found.places == places


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("book", [1, 0]),
        ("booking", [0, 1]),
        ("bookings", [0, 1]),
        ("booked", [1, 1]),
        ("bokings", [0, 1]),
        ("boook", [1, 1]),
        ("look", [0, 0]),
    ],
)
def test_a_word_itself_comes_before_its_inflections_and_those_before_slips(text, meant):
    assert weights(text, named("book"), named("booking", "bookings")) == meant


def test_the_first_word_leads_and_a_refused_one_is_told():
    first, second = heard(Utterance.of("cancel and book it"), [named("book"), named("cancel")])
    assert (first.leads, second.leads) == (False, True)
    first, second = heard(Utterance.of("please don't cancel, book it"), [named("book"), named("cancel")])
    assert (first.refused, second.refused) == (False, True)


def test_a_gap_alone_lets_the_arguments_ask():
    lone, other = heard(Utterance.of("hello"), [named("price", "…"), named("price")])
    assert (lone.lone, other.lone) == (True, False)
    assert lone.weight == other.weight == 0


@given(st.text(max_size=200))
def test_places_are_words_of_the_message(text):
    said = Utterance.of(text)
    for one in heard(said, [named("a … b", "c", "…"), named("one two")]):
        assert one.places <= set(range(len(said.tokens)))
        assert one.weight >= 0
