import time
from decimal import Decimal
from types import SimpleNamespace

import pytest

from switchboard.messages import Finish, FinishReason, Notice, ReasoningDelta, TextDelta, ToolCall, Usage
from switchboard.records import Ending
from switchboard.timing import AnswerWatch


@pytest.fixture
def watch():
    return AnswerWatch(SimpleNamespace(provider="OpenAI", model="gpt-5.4-mini"))


def test_an_answer_that_nobody_finished_was_stopped(watch):
    note = watch.note()
    assert (note.provider, note.model, note.ending) == ("OpenAI", "gpt-5.4-mini", Ending.STOPPED)
    assert (note.first_seconds, note.usage, note.cost, note.warnings) == (None, Usage(), None, ())


@pytest.mark.parametrize(
    ("reason", "ending"),
    [
        (FinishReason.STOP, Ending.DONE),
        (FinishReason.TOOL_CALLS, Ending.DONE),
        (FinishReason.LENGTH, Ending.CUT),
        (FinishReason.FILTERED, Ending.FILTERED),
    ],
)
def test_every_reason_has_its_ending(watch, reason, ending):
    watch.see(Finish(reason))
    assert watch.ending is watch.note().ending is ending


def test_what_the_caller_knows_of_the_ending_goes_first(watch):
    watch.see(Finish(FinishReason.STOP))
    assert watch.note(Ending.FAILED).ending is Ending.FAILED


def test_the_first_word_is_timed_and_thinking_is_none(watch):
    watch.see(ReasoningDelta("Hm"))
    watch.see(ToolCall("c", "look", "{}"))
    assert watch.note().first_seconds is None
    time.sleep(0.02)
    watch.see(TextDelta("Hi"))
    first = watch.note().first_seconds
    time.sleep(0.02)
    watch.see(TextDelta(" there"))
    note = watch.note()
    assert 0.02 <= first == note.first_seconds
    assert note.seconds >= first + 0.02


def test_tokens_and_cost_are_those_of_the_provider(watch):
    watch.see(Finish(FinishReason.STOP, Usage(1_000_000, 1_000_000)))
    note = watch.note()
    assert note.usage == Usage(1_000_000, 1_000_000)
    assert note.cost > Decimal(1)


def test_notices_and_warnings_are_kept_in_their_order(watch):
    for event in (Notice("one"), object(), None):
        watch.see(event)
    watch.warn("two")
    assert watch.note().warnings == ("one", "two")
