"""The airline's database, filled for the days around today.

A new day adds what is new and keeps what customers did; a new ``EDITION`` makes the world again from nothing.
Either is one transaction, so that a process killed in the middle leaves no half of it. What there is to fill
in is drawn in ``timetable.py``, ``people.py``, ``demonstration.py`` and ``showcase.py``; questions to it are
in ``view.py``.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Table, and_, case, delete, exists, func, select

from switchboard.airline import schema
from switchboard.airline.bulk import insert_rows, next_reservation, settle_ids
from switchboard.airline.database import AirlineDatabase
from switchboard.airline.demonstration import PlannedReservation, reservations
from switchboard.airline.moments import stored
from switchboard.airline.network import Network, larkspur
from switchboard.airline.people import Person, demonstration_people, strangers
from switchboard.airline.showcase import ANNOUNCED, Journey, Showcase
from switchboard.airline.timetable import EDITION, Place, Timetable, window


def fill(database: AirlineDatabase, today: date) -> None:
    """Fill a database with flights from 15 days before ``today`` to 45 days after, or top it up.

    Several processes may do so at once: one fills it, the others wait. A day before the newest that it was
    filled for changes nothing.

    Args:
        database: an empty one, or one that was filled on another day.
        today: the present day, in UTC.

    Raises:
        Busy: another process kept it locked for too long.
        DataDamaged: it is no database of ours.
    """
    with database.read() as connection:
        if _is_for(connection, today):
            return
    with database.write() as connection:
        if not _is_for(connection, today):
            _fill(connection, today)


def _is_for(connection: Connection, today: date) -> bool:
    row = connection.execute(select(schema.world.c.edition, schema.world.c.last_day)).first()
    return row is not None and row.edition == EDITION and row.last_day >= window(today)[1].isoformat()


def _fill(connection: Connection, today: date) -> None:
    network = larkspur()
    people = demonstration_people(network)
    others = strangers(network, EDITION)
    known = connection.execute(select(schema.world)).first()
    if known is None or known.edition != EDITION:
        # The tables too are those of the new edition.
        schema.metadata.drop_all(connection)
        schema.metadata.create_all(connection)
        _fill_network(connection, network)
        _fill_people(connection, (*people, *others))
        known = None
    first, last = window(today)
    timetable = Timetable(network, first, last)
    start = first if known is None else max(first, date.fromisoformat(known.last_day) + timedelta(1))
    _forget(connection, first.isoformat())
    new = start.isoformat()
    _insert(connection, schema.flight, (one.row for one in timetable.flights if one.date >= new))
    held, taken = _held(connection), set(connection.scalars(select(schema.reservation.c.code)))
    days = [start + timedelta(n) for n in range((last - start).days + 1)]
    planned = list(reservations(timetable, others, days, held, taken))
    journeys = list(_journeys(connection, [one.id for one in people], today))
    planned += Showcase(timetable, people, journeys, today, held, taken).missing()
    _fill_reservations(connection, sorted(planned, key=lambda one: (one.ticket.created, one.code)))
    _insert(connection, schema.inventory, _offers(timetable, held, today))
    connection.execute(delete(schema.world))
    _insert(connection, schema.world, [(1, EDITION, first.isoformat(), last.isoformat())])


def _fill_network(connection: Connection, network: Network) -> None:
    airports = network.airports.values()
    _insert(
        connection, schema.airport,
        ((a.code, a.city, a.country, a.zone, a.latitude, a.longitude) for a in airports),
    )  # fmt: skip
    _insert(connection, schema.airport_name, ((name, a.code) for a in airports for name in a.names))
    _insert(
        connection, schema.route,
        ((r.number, r.origin, r.destination, r.departs, r.minutes, r.aircraft) for r in network.routes),
    )  # fmt: skip


def _fill_people(connection: Connection, people: tuple[Person, ...]) -> None:
    _insert(connection, schema.customer, (one.row for one in people))
    _insert(connection, schema.saved_passenger, (row for one in people for row in one.saved_rows))
    _insert(connection, schema.payment_method, (row for one in people for row in one.method_rows))


def _forget(connection: Connection, first: str) -> None:
    """Remove the flights that nobody's reservation needs, and all that is for sale on the others."""
    flight, inventory, segment = schema.flight, schema.inventory, schema.segment
    for table in (inventory, flight):
        needed = exists().where(segment.c.number == table.c.number, segment.c.date == table.c.date)
        connection.execute(delete(table).where(table.c.date < first, ~needed))
    connection.execute(delete(inventory).where(inventory.c.date >= first))


def _held(connection: Connection) -> Counter[Place]:
    reservation, segment, passenger = schema.reservation, schema.segment, schema.passenger
    place = segment.c.number, segment.c.date, reservation.c.cabin
    rows = connection.execute(
        select(*place, func.count().label("seats"))
        .join_from(segment, reservation).join(passenger, passenger.c.reservation == reservation.c.id)
        .where(reservation.c.cancelled == 0).group_by(*place)
    )  # fmt: skip
    return Counter({(row.number, row.date, row.cabin): row.seats for row in rows})


def _journeys(connection: Connection, customers: list[str], today: date) -> Iterator[Journey]:
    reservation, segment, flight = schema.reservation, schema.segment, schema.flight
    size = select(func.count()).where(schema.passenger.c.reservation == reservation.c.id).scalar_subquery()
    near, far = ((datetime.combine(today, time(), UTC) + ahead) for ahead in ANNOUNCED)
    dropped = and_(flight.c.cancelled == 1, flight.c.departs >= stored(near), flight.c.departs < stored(far))
    rows = connection.execute(
        select(
            reservation.c.customer, reservation.c.cabin, reservation.c.insured, reservation.c.created,
            reservation.c.trip, size.label("size"), func.count().label("flights"),
            func.min(segment.c.date).label("first"), func.max(segment.c.date).label("last"),
            func.max(case((dropped, 1), else_=0)).label("dropped"),
        )
        .join_from(reservation, segment).join(flight)
        .where(reservation.c.customer.in_(customers), reservation.c.cancelled == 0)
        .group_by(reservation.c.id).order_by(reservation.c.id)
    )  # fmt: skip
    for row in rows:
        direct = 1 if row.trip == "one_way" else 2
        yield Journey(
            row.customer, date.fromisoformat(row.first), date.fromisoformat(row.last), row.cabin, row.size,
            bool(row.insured), row.flights > direct, row.created, bool(row.dropped),
        )  # fmt: skip


def _fill_reservations(connection: Connection, planned: list[PlannedReservation]) -> None:
    numbered = list(enumerate(planned, next_reservation(connection)))
    _insert(connection, schema.reservation, ((number, *one.row) for number, one in numbered))
    _insert(
        connection, schema.segment,
        (
            (number, position, flight.route.number, flight.date, fare)
            for number, one in numbered
            for position, (flight, fare) in enumerate(zip(one.ticket.flights, one.fares, strict=True), 1)
        ),
    )  # fmt: skip
    _insert(
        connection, schema.passenger,
        (
            (number, position, who.first_name, who.last_name, who.dob)
            for number, one in numbered
            for position, who in enumerate(one.ticket.party, 1)
        ),
    )  # fmt: skip
    _insert(connection, schema.payment, ((number, 1, one.method, one.price) for number, one in numbered))
    settle_ids(connection)


def _offers(timetable: Timetable, held: Counter[Place], today: date) -> Iterator[tuple[Any, ...]]:
    day = today.isoformat()
    ahead = {
        (timetable.first + timedelta(n)).isoformat(): max(0, n - (today - timetable.first).days)
        for n in range((timetable.last - timetable.first).days + 1)
    }
    for flight in timetable.flights:
        yield from flight.offers(ahead[flight.date] if flight.date > day else 0, held)


def _insert(connection: Connection, table: Table, rows: Iterable[Iterable[Any]]) -> None:
    insert_rows(connection, table, map(tuple, rows))
