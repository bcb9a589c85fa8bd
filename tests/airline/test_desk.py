"""A customer's message at the desk, from the question to the answer."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from switchboard.agent import ToolFinished, Turn
from switchboard.airline import schema
from switchboard.airline.desk import HISTORY_MESSAGES, MESSAGE_CHARACTERS, AirlineDesk
from switchboard.backends.base import Sampling
from switchboard.backends.reader import ReaderBackend
from switchboard.errors import BadInput, TooLarge, UnknownChoice
from switchboard.messages import AssistantMessage, TextDelta, ToolCall, ToolResult, user
from tests.airline.scripted import CUSTOMER, Scripted, asked, calls, proposed, says
from tests.airline.small_world import empty_schema

HELLO = says("Hello.")
BOOK = "Book LK101 on 4 June"


@pytest.fixture
def desk(tmp_path, world_file, now) -> AirlineDesk:
    path = tmp_path / "data" / "larkspur.db"
    path.parent.mkdir()
    shutil.copy(world_file, path)
    return AirlineDesk(path, lambda: now)


async def test_a_model_that_calls_tools_gets_the_fare(desk):
    backend = Scripted(calls("get_ticket_price", origin="Delhi", destination="Mumbai"), says("$61."))
    events = await asked(desk, backend, "What does Delhi to Mumbai cost?")
    (finished,) = (event for event in events if isinstance(event, ToolFinished))
    fares = {fare["cabin"]: fare["price_usd"] for fare in json.loads(finished.result.text)["lowest_fares"]}
    assert fares["basic_economy"] < fares["economy"] < fares["business"]
    assert backend.requests[1].messages[-1] == finished.result


async def test_a_model_that_calls_none_is_given_the_fare_as_a_source(desk):
    backend = Scripted(HELLO, tools=False)
    await asked(desk, backend, "flight price from Delhi to Mumbai")
    assert "Mumbai (BOM)" in backend.requests[0].sources[0].text
    assert backend.requests[0].tools == ()


async def test_a_missing_city_is_asked_for_and_the_next_message_completes_the_request(desk):
    backend = Scripted(HELLO, tools=False)
    first = await asked(desk, backend, "What is the fare from Delhi?")
    assert backend.requests == []
    turns = tuple(message for event in first if isinstance(event, Turn) for message in event.messages)
    await asked(desk, backend, "Mumbai", history=(user("What is the fare from Delhi?"), *turns))
    assert '"Mumbai (BOM)"' in backend.requests[0].sources[0].text


async def test_the_prompt_holds_the_policy_the_customer_and_the_moment(desk):
    backend = Scripted(HELLO)
    await asked(desk, backend, "Hello", sampling=Sampling(temperature=0.2))
    (request,) = backend.requests
    assert "The customer is Lena Fischer, user id lena_fischer, a silver member" in request.system
    assert "Thursday, 14 May 2026" in request.system
    assert "one to five passengers" in request.system
    assert request.sampling == Sampling(temperature=0.2)


async def test_all_tools_of_the_desk_are_offered(desk):
    backend = Scripted(HELLO)
    await asked(desk, backend, "Hello")
    assert [tool.name for tool in backend.requests[0].tools] == [
        "get_ticket_price", "search_direct_flight", "search_onestop_flight", "get_flight_status",
        "list_reservations", "get_reservation_details", "get_user_details", "list_all_airports",
        "calculate", "transfer_to_human_agents", "book_direct_flight", "add_bags", "book_reservation",
        "cancel_reservation", "update_reservation_flights", "update_reservation_baggages",
        "update_reservation_passengers", "send_certificate",
    ]  # fmt: skip


async def test_a_word_of_the_operators_rules_brings_its_note(tmp_path, world_file, now):
    rules = tmp_path / "notes.toml"
    rules.write_text('[[rule]]\nwords = ["belt"]\nnote = "Belts are not sold."\n', encoding="utf-8")
    shutil.copy(world_file, tmp_path / "larkspur.db")
    desk = AirlineDesk(tmp_path / "larkspur.db", lambda: now, notes=rules)
    backend = Scripted(HELLO)
    await asked(desk, backend, "Do you sell belts?")
    await asked(desk, backend, "Do you sell hats?")
    with_note, without = (request.system for request in backend.requests)
    assert "Belts are not sold." in with_note
    assert "Belts" not in without


async def test_the_reader_quotes_the_note_that_a_word_brings_and_calls_nothing(desk):
    events = await asked(desk, ReaderBackend(), "Can I bring my dog?")
    said = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert said.startswith("The published rules say nothing about animals")
    assert not any(isinstance(event, ToolFinished) for event in events)


async def test_a_booking_by_the_reader_waits_on_a_card_until_it_is_confirmed(desk):
    events = await asked(desk, ReaderBackend(), BOOK)
    (proposal,) = proposed(events)
    said = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert "Book Delhi to Mumbai" in said
    assert "press Confirm" in said
    before = len(desk.reservations(CUSTOMER))
    done = desk.proposals.confirm("me", proposal.token)
    assert done.reservation in {one.code for one in desk.reservations(CUSTOMER)}
    assert len(desk.reservations(CUSTOMER)) == before + 1


async def test_what_waits_is_told_to_the_model_at_the_next_question(desk):
    await asked(desk, ReaderBackend(), BOOK)
    backend = Scripted(HELLO)
    await asked(desk, backend, "What is open?")
    assert "Waiting for the customer's Confirm:\nBook Delhi to Mumbai" in backend.requests[0].system
    await asked(desk, backend, "What is open?", visitor="somebody else")
    assert "Waiting" not in backend.requests[1].system


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


def test_only_demonstration_customers_can_be_signed_in_as(desk, store):
    with store.write() as (connection, _):
        other = connection.scalar(select(schema.customer.c.id).filter_by(demonstration=0))
    with pytest.raises(UnknownChoice):
        desk.reservations(other)


async def test_a_long_history_is_cut_where_a_customer_speaks(desk):
    backend = Scripted(HELLO)
    call = ToolCall("c1", "list_reservations", "{}")
    once = (
        user("Hi"),
        AssistantMessage("", (call,)),
        ToolResult("c1", "list_reservations", "[]"),
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


async def test_the_world_moves_on_with_the_day(tmp_path, world_file, now):
    moments = [now]
    shutil.copy(world_file, tmp_path / "larkspur.db")
    desk = AirlineDesk(tmp_path / "larkspur.db", lambda: moments[-1])
    events = await asked(desk, ReaderBackend(), BOOK)
    code = desk.proposals.confirm("me", proposed(events)[0].token).reservation
    far = (now + timedelta(50)).date().isoformat()

    def found():
        with desk.store().view() as view:
            return view.offer("LK101", far)

    assert found() is None
    moments.append(now + timedelta(10))
    assert found() is not None
    assert code in {one.code for one in desk.reservations(CUSTOMER)}


async def test_the_desk_works_on_postgresql(postgres_url, now):
    with empty_schema(postgres_url) as url:
        desk = AirlineDesk(url, lambda: now)
        fares = await asked(desk, ReaderBackend(), "flight price from Delhi to Mumbai")
        assert not any(event.result.failed for event in fares if isinstance(event, ToolFinished))
        (proposal,) = proposed(await asked(desk, ReaderBackend(), BOOK))
        with ThreadPoolExecutor(20) as pool:
            done = list(pool.map(lambda _: desk.proposals.confirm("me", proposal.token), range(20)))
        assert sum(not one.repeated for one in done) == 1
        code = done[0].reservation
        (proposal,) = proposed(await asked(desk, ReaderBackend(), f"Cancel {code}"))
        desk.proposals.confirm("me", proposal.token)
        assert {one.code: one.cancelled for one in desk.reservations(CUSTOMER)}[code]
        desk.close()
