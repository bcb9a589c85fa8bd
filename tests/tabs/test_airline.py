"""The airline's tab without a browser: asking, signing in, and deciding about what the desk proposes."""

import asyncio
import json
import re
from datetime import date, timedelta

import gradio as gr
import pytest
from sqlalchemy import select

from switchboard.airline import schema
from switchboard.airline.store import utc_now
from switchboard.backends.base import Capability
from switchboard.errors import Busy
from switchboard.messages import (
    AssistantMessage,
    Finish,
    FinishReason,
    TextDelta,
    ToolCall,
)

BAR = ("compatible", "scripted", "http://127.0.0.1:9/v1", None, None)
DAY = (date.today() + timedelta(20)).isoformat()
TOKEN = re.compile(r"data-token='([^']+)'")
NUMBER = re.compile(r"\d of \d")
DONE = Finish(FinishReason.STOP)


def book(cabin="economy", id="c1", day=DAY):
    arguments = {"origin": "Delhi", "destination": "Mumbai", "date": day, "cabin": cabin}
    return ToolCall(id, "book_direct_flight", json.dumps(arguments))


def cancel(code):
    return ToolCall("c9", "cancel_reservation", json.dumps({"reservation_id": code}))


class Scripted:
    """A model that says one list of events a request; it waits where an asyncio event stands in the list.

    An exception in the list is raised.
    """

    provider = "Scripted"
    model = "scripted"
    capabilities = frozenset({Capability.LANGUAGE, Capability.TOOLS})

    def __init__(self):
        self.script = []
        self.requests = []

    def says(self, *script):
        self.script, self.requests = list(script), []

    async def stream(self, request):
        self.requests.append(request)
        for event in self.script[len(self.requests) - 1]:
            if isinstance(event, asyncio.Event):
                await event.wait()
            elif isinstance(event, Exception):
                raise event
            else:
                yield event


class Desk:
    """A visitor at the desk of the application, as one customer, answered by a scripted model."""

    def __init__(self, app, request, model, customer):
        self.app, self.request, self.model, self.customer = app, request, model, customer

    @property
    def airline(self):
        return self.app.services.airline

    async def ask(self, *script, text="Please."):
        self.model.says(*script)
        return (await self.app.call("AirlineTab.ask", self.request, text, self.customer, *BAR))[-1]

    async def propose(self, *calls):
        """Have changes proposed; the card that is shown comes back."""
        asked = [*calls, Finish(FinishReason.TOOL_CALLS)]
        return (await self.ask(asked, [TextDelta("Please read the card."), DONE]))[2]

    async def decide(self, verb, card):
        found = TOKEN.search(card)
        [told] = await self.app.call(
            f"Decisions.{verb}", self.request, found[1] if found else card, self.customer
        )
        return told

    def codes(self):
        return {one.code for one in self.airline.reservations(self.customer) if not one.cancelled}

    def waiting(self):
        return self.airline.proposals.open(self.app.owner(self.request), self.customer)


@pytest.fixture
def new_desk(app, new_request):
    """Opens the desk for a visitor, a new one unless a request is given, as the customer of a number."""
    model = Scripted()
    app.services._backends["compatible", "scripted", "http://127.0.0.1:9/v1", ""] = model
    customers = [one.id for one in app.services.airline.customers()]

    def opened(request=None, number=0):
        return Desk(app, request or new_request(), model, customers[number])

    return opened


@pytest.fixture
def desk(new_desk):
    return new_desk()


def words(shown):
    return "\n".join(part["text"] for one in shown for part in one["content"])


async def drained(asking):
    return [shown async for shown in asking]


async def refused(calling):
    with pytest.raises(gr.Error) as caught:
        await calling
    return caught.value.message


class TestACard:
    async def test_shows_what_will_be_and_nothing_is_booked_before_confirm(self, desk):
        before = desk.codes()
        card = await desk.propose(book())
        assert "Book Delhi to Mumbai" in card
        assert re.search(r"<b>You pay \$\d+</b>", card)
        assert "Valid until" in card
        assert desk.codes() == before

    async def test_comes_while_the_answer_is_still_written(self, desk):
        go_on = asyncio.Event()
        desk.model.says(
            [book(), Finish(FinishReason.TOOL_CALLS)], [TextDelta("Please "), go_on, TextDelta("read."), DONE]
        )
        cards = []
        async for shown, _, card in desk.app._bound("AirlineTab", "ask")(
            desk.request, "Please.", desk.customer, *BAR
        ):
            cards.append(card)
            if "Please " in words(shown)[8:] and card:
                go_on.set()
        assert any(cards)

    async def test_of_several_is_shown_with_its_number_and_the_others_are_a_press_away(self, desk):
        card = await desk.propose(book(), book("business", "c2"))
        second = await desk.decide("show_next", card)
        assert sorted(NUMBER.findall(card + second)) == ["1 of 2", "2 of 2"]
        assert ("business" in card) != ("business" in second)
        assert await desk.decide("show_next", second) == card
        _, _, rest = await desk.decide("decline", card)
        assert NUMBER.findall(rest) == []
        assert TOKEN.findall(rest) == TOKEN.findall(second)

    async def test_that_waits_is_shown_again_when_the_page_is_reloaded(self, desk, new_request):
        card = await desk.propose(book())
        again = new_request(desk.request.cookies)
        [(_, shown, _)] = await desk.app.call("AirlineTab.open", again, None, desk.customer)
        assert shown == card

    async def test_is_hidden_from_another_customer_and_shown_when_the_first_signs_in_again(
        self, desk, new_desk
    ):
        card = await desk.propose(book())
        other = new_desk(desk.request, number=1)
        [told] = await desk.app.call("AirlineTab.sign_in", desk.request, other.customer)
        assert told[:3] == ([], "", "")
        [told] = await desk.app.call("AirlineTab.sign_in", desk.request, desk.customer)
        assert told[2] == card


class TestConfirm:
    async def test_books_shows_it_and_tells_the_model(self, desk):
        before = desk.codes()
        shown, note, card, side = await desk.decide("confirm", await desk.propose(book()))
        [code] = desk.codes() - before
        assert card == ""
        assert "Booked Delhi to Mumbai" in note
        assert code in note
        assert "Paid $" in note
        assert f"<article class='trip changed' data-code='{code}'>" in side
        assert "Confirmed by the customer" in words(shown)
        await desk.ask([TextDelta("You are welcome."), DONE], text="Thank you")
        told = [one for one in desk.model.requests[0].messages if isinstance(one, AssistantMessage)][-1]
        assert told.text.startswith("Confirmed by the customer, and done: Book Delhi to Mumbai.")
        assert code in told.text

    async def test_twice_books_once_and_says_it_once(self, desk):
        before, card = desk.codes(), await desk.propose(book())
        first = await desk.decide("confirm", card)
        second = await desk.decide("confirm", card)
        assert len(desk.codes() - before) == 1
        assert second[:3] == first[:3]

    async def test_at_once_from_many_pages_books_once(self, desk, new_request):
        before, card = desk.codes(), await desk.propose(book())
        token = TOKEN.search(card)[1]
        pages = [new_request(desk.request.cookies) for _ in range(4)]
        told = await asyncio.gather(
            *(desk.app.call("Decisions.confirm", page, token, desk.customer) for page in pages)
        )
        assert len(desk.codes() - before) == 1
        assert len({one[0][1] for one in told}) == 1

    async def test_of_nothing_leaves_the_page_as_it_is(self, desk):
        told = await desk.decide("confirm", "")
        assert all(one == gr.skip() for one in told)

    async def test_of_another_visitors_card_does_nothing(self, desk, new_desk):
        before, card = desk.codes(), await desk.propose(book())
        _, note, shown, _ = await new_desk().decide("confirm", card)
        assert "no such proposal for you" in note
        assert shown == ""
        assert desk.codes() == before
        assert len(desk.waiting()) == 1

    async def test_after_the_time_is_up_says_so_and_does_nothing(self, desk, monkeypatch):
        before, card = desk.codes(), await desk.propose(book())
        monkeypatch.setattr(desk.airline.store(), "now", lambda: utc_now() + timedelta(minutes=11))
        shown, note, after, _ = await desk.decide("confirm", card)
        assert "role='alert'" in note
        assert "expired" in note
        assert "expired" in words(shown)
        assert after == ""
        assert desk.codes() == before

    async def test_of_what_is_no_longer_possible_says_why_in_both_places_and_the_model_knows(
        self, desk, new_desk
    ):
        before = desk.codes()
        await desk.decide("confirm", await desk.propose(book()))
        [code] = desk.codes() - before
        other = new_desk()
        theirs = await other.propose(cancel(code))
        await desk.decide("confirm", await desk.propose(cancel(code)))
        shown, note, card, _ = await other.decide("confirm", theirs)
        assert "Not done." in note
        assert card == ""
        assert f"Cancel reservation {code} was not done" in words(shown)
        await other.ask([TextDelta("I see."), DONE], text="And now?")
        assert "not done, nothing was changed" in other.model.requests[0].messages[-2].text

    async def test_as_no_customer_does_nothing(self, desk):
        before, card = desk.codes(), await desk.propose(book())
        token = TOKEN.search(card)[1]
        assert "no such customer" in await refused(
            desk.app.call("Decisions.confirm", desk.request, token, "nobody")
        )
        assert desk.codes() == before

    async def test_while_the_answer_is_written_loses_neither(self, desk):
        go_on = asyncio.Event()
        desk.model.says(
            [book(), Finish(FinishReason.TOOL_CALLS)], [TextDelta("Please "), go_on, TextDelta("read."), DONE]
        )
        asking = desk.app._bound("AirlineTab", "ask")(desk.request, "Please.", desk.customer, *BAR)
        told = None
        async for now in asking:
            shown, note, card = now
            if card and told is None:
                told = await desk.decide("confirm", card)
                assert told[2] == ""
                go_on.set()
            elif told:
                assert (note, card) == told[1:3]
        assert "Please read." in words(shown)
        assert "Confirmed by the customer" in words(shown)
        await desk.ask([TextDelta("Yes."), DONE], text="Is it booked?")
        said = [one.text for one in desk.model.requests[0].messages if isinstance(one, AssistantMessage)]
        assert said[-2] == "Please read."
        assert said[-1].startswith("Confirmed by the customer")


class TestDecline:
    async def test_closes_the_card_and_tells_the_model(self, desk):
        before, card = desk.codes(), await desk.propose(book())
        shown, note, after = await desk.decide("decline", card)
        assert after == ""
        assert "Declined: Book Delhi to Mumbai. Nothing has been changed." in note
        assert "Declined by the customer" in words(shown)
        assert desk.waiting() == ()
        await desk.ask([TextDelta("All right."), DONE], text="Thank you")
        assert desk.model.requests[0].messages[-2].text.startswith("Declined by the customer")
        _, note, *_ = await desk.decide("confirm", card)
        assert "has been closed" in note
        assert desk.codes() == before

    async def test_of_what_was_confirmed_on_another_page_does_not_claim_to(self, desk):
        card = await desk.propose(book())
        await desk.decide("confirm", card)
        assert "closed before" in await refused(desk.decide("decline", card))

    async def test_of_another_visitors_card_leaves_it_open(self, desk, new_desk):
        card = await desk.propose(book())
        assert "no such proposal" in await refused(new_desk().decide("decline", card))
        assert len(desk.waiting()) == 1


class TestUndo:
    async def test_shows_a_card_that_takes_the_change_back_when_it_is_confirmed(self, desk):
        before = desk.codes()
        _, done, *_ = await desk.decide("confirm", await desk.propose(book()))
        [code] = desk.codes() - before
        note, card = await desk.decide("undo", done)
        assert note == ""
        assert f"Cancel reservation {code}" in card
        assert "Refund $" in card
        assert code in desk.codes()
        _, note, _, side = await desk.decide("confirm", card)
        assert f"Cancelled reservation {code}" in note
        assert "data-token" not in note
        assert f"<article class='trip cancelled changed' data-code='{code}'>" in side
        assert desk.codes() == before

    async def test_of_another_visitors_change_is_refused(self, desk, new_desk):
        _, done, *_ = await desk.decide("confirm", await desk.propose(book()))
        assert "no such proposal" in await refused(new_desk().decide("undo", done))

    async def test_of_what_was_undone_already_says_why_not(self, desk):
        _, done, *_ = await desk.decide("confirm", await desk.propose(book()))
        _, card = await desk.decide("undo", done)
        await desk.decide("confirm", card)
        note, card = await desk.decide("undo", done)
        assert "Not done." in note
        assert card == ""


class TestTheConversation:
    async def test_ends_an_answer_when_another_customer_signs_in(self, desk, new_desk):
        other, never = new_desk(desk.request, number=1), asyncio.Event()
        desk.model.says([TextDelta("Your secret is "), never])
        asking = desk.app._bound("AirlineTab", "ask")(desk.request, "Please.", desk.customer, *BAR)
        assert "secret" in words((await anext(asking))[0])
        _, rest = await asyncio.gather(
            desk.app.call("AirlineTab.sign_in", desk.request, other.customer), drained(asking)
        )
        assert rest[-1] == ([], "", "")
        await other.ask([TextDelta("Hello."), DONE])
        assert len(other.model.requests[0].messages) == 1

    async def test_keeps_an_answer_that_broke_off_and_says_why(self, desk):
        shown, *_ = await desk.ask([TextDelta("It is "), Busy("The database is in use.", "Try again.")])
        assert "It is " in words(shown)
        assert "The database is in use. Try again." in words(shown).replace("\\", "")
        assert "broke off" in words(shown)

    async def test_begun_anew_is_forgotten(self, desk):
        await desk.ask([TextDelta("Hello."), DONE])
        [told] = await desk.app.call("AirlineTab.begin", desk.request)
        assert told == ([], "")
        await desk.ask([TextDelta("Hello."), DONE])
        assert len(desk.model.requests[0].messages) == 1

    async def test_forgets_the_note_of_the_last_change_at_the_next_question(self, desk):
        await desk.decide("confirm", await desk.propose(book()))
        _, note, card = await desk.ask([TextDelta("Hello."), DONE])
        assert (note, card) == ("", "")

    async def test_of_a_customer_who_is_for_no_visitor_asks_no_model(self, desk):
        with desk.airline.store().view() as view:
            stranger = view._connection.scalar(
                select(schema.customer.c.id).where(schema.customer.c.demonstration == 0).limit(1)
            )
        desk.model.says([TextDelta("Hello."), DONE])
        for where, arguments in {
            "AirlineTab.ask": ("Hello", stranger, *BAR),
            "AirlineTab.sign_in": (stranger,),
            "Decisions.show_next": ("", stranger),
        }.items():
            assert "no such customer" in await refused(desk.app.call(where, desk.request, *arguments))
        assert "no such customer" in await refused(desk.app.call("AirlineTab.refresh", stranger))
        assert desk.model.requests == []


class TestOpening:
    async def test_signs_the_first_customer_in(self, desk):
        [(customer, card, side)] = await desk.app.call("AirlineTab.open", desk.request, [], "")
        assert customer.value == desk.customer
        assert customer.choices[0][0] == "Aarav Menon · gold"
        assert card == ""
        assert "Gold member" in side

    async def test_signs_in_who_was_signed_in_last(self, desk, new_desk):
        last = new_desk(number=3).customer
        [(customer, *_)] = await desk.app.call("AirlineTab.open", desk.request, [], last)
        assert customer.value == last
