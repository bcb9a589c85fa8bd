"""Puts many rows into a table at once.

For filling a world; what customers change is written by ``ledger.py``.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, func, select

from switchboard.airline import schema


def insert_rows(connection: Connection, table: Table, rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows whose values stand in the order of the table's columns."""
    values = [tuple(row) for row in rows]
    if not values:
        return
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    marks = ", ".join([mark] * len(table.columns))
    # Names of our own tables, whose values are bound; Core's own insert costs four times as much.
    connection.exec_driver_sql(f"INSERT INTO {table.name} VALUES ({marks})", values)  # noqa: S608


def clear(connection: Connection) -> None:
    """Remove every row of every table."""
    for table in reversed(schema.metadata.sorted_tables):
        connection.execute(table.delete())


def next_reservation(connection: Connection) -> int:
    """An id above those of all reservations."""
    return int(connection.scalar(select(func.max(schema.reservation.c.id))) or 0) + 1


def settle_ids(connection: Connection) -> None:
    """Let PostgreSQL go on counting reservations after those that were inserted with their ids."""
    if connection.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence("reservation", "id")
        connection.execute(select(func.setval(sequence, next_reservation(connection), False)))
