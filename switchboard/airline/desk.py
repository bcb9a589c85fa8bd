"""The airline's support desk: a customer's message becomes the events of an answer.

Which backend answers, and how the page shows it, are decided above; what the tools do is in
``reading_tools.py`` and ``changing_tools.py``, what becomes of a change in ``proposals.py``.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from threading import Lock

from switchboard.agent import AgentEvent, ToolFinished, run
from switchboard.airline.access import SignedIn
from switchboard.airline.actions import Action
from switchboard.airline.database import AirlineDatabase
from switchboard.airline.ledger import Ledger
from switchboard.airline.proposals import Proposal, Proposals
from switchboard.airline.records import Customer, Reservation
from switchboard.airline.store import Store, utc_now
from switchboard.airline.toolbox import Toolbox
from switchboard.airline.world import fill
from switchboard.backends.base import Backend, Capability, ChatRequest, Sampling
from switchboard.context import fitted
from switchboard.errors import BadInput, TooLarge, UnknownChoice
from switchboard.messages import Message, Source, UserMessage, user
from switchboard.reminders import Reminders
from switchboard.tools import Tool

MESSAGE_CHARACTERS = 4_000
HISTORY_MESSAGES = 100
"""How much of a conversation is sent again; a support case that is longer has changed its subject."""
WAITS = "Not done yet: press Confirm on the card to do it."
NOTES = Path(__file__).parent / "notes.toml"


@dataclass(frozen=True, slots=True)
class Proposed:
    """A change waits for the customer's word."""

    proposal: Proposal


DeskEvent = AgentEvent | Proposed


class AirlineDesk:
    """The desk over one database, filled when it is first needed.

    Args:
        address: a SQLite file, or a SQLAlchemy URL.
        now: the moment, with a time zone.
        notes: the operator's rules for what a model is reminded of; the airline's own when left out.
        fill: brings the database up to a day, and does nothing where it is.
        ledger: keeps the books of a store.

    Raises:
        BadInput: the address is none, or its driver is not installed.
    """

    def __init__(
        self,
        address: Path | str,
        now: Callable[[], datetime] = utc_now,
        notes: Path | None = None,
        *,
        fill: Callable[[AirlineDatabase, date], None] = fill,
        ledger: Callable[[Store], Ledger] = Ledger,
    ) -> None:
        self._fill = fill
        self._database = AirlineDatabase(address)
        self._filled: date | None = None
        self._filling = Lock()
        self._store = Store(self._database, now)
        self._reminders = Reminders.load(notes or NOTES)
        self._toolbox = Toolbox(self._store)
        self.proposals = Proposals(self._store, ledger(self._store))

    def store(self) -> Store:
        """The database with the flights around today; the first call of a day fills or tops it up.

        Raises:
            Busy, DataDamaged: as ``AirlineDatabase`` does.
        """
        today = self._store.now().date()
        if self._filled != today:
            with self._filling:
                if self._filled != today:
                    self._fill(self._database, today)
                    self._filled = today
        return self._store

    def close(self) -> None:
        """Close the connections that are not in use."""
        self._database.close()

    def customers(self) -> tuple[Customer, ...]:
        """The demonstration customers that a visitor may sign in as, by name."""
        with self.store().view() as view:
            found = (view.customer(one) for one in view.demonstration_customers())
            return tuple(one for one in found if one is not None)

    def reservations(self, customer_id: str) -> tuple[Reservation, ...]:
        """A demonstration customer's reservations, the journey that begins first coming first.

        Raises:
            UnknownChoice: there is no such customer.
        """
        store = self.store()
        customer = self.customer(customer_id)
        with store.view() as view:
            return view.reservations(customer.id)

    def customer(self, customer_id: str) -> Customer:
        """The demonstration customer of this id.

        Raises:
            UnknownChoice: there is none.
        """
        with self.store().view() as view:
            found = view.customer(customer_id) if customer_id in view.demonstration_customers() else None
        if found is None:
            raise UnknownChoice("There is no such customer.", "Choose one from the list.")
        return found

    async def reply(
        self,
        backend: Backend,
        visitor: str,
        history: Sequence[Message],
        message: str,
        customer_id: str,
        sampling: Sampling,
    ) -> AsyncGenerator[DeskEvent, None]:
        """Answer a customer's message.

        Args:
            backend: the model.
            visitor: who alone can confirm what is proposed.
            history: what was said before, tool turns among it: the messages of earlier ``Turn`` events.
            message: what the customer typed.
            customer_id: who is signed in.
            sampling: how the model writes.

        Yields:
            The events of ``agent.run``, notices of what was left out before them, and each ``Proposed`` after
            the tool that made it.

        Raises:
            BadInput: the message is empty or longer than ``MESSAGE_CHARACTERS``.
            UnknownChoice: there is no such customer.
            BackendError: as ``Backend.stream`` does.
        """
        if not isinstance(message, str) or not message.strip():
            raise BadInput("The message is empty.", "Type a question first.")
        if len(message) > MESSAGE_CHARACTERS:
            raise TooLarge(
                f"The message has {len(message):,} characters; the desk reads {MESSAGE_CHARACTERS:,}.",
                "Shorten it.",
            )
        made: deque[Proposal] = deque()
        request = await asyncio.to_thread(self._request, visitor, history, message, customer_id, made)
        if Capability.LANGUAGE not in backend.capabilities:
            request = replace(request, sources=self._notes(message))
        request, notices = fitted(backend, replace(request, sampling=sampling))
        for notice in notices:
            yield notice
        async with aclosing(run(backend, request)) as events:
            async for event in events:
                yield event
                while made and isinstance(event, ToolFinished):
                    yield Proposed(made.popleft())

    def _notes(self, message: str) -> tuple[Source, ...]:
        """What a model is reminded of, as passages for a backend that reads no instructions."""
        notes = enumerate(self._reminders.notes(message), 1)
        return tuple(Source(number, "The airline's notes", note) for number, note in notes)

    def tools(self, visitor: str, customer_id: str, made: deque[Proposal]) -> tuple[Tool, ...]:
        """What a model may call for a customer; what it proposes goes into ``made`` as well."""

        def submit(action: Action) -> str:
            """Propose it, and say that it waits."""
            proposal = self.proposals.propose(visitor, customer_id, action)
            made.append(proposal)
            return f"{proposal.card.text} {WAITS}"

        self.store()
        return self._toolbox.tools(SignedIn(customer_id), submit)

    def _request(
        self, visitor: str, history: Sequence[Message], message: str, customer_id: str, made: deque[Proposal]
    ) -> ChatRequest:
        customer = self.customer(customer_id)
        waiting = self.proposals.open(visitor, customer.id)
        parts = [
            _text("prompt.md"),
            _text("policy.md"),
            f"Now it is {self._store.now():%A, %d %B %Y, %H:%M %Z}. The customer is {customer.name}, "
            f"user id {customer.id}, a {customer.membership} member.",
            *self._reminders.notes(message),
        ]
        if waiting:
            # The titles alone: the rest of a card holds names that somebody typed.
            parts.append("Waiting for the customer's Confirm:\n" + "\n".join(p.card.title for p in waiting))
        return ChatRequest(
            (*_newest(history), user(message)),
            system="\n\n".join(parts),
            tools=self.tools(visitor, customer.id, made),
        )


@cache
def _text(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8").strip()


def _newest(history: Sequence[Message]) -> Sequence[Message]:
    """The last messages, from a customer's own on: a result without its call is refused by providers."""
    kept = history[-HISTORY_MESSAGES:]
    start = next((at for at, message in enumerate(kept) if isinstance(message, UserMessage)), len(kept))
    return kept[start:]
