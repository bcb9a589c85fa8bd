"""The airline's database with its clock: where tools look, and where changes are made.

What is asked of it is in ``view.py``, what is changed in ``ledger.py``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property

from sqlalchemy import Connection, select

from switchboard.airline import schema
from switchboard.airline.airports import Airport
from switchboard.airline.database import AirlineDatabase
from switchboard.airline.view import View


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def airports(connection: Connection) -> dict[str, Airport]:
    """All airports by code, in the order of their cities; they never change, so ask once."""
    names: dict[str, list[str]] = {}
    for name, code in connection.execute(select(schema.airport_name).order_by(schema.airport_name.c.name)):
        names.setdefault(code, []).append(name)
    rows = connection.execute(select(schema.airport).order_by(schema.airport.c.city, schema.airport.c.code))
    return {
        row.code: Airport(
            row.code, row.city, row.country, row.zone, row.latitude, row.longitude,
            tuple(names.get(row.code, ())),
        )
        for row in rows
    }  # fmt: skip


class Store:
    """A filled database and the time.

    Args:
        database: filled by ``world.py`` or ``tau2.py``.
        now: the moment, with a time zone.
    """

    def __init__(self, database: AirlineDatabase, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self.now = now

    @cached_property
    def airports(self) -> dict[str, Airport]:
        """All airports by code, in the order of their cities."""
        with self._database.read() as connection:
            return airports(connection)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the database.

        Raises:
            Busy, DataDamaged: as ``AirlineDatabase.read`` does.
        """
        with self._database.read() as connection:
            yield connection

    @contextmanager
    def view(self) -> Iterator[View]:
        """One state of the database, to ask questions of.

        Raises:
            Busy, DataDamaged: as ``AirlineDatabase.read`` does.
        """
        known = self.airports
        with self._database.read() as connection:
            yield View(connection, known)

    @contextmanager
    def write(self) -> Iterator[tuple[Connection, View]]:
        """A transaction of the only writer, with what it sees; committed at the end, or rolled back.

        Raises:
            Busy, DataDamaged: as ``AirlineDatabase.write`` does.
        """
        known = self.airports
        with self._database.write() as connection:
            yield connection, View(connection, known)
