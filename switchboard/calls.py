"""The tool calls of one round, run at the same time.

What a tool cannot do becomes the text of its result; a bug raises, and the other calls end. How many rounds
there are is the loop's affair, in ``agent.py``.
"""

import asyncio
from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import dataclass, replace
from time import monotonic, perf_counter

from pydantic_core import from_json

from switchboard.errors import ToolError
from switchboard.messages import ToolCall, ToolResult
from switchboard.tools import ARGUMENT_CHARACTERS, Tool

CALLS_A_ROUND = 16
"""More calls at once than this are refused: no question needs them, and each may hold a thread."""
CALLS_HEARD = 64
"""More calls at once than this are not even answered: they are those of a model gone astray."""
NAME_CHARACTERS = 64
"""The longest name, of a tool or of a call, that the providers take."""
RESULT_CHARACTERS = 20_000
"""What a model is given of one result, about 5,000 tokens."""
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
class _Outcome:
    """What came of the call at ``place``."""

    place: int
    text: str
    failed: bool
    seconds: float


def distinct(calls: Sequence[ToolCall], taken: Collection[str]) -> tuple[ToolCall, ...]:
    """The first ``CALLS_HEARD`` calls, each with an identifier of its own.

    Some servers give every call the same one, or none, or begin anew at each round.

    Args:
        calls: as a model wished them.
        taken: the identifiers of earlier calls.
    """
    seen = set(taken)
    found = []
    for call in calls[:CALLS_HEARD]:
        wished = call.id[:NAME_CHARACTERS] or "call"
        identifier, number = wished, 1
        while identifier in seen:
            number += 1
            identifier = f"{wished}_{number}"
        seen.add(identifier)
        found.append(call if identifier == call.id else replace(call, id=identifier))
    return tuple(found)


def shown(call: ToolCall) -> ToolCall:
    """The call as it is shown and remembered: what no tool takes would be paid for ever after."""
    arguments = _sendable(call.arguments) if len(call.arguments) <= ARGUMENT_CHARACTERS else "{}"
    name = _sendable(call.name[:NAME_CHARACTERS])
    if (name, arguments) == (call.name, call.arguments):
        return call
    return replace(call, name=name, arguments=arguments)


async def called(
    calls: Sequence[ToolCall], tools: Sequence[Tool], deadline: float
) -> AsyncGenerator[ToolStarted | ToolFinished, None]:
    """Run the calls, each with an identifier of its own, and tell of each when it starts and finishes.

    Calls alike in name and arguments are one wish: the tool runs once, and each has its result. Closing the
    generator cancels what runs; a plain function already running in its thread runs to its end, unheard.

    Args:
        calls: those of one round.
        tools: what may be called.
        deadline: the moment, by ``time.monotonic``, after which nothing runs any more.
    """
    by_name = {tool.name: tool for tool in tools}
    alike: dict[tuple[str, ...], list[ToolCall]] = {}
    for place, call in enumerate(calls):
        key = _wish(call) if place < CALLS_A_ROUND else (call.id,)
        alike.setdefault(key, []).append(call)
    groups = list(alike.values())
    allowed = {call.id for call in calls[:CALLS_A_ROUND]}
    running = [
        asyncio.create_task(_outcome(place, group[0], by_name, deadline, refused=group[0].id not in allowed))
        for place, group in enumerate(groups)
    ]
    try:
        for call in calls:
            yield ToolStarted(shown(call))
        for finished in asyncio.as_completed(running):
            outcome = await finished
            for call in groups[outcome.place]:
                result = ToolResult(call.id, shown(call).name, outcome.text, outcome.failed)
                yield ToolFinished(shown(call), result, outcome.seconds)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _outcome(
    place: int, call: ToolCall, by_name: dict[str, Tool], deadline: float, *, refused: bool
) -> _Outcome:
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
    return _Outcome(place, _cut(_sendable(text)), failed, perf_counter() - began)


def _wish(call: ToolCall) -> tuple[str, str]:
    """What tells one call from another: the tool and the values, not how they are written."""
    if len(call.arguments) > ARGUMENT_CHARACTERS:
        return call.name, call.id
    try:
        return call.name, repr(_sorted(from_json(call.arguments.encode() or b"{}")))
    except ValueError:
        return call.name, call.arguments


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return sorted((name, _sorted(one)) for name, one in value.items())
    return [_sorted(one) for one in value] if isinstance(value, list) else value


def _sendable(text: str) -> str:
    """The text without halves of characters, which no provider can be sent."""
    return text.encode("utf-8", "replace").decode()


def _cut(text: str) -> str:
    if len(text) <= RESULT_CHARACTERS:
        return text
    words = f"Cut here: the first {RESULT_CHARACTERS:,} of {len(text):,} characters."
    return f"{text[:RESULT_CHARACTERS]}\n[{words}]"
