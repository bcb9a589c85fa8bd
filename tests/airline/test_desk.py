"""A customer's message at the desk, from the question to the answer."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from switchboard.agent import AgentEvent, ToolFinished, Turn
from switchboard.airline.desk import HISTORY_MESSAGES, MESSAGE_CHARACTERS, AirlineDesk
from switchboard.backends.base import Capability, ChatRequest, Sampling
from switchboard.errors import BadInput, TooLarge, UnknownChoice
from switchboard.messages import (
    AssistantMessage,
    Event,
    Finish,
    FinishReason,
    Message,
    TextDelta,
    ToolCall,
    ToolResult,
    user,
)


class Scripted:
    """A model that says one list of events a request."""

    provider = "Scripted"
    model = "scripted"

    def __init__(self, *script: list[Event], tools: bool = True) -> None:
        self.script = script
        self.capabilities = frozenset({Capability.LANGUAGE} | ({Capability.TOOLS} if tools else set()))
        self.requests: list[ChatRequest] = []

    async def stream(self, request: ChatRequest) -> AsyncIterator[Event]:
        self.requests.append(request)
        for event in self.script[len(self.requests) - 1]:
            yield event


HELLO = [TextDelta("Hello."), Finish(FinishReason.STOP)]


@pytest.fixture
def desk(tmp_path, now) -> AirlineDesk:
    return AirlineDesk(tmp_path / "data" / "airline.db", lambda: now)


async def asked(
    desk: AirlineDesk, backend: Scripted, message: str, history: tuple[Message, ...] = (), **more: object
) -> list[AgentEvent]:
    more = {"customer_id": "lena_fischer", "sampling": Sampling()} | more
    return [event async for event in desk.reply(backend, history, message, **more)]


async def test_a_model_that_calls_tools_gets_the_fare(desk):
    call = ToolCall("c1", "get_ticket_price", '{"origin": "Delhi", "destination": "Mumbai"}')
    backend = Scripted(
        [call, Finish(FinishReason.TOOL_CALLS)], [TextDelta("$61."), Finish(FinishReason.STOP)]
    )
    events = await asked(desk, backend, "What does Delhi to Mumbai cost?")
    (finished,) = (event for event in events if isinstance(event, ToolFinished))
    assert '"basic economy": 61' in finished.result.text
    assert finished.seconds < 1
    assert backend.requests[1].messages[-1] == finished.result


async def test_a_model_that_calls_none_is_given_the_fare_as_a_source(desk):
    backend = Scripted(HELLO, tools=False)
    await asked(desk, backend, "flight price from Delhi to Mumbai")
    assert '"LK101"' in backend.requests[0].sources[0].text
    assert backend.requests[0].tools == ()


async def test_a_missing_city_is_asked_for_and_the_next_message_completes_the_request(desk):
    backend = Scripted(HELLO, tools=False)
    first = await asked(desk, backend, "What is the fare from Delhi?")
    assert backend.requests == []
    turns = tuple(message for event in first if isinstance(event, Turn) for message in event.messages)
    await asked(desk, backend, "Mumbai", history=(user("What is the fare from Delhi?"), *turns))
    assert '"Mumbai (BOM)"' in backend.requests[0].sources[0].text


async def test_the_prompt_names_the_customer_and_the_moment_and_leaves_nothing_to_fill(desk):
    backend = Scripted(HELLO)
    await asked(desk, backend, "Hello", sampling=Sampling(temperature=0.2))
    (request,) = backend.requests
    assert "The signed-in customer is Lena Fischer, a silver member" in request.system
    assert "Thursday, 14 May 2026" in request.system
    assert "$" not in request.system.replace("US dollars", "")
    assert request.sampling == Sampling(temperature=0.2)
    assert [tool.name for tool in request.tools] == ["get_ticket_price", "get_flight_status", "list_bookings"]


async def test_a_dollar_in_a_message_is_left_alone(desk):
    backend = Scripted(HELLO)
    await asked(desk, backend, "I have $customer and ${now}")
    assert backend.requests[0].messages[-1] == user("I have $customer and ${now}")


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("", BadInput),
        (" \n", BadInput),
        ("x" * (MESSAGE_CHARACTERS + 1), TooLarge),
        (None, BadInput),
        (["x"], BadInput),
    ],
    ids=["empty", "blank", "long", "none", "list"],
)
async def test_a_message_that_cannot_be_answered_reaches_no_model(desk, message, error):
    backend = Scripted(HELLO)
    with pytest.raises(error):
        await asked(desk, backend, message)
    assert backend.requests == []


@pytest.mark.parametrize("customer", ["", "nobody", "' OR 1=1 --", None, 7, ["lena_fischer"], "\ud800"])
async def test_an_unknown_customer_reaches_no_model(desk, customer):
    backend = Scripted(HELLO)
    with pytest.raises(UnknownChoice):
        await asked(desk, backend, "my bookings", customer_id=customer)
    assert backend.requests == []


async def test_a_long_history_is_cut_where_a_customer_speaks(desk):
    backend = Scripted(HELLO)
    call = ToolCall("c1", "list_bookings", "{}")
    once = (
        user("Hi"),
        AssistantMessage("", (call,)),
        ToolResult("c1", "list_bookings", "[]"),
        AssistantMessage("None."),
    )
    await asked(desk, backend, "And now?", history=(*once * 2_500, AssistantMessage("Still none.")))
    messages = backend.requests[0].messages
    assert len(messages) <= HISTORY_MESSAGES + 1
    assert messages[0] == user("Hi")
    assert messages[-1] == user("And now?")


def test_customers_are_listed_by_name(desk):
    names = [customer.name for customer in desk.customers()]
    assert len(names) == 10
    assert names == sorted(names)


async def test_the_world_moves_on_with_the_day(tmp_path, now):
    moments = [now]
    desk = AirlineDesk(tmp_path / "airline.db", lambda: moments[-1])
    far = (now + timedelta(20)).date().isoformat()
    assert desk.store().flight("LK101", far) is None
    moments.append(now + timedelta(10))
    assert desk.store().flight("LK101", far) is not None
