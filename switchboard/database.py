"""A SQLite file that is safe to use from many threads and processes.

Connections and transactions only; the tables belong to those who open it.
"""

import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from time import monotonic, sleep

IDLE_CONNECTIONS = 8
LOCK_SECONDS = 10.0
"""How long a writer waits for another before it gives up."""


class Database:
    """A database file with its tables, made when it is first needed.

    Args:
        path: the file; its folder is made where it is missing.
        schema: statements that may be run on a file that has the tables already.
    """

    def __init__(self, path: Path, schema: str) -> None:
        self._path = path
        self._schema = schema
        self._lock = Lock()
        self._prepared = False
        # Closing the last connection of a file writes its log back, which costs more than a query: they
        # wait here for the next one.
        self._idle: list[sqlite3.Connection] = []
        weakref.finalize(self, _close_all, self._idle)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection outside a transaction, its rows read by name."""
        self._prepare()
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._open()
        try:
            yield connection
        finally:
            if len(self._idle) < IDLE_CONNECTIONS and not connection.in_transaction:
                self._idle.append(connection)
            else:
                connection.close()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A connection inside a transaction, committed at the end or rolled back when something is raised."""
        with self.read() as connection:
            # A deferred transaction fails at once when it meets another writer; this one waits its turn.
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    def _prepare(self) -> None:
        with self._lock:
            if self._prepared:
                return
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._open()) as connection:
                use_wal(connection)
                connection.executescript(self._schema)
            self._prepared = True


def _close_all(connections: list[sqlite3.Connection]) -> None:
    while connections:
        connections.pop().close()


def use_wal(connection: sqlite3.Connection) -> None:
    """Let readers go on while one writes; a file that has it already is left alone.

    Raises:
        sqlite3.OperationalError: another process kept the file locked for too long.
    """
    # Of all statements this one does not wait for another process, whatever the connection's time-out.
    deadline = monotonic() + LOCK_SECONDS
    while True:
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > deadline:
                raise
            sleep(0.01)
