"""The airline's database: a SQLite file, or whatever a SQLAlchemy URL names, safe to use from many threads.

Connections and transactions only; the tables are in ``schema.py``. A writer waits for the one before it, in
other processes too, so that what it has read stays true until it commits.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from switchboard.airline.schema import metadata
from switchboard.database import use_wal
from switchboard.errors import BadInput, Busy, DataDamaged

LOCK_SECONDS = 20
"""How long a writer waits for another before it gives up."""
POOL = 16
_log = logging.getLogger(__name__)
_WRITERS = 7_860_001
"""The PostgreSQL advisory lock that writers take: any number that nothing else in the database uses."""
_BUSY = "The airline's database is in use.", "Try again in a moment."
_LOST = "The airline's database cannot be reached or read.", "The operator finds the reason in the log."


class AirlineDatabase:
    """Connections to the airline's tables, which are made when they are first needed.

    Args:
        address: a file for SQLite, or a SQLAlchemy URL such as ``postgresql+psycopg://user@host/name``.

    Raises:
        BadInput: the URL is none, or its driver is not installed.
    """

    def __init__(self, address: Path | str) -> None:
        self._url = _url(address)
        self._lock = Lock()
        self._prepared = False
        self._sqlite = self._url.get_backend_name() == "sqlite"
        arguments = {"timeout": LOCK_SECONDS, "check_same_thread": False} if self._sqlite else {}
        try:
            self._engine = create_engine(
                self._url, pool_size=POOL, max_overflow=POOL, pool_timeout=LOCK_SECONDS,
                pool_pre_ping=not self._sqlite, connect_args=arguments,
            )  # fmt: skip
        except (ImportError, NoSuchModuleError) as exc:
            raise BadInput(
                f"No driver for {self._url.drivername} is installed.",
                "For PostgreSQL install the extra: pip install 'switchboard[postgres]'.",
            ) from exc
        if self._sqlite:
            event.listen(self._engine, "connect", _use_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the database throughout.

        Raises:
            Busy: it is locked for too long.
            DataDamaged: it cannot be read.
        """
        self._prepare()
        with _mapped(), self._engine.connect() as connection:
            if not self._sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection inside a transaction of the only writer: committed at the end, or rolled back.

        Raises:
            Busy: another writer kept it for too long.
            DataDamaged: it cannot be written.
        """
        self._prepare()
        with _mapped(), self._engine.connect() as plain:
            connection = plain.execution_options(switchboard_writes=True)
            with connection.begin():
                if not self._sqlite:
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")
                yield connection

    def close(self) -> None:
        """Close the connections that are not in use."""
        self._engine.dispose()

    def _prepare(self) -> None:
        if self._prepared:
            return
        with self._lock:
            if self._prepared:
                return
            if self._sqlite and self._url.database:
                Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
            self._prepared = True
            try:
                with self.write() as connection:
                    metadata.create_all(connection)
            except BaseException:
                self._prepared = False
                raise


def _url(address: Path | str) -> URL:
    if isinstance(address, Path):
        return URL.create("sqlite+pysqlite", database=str(address))
    try:
        url = make_url(address)
    except ArgumentError as exc:
        raise BadInput(
            "The airline's database address is no SQLAlchemy URL.",
            "Write it as postgresql+psycopg://user:password@host/name, or leave it empty for a file.",
        ) from exc
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise BadInput(
            f"The airline's desk runs on SQLite or PostgreSQL, not on {url.get_backend_name()}.",
            "Write the address as postgresql+psycopg://user:password@host/name.",
        )
    return url


@contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except PoolTimeout as exc:
        raise Busy(*_BUSY) from exc
    except OperationalError as exc:
        if _is_lock(exc.orig):
            raise Busy(*_BUSY) from exc
        _log.warning("The airline's database: %s", exc.orig)
        raise DataDamaged(*_LOST) from exc
    except DatabaseError as exc:
        if type(exc) is DatabaseError:
            _log.warning("The airline's database: %s", exc.orig)
            raise DataDamaged(*_LOST) from exc
        raise


def _is_lock(error: object) -> bool:
    if isinstance(error, sqlite3.OperationalError):
        return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    # PostgreSQL: lock_not_available, query_canceled by a time-out, too_many_connections.
    return getattr(error, "sqlstate", None) in ("55P03", "57014", "53300")


def _use_sqlite(connection: Any, _record: object) -> None:
    # SQLAlchemy's begin event below starts transactions, not the driver at a moment of its own choosing.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {LOCK_SECONDS * 1000}")
    use_wal(connection)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("switchboard_writes")
    # A deferred transaction fails at once when it meets another writer; this one waits its turn.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
