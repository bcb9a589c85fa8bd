"""The airline's support desk: a customer's message becomes the events of an answer.

Which backend answers and how the page shows it are decided above; what the tools do is in ``tools.py``.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from string import Template

from switchboard.agent import AgentEvent, run
from switchboard.airline.store import Customer, Store
from switchboard.airline.tools import airline_tools
from switchboard.airline.world import open_world
from switchboard.backends.base import Backend, ChatRequest, Sampling
from switchboard.context import fitted
from switchboard.errors import BadInput, TooLarge, UnknownChoice
from switchboard.messages import Message, UserMessage, user

MESSAGE_CHARACTERS = 4_000
HISTORY_MESSAGES = 100
"""How much of a conversation is sent again; a support case that is longer has changed its subject."""
_PROMPT = Path(__file__).parent / "prompt.md"


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


class AirlineDesk:
    """The desk over one database file, made when it is first needed.

    Args:
        database: the file.
        now: the moment, with a time zone.
    """

    def __init__(self, database: Path, now: Callable[[], datetime] = utc_now) -> None:
        self._path = database
        self._now = now

    def store(self) -> Store:
        """The database with the flights around today; the first call of a day fills it, in about 0.1 s.

        Raises:
            Busy, DataDamaged: as ``open_world`` does.
        """
        return Store(open_world(self._path, self._now().astimezone(UTC).date()), self._now)

    def customers(self) -> tuple[Customer, ...]:
        """The demonstration customers that a visitor may sign in as, by name."""
        return self.store().customers()

    async def reply(
        self,
        backend: Backend,
        history: Sequence[Message],
        message: str,
        customer_id: str,
        sampling: Sampling,
    ) -> AsyncGenerator[AgentEvent, None]:
        """Answer a customer's message.

        Args:
            backend: the model.
            history: what was said before, tool turns among it: the messages of earlier ``Turn`` events.
            message: what the customer typed.
            customer_id: who is signed in.
            sampling: how the model writes.

        Yields:
            The events of ``agent.run``, notices of what was left out before them.

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
        request = await asyncio.to_thread(self._request, history, message, customer_id)
        request, notices = fitted(backend, replace(request, sampling=sampling))
        for notice in notices:
            yield notice
        async with aclosing(run(backend, request)) as events:
            async for event in events:
                yield event

    def _request(self, history: Sequence[Message], message: str, customer_id: str) -> ChatRequest:
        store = self.store()
        customer = next((known for known in store.customers() if known.id == customer_id), None)
        if customer is None:
            raise UnknownChoice("There is no such customer.", "Choose one from the list.")
        system = Template(_PROMPT.read_text(encoding="utf-8")).substitute(
            now=f"{self._now():%A, %d %B %Y, %H:%M %Z}", customer=customer.name, tier=customer.tier
        )
        tools = airline_tools(store, customer.id)
        return ChatRequest((*_newest(history), user(message)), system=system, tools=tools)


def _newest(history: Sequence[Message]) -> Sequence[Message]:
    """The last messages, from a customer's own on: a result without its call is refused by providers."""
    kept = history[-HISTORY_MESSAGES:]
    start = next((at for at, message in enumerate(kept) if isinstance(message, UserMessage)), len(kept))
    return kept[start:]
