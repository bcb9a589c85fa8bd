"""The rows that a change writes.

It writes what it is told to: checks come before, in ``ledger.py``, so that a refusal has written nothing. All
of it happens on one connection, inside the transaction of the only writer.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, func, insert, select, update

from switchboard.airline import schema
from switchboard.airline.actions import Action, BookReservation, to_json
from switchboard.airline.records import (
    Cabin,
    CreditCard,
    Customer,
    Passenger,
    Payment,
    Reservation,
    Segment,
)


class Books:
    """The airline's tables, to be written to.

    Args:
        connection: a writer's, in the middle of its transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def recorded(self, key: str) -> Row[Any] | None:
        """The change that was made with this idempotency key."""
        return self._connection.execute(
            select(schema.change).where(schema.change.c.idempotency_key == key)
        ).first()

    def record(
        self,
        at: str,
        customer: str,
        before: Reservation | None,
        reservation: str,
        action: Action,
        amount: int,
        key: str,
    ) -> None:
        """Write down that a change was made, ``before`` being the reservation that it concerns."""
        flights = [(one.flight.number, one.flight.date) for one in before.segments] if before else []
        self._connection.execute(
            insert(schema.change).values(
                id=self._next(schema.change), at=at, customer=customer, reservation=reservation,
                kind=type(action).__name__, action=to_json(action), flights=json.dumps(flights),
                amount=amount, idempotency_key=key,
            )
        )  # fmt: skip

    def is_code_taken(self, code: str) -> bool:
        """Whether a reservation has this code."""
        wanted = select(schema.reservation.c.id).where(schema.reservation.c.code == code)
        return self._connection.execute(wanted).first() is not None

    def was_paid_with(self, method_id: str) -> bool:
        """Whether any reservation's payments name this method."""
        wanted = select(schema.payment.c.reservation).where(schema.payment.c.method == method_id)
        return self._connection.execute(wanted.limit(1)).first() is not None

    def reservation_id(self, code: str) -> int:
        """The row of the reservation with this code, which exists."""
        wanted = select(schema.reservation.c.id).where(schema.reservation.c.code == code)
        return int(self._connection.execute(wanted).scalar_one())

    def add_reservation(self, code: str, created: str, action: BookReservation) -> int:
        """A reservation without flights, passengers and payments as yet; returns its row."""
        row_id = self._next(schema.reservation)
        self._connection.execute(
            insert(schema.reservation).values(
                id=row_id, code=code, customer=action.customer, origin=action.origin,
                destination=action.destination, trip=action.trip, cabin=action.cabin, created=created,
                bags=action.bags, paid_bags=action.paid_bags, insured=int(action.insured), cancelled=0,
            )
        )  # fmt: skip
        return row_id

    def change_reservation(self, row_id: int, **columns: object) -> None:
        """Set columns of a reservation."""
        table = schema.reservation
        self._connection.execute(update(table).where(table.c.id == row_id).values(**columns))

    def put_segments(self, row_id: int, segments: Sequence[Segment]) -> None:
        """Replace a reservation's flights."""
        self._replace(
            schema.segment, row_id,
            ({"number": one.flight.number, "date": one.flight.date, "fare": one.fare} for one in segments),
        )  # fmt: skip

    def put_passengers(self, row_id: int, passengers: Sequence[Passenger]) -> None:
        """Replace a reservation's passengers."""
        self._replace(
            schema.passenger, row_id,
            ({"first_name": p.first_name, "last_name": p.last_name, "dob": p.dob} for p in passengers),
        )  # fmt: skip

    def add_payments(self, row_id: int, payments: Iterable[Payment]) -> None:
        """Put payments after those that a reservation has."""
        table = schema.payment
        last = select(func.coalesce(func.max(table.c.position), 0)).where(table.c.reservation == row_id)
        first = int(self._connection.execute(last).scalar_one()) + 1
        rows = [
            {"reservation": row_id, "position": position, "method": one.method_id, "amount": one.amount}
            for position, one in enumerate(payments, start=first)
        ]
        if rows:
            self._connection.execute(insert(table), rows)

    def sell(self, segments: Iterable[Segment], cabin: Cabin, seats: int) -> None:
        """Take seats of these flights, or give them back where ``seats`` is negative."""
        table = schema.inventory
        for segment in segments:
            self._connection.execute(
                update(table)
                .where(table.c.number == segment.flight.number, table.c.date == segment.flight.date)
                .where(table.c.cabin == cabin)
                .values(sold=table.c.sold + seats)
            )

    def charge(self, customer: Customer, payment: Payment) -> None:
        """Take a payment from its method's balance, or add it where the amount is negative.

        A credit card has none here. A method that is no longer in the profile was a certificate: it comes
        back with what was paid by it.
        """
        method = customer.payment_method(payment.method_id)
        table = schema.payment_method
        if method is None:
            self.add_certificate(customer.id, payment.method_id, -payment.amount)
        elif not isinstance(method, CreditCard):
            self._connection.execute(
                update(table)
                .where(table.c.customer == customer.id, table.c.id == method.id)
                .values(balance=table.c.balance - payment.amount)
            )

    def add_certificate(self, customer_id: str, method_id: str, amount: int) -> None:
        """Put a certificate into a profile that has none of this id."""
        self._connection.execute(
            insert(schema.payment_method).values(
                customer=customer_id, id=method_id, kind="certificate", balance=amount
            )
        )

    def remove_certificate(self, customer_id: str, method_id: str) -> None:
        """Take a certificate out of a profile."""
        table = schema.payment_method
        self._connection.execute(
            delete(table).where(table.c.customer == customer_id, table.c.id == method_id)
        )

    def _next(self, table: Table) -> int:
        # Not the database's own numbering: PostgreSQL's does not notice rows that came with their number.
        return int(self._connection.execute(select(func.coalesce(func.max(table.c.id), 0) + 1)).scalar_one())

    def _replace(self, table: Table, row_id: int, rows: Iterable[dict[str, object]]) -> None:
        self._connection.execute(delete(table).where(table.c.reservation == row_id))
        self._connection.execute(
            insert(table),
            [{"reservation": row_id, "position": n, **row} for n, row in enumerate(rows, start=1)],
        )
