"""The bounded loop in which a model calls tools until it can answer.

A model that cannot call tools is served by ``matcher.py``: the tool that the message asks for is run first,
and its result is a source of the answer. How the calls of a round run is in ``calls.py``; what a tool may do,
and whether a person must confirm it, is the tool's own affair.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from time import monotonic

from switchboard.backends.base import Backend, Capability, ChatRequest
from switchboard.calls import (
    ToolFinished,
    ToolStarted,
    called,
    distinct,
    shown,
)
from switchboard.errors import StreamCut
from switchboard.matcher import Matched, Missing, match
from switchboard.messages import (
    AssistantMessage,
    Finish,
    FinishReason,
    Message,
    Notice,
    ReasoningDelta,
    Source,
    TextDelta,
    ToolCall,
    ToolResult,
    Usage,
)
from switchboard.tools import Tool

__all__ = ["ANSWER_NOW", "ROUNDS", "SECONDS", "AgentEvent", "ToolFinished", "ToolStarted", "Turn", "run"]

ROUNDS = 8
SECONDS = 60.0
ANSWER_NOW = "Answer now with what the tools have returned so far: no more tools can be called."


@dataclass(frozen=True, slots=True)
class Turn:
    """Messages to remember after those of the request, in the order in which they come."""

    messages: tuple[AssistantMessage | ToolResult, ...]


AgentEvent = TextDelta | ReasoningDelta | Notice | ToolStarted | ToolFinished | Turn | Finish


async def run(
    backend: Backend, request: ChatRequest, *, rounds: int = ROUNDS, seconds: float = SECONDS
) -> AsyncGenerator[AgentEvent, None]:
    """Answer ``request``, calling its tools as often as the model wishes, within bounds.

    The calls of one round run concurrently. In the last round, or when the time is up, no tool may be called
    and the model is asked to answer with what it has. What a tool cannot do goes back to the model as text; a
    bug in it raises. Closing the generator cancels the running tools and closes the model's stream; a plain
    function already running in its thread runs to its end, unheard.

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
        async with aclosing(_called(heard.message(request.messages), request.tools, deadline)) as events:
            async for event in events:
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
        async with aclosing(_called(AssistantMessage("", (call,)), request.tools, deadline)) as events:
            async for event in events:
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

    def message(self, before: tuple[Message, ...]) -> AssistantMessage:
        """All of it as one message, no call named as one of those ``before``."""
        said = (message for message in before if isinstance(message, AssistantMessage))
        taken = {call.id for message in said for call in message.tool_calls}
        return AssistantMessage("".join(self.text), distinct(self.calls, taken))


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
    """The last request: the tools stay defined, as the turns before it call them."""
    if not request.tools:
        return request
    return replace(request, may_call=False, system="\n\n".join(filter(None, (request.system, ANSWER_NOW))))


async def _called(
    said: AssistantMessage, tools: tuple[Tool, ...], deadline: float
) -> AsyncGenerator[ToolStarted | ToolFinished | Turn, None]:
    results: dict[str, ToolResult] = {}
    async with aclosing(called(said.tool_calls, tools, deadline)) as events:
        async for event in events:
            yield event
            if isinstance(event, ToolFinished):
                results[event.call.id] = event.result
    remembered = replace(said, tool_calls=tuple(map(shown, said.tool_calls)))
    yield Turn((remembered, *(results[call.id] for call in said.tool_calls)))
