"""What a model gone astray can wish of the calls: the same again, no names, no end, no sense."""

import asyncio
import json
import threading
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.agent import AgentEvent, ToolFinished, ToolStarted, Turn, run
from switchboard.backends.base import Capability, ChatRequest
from switchboard.backends.turns import turns
from switchboard.calls import CALLS_A_ROUND, CALLS_HEARD, NAME_CHARACTERS, distinct
from switchboard.errors import ToolError
from switchboard.messages import (
    AssistantMessage,
    Event,
    Finish,
    FinishReason,
    Notice,
    TextDelta,
    ToolCall,
    ToolResult,
    user,
)
from switchboard.tools import Tool, tool

STOP = Finish(FinishReason.STOP)
CALLED = Finish(FinishReason.TOOL_CALLS)


class Scripted:
    """A model that says one list of events a request, the last one again and again."""

    provider = model = "scripted"
    capabilities = frozenset({Capability.LANGUAGE, Capability.TOOLS})

    def __init__(self, *script: list[Event]) -> None:
        self.script, self.requests = list(script), []

    async def stream(self, request: ChatRequest):
        said = self.script[min(len(self.requests), len(self.script) - 1)]
        self.requests.append(request)
        for event in said:
            await asyncio.sleep(0)
            yield event


class Counter:
    """A tool that counts how often it ran."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    @property
    def tool(self) -> Tool:
        def book(flight: str, bags: int = 0) -> str:
            """Book a flight."""
            self.seen.append(f"{flight} {bags}")
            return f"booked {len(self.seen)}"

        return tool(book)


async def drained(backend: Scripted, *tools: Tool, **bounds) -> list[AgentEvent]:
    return [event async for event in run(backend, ChatRequest((user("Hi"),), tools=tools), **bounds)]


def results(events: list[AgentEvent]) -> list[ToolResult]:
    return [m for e in events if isinstance(e, Turn) for m in e.messages if isinstance(m, ToolResult)]


def calls(events: list[AgentEvent]) -> list[ToolCall]:
    said = (m for e in events if isinstance(e, Turn) for m in e.messages if isinstance(m, AssistantMessage))
    return [call for message in said for call in message.tool_calls]


async def test_the_same_call_twice_in_a_round_runs_once_and_both_have_its_result():
    counter = Counter()
    wishes = [
        ToolCall("a", "book", '{"flight": "LK101", "bags": 1}'),
        ToolCall("b", "book", '{"bags":1,"flight":"LK101"}'),
        ToolCall("c", "book", '{"flight": "LK102"}'),
    ]
    events = await drained(Scripted([*wishes, CALLED], [TextDelta("Done."), STOP]), counter.tool)
    assert sorted(counter.seen) == ["LK101 1", "LK102 0"]
    one, two, three = results(events)
    assert (one.call_id, two.call_id, three.call_id) == ("a", "b", "c")
    assert one.text == two.text != three.text
    assert len([event for event in events if isinstance(event, ToolFinished)]) == 3


async def test_the_same_call_in_a_later_round_runs_again():
    counter = Counter()
    wish = [ToolCall("a", "book", '{"flight": "LK101"}'), CALLED]
    events = await drained(Scripted(wish, wish, [TextDelta("Done."), STOP]), counter.tool)
    assert len(counter.seen) == 2
    assert [call.id for call in calls(events)] == ["a", "a_2"]
    assert [result.call_id for result in results(events)] == ["a", "a_2"]


async def test_calls_of_one_identifier_or_none_are_told_apart():
    counter = Counter()
    wishes = [ToolCall(name, "book", f'{{"flight": "LK{n}"}}') for n, name in enumerate(["x", "x", "", ""])]
    events = await drained(Scripted([*wishes, CALLED], [TextDelta("Done."), STOP]), counter.tool)
    assert [call.id for call in calls(events)] == ["x", "x_2", "call", "call_2"]
    assert [result.call_id for result in results(events)] == ["x", "x_2", "call", "call_2"]
    assert len(counter.seen) == 4


@given(st.lists(st.sampled_from(["", "a", "a_2", "a_2_2", "b" * 100]), max_size=80), st.sets(st.text()))
def test_identifiers_are_always_distinct(ids, taken):
    made = [call.id for call in distinct([ToolCall(one, "f", "{}") for one in ids], taken)]
    assert len(made) == min(len(ids), CALLS_HEARD)
    assert len({*made} | taken) == len(made) + len(taken)


@pytest.mark.parametrize("name", ["", "functions.book", "book ", "x" * 1_000_000, "\ud800"])
async def test_a_name_that_no_tool_has_is_answered_and_can_be_sent_again(name):
    counter = Counter()
    backend = Scripted([ToolCall("a", name, "{}"), CALLED], [TextDelta("Sorry."), STOP])
    events = await drained(backend, counter.tool)
    (result,) = results(events)
    assert result.failed
    assert "There are: book." in result.text
    sent = turns(backend.requests[1].messages)[1]
    assert 0 < len(sent.message.tool_calls[0].name) <= NAME_CHARACTERS
    assert sent.message.tool_calls[0].name.replace("_", "a").isalnum()
    json.dumps(result.text, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "arguments",
    ['{"flight":' + "[" * 5_000 + "]" * 5_000 + "}", '{"flight": 1e999}', '{"flight": "\\ud800"}', "\ud800"],
    ids=["deep", "infinite", "half a character, escaped", "half a character"],
)
async def test_arguments_that_no_provider_takes_are_answered_and_sent_again_as_text(arguments):
    counter = Counter()
    backend = Scripted([ToolCall("a", "book", arguments), CALLED], [TextDelta("Sorry."), STOP])
    events = await drained(backend, counter.tool)
    assert [result.failed for result in results(events)] == [True]
    (sent,) = turns(backend.requests[1].messages)[1].message.tool_calls
    value = json.loads(sent.arguments)
    assert list(value) == ["unreadable"]
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    assert counter.seen == []


async def test_of_a_thousand_calls_few_run_and_not_all_are_remembered():
    counter = Counter()
    wishes = [ToolCall(f"c{n}", "book", f'{{"flight": "{n}"}}') for n in range(1_000)]
    events = await drained(Scripted([*wishes, CALLED], [TextDelta("Done."), STOP]), counter.tool)
    assert len(counter.seen) == CALLS_A_ROUND
    assert len(results(events)) == len(calls(events)) == CALLS_HEARD
    assert sum(result.failed for result in results(events)) == CALLS_HEARD - CALLS_A_ROUND


async def test_a_server_that_lets_a_model_call_in_the_last_round_is_not_obeyed():
    counter = Counter()
    wish = [TextDelta("I look."), ToolCall("a", "book", '{"flight": "LK101"}'), CALLED]
    events = await drained(Scripted(wish), counter.tool, rounds=2)
    assert len(counter.seen) == 1
    assert isinstance(events[-2], Turn)
    assert events[-2].messages == (AssistantMessage("I look."),)
    assert events[-1].reason is FinishReason.STOP


async def test_a_bug_in_a_thread_raises_and_cancels_the_coroutines_beside_it():
    ended = asyncio.Event()

    def broken() -> str:
        """Look into nothing."""
        return {}["nothing"]

    async def waiting() -> str:
        """Wait for ever."""
        try:
            return str(await asyncio.Event().wait())
        finally:
            ended.set()

    backend = Scripted([ToolCall("a", "waiting", "{}"), ToolCall("b", "broken", "{}"), CALLED])
    with pytest.raises(KeyError):
        await drained(backend, tool(waiting), tool(broken))
    assert ended.is_set()
    assert len(backend.requests) == 1


async def test_one_failure_leaves_the_other_calls_alone():
    counter = Counter()

    def refuse() -> str:
        """Refuse."""
        raise ToolError("Not today.", "Try tomorrow.")

    wishes = [ToolCall("a", "refuse", "{}"), ToolCall("b", "book", '{"flight": "LK101"}')]
    events = await drained(
        Scripted([*wishes, CALLED], [TextDelta("Done."), STOP]), tool(refuse), counter.tool
    )
    assert [(result.text, result.failed) for result in results(events)] == [
        ("Not today. Try tomorrow.", True),
        ("booked 1", False),
    ]


async def test_stop_does_not_wait_for_a_tool_in_its_thread():
    begun, going_on = threading.Event(), threading.Event()

    def slow() -> str:
        """Wait."""
        begun.set()
        going_on.wait(5)
        return "late"

    async with aclosing(
        run(Scripted([ToolCall("a", "slow", "{}"), CALLED]), ChatRequest((user("Hi"),), tools=(tool(slow),)))
    ) as events:
        assert isinstance(await anext(events), ToolStarted)
        await asyncio.to_thread(begun.wait, 5)
        before = asyncio.get_running_loop().time()
        await events.aclose()
        assert asyncio.get_running_loop().time() - before < 0.25
    going_on.set()


async def test_time_runs_out_for_the_tool_in_a_thread_and_the_model_answers():
    going_on = threading.Event()

    def slow() -> str:
        """Wait."""
        going_on.wait(5)
        return "late"

    backend = Scripted([ToolCall("a", "slow", "{}"), CALLED], [TextDelta("No news."), STOP])
    events = await drained(backend, tool(slow), seconds=0.1)
    going_on.set()
    assert results(events)[0].failed
    assert not backend.requests[1].may_call
    assert not any(isinstance(event, Notice) for event in events)


async def test_what_a_tool_returns_in_halves_of_characters_can_be_sent():
    def odd() -> str:
        """Return half a character."""
        return "a\ud800b"

    events = await drained(Scripted([ToolCall("a", "odd", "{}"), CALLED], [TextDelta("?"), STOP]), tool(odd))
    assert results(events)[0].text == "a?b"
