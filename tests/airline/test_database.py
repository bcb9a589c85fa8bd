"""The airline's database: what can be opened, and what is said of what cannot."""

import logging
import sqlite3

import pytest
from sqlalchemy import select

from switchboard.airline import schema
from switchboard.airline.database import AirlineDatabase
from switchboard.errors import BadInput, DataDamaged


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("nonsense", "no SQLAlchemy URL"),
        ("mysql://user:secret@127.0.0.1/airline", "not on mysql"),
        ("postgresql+nosuch://user:secret@127.0.0.1/airline", "No driver"),
        ("", "no SQLAlchemy URL"),
    ],
)
def test_an_address_that_cannot_be_used_says_how_to_write_it(address, words):
    with pytest.raises(BadInput, match=words) as refused:
        AirlineDatabase(address)
    assert "postgres" in refused.value.fix
    assert "secret" not in str(refused.value)


def test_a_file_that_is_no_database_is_told_and_logged(tmp_path, caplog):
    path = tmp_path / "larkspur.db"
    path.write_bytes(b"not a database at all" * 100)
    database = AirlineDatabase(path)
    with (
        caplog.at_level(logging.WARNING),
        pytest.raises(DataDamaged, match="cannot be reached or read"),
        database.read(),
    ):
        pass
    assert "not a database" in caplog.text


def test_a_server_that_is_not_there_is_told_without_its_password(caplog):
    pytest.importorskip("psycopg")
    database = AirlineDatabase("postgresql+psycopg://user:secret@127.0.0.1:9/airline")
    with caplog.at_level(logging.WARNING), pytest.raises(DataDamaged) as lost, database.read():
        pass
    assert "secret" not in caplog.text + str(lost.value)
    assert caplog.text


def test_what_is_raised_within_a_transaction_undoes_it(tmp_path):
    database = AirlineDatabase(tmp_path / "new" / "larkspur.db")
    row = {"name": "Bombay", "airport": "BOM"}
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        connection.execute(
            schema.airport.insert().values(
                code="BOM", city="Mumbai", country="India", zone="Asia/Kolkata", latitude=19, longitude=73
            )
        )
        connection.execute(schema.airport_name.insert().values(**row))
        raise ZeroDivisionError
    with database.read() as connection:
        assert connection.execute(select(schema.airport)).all() == []


def test_a_reader_sees_one_state_while_another_writes(tmp_path):
    path = tmp_path / "larkspur.db"
    database = AirlineDatabase(path)
    with database.read() as connection:
        assert connection.execute(select(schema.world)).all() == []
        with database.write() as writer:
            writer.execute(
                schema.world.insert().values(
                    one=1, edition="x", first_day="2026-05-01", last_day="2026-05-02"
                )
            )
        assert connection.execute(select(schema.world)).all() == []
    with database.read() as connection:
        assert len(connection.execute(select(schema.world)).all()) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO world VALUES (2, 'x', 'y', 'z')",
        "INSERT INTO flight VALUES ('LK1', '2026-05-01', 'a', 'b', 'c', 'd', 0)",
        "INSERT INTO inventory VALUES ('LK1', '2026-05-01', 'economy', 10, 11, 50)",
        "INSERT INTO inventory VALUES ('LK1', '2026-05-01', 'first', 10, 1, 50)",
        "INSERT INTO payment_method VALUES ('x', 'gift_card_1', 'gift_card', NULL, NULL, -1)",
        "INSERT INTO payment_method VALUES ('x', 'gift_card_1', 'cash', NULL, NULL, 1)",
    ],
)
def test_the_tables_refuse_what_cannot_be(tmp_path, statement):
    with AirlineDatabase(tmp_path / "larkspur.db").read():
        pass
    connection = sqlite3.connect(tmp_path / "larkspur.db")
    connection.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)
    connection.close()
