"""Questions to the airline's tables, within one connection.

Read-only, and told to anybody who asks: who may see what is decided in ``policy.py``. Every value reaches SQL
as a bound parameter.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, CursorResult, Row, Select, bindparam, func, or_, select, true

from switchboard.airline import schema
from switchboard.airline.airports import Airport
from switchboard.airline.flights import CANCELLED_AHEAD, SALE_ENDS, Flight
from switchboard.airline.moments import moment, stored
from switchboard.airline.records import (
    CabinOffer,
    Certificate,
    CreditCard,
    Customer,
    FlightOffer,
    GiftCard,
    Passenger,
    PastChange,
    Payment,
    PaymentMethod,
    Reservation,
    Segment,
)

_FLIGHT = select(
    schema.flight, schema.route.c.origin, schema.route.c.destination
).join_from(schema.flight, schema.route)  # fmt: skip


def _owned(table: Any, owner: str, *columns: str) -> Select[Any]:
    """The rows of an ``owner``, in their order; made once: making a statement costs as much as asking."""
    chosen = [table.c[column] for column in columns] or [table]
    order = [table.c[name] for name in ("position", "kind", "id") if name in table.c]
    return select(*chosen).where(table.c[owner] == bindparam("owner")).order_by(*order)


_PERSON = ("first_name", "last_name", "dob")
_CUSTOMER = _owned(schema.customer, "id")
_METHODS = _owned(schema.payment_method, "customer")
_SAVED = _owned(schema.saved_passenger, "customer", *_PERSON)
_CODES = _owned(schema.reservation, "customer", "code")
_PASSENGERS = _owned(schema.passenger, "reservation", *_PERSON)
_PAYMENTS = _owned(schema.payment, "reservation", "method", "amount")
_SEGMENTS = (
    select(schema.flight, schema.route.c.origin, schema.route.c.destination, schema.segment.c.fare)
    .join_from(schema.segment, schema.flight)
    .join(schema.route)
    .where(schema.segment.c.reservation == bindparam("owner"))
    .order_by(schema.segment.c.position)
)


class View:
    """What one connection sees.

    Args:
        connection: a reader's, or a writer's in the middle of its transaction.
        airports: all of them, by code.
    """

    def __init__(self, connection: Connection, airports: Mapping[str, Airport]) -> None:
        self._connection = connection
        self.airports = airports

    def cheapest_seats(
        self, origin: str, destination: str, now: datetime, day: str = ""
    ) -> tuple[tuple[CabinOffer, str, str], ...]:
        """The cheapest free seat of each cabin on direct flights that can be booked at ``now``.

        Args:
            origin: an airport's code, as is ``destination``.
            destination: where to.
            now: with a time zone.
            day: a local date; any when left out.

        Returns:
            The offer with its flight number and date, cabins from the cheapest to the dearest.
        """
        table, flight, route = schema.inventory, schema.flight, schema.route
        ranked = (
            select(
                table,
                func.row_number()
                .over(partition_by=table.c.cabin, order_by=(table.c.fare, table.c.date, table.c.number))
                .label("place"),
            )
            .join_from(table, flight)
            .join(route)
            .where(route.c.origin == origin, route.c.destination == destination)
            .where(flight.c.departs > stored(now + SALE_ENDS), table.c.sold < table.c.seats)
            .where(or_(flight.c.cancelled == 0, flight.c.departs > stored(now + CANCELLED_AHEAD)))
            .where(flight.c.date == day if day else true())
            .subquery()
        )
        rows = self._connection.execute(select(ranked).where(ranked.c.place == 1).order_by(ranked.c.fare))
        return tuple(
            (CabinOffer(row.cabin, row.seats, row.seats - row.sold, row.fare), row.number, row.date)
            for row in rows
        )

    def offer(self, number: str, date: str) -> FlightOffer | None:
        """The flight ``number`` that leaves on the local ``date``, with its cabins."""
        wanted = _FLIGHT.where(schema.flight.c.number == number, schema.flight.c.date == date)
        return next(iter(self._offers(wanted)), None)

    def offers(self, date: str, origin: str = "", destination: str = "") -> tuple[FlightOffer, ...]:
        """The flights of a local ``date`` by departure, from one airport or to one, where they are named."""
        wanted = _FLIGHT.where(schema.flight.c.date == date)
        if origin:
            wanted = wanted.where(schema.route.c.origin == origin)
        if destination:
            wanted = wanted.where(schema.route.c.destination == destination)
        return self._offers(wanted.order_by(schema.flight.c.departs, schema.flight.c.number))

    def route(self, number: str) -> tuple[str, str] | None:
        """Where a flight number goes from and to."""
        wanted = select(schema.route.c.origin, schema.route.c.destination)
        row = self._connection.execute(wanted.where(schema.route.c.number == number)).first()
        return None if row is None else (row.origin, row.destination)

    def numbers(self) -> tuple[str, ...]:
        """All flight numbers."""
        return tuple(self._connection.scalars(select(schema.route.c.number).order_by(schema.route.c.number)))

    def connections_from(self, origin: str) -> frozenset[str]:
        """The airports that are reached from ``origin`` without a stop."""
        wanted = select(schema.route.c.destination).where(schema.route.c.origin == origin)
        return frozenset(self._connection.scalars(wanted))

    def last_day(self) -> str:
        """The last day whose flights are known."""
        return str(self._connection.scalar(select(schema.world.c.last_day)))

    def customer(self, customer_id: str) -> Customer | None:
        """The customer of this id."""
        row = self._rows(_CUSTOMER, customer_id).first()
        if row is None:
            return None
        return Customer(
            row.id, row.first_name, row.last_name, row.email, row.dob, row.membership, row.address,
            payment_methods=tuple(map(_method, self._rows(_METHODS, customer_id))),
            saved_passengers=tuple(map(_person, self._rows(_SAVED, customer_id))),
            reservations=tuple(self._rows(_CODES, customer_id).scalars()),
        )  # fmt: skip

    def demonstration_customers(self) -> tuple[str, ...]:
        """The ids of those that a visitor may sign in as, by name."""
        table = schema.customer
        wanted = select(table.c.id).where(table.c.demonstration == 1)
        return tuple(self._connection.scalars(wanted.order_by(table.c.first_name, table.c.last_name)))

    def reservation(self, code: str) -> Reservation | None:
        """The reservation of this code."""
        row = self._one(select(schema.reservation).where(schema.reservation.c.code == code))
        return None if row is None else self._reservation(row)

    def reservations(self, customer_id: str) -> tuple[Reservation, ...]:
        """A customer's reservations, the journey that begins first coming first."""
        table = schema.reservation
        rows = self._connection.execute(select(table).where(table.c.customer == customer_id)).all()
        return tuple(sorted(map(self._reservation, rows), key=lambda one: one.segments[0].flight.departs))

    def changes(self, code: str) -> tuple[PastChange, ...]:
        """What has been done to a reservation, the oldest first."""
        table = schema.change
        rows = self._connection.execute(
            select(table.c.kind, table.c.at, table.c.flights)
            .where(table.c.reservation == code)
            .order_by(table.c.id)
        ).all()
        return tuple(PastChange(row.kind, moment(row.at), self._flights(row.flights)) for row in rows)

    def _flights(self, text: str) -> tuple[Flight, ...]:
        offers = (self.offer(number, date) for number, date in json.loads(text))
        return tuple(offer.flight for offer in offers if offer is not None)

    def _one(self, wanted: Select[Any]) -> Row[Any] | None:
        return self._connection.execute(wanted).first()

    def _offers(self, wanted: Select[Any]) -> tuple[FlightOffer, ...]:
        rows = self._connection.execute(wanted).all()
        cabins: dict[tuple[str, str], list[CabinOffer]] = {}
        table = schema.inventory
        if rows:
            sold = select(table).where(
                table.c.date == rows[0].date, table.c.number.in_([row.number for row in rows])
            )
            for row in self._connection.execute(sold.order_by(table.c.fare)):
                offer = CabinOffer(row.cabin, row.seats, row.seats - row.sold, row.fare)
                cabins.setdefault((row.number, row.date), []).append(offer)
        return tuple(
            FlightOffer(self._flight(row), tuple(cabins.get((row.number, row.date), ()))) for row in rows
        )

    def _flight(self, row: Row[Any]) -> Flight:
        origin, destination = self.airports[row.origin], self.airports[row.destination]
        here, there = ZoneInfo(origin.zone), ZoneInfo(destination.zone)
        return Flight(
            number=row.number, date=row.date, origin=origin, destination=destination,
            departs=moment(row.departs).astimezone(here), arrives=moment(row.arrives).astimezone(there),
            leaves=moment(row.leaves).astimezone(here), lands=moment(row.lands).astimezone(there),
            cancelled=bool(row.cancelled),
        )  # fmt: skip

    def _reservation(self, row: Row[Any]) -> Reservation:
        return Reservation(
            row.code, row.customer, row.origin, row.destination, row.trip, row.cabin, row.created,
            row.bags, row.paid_bags, bool(row.insured), bool(row.cancelled),
            segments=tuple(Segment(self._flight(one), one.fare) for one in self._rows(_SEGMENTS, row.id)),
            passengers=tuple(map(_person, self._rows(_PASSENGERS, row.id))),
            payments=tuple(Payment(one.method, one.amount) for one in self._rows(_PAYMENTS, row.id)),
        )  # fmt: skip

    def _rows(self, wanted: Select[Any], owner: object) -> CursorResult[Any]:
        return self._connection.execute(wanted, {"owner": owner})


def _person(row: Row[Any]) -> Passenger:
    return Passenger(row.first_name, row.last_name, row.dob)


def _method(row: Row[Any]) -> PaymentMethod:
    match row.kind:
        case "credit_card":
            return CreditCard(row.id, row.brand, row.last_four)
        case "gift_card":
            return GiftCard(row.id, row.balance)
        case _:
            return Certificate(row.id, row.balance)
