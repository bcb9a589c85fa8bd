"""The loop against scripted models: what it runs, what it passes on, when it ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated

import pytest

from switchboard.agent import (
    ANSWER_NOW,
    AgentEvent,
    ToolFinished,
    ToolStarted,
    Turn,
    run,
)
from switchboard.backends.base import Capability, ChatRequest
from switchboard.calls import CALLS_A_ROUND, RESULT_CHARACTERS, TIME_IS_UP
from switchboard.errors import StreamCut, ToolError
from switchboard.messages import (
    AssistantMessage,
    Event,
    Finish,
    FinishReason,
    Notice,
    TextDelta,
    ToolCall,
    ToolResult,
    Usage,
    user,
)
from switchboard.tools import ARGUMENT_CHARACTERS, Spoken, tool

TOOLS = frozenset({Capability.LANGUAGE, Capability.TOOLS})
STOP = Finish(FinishReason.STOP, Usage(10, 5))
CALLED = Finish(FinishReason.TOOL_CALLS, Usage(7, 3, 2))


class Scripted:
    """A model that says one list of events a request, the last one again and again."""

    provider = "Scripted"
    model = "scripted"

    def __init__(self, *script: list[Event], capabilities: frozenset[Capability] = TOOLS) -> None:
        self.script = list(script)
        self.capabilities = capabilities
        self.requests: list[ChatRequest] = []
        self.open_streams = 0

    async def stream(self, request: ChatRequest) -> AsyncIterator[Event]:
        said = self.script[min(len(self.requests), len(self.script) - 1)]
        self.requests.append(request)
        self.open_streams += 1
        try:
            for event in said:
                await asyncio.sleep(0)
                yield event
        finally:
            self.open_streams -= 1


def call(name: str = "fare", arguments: str = '{"city": "Delhi"}', id: str = "c1") -> ToolCall:
    return ToolCall(id, name, arguments)


def fare(city: Annotated[str, Spoken("To which city?", cues=("to",), values=(("delhi", "Delhi"),))]) -> dict:
    """Return the fare to a city."""
    if city != "Delhi":
        raise ToolError(f"No flights to {city}.", "Delhi is served.")
    return {"usd": 120}


FARE = tool(fare, words=("fare",))


async def drained(backend: Scripted, *tools, message: str = "fare to Delhi?", **bounds) -> list[AgentEvent]:
    request = ChatRequest((user(message),), system="Be brief.", tools=tools)
    return [event async for event in run(backend, request, **bounds)]


def results(events: list[AgentEvent]) -> list[ToolResult]:
    return [event.result for event in events if isinstance(event, ToolFinished)]


def remembered(events: list[AgentEvent]) -> list[AssistantMessage | ToolResult]:
    return [message for event in events if isinstance(event, Turn) for message in event.messages]


async def test_text_streams_between_calls_and_the_result_reaches_the_model():
    backend = Scripted(
        [TextDelta("Let me "), TextDelta("look."), call(), CALLED], [TextDelta("It is $120."), STOP]
    )
    events = await drained(backend, FARE)
    assert [type(event).__name__ for event in events] == [
        "TextDelta", "TextDelta", "ToolStarted", "ToolFinished", "Turn", "TextDelta", "Turn", "Finish",
    ]  # fmt: skip
    assert backend.requests[1].messages == (
        user("fare to Delhi?"),
        AssistantMessage("Let me look.", (call(),)),
        ToolResult("c1", "fare", '{"usd": 120}'),
    )


async def test_turns_together_are_what_the_next_question_needs():
    events = await drained(Scripted([call(), CALLED], [TextDelta("$120."), STOP]), FARE)
    assert remembered(events) == [
        AssistantMessage("", (call(),)),
        ToolResult("c1", "fare", '{"usd": 120}'),
        AssistantMessage("$120."),
    ]


async def test_one_finish_comes_last_with_the_usage_of_all_rounds():
    events = await drained(Scripted([call(), CALLED], [call(), CALLED], [TextDelta("$120."), STOP]), FARE)
    assert [event for event in events if isinstance(event, Finish)] == [events[-1]]
    assert events[-1] == Finish(FinishReason.STOP, Usage(24, 11, 4))


async def test_calls_of_one_round_run_at_the_same_time_and_keep_their_order():
    both = asyncio.Barrier(2)

    async def slow() -> str:
        """Wait for the other call, then a little longer."""
        await both.wait()
        await asyncio.sleep(0.05)
        return "slow"

    async def quick() -> str:
        """Wait for the other call."""
        await both.wait()
        return "quick"

    script = [call("slow", "{}", "c1"), call("quick", "{}", "c2"), CALLED]
    events = await drained(Scripted(script, [TextDelta("Done."), STOP]), tool(slow), tool(quick))
    assert [result.text for result in results(events)] == ["quick", "slow"]
    assert [message.text for message in remembered(events)[1:3]] == ["slow", "quick"]
    assert [event.call.id for event in events if isinstance(event, ToolStarted)] == ["c1", "c2"]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (call("fares"), "There is no tool 'fares'. There are: fare."),
        (call(arguments='{"city": '), "cannot take these arguments"),
        (call(arguments='{"town": "Delhi"}'), "cannot take these arguments"),
        (call(arguments='{"city": "Oslo"}'), "No flights to Oslo. Delhi is served."),
        (call(arguments='{"city": "' + "x" * 1_000_000 + '"}'), "longer than"),
    ],
    ids=["unknown tool", "malformed", "wrong name", "expected failure", "1 MB"],
)
async def test_what_goes_wrong_as_it_may_goes_back_to_the_model(wish, words):
    backend = Scripted([wish, CALLED], [TextDelta("Sorry."), STOP])
    events = await drained(backend, FARE)
    (result,) = results(events)
    assert result.failed
    assert words in result.text
    assert backend.requests[1].messages[-1] == result
    shown = [event.call for event in events if isinstance(event, ToolStarted | ToolFinished)]
    assert all(len(seen.arguments) <= ARGUMENT_CHARACTERS for seen in shown)


async def test_a_bug_in_a_tool_raises_and_stops_the_others():
    ended = asyncio.Event()

    async def broken() -> str:
        """Divide by zero."""
        await asyncio.sleep(0)
        return str(1 / 0)

    async def waiting() -> str:
        """Wait for ever."""
        try:
            return str(await asyncio.Event().wait())
        finally:
            ended.set()

    script = [call("waiting", "{}", "c1"), call("broken", "{}", "c2"), CALLED]
    with pytest.raises(ZeroDivisionError):
        await drained(Scripted(script), tool(waiting), tool(broken))
    assert ended.is_set()


async def test_an_endless_loop_ends_with_an_answer_asked_for_without_calls():
    backend = Scripted(*[[call(), CALLED]] * 7, [TextDelta("$120, I think."), STOP])
    events = await drained(backend, FARE)
    assert len(backend.requests) == 8
    assert all(request.may_call and request.system == "Be brief." for request in backend.requests[:7])
    assert not backend.requests[7].may_call
    assert all(request.tools == (FARE,) for request in backend.requests)
    assert backend.requests[7].system == f"Be brief.\n\n{ANSWER_NOW}"
    assert remembered(events)[-1] == AssistantMessage("$120, I think.")


async def test_a_model_that_calls_to_the_last_leaves_no_call_unanswered():
    events = await drained(Scripted([call(), CALLED]), FARE, rounds=3)
    turns = remembered(events)
    assert len([turn for turn in turns if isinstance(turn, AssistantMessage)]) == 2
    assert isinstance(turns[-1], ToolResult)
    assert isinstance(events[-2], Notice)
    assert events[-1] == Finish(FinishReason.STOP, Usage(21, 9, 6))


async def test_when_the_time_is_up_the_running_tool_stops_and_the_model_answers():
    stopped = asyncio.Event()

    async def endless() -> str:
        """Wait for ever."""
        try:
            return str(await asyncio.Event().wait())
        finally:
            stopped.set()

    backend = Scripted([call("endless", "{}"), CALLED], [TextDelta("No news."), STOP])
    events = await drained(backend, tool(endless), seconds=0.1)
    assert stopped.is_set()
    assert results(events) == [ToolResult("c1", "endless", TIME_IS_UP, failed=True)]
    assert not backend.requests[1].may_call
    assert len(backend.requests) == 2


async def test_a_time_out_inside_a_tool_is_a_bug_of_that_tool():
    async def impatient() -> str:
        """Give up."""
        raise TimeoutError("the tool's own")

    with pytest.raises(TimeoutError, match="the tool's own"):
        await drained(Scripted([call("impatient", "{}"), CALLED]), tool(impatient))


async def test_a_long_result_is_cut_with_a_word_about_it():
    def manual() -> str:
        """Return a long text."""
        return "x" * (RESULT_CHARACTERS + 5)

    events = await drained(Scripted([call("manual", "{}"), CALLED], [TextDelta("Long."), STOP]), tool(manual))
    (result,) = results(events)
    assert result.text == "x" * RESULT_CHARACTERS + "\n[Cut here: the first 20,000 of 20,005 characters.]"


async def test_too_many_calls_at_once_are_refused_each_with_a_result():
    wishes = [call(id=f"c{number}") for number in range(CALLS_A_ROUND + 3)]
    events = await drained(Scripted([*wishes, CALLED], [TextDelta("Done."), STOP]), FARE)
    assert [result.call_id for result in remembered(events)[1:-1]] == [wish.id for wish in wishes]
    assert sum(result.failed for result in results(events)) == 3


@pytest.mark.parametrize("reason", [FinishReason.LENGTH, FinishReason.FILTERED])
async def test_the_reason_of_the_last_round_is_passed_on(reason):
    events = await drained(Scripted([TextDelta("It co"), Finish(reason)]), FARE)
    assert events[-1] == Finish(reason)


async def test_calls_of_a_filtered_answer_are_not_run():
    events = await drained(Scripted([TextDelta("I"), call(), Finish(FinishReason.FILTERED)]), FARE)
    assert results(events) == []
    assert remembered(events) == [AssistantMessage("I")]


async def test_a_stream_without_an_end_is_cut():
    with pytest.raises(StreamCut):
        await drained(Scripted([TextDelta("It is")]), FARE)


async def test_closing_while_text_streams_closes_the_model_s_stream():
    backend = Scripted([TextDelta("a"), TextDelta("b"), STOP])
    async with aclosing(run(backend, ChatRequest((user("Hello"),), tools=(FARE,)))) as events:
        assert await anext(events) == TextDelta("a")
        assert backend.open_streams == 1
    assert backend.open_streams == 0


async def test_closing_while_a_tool_runs_cancels_it():
    started, stopped = asyncio.Event(), asyncio.Event()

    async def endless() -> str:
        """Wait for ever."""
        started.set()
        try:
            return str(await asyncio.Event().wait())
        finally:
            stopped.set()

    backend = Scripted([call("endless", "{}"), CALLED])
    async with aclosing(run(backend, ChatRequest((user("Hello"),), tools=(tool(endless),)))) as events:
        assert isinstance(await anext(events), ToolStarted)
        await started.wait()
    assert stopped.is_set()
    assert backend.open_streams == 0


async def test_cancelling_the_consumer_cancels_the_tool():
    started, stopped = asyncio.Event(), asyncio.Event()

    async def endless() -> str:
        """Wait for ever."""
        started.set()
        try:
            return str(await asyncio.Event().wait())
        finally:
            stopped.set()

    consumer = asyncio.create_task(drained(Scripted([call("endless", "{}"), CALLED]), tool(endless)))
    await started.wait()
    consumer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await consumer
    assert stopped.is_set()


async def test_without_tools_the_model_is_asked_once_and_left_alone():
    backend = Scripted([TextDelta("Hello."), STOP])
    events = await drained(backend)
    assert events == [TextDelta("Hello."), Turn((AssistantMessage("Hello."),)), STOP]
    assert backend.requests[0].system == "Be brief."


class TestAModelThatCannotCallTools:
    """The matcher finds the tool; the model only words the answer."""

    def backend(self) -> Scripted:
        return Scripted([TextDelta("It is $120."), STOP], capabilities=frozenset({Capability.LANGUAGE}))

    async def test_is_given_the_result_as_a_source(self):
        backend = self.backend()
        events = await drained(backend, FARE, message="What is the fare to Delhi?")
        (request,) = backend.requests
        assert request.tools == ()
        assert [source.text for source in request.sources] == ['{"usd": 120}']
        assert [result.text for result in results(events)] == ['{"usd": 120}']
        assert [type(message) for message in remembered(events)] == [
            AssistantMessage, ToolResult, AssistantMessage,
        ]  # fmt: skip
        assert events[-1] == STOP

    async def test_is_not_asked_while_an_argument_is_missing(self):
        backend = self.backend()
        events = await drained(backend, FARE, message="What is the fare?")
        assert backend.requests == []
        assert "To which city?" in remembered(events)[-1].text
        assert events[-1] == Finish(FinishReason.STOP)

    async def test_answers_small_talk_by_itself(self):
        backend = self.backend()
        events = await drained(backend, FARE, message="Good morning!")
        assert results(events) == []
        assert backend.requests[0].sources == ()
