"""The bounded loop in which a model calls tools until it can answer.

A model that cannot call tools is served by ``matcher.py``: the tool that the message asks for is run first,
and its result is a source of the answer. What a tool may do, and whether a person must confirm it, is the
tool's own affair.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from time import monotonic, perf_counter

from switchboard.backends.base import Backend, Capability, ChatRequest
from switchboard.errors import StreamCut, ToolError
from switchboard.matcher import Matched, Missing, match
from switchboard.messages import (
    AssistantMessage,
    Finish,
    FinishReason,
    Notice,
    ReasoningDelta,
    Source,
    TextDelta,
    ToolCall,
    ToolResult,
    Usage,
)
from switchboard.tools import ARGUMENT_CHARACTERS, Tool

ROUNDS = 8
SECONDS = 60.0
CALLS_A_ROUND = 16
"""More calls at once than this are refused: no question needs them, and each may hold a thread."""
RESULT_CHARACTERS = 20_000
"""What a model is given of one result, about 5,000 tokens."""
ANSWER_NOW = "Answer now with what the tools have returned so far: no more tools can be called."
TIME_IS_UP = "The time for this answer is up: the call was not finished."


@dataclass(frozen=True, slots=True)
class ToolStarted:
    """A tool begins to run."""

    call: ToolCall


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """A tool has returned, or failed as it may; it took ``seconds``."""

    call: ToolCall
    result: ToolResult
    seconds: float


@dataclass(frozen=True, slots=True)
class Turn:
    """Messages to remember after those of the request, in the order in which they come."""

    messages: tuple[AssistantMessage | ToolResult, ...]


AgentEvent = TextDelta | ReasoningDelta | Notice | ToolStarted | ToolFinished | Turn | Finish


async def run(
    backend: Backend, request: ChatRequest, *, rounds: int = ROUNDS, seconds: float = SECONDS
) -> AsyncGenerator[AgentEvent, None]:
    """Answer ``request``, calling its tools as often as the model wishes, within bounds.

    The calls of one round run concurrently. In the last round, or when the time is up, the tools are
    withheld and the model is asked to answer with what it has. What a tool cannot do goes back to the model
    as text. Closing the generator cancels the running tools and closes the model's stream; a plain function
    already running in its thread runs to its end, unheard.

    Args:
        backend: the model.
        request: the question, its tools among it.
        rounds: how many requests to the model there may be, at least 1.
        seconds: after this time no tool runs any more; an answer that streams is not cut short.

    Yields:
        The text as it streams, tools as they start and finish, the turns to remember, and at the end
        one ``Finish`` with the usage of all rounds.

    Raises:
        BackendError: as ``Backend.stream`` does; a stream that ends without a ``Finish`` is cut.
    """
    deadline = monotonic() + seconds
    if request.tools and Capability.TOOLS not in backend.capabilities:
        events = _matched(backend, request, deadline)
    else:
        events = _looped(backend, request, rounds, deadline)
    async with aclosing(events):
        async for event in events:
            yield event


async def _looped(
    backend: Backend, request: ChatRequest, rounds: int, deadline: float
) -> AsyncGenerator[AgentEvent, None]:
    usage = Usage()
    for number in range(1, rounds + 1):
        last = not request.tools or number == rounds or monotonic() >= deadline
        heard = _Heard()
        async with aclosing(_streamed(backend, _closing(request) if last else request, heard)) as spoken:
            async for piece in spoken:
                yield piece
        usage += heard.finish.usage
        if last or not heard.calls or heard.finish.reason is FinishReason.FILTERED:
            break
        async with aclosing(_called(heard.message, request.tools, deadline)) as called:
            async for event in called:
                yield event
                if isinstance(event, Turn):
                    request = replace(request, messages=request.messages + event.messages)
    reason = heard.finish.reason
    if reason is FinishReason.TOOL_CALLS:
        reason = FinishReason.STOP
    if text := "".join(heard.text):
        yield Turn((AssistantMessage(text),))
    elif reason is FinishReason.STOP:
        yield Notice("The model gave no answer in words. Ask again in other words, or choose another model.")
    yield Finish(reason, usage)


async def _matched(
    backend: Backend, request: ChatRequest, deadline: float
) -> AsyncGenerator[AgentEvent, None]:
    found = match(request.messages, request.tools)
    if isinstance(found, Missing):
        yield TextDelta(found.question)
        yield Turn((AssistantMessage(found.question),))
        yield Finish(FinishReason.STOP)
        return
    sources = request.sources
    if isinstance(found, Matched):
        call = ToolCall(f"matched_{len(request.messages)}", found.tool.name, found.arguments)
        async with aclosing(_called(AssistantMessage("", (call,)), request.tools, deadline)) as called:
            async for event in called:
                yield event
                if isinstance(event, ToolFinished):
                    title = event.call.name.replace("_", " ")
                    sources += (Source(len(sources) + 1, title, event.result.text),)
    async with aclosing(
        _looped(backend, replace(request, tools=(), sources=sources), 1, deadline)
    ) as answered:
        async for answer in answered:
            yield answer


@dataclass(slots=True)
class _Heard:
    """What a model has said in one round, filled while it streams."""

    text: list[str] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    finish: Finish = Finish(FinishReason.STOP)

    @property
    def message(self) -> AssistantMessage:
        """All of it as one message."""
        return AssistantMessage("".join(self.text), tuple(self.calls))


async def _streamed(
    backend: Backend, request: ChatRequest, heard: _Heard
) -> AsyncGenerator[TextDelta | ReasoningDelta | Notice, None]:
    async with aclosing(backend.stream(request)) as events:  # type: ignore[type-var]
        async for event in events:
            match event:
                case TextDelta(piece):
                    heard.text.append(piece)
                    yield event
                case ReasoningDelta() | Notice():
                    yield event
                case ToolCall():
                    heard.calls.append(event)
                case Finish():
                    heard.finish = event
                    return
    raise StreamCut("The answer broke off.", "Try again.")


def _closing(request: ChatRequest) -> ChatRequest:
    if not request.tools:
        return request
    return replace(request, tools=(), system="\n\n".join(filter(None, (request.system, ANSWER_NOW))))


async def _called(
    said: AssistantMessage, tools: tuple[Tool, ...], deadline: float
) -> AsyncGenerator[ToolStarted | ToolFinished | Turn, None]:
    by_name = {tool.name: tool for tool in tools}
    calls = said.tool_calls
    running = [
        asyncio.create_task(_call(call, by_name, deadline, refused=place >= CALLS_A_ROUND))
        for place, call in enumerate(calls)
    ]
    try:
        for call in calls:
            yield ToolStarted(_bounded(call))
        for finished in asyncio.as_completed(running):
            yield await finished
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    remembered = replace(said, tool_calls=tuple(_bounded(call) for call in calls))
    yield Turn((remembered, *(task.result().result for task in running)))


async def _call(
    call: ToolCall, by_name: Mapping[str, Tool], deadline: float, *, refused: bool
) -> ToolFinished:
    began = perf_counter()
    failed = True
    try:
        if refused:
            raise ToolError(f"Only {CALLS_A_ROUND} calls can be made at once.", "Make this one later.")
        if call.name not in by_name:
            raise ToolError(f"There is no tool {call.name[:80]!r}.", f"There are: {', '.join(by_name)}.")
        if (left := deadline - monotonic()) <= 0:
            raise ToolError(TIME_IS_UP)
        async with asyncio.timeout(left) as limit:
            text = await by_name[call.name].call(call.arguments)
        failed = False
    except ToolError as exc:
        text = str(exc)
    except TimeoutError:
        if not limit.expired():
            raise
        text = TIME_IS_UP
    return ToolFinished(
        _bounded(call), ToolResult(call.id, call.name, _cut(text), failed), perf_counter() - began
    )


def _bounded(call: ToolCall) -> ToolCall:
    """The call as it is shown and remembered; arguments that no tool takes would be paid for ever after."""
    return call if len(call.arguments) <= ARGUMENT_CHARACTERS else replace(call, arguments="{}")


def _cut(text: str) -> str:
    if len(text) <= RESULT_CHARACTERS:
        return text
    words = f"Cut here: the first {RESULT_CHARACTERS:,} of {len(text):,} characters."
    return f"{text[:RESULT_CHARACTERS]}\n[{words}]"
