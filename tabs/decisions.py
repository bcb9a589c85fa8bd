"""What a customer decides about the changes that the desk proposes: Confirm, Decline, Undo.

A page sends the token of the card it shows; whether it is this visitor's, open and still possible is decided
in ``switchboard/airline/proposals.py``. How cards look is in ``proposal_card.py``.
"""

import asyncio
from typing import TYPE_CHECKING, Any

import gradio as gr

from switchboard.errors import SwitchboardError, ToolError
from switchboard.inputs import text_of
from tabs.desk_talk import DeskTalk, Line
from tabs.frame import Frame
from tabs.proposal_card import card_shown, declined_note, done_note, done_text, failed_note, index_of
from tabs.reservations_view import side_shown
from tabs.streaming import plain_errors
from tabs.transcript import Shown

if TYPE_CHECKING:
    from switchboard.airline.proposals import Confirmed, Proposal

Told = tuple[list[Shown], str, str]
"""The conversation, the note of the last decision, the card of the next."""
UNCHANGED: Any = gr.skip()


class Decisions:
    """What happens when the buttons of a card are pressed.

    Args:
        frame: the page.
        talk: where the desk says what was decided.
    """

    def __init__(self, frame: Frame, talk: DeskTalk) -> None:
        self._frame = frame
        self._talk = talk

    async def waiting(self, request: gr.Request, customer: Any) -> "tuple[Proposal, ...]":
        """What waits for this visitor as this customer, the oldest first.

        Raises:
            UnknownChoice: there is no such customer.
        """
        desk, owner, named = (
            self._frame.services.airline,
            self._frame.visitor(request).owner,
            text_of(customer),
        )
        await asyncio.to_thread(desk.customer, named)
        return await asyncio.to_thread(desk.proposals.open, owner, named)

    async def side(self, customer: Any, changed: "Confirmed | None" = None) -> str:
        """The customer and their reservations as they are now, as HTML.

        Raises:
            UnknownChoice: there is no such customer.
        """
        return await asyncio.to_thread(self._side, text_of(customer), changed)

    async def confirm(
        self, request: gr.Request, token: Any, customer: Any
    ) -> tuple[list[Shown], str, str, str]:
        """Have the change made whose card is shown."""
        if not text_of(token):  # the second click of two, which came before the next card was read
            return UNCHANGED, UNCHANGED, UNCHANGED, UNCHANGED
        proposals, owner = self._frame.services.airline.proposals, self._frame.visitor(request).owner
        with plain_errors():
            waiting = await self.waiting(request, customer)
            at, changed = index_of(waiting, text_of(token)), None
            try:
                changed = await asyncio.to_thread(proposals.confirm, owner, text_of(token))
            except SwitchboardError as exc:
                title = next((one.card.title for one in waiting if one.token == token), "The change")
                line, note = _failed_line(title, exc), failed_note(str(exc))
            else:
                line, note = _confirmed_line(changed), done_note(changed)
            again = changed is not None and changed.repeated
            told = await self._told(request, customer, line, note, at, again)
            return *told, await self.side(customer, changed)

    async def decline(self, request: gr.Request, token: Any, customer: Any) -> Told:
        """Close the proposal whose card is shown."""
        if not text_of(token):
            return UNCHANGED, UNCHANGED, UNCHANGED
        proposals, owner = self._frame.services.airline.proposals, self._frame.visitor(request).owner
        with plain_errors():
            waiting = await self.waiting(request, customer)
            at = index_of(waiting, text_of(token))
            card = await asyncio.to_thread(proposals.decline, owner, text_of(token))
            line = Line(
                f"Declined by the customer, and nothing was changed: {card.text}",
                f"✗ Declined by the customer: {card.title}",
            )
            return await self._told(request, customer, line, declined_note(card.title), at)

    async def undo(self, request: gr.Request, token: Any, customer: Any) -> tuple[str, str]:
        """Show the card of what takes the last change back."""
        proposals, owner = self._frame.services.airline.proposals, self._frame.visitor(request).owner
        note, back = "", ""
        with plain_errors():
            await self.waiting(request, customer)
            try:
                back = (await asyncio.to_thread(proposals.undo, owner, text_of(token))).token
            except ToolError as exc:
                note = failed_note(str(exc))
            waiting = await self.waiting(request, customer)
        card = card_shown(waiting, index_of(waiting, back))
        self._show_live(request, note, card)
        return note, card

    async def show_next(self, request: gr.Request, token: Any, customer: Any) -> str:
        """Show the card after the one that is shown, the first after the last."""
        with plain_errors():
            waiting = await self.waiting(request, customer)
        card = card_shown(waiting, index_of(waiting, text_of(token)) + 1)
        self._show_live(request, None, card)
        return card

    async def _told(
        self, request: gr.Request, customer: Any, line: Line, note: str, at: int, again: bool = False
    ) -> Told:
        card = card_shown(await self.waiting(request, customer), at)
        shown = self._talk.add(self._frame.visitor(request), request, line, again)
        self._show_live(request, note, card)
        return shown, note, card

    def _show_live(self, request: gr.Request, note: str | None, card: str) -> None:
        """Have an answer that is being written show it too, when it next writes to the page."""
        if live := self._talk.live(self._frame.visitor(request), request):
            live.card = card
            live.note = live.note if note is None else note

    def _side(self, customer_id: str, changed: "Confirmed | None") -> str:
        desk = self._frame.services.airline
        customer, reservations = desk.customer(customer_id), desk.reservations(customer_id)
        store = desk.store()
        return side_shown(customer, reservations, store.airports.values(), store.now(), changed)


def _confirmed_line(changed: "Confirmed") -> Line:
    code = f" The reservation is {changed.reservation}." if changed.reservation else ""
    return Line(
        f"Confirmed by the customer, and done: {changed.card.text}{code}",
        f"✓ Confirmed by the customer: {done_text(changed)}",
    )


def _failed_line(title: str, error: SwitchboardError) -> Line:
    return Line(
        f"Confirmed by the customer, but not done, nothing was changed: {title}. {error}",
        f"✗ {title} was not done. {error}",
    )
