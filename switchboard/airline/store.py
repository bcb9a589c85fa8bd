"""Questions to the airline's database.

Read-only: what changes a row is not covered. Every value reaches SQL as a parameter; a customer's bookings
are asked for with the customer's id, so that another's answer like unknown ones.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from switchboard.airline.flights import Flight
from switchboard.airline.world import mapped
from switchboard.database import Database


@dataclass(frozen=True, slots=True)
class Airport:
    """An airport; ``names`` are what its city is called besides, ``zone`` its IANA time zone."""

    code: str
    city: str
    country: str
    zone: str
    names: tuple[str, ...]

    @property
    def label(self) -> str:
        """City and code, such as "Delhi (DEL)"."""
        return f"{self.city} ({self.code})"


@dataclass(frozen=True, slots=True)
class Route:
    """A daily flight; ``departs`` is local time, ``fares`` the lowest one-way fare by cabin in US dollars."""

    number: str
    origin: str
    destination: str
    departs: str
    minutes: int
    aircraft: str
    fares: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Customer:
    """A demonstration customer; ``tier`` is regular, silver or gold."""

    id: str
    name: str
    email: str
    tier: str


@dataclass(frozen=True, slots=True)
class Booking:
    """A customer's booking; ``made`` is a date, ``paid`` in US dollars."""

    code: str
    cabin: str
    made: str
    bags: int
    paid: int
    passengers: tuple[str, ...]
    flights: tuple[Flight, ...]


_FLIGHT = """
SELECT flight.*, origin.city || ' (' || origin.code || ')' AS origin, origin.zone AS origin_zone,
    destination.city || ' (' || destination.code || ')' AS destination, destination.zone AS destination_zone
FROM flight JOIN route ON route.number = flight.route
JOIN airport AS origin ON origin.code = route.origin
JOIN airport AS destination ON destination.code = route.destination
"""


class Store:
    """The airline's database as its desk reads it.

    Args:
        database: filled by ``world.py``.
        now: the moment, with a time zone.
    """

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self.now = now

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        with mapped(), self._database.read() as connection:
            yield connection

    def airports(self) -> tuple[Airport, ...]:
        """All airports, by city."""
        with self._read() as connection:
            names: dict[str, list[str]] = {}
            for row in connection.execute("SELECT airport, name FROM airport_name ORDER BY rowid"):
                names.setdefault(row["airport"], []).append(row["name"])
            rows = connection.execute(
                "SELECT code, city, country, zone FROM airport ORDER BY city"
            ).fetchall()
        return tuple(Airport(**row, names=tuple(names.get(row["code"], ()))) for row in rows)

    def routes(self) -> tuple[Route, ...]:
        """All flight numbers with where they go, by number."""
        with self._read() as connection:
            fares: dict[str, list[tuple[str, int]]] = {}
            for route, cabin, usd in connection.execute("SELECT route, cabin, usd FROM fare ORDER BY usd"):
                fares.setdefault(route, []).append((cabin, usd))
            rows = connection.execute(
                "SELECT number, origin, destination, departs, minutes, aircraft FROM route ORDER BY number"
            ).fetchall()
        return tuple(Route(**row, fares=tuple(fares[row["number"]])) for row in rows)

    def flight(self, number: str, date: str) -> Flight | None:
        """The flight ``number`` that leaves on the local ``date`` (YYYY-MM-DD), or ``None``."""
        with self._read() as connection:
            row = connection.execute(
                f"{_FLIGHT} WHERE flight.route = ? AND flight.date = ?", (number, date)
            ).fetchone()
        return None if row is None else _flight(row)

    def customers(self) -> tuple[Customer, ...]:
        """The demonstration customers, by name."""
        with self._read() as connection:
            rows = connection.execute("SELECT id, name, email, tier FROM customer ORDER BY name").fetchall()
        return tuple(Customer(**row) for row in rows)

    def bookings(self, customer: str) -> tuple[Booking, ...]:
        """The bookings of one customer, the journey that begins first coming first."""
        with self._read() as connection:
            rows = connection.execute("SELECT * FROM booking WHERE customer = ?", (customer,)).fetchall()
            found = [
                Booking(
                    row["code"], row["cabin"], row["made"], row["bags"], row["paid"],
                    _passengers(connection, row["code"]), _legs(connection, row["code"]),
                )
                for row in rows
            ]  # fmt: skip
        return tuple(sorted(found, key=lambda booking: booking.flights[0].departs))


def _passengers(connection: sqlite3.Connection, booking: str) -> tuple[str, ...]:
    rows = connection.execute("SELECT name FROM passenger WHERE booking = ? ORDER BY position", (booking,))
    return tuple(row["name"] for row in rows)


def _legs(connection: sqlite3.Connection, booking: str) -> tuple[Flight, ...]:
    rows = connection.execute(
        f"{_FLIGHT} JOIN leg USING (route, date) WHERE leg.booking = ? ORDER BY leg.position", (booking,)
    )
    return tuple(map(_flight, rows))


def _flight(row: sqlite3.Row) -> Flight:
    return Flight(
        number=row["route"],
        date=row["date"],
        origin=row["origin"],
        destination=row["destination"],
        departs=datetime.fromisoformat(row["departs"]).astimezone(ZoneInfo(row["origin_zone"])),
        arrives=datetime.fromisoformat(row["arrives"]).astimezone(ZoneInfo(row["destination_zone"])),
        delay=timedelta(minutes=row["delay"]),
        cancelled=bool(row["cancelled"]),
    )
