import gc
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from switchboard import database
from switchboard.database import IDLE_CONNECTIONS, Database

SCHEMA = "CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;"
ROOT = Path(__file__).parent.parent
COUNTING = """
import sys
from pathlib import Path
from switchboard.database import Database
db = Database(Path(sys.argv[1]), sys.argv[2])
for _ in range(150):
    with db.write() as connection:
        connection.execute("INSERT OR IGNORE INTO counter VALUES ('shared', 0)")
        [value] = connection.execute("SELECT value FROM counter").fetchone()
        connection.execute("UPDATE counter SET value = ?", (value + 1,))
"""


@pytest.fixture
def db(tmp_path):
    return Database(tmp_path / "deep" / "down" / "x.db", SCHEMA)


def value(db, name="shared"):
    with db.read() as connection:
        row = connection.execute("SELECT value FROM counter WHERE name = ?", (name,)).fetchone()
        return row["value"] if row else None


def test_nothing_is_made_before_it_is_needed(db, tmp_path):
    assert not list(tmp_path.iterdir())
    assert value(db) is None
    assert (tmp_path / "deep" / "down" / "x.db").is_file()


def test_what_was_written_is_there_for_another_who_opens_the_file(db, tmp_path):
    with db.write() as connection:
        connection.execute("INSERT INTO counter VALUES ('shared', 7)")
    assert value(Database(tmp_path / "deep" / "down" / "x.db", SCHEMA)) == 7


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, GeneratorExit])
def test_an_error_rolls_everything_back_and_comes_through(db, error):
    with db.write() as connection:
        connection.execute("INSERT INTO counter VALUES ('shared', 1)")
    with pytest.raises(error), db.write() as connection:
        connection.execute("UPDATE counter SET value = 2")
        raise error
    assert value(db) == 1
    with db.write() as connection:
        connection.execute("UPDATE counter SET value = 3")
    assert value(db) == 3


def test_a_statement_that_fails_rolls_back_what_came_before_it(db):
    with pytest.raises(sqlite3.IntegrityError), db.write() as connection:
        connection.execute("INSERT INTO counter VALUES ('shared', 1)")
        connection.execute("INSERT INTO counter VALUES ('shared', 2)")
    assert value(db) is None


def test_types_are_kept(db):
    with pytest.raises(sqlite3.IntegrityError), db.write() as connection:
        connection.execute("INSERT INTO counter VALUES ('shared', 'many')")


def test_connections_are_used_again(db):
    with db.read() as first:
        pass
    with db.read() as second:
        assert second is first
        with db.read() as third:
            assert third is not first


def test_a_connection_that_was_left_in_a_transaction_is_not_used_again(db):
    with db.read() as first:
        first.execute("BEGIN")
    with pytest.raises(sqlite3.ProgrammingError):
        first.execute("SELECT 1")
    assert value(db) is None


def test_no_more_connections_are_kept_than_a_few(db):
    from contextlib import ExitStack

    with ExitStack() as stack:
        opened = [stack.enter_context(db.read()) for _ in range(IDLE_CONNECTIONS + 4)]
    still = 0
    for connection in opened:
        try:
            connection.execute("SELECT 1")
            still += 1
        except sqlite3.ProgrammingError:
            pass
    assert still == IDLE_CONNECTIONS


def test_its_connections_are_closed_with_it(tmp_path):
    db = Database(tmp_path / "x.db", SCHEMA)
    with db.read() as connection:
        pass
    del db
    gc.collect()
    with pytest.raises(sqlite3.ProgrammingError):
        connection.execute("SELECT 1")


def test_readers_see_what_was_committed_while_another_writes(db):
    with db.write() as connection:
        connection.execute("INSERT INTO counter VALUES ('shared', 1)")
    with db.write() as connection:
        connection.execute("UPDATE counter SET value = 2")
        assert value(db) == 1
    assert value(db) == 2


def test_two_processes_that_write_lose_nothing(tmp_path):
    command = [sys.executable, "-c", COUNTING, str(tmp_path / "x.db"), SCHEMA]
    running = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for process in running:
        _, said = process.communicate(timeout=60)
        assert (process.returncode, said) == (0, "")
    assert value(Database(tmp_path / "x.db", SCHEMA)) == 300


def test_many_threads_that_write_lose_nothing(db):
    failed = []

    def count():
        try:
            for _ in range(25):
                with db.write() as connection:
                    connection.execute(
                        "INSERT INTO counter VALUES ('shared', 1) ON CONFLICT DO UPDATE SET value = value + 1"
                    )
        except sqlite3.Error as exc:
            failed.append(exc)

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert value(db) == 200


def test_a_writer_gives_up_after_its_time(db, monkeypatch):
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.1)
    with db.write(), pytest.raises(sqlite3.OperationalError, match="locked"), db.write():
        pass
    with db.write() as connection:
        connection.execute("INSERT INTO counter VALUES ('shared', 1)")
    assert value(db) == 1
