"""The record of changes: each is carried out whole and once, or not at all.

How an action of each kind is carried out is in ``changes.py``. Whether it is allowed is decided before, in
``policy.py``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from switchboard.airline.actions import Action, from_json
from switchboard.airline.books import Books
from switchboard.airline.changes import Changes
from switchboard.airline.ids import random_certificates, random_codes
from switchboard.airline.moments import stored
from switchboard.airline.store import Store
from switchboard.airline.view import View
from switchboard.errors import ToolError


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change came to.

    Attributes:
        reservation: its code, or empty where the change concerns none.
        amount: US dollars paid by the customer, negative for a refund.
    """

    reservation: str
    amount: int


class Ledger:
    """Changes to a store, each written down once under its key.

    Args:
        store: where the changes are made.
        settles: whether seats and balances follow a cancellation or a change of flights. Without it they stay
            as they are, and what is cancelled can be changed further, as in τ²-bench.
        codes: candidates for the codes of new reservations; the first that is free is taken.
        certificates: likewise for the ids of certificates.
    """

    def __init__(
        self,
        store: Store,
        *,
        settles: bool = True,
        codes: Callable[[], Iterator[str]] = random_codes,
        certificates: Callable[[], Iterator[str]] = random_certificates,
    ) -> None:
        self._store = store
        self._settles = settles
        self._codes = codes
        self._certificates = certificates

    def perform(self, action: Action, key: str, customer_id: str = "") -> Outcome:
        """Carry out an action in a transaction of its own.

        Args:
            action: already allowed by the policy.
            key: the same when the same request comes again, from whatever thread or process: it is then
                answered from the record and carried out no second time.
            customer_id: whose customer or reservation it must concern; anybody's when left out.

        Raises:
            ToolError: it cannot be carried out; nothing has changed.
            Busy, DataDamaged: as ``Store.write`` does; nothing has changed.
        """
        with self._store.write() as (connection, view):
            return self.carry_out(connection, view, action, key, customer_id)

    def carry_out(
        self, connection: Connection, view: View, action: Action, key: str, customer_id: str = ""
    ) -> Outcome:
        """Carry out an action within the caller's transaction; otherwise as ``perform``.

        Args:
            connection: of ``Store.write``.
            view: of the same.
            action: already allowed by the policy.
            key: the same when the same request comes again.
            customer_id: whose customer or reservation it must concern; anybody's when left out.
        """
        books = Books(connection)
        if (known := books.recorded(key)) is not None:
            if from_json(known.kind, known.action) != action or customer_id not in ("", known.customer):
                raise ToolError("This key belongs to another change.", "Ask for the change anew.")
            return Outcome(known.reservation, known.amount)
        now = self._store.now()
        changes = Changes(books, view, now, self._settles, self._codes, self._certificates)
        entry = changes.make(action, customer_id)
        books.record(stored(now), entry.customer, entry.before, entry.reservation, action, entry.amount, key)
        return Outcome(entry.reservation, entry.amount)
