"""A model that says what a test tells it to, behind the desk of a filled world."""

import json
from collections.abc import AsyncIterator

from switchboard.agent import ToolFinished
from switchboard.airline.desk import AirlineDesk, DeskEvent, Proposed
from switchboard.airline.proposals import Proposal
from switchboard.backends.base import Capability, ChatRequest, Sampling
from switchboard.messages import Event, Finish, FinishReason, Message, TextDelta, ToolCall, ToolResult

CUSTOMER = "lena_fischer"
OTHER = "omar_haddad"
WARM = Sampling()


class Scripted:
    """Says one list of events a request, and the last of them ever after."""

    provider = "Scripted"
    model = "scripted"

    def __init__(self, *script: list[Event], tools: bool = True) -> None:
        self.script = script
        self.capabilities = frozenset({Capability.LANGUAGE} | ({Capability.TOOLS} if tools else set()))
        self.requests: list[ChatRequest] = []

    async def stream(self, request: ChatRequest) -> AsyncIterator[Event]:
        self.requests.append(request)
        for event in self.script[min(len(self.requests), len(self.script)) - 1]:
            yield event


def says(text: str) -> list[Event]:
    """An answer in words."""
    return [TextDelta(text), Finish(FinishReason.STOP)]


def calls(name: str, text: str | None = None, **arguments: object) -> list[Event]:
    """A call, with ``text`` in place of JSON arguments where it is given."""
    call = ToolCall("c1", name, json.dumps(arguments) if text is None else text)
    return [call, Finish(FinishReason.TOOL_CALLS)]


async def asked(
    desk: AirlineDesk,
    backend: Scripted,
    message: object,
    history: tuple[Message, ...] = (),
    customer_id: object = CUSTOMER,
    visitor: str = "me",
    sampling: Sampling = WARM,
) -> list[DeskEvent]:
    """All events of an answer."""
    reply = desk.reply(backend, visitor, history, message, customer_id, sampling)  # type: ignore[arg-type]
    return [event async for event in reply]


async def result(desk: AirlineDesk, script: list[Event], **more: object) -> ToolResult:
    """What the one tool that a model calls returns."""
    events = await asked(desk, Scripted(script, says("There.")), "Please.", **more)  # type: ignore[arg-type]
    (finished,) = (event for event in events if isinstance(event, ToolFinished))
    return finished.result


def proposed(events: list[DeskEvent]) -> list[Proposal]:
    """The proposals among the events."""
    return [event.proposal for event in events if isinstance(event, Proposed)]
