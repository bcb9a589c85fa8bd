"""Changes that wait for their customer's own word.

A model can only propose: the change is tried, rolled back and kept with what it would do. The page shows it
as a card, and the visitor for whom it was made confirms it with its token, once, within ten minutes. Then the
rules and the price are checked again, for the world may have moved on. How the card looks is not covered.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, ScalarSelect, delete, func, insert, select, update

from switchboard.airline import schema
from switchboard.airline.access import SignedIn
from switchboard.airline.actions import Action, BookReservation, from_json, to_json
from switchboard.airline.cards import Card, card
from switchboard.airline.ledger import Ledger, Outcome
from switchboard.airline.moments import moment, stored
from switchboard.airline.policy import check
from switchboard.airline.records import Reservation
from switchboard.airline.store import Store
from switchboard.airline.undo import inverse
from switchboard.airline.view import View
from switchboard.errors import NotFound, ToolError

VALID = timedelta(minutes=10)
KEPT = timedelta(days=2)
"""How long a proposal is kept after it expired, so that its answer can be told again."""
OPEN_AT_ONCE = 8
"""Proposals that may wait for one visitor; the oldest gives way."""
_CARD = TypeAdapter(Card)
_TABLE = schema.proposal


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that waits; whoever bears the ``token`` and is its visitor may confirm it."""

    token: str
    customer: str
    card: Card
    expires: datetime


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A change that has been made.

    Attributes:
        token: of its proposal.
        card: as it was shown.
        reservation: the code of the reservation that was made or changed.
        can_undo: whether the rules let it be taken back.
        repeated: whether it had been made before, and nothing was done now.
    """

    token: str
    card: Card
    reservation: str
    can_undo: bool
    repeated: bool = False


class Proposals:
    """The proposals of one airline.

    Args:
        store: the airline.
        ledger: carries out what is confirmed.
    """

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self._store = store
        self._ledger = ledger

    def propose(self, visitor: str, customer_id: str, action: Action) -> Proposal:
        """Try a change and keep it for its customer to decide; the same one twice is one proposal.

        Args:
            visitor: the only one who may confirm it.
            customer_id: the signed-in customer, whose own reservations alone can be touched.
            action: what is to be done.

        Raises:
            ToolError: the rules or the books forbid it; nothing is kept.
        """
        token, now = secrets.token_urlsafe(24), self._store.now()
        with self._store.write() as (connection, view):
            shown, amount = self._tried(connection, view, action, SignedIn(customer_id))
            kept = dict(
                visitor=visitor, customer=customer_id, kind=type(action).__name__, action=to_json(action)
            )
            same = delete(_TABLE).filter_by(**kept, state="open")
            connection.execute(same)
            connection.execute(delete(_TABLE).where(_TABLE.c.expires < stored(now - KEPT)))
            self._make_room(connection, visitor)
            connection.execute(
                insert(_TABLE).values(
                    token=token, number=_next_number(), card=_CARD.dump_json(shown).decode(), amount=amount,
                    expires=stored(now + VALID), state="open", **kept,
                )
            )  # fmt: skip
        return Proposal(token, customer_id, shown, now + VALID)

    def open(self, visitor: str, customer_id: str) -> tuple[Proposal, ...]:
        """What waits for this visitor as this customer, the oldest first."""
        mine = select(_TABLE).filter_by(visitor=visitor, customer=customer_id, state="open")
        valid = mine.where(_TABLE.c.expires >= stored(self._store.now())).order_by(_TABLE.c.number)
        with self._store.read() as connection:
            return tuple(map(_proposal, connection.execute(valid)))

    def confirm(self, visitor: str, token: str) -> Confirmed:
        """Carry a proposal out; again, it tells what was done and does nothing.

        Raises:
            NotFound: there is no such proposal for this visitor.
            ToolError: it has expired or was declined, or what it needs is no longer so. It is closed then,
                and nothing is changed.
        """
        try:
            with self._store.write() as (connection, view):
                return self._confirmed(connection, view, _found(connection, visitor, token))
        except ToolError:
            with self._store.write() as (connection, _):
                _close(connection, token)
            raise

    def decline(self, visitor: str, token: str) -> Card:
        """Close a proposal; its card comes back.

        Raises:
            NotFound: there is no such open proposal for this visitor: it was confirmed, or closed before.
        """
        with self._store.write() as (connection, _):
            row = _found(connection, visitor, token)
            if row.state != "open":
                raise NotFound("That proposal was closed before.", "Reload the page to see what waits.")
            _close(connection, token)
        return _CARD.validate_json(row.card)

    def undo(self, visitor: str, token: str) -> Proposal:
        """Propose what takes a confirmed change back; it is confirmed like any other.

        Raises:
            NotFound: there is no such change of this visitor.
            ToolError: the rules do not let it be taken back.
        """
        with self._store.read() as connection:
            row = _found(connection, visitor, token)
        if row.state != "confirmed":
            raise _unknown()
        if row.undo_kind is None:
            raise ToolError("This change cannot be taken back.", "Ask the desk what can be done instead.")
        return self.propose(visitor, row.customer, from_json(row.undo_kind, row.undo))

    def _tried(
        self, connection: Connection, view: View, action: Action, access: SignedIn
    ) -> tuple[Card, int]:
        check(action, view, access, self._store.now())
        customer, before = access.customer(view), _before(view, action)
        trial = connection.begin_nested()
        try:
            outcome = self._ledger.carry_out(connection, view, action, f"trial {secrets.token_hex(8)}")
            after = view.reservation(outcome.reservation) if outcome.reservation else None
            return card(action, customer, before, after, outcome.amount), outcome.amount
        finally:
            trial.rollback()

    def _confirmed(self, connection: Connection, view: View, row: Row[Any]) -> Confirmed:
        shown = _CARD.validate_json(row.card)
        if row.state == "confirmed":
            return Confirmed(
                row.token, shown, row.reservation or "", row.undo_kind is not None, repeated=True
            )
        if row.state == "declined":
            raise ToolError("This proposal has been closed.", "Ask for it again.")
        if self._store.now() > moment(row.expires):
            raise ToolError(
                f"This proposal has expired: it was valid for {VALID.seconds // 60} minutes.",
                "Ask for it again; nothing has been changed.",
            )
        action, access = from_json(row.kind, row.action), SignedIn(row.customer)
        check(action, view, access, self._store.now())
        before = _before(view, action)
        outcome = self._ledger.carry_out(connection, view, action, row.token)
        if outcome.amount != row.amount:
            raise ToolError(
                f"The price has changed: it is ${outcome.amount:,} now, and ${row.amount:,} was shown.",
                "Nothing has been changed. Ask again to see the new price.",
            )
        undo = self._undo(view, action, before, outcome, access)
        connection.execute(
            update(_TABLE)
            .filter_by(token=row.token)
            .values(
                state="confirmed",
                reservation=outcome.reservation,
                undo_kind=type(undo).__name__ if undo else None,
                undo=to_json(undo) if undo else None,
            )
        )
        return Confirmed(row.token, shown, outcome.reservation, undo is not None)

    def _undo(
        self, view: View, action: Action, before: Reservation | None, outcome: Outcome, access: SignedIn
    ) -> Action | None:
        back = inverse(action, before, outcome)
        if back is not None:
            try:
                check(back, view, access, self._store.now())
            except ToolError:
                return None
        return back

    def _make_room(self, connection: Connection, visitor: str) -> None:
        waiting = select(_TABLE.c.token).filter_by(visitor=visitor, state="open").order_by(_TABLE.c.number)
        tokens = list(connection.scalars(waiting))
        for token in tokens[: max(0, len(tokens) - OPEN_AT_ONCE + 1)]:
            _close(connection, token)


def _close(connection: Connection, token: str) -> None:
    connection.execute(update(_TABLE).filter_by(token=token, state="open").values(state="declined"))


def _before(view: View, action: Action) -> Reservation | None:
    return None if isinstance(action, BookReservation) else view.reservation(action.reservation)


def _next_number() -> ScalarSelect[int]:
    return select(func.coalesce(func.max(_TABLE.c.number), 0) + 1).scalar_subquery()


def _found(connection: Connection, visitor: str, token: str) -> Row[Any]:
    row = connection.execute(select(_TABLE).filter_by(token=token, visitor=visitor)).first()
    if row is None:
        raise _unknown()
    return row


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(row.token, row.customer, _CARD.validate_json(row.card), moment(row.expires))


def _unknown() -> NotFound:
    return NotFound("There is no such proposal for you.", "Ask the desk again.")
