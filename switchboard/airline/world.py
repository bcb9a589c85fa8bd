"""The airline's database, filled for the days around today.

Made in one transaction, so that a process killed in the middle leaves no half of it; made again when the day
has changed, which forgets what was booked in it. What it is filled with is drawn in ``demonstration.py``,
questions to it are in ``store.py``.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from switchboard.airline.demonstration import (
    EDITION,
    demonstration_bookings,
    demonstration_cabins,
    demonstration_flights,
)
from switchboard.database import Database
from switchboard.errors import Busy, DataDamaged

TABLES = (
    "passenger",
    "leg",
    "booking",
    "customer",
    "cabin",
    "flight",
    "fare",
    "route",
    "airport_name",
    "airport",
)
"""Those that refer to others first."""
_REMAKE = "Remove airline.db from the data folder: it is made again when it is next needed."
_HERE = Path(__file__).parent


def open_world(path: Path, today: date) -> Database:
    """The database at ``path``, whole, with flights for ``DAYS`` before and after ``today``.

    Several processes may call it at once: one fills it, the others wait.

    Raises:
        Busy: another process kept it locked for too long.
        DataDamaged: the file is no database of ours.
    """
    database = Database(path, (_HERE / "schema.sql").read_text(encoding="utf-8"))
    with mapped():
        with database.read() as connection:
            if _is_for(connection, today):
                return database
        with database.write() as connection:
            if not _is_for(connection, today):
                _fill(connection, today)
    return database


@contextmanager
def mapped() -> Iterator[None]:
    """SQLite's errors as ours.

    Raises:
        Busy: the database was locked for too long.
        DataDamaged: it cannot be read.
    """
    try:
        yield
    except sqlite3.OperationalError as exc:
        if exc.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise Busy("The airline's database is in use.", "Try again in a moment.") from exc
        raise DataDamaged("The airline's database cannot be read.", _REMAKE) from exc
    except sqlite3.DatabaseError as exc:
        if isinstance(exc, sqlite3.IntegrityError | sqlite3.ProgrammingError | sqlite3.InterfaceError):
            raise
        raise DataDamaged("The airline's database cannot be read.", _REMAKE) from exc


def _is_for(connection: sqlite3.Connection, today: date) -> bool:
    row = connection.execute("SELECT made_for, edition FROM world").fetchone()
    return row is not None and tuple(row) == (today.isoformat(), EDITION)


def _fill(connection: sqlite3.Connection, today: date) -> None:
    network = json.loads((_HERE / "network.json").read_text(encoding="utf-8"))
    for table in TABLES:
        connection.execute(f"DELETE FROM {table}")  # noqa: S608
    _fill_network(connection, network)
    flights = list(demonstration_flights(network, today))
    _insert(connection, "flight", (flight.row for flight in flights))
    bookings = list(demonstration_bookings(network, flights, today))
    _insert(connection, "cabin", demonstration_cabins(network, flights, bookings))
    _insert(
        connection, "customer", ((c["id"], c["name"], c["email"], c["tier"]) for c in network["customers"])
    )
    _insert(connection, "booking", (booking.row for booking in bookings))
    _insert(
        connection,
        "leg",
        ((b.code, n, leg.route, leg.date) for b in bookings for n, leg in enumerate(b.legs, 1)),
    )
    _insert(
        connection,
        "passenger",
        ((b.code, n, name) for b in bookings for n, name in enumerate(b.passengers, 1)),
    )
    connection.execute("INSERT OR REPLACE INTO world VALUES (1, ?, ?)", (today.isoformat(), EDITION))


def _fill_network(connection: sqlite3.Connection, network: dict[str, Any]) -> None:
    airports, routes = network["airports"], network["routes"]
    _insert(connection, "airport", ((a["code"], a["city"], a["country"], a["zone"]) for a in airports))
    _insert(connection, "airport_name", ((a["code"], name) for a in airports for name in a["names"]))
    columns = ("number", "origin", "destination", "departs", "minutes", "aircraft")
    _insert(connection, "route", (tuple(route[column] for column in columns) for route in routes))
    _insert(
        connection, "fare", ((r["number"], cabin, usd) for r in routes for cabin, usd in r["fares"].items())
    )


def _insert(connection: sqlite3.Connection, table: str, rows: Iterator[tuple[Any, ...]]) -> None:
    values = list(rows)
    marks = ", ".join("?" * len(values[0]))
    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values)  # noqa: S608
