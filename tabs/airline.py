"""The Airline tab: the support desk of Larkspur Air, whose assistant calls tools on a real database.

What the desk may do is in ``switchboard/airline``; here its conversation is shown, each call a folded step.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import gradio as gr

from switchboard.backends.catalog import checked_choice
from switchboard.errors import BackendError
from switchboard.inputs import text_of
from switchboard.messages import user
from switchboard.timing import AnswerWatch
from tabs.desk_draft import DeskDraft
from tabs.frame import Frame
from tabs.listening import PRIVATE
from tabs.panel import panel
from tabs.streaming import place_of, plain_errors
from tabs.threads import Thread, Threads
from tabs.transcript import Shown, user_shown

if TYPE_CHECKING:
    from switchboard.airline.store import Booking

EXAMPLES = (
    "Flight price from Delhi to Mumbai",
    "What is the status of LK101 today?",
    "Show my bookings",
    "How much is a flight to Dubai?",
)
EMPTY = "### Larkspur Air\nAsk for a fare, for a flight's status, or for your bookings."


def build(frame: Frame) -> None:
    """Lay out the tab and connect its parts."""
    with gr.Row(elem_classes="with-side"):
        with gr.Column(scale=3, min_width=320, elem_classes="conversation"):
            talk = panel("airline", EMPTY, EXAMPLES, "Ask the desk (Enter sends)")
        with gr.Column(scale=2, min_width=280):
            customer = gr.Dropdown(
                [], label="Signed in as (demonstration customers)", elem_id="airline-customer"
            )
            gr.Markdown("#### Bookings")
            bookings = gr.Markdown(elem_id="airline-bookings")
            anew = gr.Button("New conversation", size="sm")
    desk = AirlineTab(frame)
    asked = [customer, *frame.bar.inputs]
    frame.tab.select(desk.open, customer, [customer, bookings], **PRIVATE)
    customer.input(desk.sign_in, customer, [talk.bot, bookings], **PRIVATE)
    for event in talk.wire(desk.ask, desk.ask_example, asked, [talk.bot]):
        event.success(desk.bookings, customer, bookings, **PRIVATE)
    talk.stop.click(desk.stop_answer, None, None, queue=False, **PRIVATE)
    anew.click(desk.begin, None, talk.bot, **PRIVATE)


class AirlineTab:
    """What happens when the tab is used."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.threads = Threads("airline")

    async def open(self, chosen: str) -> tuple[Any, str]:
        """Fill the list of customers when the tab is first shown; the first one is signed in."""
        with plain_errors():
            customers = await asyncio.to_thread(self.frame.services.airline.customers)
        known = chosen if any(one.id == chosen for one in customers) else customers[0].id
        choices = [(f"{one.name} · {one.tier}", one.id) for one in customers]
        return gr.Dropdown(choices, value=known), await self.bookings(known)

    async def sign_in(self, request: gr.Request, customer: str) -> tuple[list[Shown], str]:
        """Serve another customer: a conversation of their own, and their bookings."""
        return self.begin(request), await self.bookings(customer)

    async def bookings(self, customer: str) -> str:
        """The customer's bookings as they are now, in Markdown."""
        with plain_errors():
            found = await asyncio.to_thread(self.frame.services.airline.store().bookings, text_of(customer))
        return "\n\n".join(map(_booking_lines, found)) or "No bookings."

    def begin(self, request: gr.Request) -> list[Shown]:
        """Forget what was said."""
        self.threads.forget(self.frame.visitor(request), request)
        return []

    def stop_answer(self, request: gr.Request) -> None:
        """Stop the answer that is being written on this page."""
        self.frame.visitor(request).stop(place_of("airline", request))

    async def ask_example(
        self, request: gr.Request, pressed: gr.SelectData, customer: str, *chosen: Any
    ) -> AsyncIterator[list[Shown]]:
        """Ask one of the examples."""
        text = pressed.value.get("text") if isinstance(pressed.value, dict) else ""
        async with aclosing(self.ask(request, text, customer, *chosen)) as shown:
            async for messages in shown:
                yield messages

    async def ask(
        self, request: gr.Request, text: Any, customer: str, *chosen: Any
    ) -> AsyncIterator[list[Shown]]:
        """Stream the desk's answer, its calls among it."""
        with plain_errors():
            visitor, choice = self.frame.visitor(request), checked_choice(*chosen)
            services, question = self.frame.services, user(text_of(text))
            backend = services.backend(visitor, choice)
            thread, draft = self.threads.find(visitor, request), DeskDraft(AnswerWatch(backend))
            before = [*thread.shown, *user_shown(question)]
            events = services.airline.reply(
                backend, thread.messages, question.text, text_of(customer), choice.sampling
            )
            with visitor.running(place_of("airline", request), services.settings.runs_per_visitor) as run:
                try:
                    async with aclosing(self.frame.pacer.batches(events, run)) as batches:
                        async for batch in batches:
                            draft.take(batch)
                            yield before + draft.shown()
                except BackendError as exc:
                    draft.fail(exc)
            ended = [*before, *draft.end()]
            kept = (*thread.messages, question, *draft.turns) if draft.turns else thread.messages
            self.threads.keep(visitor, request, Thread(kept, tuple(ended)))
            yield ended


def _booking_lines(booking: "Booking") -> str:
    flights = "\n".join(
        f"- **{flight.number}** {flight.departs:%a %d %b %Y, %H:%M} · {flight.origin} to {flight.destination}"
        for flight in booking.flights
    )
    bags = f"{booking.bags} checked bag{'' if booking.bags == 1 else 's'}"
    people = ", ".join(booking.passengers)
    return f"**{booking.code}** · {booking.cabin} · {people} · {bags} · ${booking.paid:,}\n{flights}"
