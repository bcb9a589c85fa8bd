"""The generated database: what holds in it, and that it is whole whatever happens while it is made."""

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchboard.airline.demonstration import DAYS, EDITION
from switchboard.airline.world import TABLES, open_world
from switchboard.errors import DataDamaged

TODAY = date(2026, 5, 14)


def contents(path: Path) -> dict[str, list[tuple]]:
    connection = sqlite3.connect(path)
    try:
        return {table: sorted(connection.execute(f"SELECT * FROM {table}")) for table in TABLES}
    finally:
        connection.close()


def rows(path: Path, query: str) -> list[tuple]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("world") / "airline.db"
    open_world(path, TODAY)
    return path


def test_it_is_made_in_under_a_second(tmp_path):
    began = time.process_time()
    open_world(tmp_path / "airline.db", TODAY)
    assert time.process_time() - began < 1.0


def test_it_is_the_same_for_everyone_and_opening_it_again_changes_nothing(world, tmp_path):
    open_world(tmp_path / "other" / "airline.db", TODAY)
    before = contents(world)
    open_world(world, TODAY)
    assert contents(world) == before == contents(tmp_path / "other" / "airline.db")


def test_every_number_flies_every_day_around_today(world):
    flown = rows(world, "SELECT route, min(date), max(date), count(*) FROM flight GROUP BY route")
    days = [(TODAY + timedelta(offset)).isoformat() for offset in (-DAYS, DAYS)]
    assert len(flown) == 46
    assert all(row[1:] == (*days, 2 * DAYS + 1) for row in flown)


def test_there_are_24_airports_all_reached_and_left(world):
    codes = {code for (code,) in rows(world, "SELECT code FROM airport")}
    assert len(codes) == 24
    assert {origin for (origin,) in rows(world, "SELECT origin FROM route")} == codes
    assert {end for (end,) in rows(world, "SELECT destination FROM route")} == codes


def test_a_cabin_costs_more_than_the_one_below_it_and_the_same_both_ways(world):
    order = {"basic economy": 0, "economy": 1, "business": 2}
    fares: dict[str, list[tuple[int, int]]] = {}
    for route, cabin, usd in rows(world, "SELECT route, cabin, usd FROM fare"):
        fares.setdefault(route, []).append((order[cabin], usd))
    assert all(sorted(found) == sorted(found, key=lambda fare: fare[1]) for found in fares.values())
    assert all(
        fares[f"LK{number}"] == fares[f"LK{number + 1}"]
        for number in range(101, 500, 2)
        if f"LK{number}" in fares
    )


@settings(max_examples=12, deadline=None)
@given(st.dates(date(2024, 1, 1), date(2040, 12, 31)))
def test_on_any_day_seats_bookings_and_journeys_agree(tmp_path_factory, today):
    path = tmp_path_factory.mktemp("any") / "airline.db"
    open_world(path, today)
    assert rows(path, "PRAGMA foreign_key_check") == []
    assert rows(path, "SELECT 1 FROM cabin WHERE sold NOT BETWEEN 0 AND seats") == []
    booked = """
        SELECT 1 FROM (
            SELECT route, date, booking.cabin AS cabin, count(*) AS ours FROM leg
            JOIN booking ON code = leg.booking JOIN passenger ON passenger.booking = code GROUP BY 1, 2, 3
        ) LEFT JOIN cabin USING (route, date, cabin) WHERE sold IS NULL OR sold < ours"""
    assert rows(path, booked) == []
    paid = """
        SELECT 1 FROM booking WHERE paid <> (SELECT count(*) FROM passenger WHERE booking = code) * (
            SELECT sum(usd) FROM leg JOIN fare USING (route)
            WHERE leg.booking = code AND fare.cabin = booking.cabin)"""
    assert rows(path, paid) == []
    assert rows(path, f"SELECT 1 FROM booking WHERE made >= '{today}'") == []
    overlapping = """
        SELECT 1 FROM leg AS a JOIN booking AS x ON x.code = a.booking JOIN booking AS y USING (customer)
        JOIN leg AS b ON b.booking = y.code
        WHERE x.code < y.code AND a.date = b.date"""
    assert rows(path, overlapping) == []


def test_every_customer_has_a_journey_behind_and_one_ahead(world):
    found = rows(
        world, "SELECT customer, min(date), max(date) FROM booking JOIN leg ON code = booking GROUP BY 1"
    )
    assert len(found) == 10
    assert all(first < TODAY.isoformat() < last for _, first, last in found)


def test_the_tables_refuse_what_cannot_be(world):
    connection = sqlite3.connect(world)
    connection.execute("PRAGMA foreign_keys = ON")
    wrong = [
        "UPDATE cabin SET sold = seats + 1",
        "UPDATE cabin SET sold = -1",
        "UPDATE cabin SET sold = 'many'",
        "UPDATE leg SET route = 'LK999'",
        "UPDATE booking SET customer = 'nobody'",
        "UPDATE booking SET paid = -1",
        "UPDATE route SET destination = origin",
        "UPDATE flight SET date = '2026-02-30'",
    ]
    for statement in wrong:
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement)
    connection.close()


def test_on_the_next_day_it_is_made_again(tmp_path):
    path = tmp_path / "airline.db"
    open_world(path, TODAY)
    open_world(path, TODAY + timedelta(1))
    assert rows(path, "SELECT made_for, edition FROM world") == [("2026-05-15", EDITION)]
    assert rows(path, "SELECT min(date) FROM flight") == [("2026-04-30",)]


def test_what_a_flight_did_is_the_same_tomorrow(tmp_path):
    path = tmp_path / "airline.db"
    query = "SELECT route, delay, cancelled FROM flight WHERE date = '2026-05-14' ORDER BY route"
    open_world(path, TODAY)
    before = rows(path, query)
    open_world(path, TODAY + timedelta(1))
    assert rows(path, query) == before


def _open(path: Path, start) -> None:
    start.wait()
    open_world(path, TODAY)


def test_four_processes_opening_it_at_once_make_one_world(tmp_path, world):
    spawn = multiprocessing.get_context("spawn")
    path, start = tmp_path / "airline.db", spawn.Barrier(4)
    openers = [spawn.Process(target=_open, args=(path, start)) for _ in range(4)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join(60)
    assert [opener.exitcode for opener in openers] == [0] * 4
    assert contents(path) == contents(world)


KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from switchboard.airline import world
insert = world._insert
def kill(connection, table, rows):
    if table == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)
    insert(connection, table, rows)
world._insert = kill
world.open_world(Path(sys.argv[1]), date.fromisoformat(sys.argv[3]))
"""


@pytest.mark.parametrize("table", ["airport", "cabin", "passenger"])
def test_a_kill_in_the_middle_leaves_it_absent_or_whole(tmp_path, world, table):
    path = tmp_path / "airline.db"

    def killed_on(day: date) -> int:
        command = [sys.executable, "-c", KILLED, str(path), table, day.isoformat()]
        return subprocess.run(command, cwd=Path(__file__).parents[2], env=os.environ, check=False).returncode

    assert killed_on(TODAY) == -signal.SIGKILL
    assert all(found == [] for found in contents(path).values())
    open_world(path, TODAY)
    assert contents(path) == contents(world)
    assert killed_on(TODAY + timedelta(1)) == -signal.SIGKILL
    assert contents(path) == contents(world)


def test_a_file_that_is_no_database_is_named_without_its_path(tmp_path):
    path = tmp_path / "airline.db"
    path.write_bytes(b"not a database " * 1000)
    with pytest.raises(DataDamaged) as caught:
        open_world(path, TODAY)
    assert str(tmp_path) not in str(caught.value)
