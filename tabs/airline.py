"""The Airline tab: the support desk of Larkspur Air, whose assistant looks things up and proposes changes.

What the desk may do is in ``switchboard/airline``; here are its layout, and what happens when a person signs
in and asks. What the buttons of a card do is in ``decisions.py``, what stands at the side is drawn in
``reservations_view.py``, the conversation is kept in ``desk_talk.py``.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import gradio as gr

from switchboard.backends.catalog import checked_choice
from switchboard.errors import BackendError, SwitchboardError
from switchboard.inputs import text_of
from switchboard.messages import user
from switchboard.timing import AnswerWatch
from tabs.decisions import Decisions, Told
from tabs.desk_draft import DeskDraft
from tabs.desk_talk import TAB, DeskTalk
from tabs.frame import Frame
from tabs.listening import PRIVATE
from tabs.panel import panel
from tabs.proposal_card import WHEN_SHOWN, card_shown, index_of
from tabs.streaming import place_of, plain_errors
from tabs.transcript import Shown
from tabs.voice import Voice

EXAMPLES = (
    "Flight price from Delhi to Mumbai",
    "Flights from Mumbai to Dubai next Friday",
    "Status of LK101 today",
    "Show my bookings",
    "Book a flight from Delhi to Mumbai next Friday",
    "Which cities do you fly to?",
)
EMPTY = (
    "### Larkspur Air\nAsk for fares, flights or your bookings, or have one made or changed. "
    "Nothing is changed before you press Confirm."
)
_DECIDED = """(_, customer) => {
  const card = document.querySelector("#airline-card");
  return [card.isDouble ? "" : card.querySelector(".proposal")?.dataset.token ?? "", customer];
}"""
"""The token of the card that is read; the second click of two would decide about the card that comes next."""
_CARD = "(_, customer) => [document.querySelector('#airline-card .proposal')?.dataset.token ?? '', customer]"
_NOTE = "(_, customer) => [document.querySelector('#airline-note .note')?.dataset.token ?? '', customer]"


def build(frame: Frame) -> None:
    """Lay out the tab and connect its parts."""
    with gr.Row(elem_classes="with-side"):
        with gr.Column(scale=3, min_width=320, elem_classes="conversation"):
            decision = DecisionFields()
            talk = panel("airline", EMPTY, EXAMPLES, "Ask the desk (Enter sends)", decision.render)
            voice = Voice(frame)
        with gr.Column(scale=2, min_width=280):
            customer = gr.Dropdown(
                [], label="Signed in as (demonstration customers)", elem_id="airline-customer"
            )
            anew = gr.Button("New conversation", size="sm")
            side = gr.HTML(elem_id="airline-side")
    last = gr.BrowserState("", storage_key="airline-customer", secret="not a secret")  # noqa: S106
    tab = AirlineTab(frame)
    told = [talk.bot, decision.note, decision.card]
    frame.tab.select(tab.open, [customer, last], [customer, decision.card, side], **PRIVATE)
    customer.input(tab.sign_in, customer, [*told, side, last], **PRIVATE)
    for event in talk.wire(tab.ask, tab.ask_example, [customer, *frame.bar.inputs], told):
        event.success(tab.refresh, customer, side, **PRIVATE)
    talk.stop.click(tab.stop_answer, None, None, queue=False, **PRIVATE)
    anew.click(tab.begin, None, told[:2], **PRIVATE)
    voice.wire(tab.talk, talk.box)
    decision.wire(tab.decisions, customer, told, side)


class DecisionFields:
    """Where a change is decided: the note of the last one, the card of the next, their buttons.

    The style sheet shows each where it has something to say.
    """

    def render(self) -> None:
        """Lay it out."""
        with gr.Row(elem_id="airline-note-row"):
            self.note = gr.HTML(elem_id="airline-note")
            self.undo = gr.Button("Undo", size="sm", min_width=80, scale=0, elem_id="airline-undo")
        self.card = gr.HTML(elem_id="airline-card", js_on_load=WHEN_SHOWN)
        with gr.Row(elem_id="airline-decide"):
            self.confirm = gr.Button("Confirm", variant="primary", elem_id="airline-confirm")
            self.decline = gr.Button("Decline", elem_id="airline-decline")
            self.next = gr.Button("Show next", elem_id="airline-next")
        self.pressed = gr.JSON(visible=False)

    def wire(self, decisions: Decisions, customer: Any, told: list[Any], side: Any) -> None:
        """Connect the buttons; each sends the token that stands beside it."""
        pressed = [self.pressed, customer]
        self.confirm.click(decisions.confirm, pressed, [*told, side], js=_DECIDED, **PRIVATE)
        self.decline.click(decisions.decline, pressed, told, js=_DECIDED, **PRIVATE)
        self.next.click(decisions.show_next, pressed, self.card, js=_CARD, **PRIVATE)
        self.undo.click(decisions.undo, pressed, told[1:], js=_NOTE, **PRIVATE)


class AirlineTab:
    """What happens when a customer signs in and asks."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.talk = DeskTalk()
        self.decisions = Decisions(frame, self.talk)

    async def open(self, request: gr.Request, chosen: Any, last: Any) -> tuple[Any, str, str]:
        """Sign in who was signed in last, or else the first customer, and show what waits for them."""
        with plain_errors():
            customers = await asyncio.to_thread(self.frame.services.airline.customers)
            ids = [one.id for one in customers]
            customer = next((one for one in (chosen, last) if one in ids), ids[0])
            card = card_shown(await self.decisions.waiting(request, customer))
            side = await self.decisions.side(customer)
        choices = [(f"{one.name} · {one.membership}", one.id) for one in customers]
        return gr.Dropdown(choices, value=customer), card, side

    async def sign_in(self, request: gr.Request, customer: Any) -> tuple[list[Shown], str, str, str, str]:
        """Serve another customer: a conversation of their own, their reservations, what waits for them."""
        with plain_errors():
            side = await self.decisions.side(customer)
            card = card_shown(await self.decisions.waiting(request, customer))
        if live := self.talk.live(self.frame.visitor(request), request):
            live.card = card
        return *await self.begin(request), card, side, text_of(customer)

    async def refresh(self, customer: Any) -> str:
        """The customer and their reservations as they are now."""
        with plain_errors():
            return await self.decisions.side(customer)

    async def begin(self, request: gr.Request) -> tuple[list[Shown], str]:
        """Forget what was said; an answer that is being written ends."""
        visitor = self.frame.visitor(request)
        self.talk.forget(visitor, request)
        await visitor.end(place_of(TAB, request))
        return [], ""

    def stop_answer(self, request: gr.Request) -> None:
        """Stop the answer that is being written on this page."""
        self.frame.visitor(request).stop(place_of(TAB, request))

    async def ask_example(
        self, request: gr.Request, pressed: gr.SelectData, customer: Any, *chosen: Any
    ) -> AsyncIterator[Told]:
        """Ask one of the examples."""
        text = pressed.value.get("text") if isinstance(pressed.value, dict) else ""
        async with aclosing(self.ask(request, text, customer, *chosen)) as shown:
            async for messages in shown:
                yield messages

    async def ask(self, request: gr.Request, text: Any, customer: Any, *chosen: Any) -> AsyncIterator[Told]:
        """Stream the desk's answer, its calls among it, and show the card of what it proposes."""
        from switchboard.airline.desk import Proposed

        with plain_errors():
            visitor, choice = self.frame.visitor(request), checked_choice(*chosen)
            services, question = self.frame.services, user(text_of(text))
            backend = services.backend(visitor, choice)
            await visitor.end(place_of(TAB, request))
            waiting = await self.decisions.waiting(request, customer)
            draft = DeskDraft(AnswerWatch(backend))
            with (
                visitor.running(place_of(TAB, request), services.settings.runs_per_visitor) as run,
                self.talk.answering(visitor, request, question, draft) as answer,
            ):
                answer.card, first = card_shown(waiting), ""
                events = services.airline.reply(
                    backend, visitor.owner, answer.before.messages, question.text, text_of(customer),
                    choice.sampling,
                )  # fmt: skip
                try:
                    async with aclosing(self.frame.pacer.batches(events, run)) as batches:
                        async for batch in batches:
                            draft.take(batch)
                            if made := [one.proposal.token for one in batch if isinstance(one, Proposed)]:
                                first = first or made[0]
                                waiting = await self.decisions.waiting(request, customer)
                                answer.card = card_shown(waiting, index_of(waiting, first))
                            yield answer.shown(), answer.note, answer.card
                except SwitchboardError as exc:
                    if not (draft.begun or isinstance(exc, BackendError)):
                        raise  # the question was refused: it goes back into its box
                    draft.fail(exc)
                shown = self.talk.keep(visitor, request, answer)
            yield shown, answer.note, answer.card
