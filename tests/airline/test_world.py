"""The generated database: what holds in it, and that it is whole whatever happens while it is made."""

import multiprocessing
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text

from switchboard.airline import world as world_module
from switchboard.airline.charges import free_bags
from switchboard.airline.database import AirlineDatabase
from switchboard.airline.flights import Status
from switchboard.airline.network import larkspur
from switchboard.airline.schema import metadata
from switchboard.airline.store import airports
from switchboard.airline.timetable import DAYS_AFTER, DAYS_BEFORE, EDITION
from switchboard.airline.view import View
from switchboard.airline.world import fill
from switchboard.errors import DataDamaged
from tests.airline.balance import seats_balance

TODAY = date(2026, 5, 14)
TABLES = [table.name for table in metadata.sorted_tables]
OVERSOLD = """
    SELECT s.number, s.date, r.cabin FROM segment AS s JOIN reservation AS r ON r.id = s.reservation
    JOIN passenger AS p ON p.reservation = r.id
    LEFT JOIN inventory AS i ON i.number = s.number AND i.date = s.date AND i.cabin = r.cabin
    WHERE r.cancelled = 0 GROUP BY s.number, s.date, r.cabin, i.sold
    HAVING i.sold IS NULL OR count(*) > i.sold"""
STRANGE_METHOD = """
    SELECT 1 FROM payment JOIN reservation AS r ON r.id = reservation
    LEFT JOIN payment_method AS m ON m.id = method AND m.customer = r.customer WHERE m.id IS NULL"""
OFF_BY = """
    SELECT code FROM reservation AS r WHERE
    (SELECT sum(amount) FROM payment WHERE reservation = r.id) <>
    (SELECT count(*) FROM passenger WHERE reservation = r.id)
    * ((SELECT sum(fare) FROM segment WHERE reservation = r.id) + 30 * insured) + 50 * paid_bags"""


def filled(address, day):
    """The database at an address, filled for a day."""
    database = AirlineDatabase(address)
    fill(database, day)
    return database


def rows(path: Path, query: str, *values: object) -> list[tuple]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query, values).fetchall()
    finally:
        connection.close()


def contents(path: Path) -> dict[str, list[tuple]]:
    return {table: sorted(rows(path, f"SELECT * FROM {table}"), key=str) for table in TABLES}


def opened(path: Path, day: date) -> Path:
    filled(path, day).close()
    return path


@pytest.fixture(scope="module")
def world(world_file: Path) -> Path:
    return world_file


@pytest.fixture
def copy(world_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(world_file, tmp_path / "airline.db"))


@pytest.fixture(scope="module")
def tomorrow(world_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world as it has become by the next day."""
    path = tmp_path_factory.mktemp("tomorrow") / "airline.db"
    return opened(Path(shutil.copy(world_file, path)), TODAY + timedelta(1))


@pytest.fixture(scope="module")
def long_after(world_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world that nobody has opened for a hundred days."""
    path = tmp_path_factory.mktemp("later") / "airline.db"
    return opened(Path(shutil.copy(world_file, path)), TODAY + timedelta(100))


def test_there_is_as_much_of_everything_as_a_desk_needs(world):
    def count(table: str) -> int:
        return rows(world, f"SELECT count(*) FROM {table}")[0][0]

    assert count("airport") >= 60
    assert count("customer") >= 500
    assert count("reservation") >= 2000
    days = rows(world, "SELECT date, count(*) FROM flight GROUP BY date ORDER BY date")
    assert [day for day, _ in days] == [
        (TODAY + timedelta(n)).isoformat() for n in range(-DAYS_BEFORE, DAYS_AFTER + 1)
    ]
    assert all(flights >= 300 for _, flights in days)
    assert rows(world, "SELECT count(*) FROM customer WHERE demonstration") == [(10,)]


def test_it_is_the_same_for_everyone_and_opening_it_again_changes_nothing(world, copy, tmp_path):
    assert contents(opened(tmp_path / "other" / "airline.db", TODAY)) == contents(world)
    assert contents(opened(copy, TODAY)) == contents(world)
    assert contents(opened(copy, TODAY - timedelta(3))) == contents(world)


@pytest.mark.parametrize("name", ["world", "tomorrow", "long_after"])
def test_money_seats_and_references_agree(name, request):
    path = request.getfixturevalue(name)
    assert rows(path, "PRAGMA foreign_key_check") == []
    assert rows(path, "SELECT 1 FROM inventory WHERE sold NOT BETWEEN 0 AND seats") == []
    assert rows(path, OVERSOLD) == []
    assert rows(path, OFF_BY) == []
    assert rows(path, STRANGE_METHOD) == []


def test_a_bag_is_paid_for_beyond_the_allowance_only(world):
    query = """
        SELECT membership, cabin, bags, paid_bags, (SELECT count(*) FROM passenger WHERE reservation = r.id)
        FROM reservation AS r JOIN customer ON customer.id = r.customer"""
    for membership, cabin, bags, paid, size in rows(world, query):
        assert 1 <= size <= 5
        assert 0 <= bags <= 3 * size
        assert paid == max(0, bags - free_bags(membership, cabin, size))


def test_codes_are_six_letters_and_digits_with_both(world):
    codes = [code for (code,) in rows(world, "SELECT code FROM reservation")]
    assert all(re.fullmatch(r"(?=.*[A-Z])(?=.*\d)[A-HJ-NP-Z2-9]{6}", code) for code in codes)


@pytest.mark.parametrize("name", ["world", "tomorrow", "long_after"])
def test_journeys_are_connected_in_place_and_time_and_nobody_is_in_two_places(name, request):
    database = AirlineDatabase(request.getfixturevalue(name))
    with database.read() as connection:
        view = View(connection, airports(connection))
        customers = connection.execute(text("SELECT id FROM customer")).scalars().all()
        flown = {customer: view.reservations(customer) for customer in customers}
    database.close()
    shapes: Counter[tuple[str, int]] = Counter()
    for reservations in flown.values():
        until = datetime(1, 1, 1, tzinfo=UTC)
        for one in reservations:
            flights = [segment.flight for segment in one.segments]
            shapes[one.trip, len(flights)] += 1
            assert one.origin == flights[0].origin.code
            assert flights[0].departs > until
            turned = 0
            for before, after in pairwise(flights):
                assert before.destination == after.origin
                wait = after.departs - before.arrives
                if before.destination.code == one.destination and not turned:
                    turned = 1
                    assert wait >= timedelta(hours=12)
                else:
                    assert timedelta(hours=1) <= wait <= timedelta(hours=8)
            end = one.destination if one.trip == "one_way" else one.origin
            assert (flights[-1].destination.code, turned) == (end, one.trip == "round_trip")
            until = flights[-1].arrives
    assert all(shapes[shape] > 50 for shape in (("one_way", 1), ("one_way", 2), ("round_trip", 2)))


def test_flights_fill_up_and_cost_more_as_they_come_nearer(world):
    def load(first: int, last: int) -> tuple[float, float]:
        between = [(TODAY + timedelta(n)).isoformat() for n in (first, last)]
        query = "SELECT avg(1.0 * sold / seats), avg(fare) FROM inventory WHERE date BETWEEN ? AND ?"
        return rows(world, query, *between)[0]

    flown, near, far = load(-15, -1), load(1, 5), load(40, 45)
    assert flown[0] == pytest.approx(0.84, abs=0.02)
    assert flown[0] > near[0] > far[0] > 0.2
    assert near[1] > far[1]
    assert rows(world, "SELECT count(*) FROM inventory WHERE sold = seats AND date > ?", str(TODAY)) > [(20,)]


def test_no_fare_is_below_the_lowest_of_its_flight_number(world):
    lowest = {route.number: route.fares for route in larkspur().routes}
    found = rows(world, "SELECT number, cabin, min(fare) FROM inventory GROUP BY number, cabin")
    assert len(found) == sum(len(fares) for fares in lowest.values())
    assert all(fare >= lowest[number][cabin] for number, cabin, fare in found)


def test_on_the_next_day_the_new_day_is_there_and_the_oldest_is_gone(world, tomorrow):
    assert rows(tomorrow, "SELECT edition, first_day, last_day FROM world") == [
        (EDITION, "2026-04-30", "2026-06-29")
    ]
    needed = "SELECT count(*) FROM segment WHERE date = '2026-04-29'"
    assert rows(tomorrow, "SELECT count(*) > 0 FROM flight WHERE date = '2026-06-29'") == [(1,)]
    assert rows(tomorrow, needed) == rows(world, needed)
    assert rows(
        tomorrow, "SELECT number FROM flight WHERE date < '2026-04-30' EXCEPT SELECT number FROM segment"
    ) == []  # fmt: skip


def test_on_the_next_day_strangers_are_where_a_new_world_has_them(tomorrow, tmp_path):
    fresh = opened(tmp_path / "fresh.db", TODAY + timedelta(1))
    flights = "SELECT * FROM flight WHERE date >= '2026-04-30' ORDER BY number, date"
    assert rows(tomorrow, flights) == rows(fresh, flights)
    fares = "SELECT number, date, cabin, fare FROM inventory WHERE date >= '2026-04-30' ORDER BY 1, 2, 3"
    assert rows(tomorrow, fares) == rows(fresh, fares)
    strangers = f"""
        SELECT i.number, i.date, i.cabin, i.sold - coalesce(sum(p.reservation > 0), 0), i.seats = i.sold
        FROM inventory AS i LEFT JOIN (segment AS s JOIN reservation AS r ON r.id = s.reservation
        JOIN passenger AS p ON p.reservation = r.id) ON s.number = i.number AND s.date = i.date
        AND r.cabin = i.cabin WHERE i.date > '{TODAY}' GROUP BY 1, 2, 3"""
    full: set[tuple] = set()
    found = []
    for path in (tomorrow, fresh):
        drawn = {tuple(row[:3]): row[3:] for row in rows(path, strangers)}
        full |= {place for place, (_, is_full) in drawn.items() if is_full}
        found.append(drawn)
    assert len(full) < len(found[0]) / 20
    assert all(found[0][place][0] == found[1][place][0] for place in found[0].keys() - full)
    ordinary = """
        SELECT code, customer, r.cabin, created, bags FROM reservation AS r
        JOIN customer ON customer.id = customer AND demonstration = 0 WHERE r.id IN
        (SELECT reservation FROM segment GROUP BY 1 HAVING max(date) = '2026-06-29') ORDER BY code"""
    assert rows(tomorrow, ordinary) == rows(fresh, ordinary) != []


DONE = """
    UPDATE reservation SET cancelled = 1 WHERE id = 2000;
    UPDATE passenger SET first_name = 'Changed' WHERE reservation = 2001;
    UPDATE payment_method SET balance = 7 WHERE kind = 'gift_card';
    INSERT INTO reservation VALUES
        (9000, 'MINE22', 'mei_tanaka', 'DEL', 'BOM', 'one_way', 'economy', '2026-05-14T09:00:00', 1, 0, 0, 0);
    INSERT INTO segment VALUES (9000, 1, 'LK101', '2026-06-20', 90);
    INSERT INTO passenger VALUES (9000, 1, 'Mei', 'Tanaka', '1998-03-09');
    INSERT INTO payment VALUES (9000, 1, 'credit_card_7316045', 90);
    UPDATE inventory SET sold = sold + 1
        WHERE number = 'LK101' AND date = '2026-06-20' AND cabin = 'economy';
    INSERT INTO change (id, at, customer, reservation, kind, action, flights, amount, idempotency_key)
        VALUES (1, '2026-05-14T09:00:00', 'mei_tanaka', 'MINE22', 'Kind', '{}', '[]', 90, 'key');
    INSERT INTO proposal (token, number, visitor, customer, kind, action, card, amount, expires, state)
        VALUES ('token', 1, 'visitor', 'mei_tanaka', 'Kind', '{}', '{}', 90, '2026-05-14T10:00:00', 'open');
"""


def test_what_customers_did_is_there_on_the_next_day(copy, tomorrow):
    connection = sqlite3.connect(copy)
    connection.executescript(DONE)
    connection.close()
    before = contents(copy)
    after = contents(opened(copy, TODAY + timedelta(1)))
    for table in set(TABLES) - {"world", "flight", "inventory"}:
        assert set(before[table]) <= set(after[table])
    assert rows(copy, OVERSOLD) == []
    sold = "SELECT sold FROM inventory WHERE number = 'LK101' AND date = '2026-06-20' AND cabin = 'economy'"
    assert rows(copy, sold)[0][0] == rows(tomorrow, sold)[0][0] + 1


def test_after_a_hundred_days_it_is_whole_and_what_was_booked_is_remembered(world, long_after):
    last = rows(long_after, "SELECT first_day, last_day FROM world")[0]
    assert last == ("2026-08-07", "2026-10-06")
    daily = "SELECT count(*) FROM flight WHERE date BETWEEN ? AND ? GROUP BY date"
    assert rows(long_after, daily, *last) == [(len(larkspur().routes),)] * 61
    assert set(contents(world)["segment"]) <= set(contents(long_after)["segment"])
    unneeded = "SELECT number, date FROM {} WHERE date < '2026-08-07' EXCEPT SELECT number, date FROM segment"
    assert rows(long_after, unneeded.format("flight")) == rows(long_after, unneeded.format("inventory")) == []


@pytest.mark.parametrize("name", ["world", "tomorrow", "long_after"])
def test_everyone_a_visitor_signs_in_as_has_journeys_ahead(name, request):
    path = request.getfixturevalue(name)
    (last,) = rows(path, "SELECT last_day FROM world")[0]
    today = (date.fromisoformat(last) - timedelta(DAYS_AFTER)).isoformat()
    ahead = rows(
        path,
        "SELECT customer, count(DISTINCT r.id) FROM reservation AS r JOIN segment ON reservation = r.id "
        "JOIN customer ON customer.id = customer AND demonstration = 1 WHERE position = 1 AND date > ? "
        "GROUP BY customer",
        today,
    )
    assert len(ahead) == 10
    assert all(2 <= journeys <= 6 for _, journeys in ahead)
    fresh = rows(path, "SELECT cabin FROM reservation WHERE created = ?", f"{today}T00:00:00")
    assert fresh == [("economy",)]


def test_somebody_is_told_that_the_airline_has_cancelled_their_flight(store):
    with store.view() as view:
        told = [
            segment.flight.departs > store.now()
            for customer in view.demonstration_customers()
            for one in view.reservations(customer)
            for segment in one.segments
            if segment.flight.status(store.now()) is Status.CANCELLED
        ]
    assert told == [True]


def test_another_edition_makes_the_world_again(world, copy):
    connection = sqlite3.connect(copy)
    connection.execute("UPDATE world SET edition = 'older'")
    connection.execute("DELETE FROM payment WHERE reservation < 100")
    connection.commit()
    connection.close()
    assert contents(opened(copy, TODAY)) == contents(world)


def _open(path: Path, start) -> None:
    start.wait()
    filled(path, TODAY)


def test_processes_opening_it_at_once_make_one_world(tmp_path, world):
    spawn = multiprocessing.get_context("spawn")
    path, start = tmp_path / "airline.db", spawn.Barrier(3)
    openers = [spawn.Process(target=_open, args=(path, start)) for _ in range(3)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join(60)
    assert [opener.exitcode for opener in openers] == [0] * 3
    assert contents(path) == contents(world)


KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from switchboard.airline import world
from switchboard.airline.database import AirlineDatabase
insert = world.insert_rows
def kill(connection, table, rows):
    if table.name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)
    insert(connection, table, rows)
world.insert_rows = kill
world.fill(AirlineDatabase(Path(sys.argv[1])), date.fromisoformat(sys.argv[3]))
"""


@pytest.mark.parametrize("table", ["flight", "inventory", "world"])
def test_a_kill_in_the_middle_leaves_it_absent_or_whole(tmp_path, world, table):
    assert world_module.insert_rows
    path = tmp_path / "airline.db"

    def killed_on(day: date) -> int:
        command = [sys.executable, "-c", KILLED, str(path), table, day.isoformat()]
        return subprocess.run(command, cwd=Path(__file__).parents[2], env=os.environ, check=False).returncode

    assert killed_on(TODAY) == -signal.SIGKILL
    assert all(found == [] for found in contents(path).values())
    assert contents(opened(path, TODAY)) == contents(world)
    assert killed_on(TODAY + timedelta(1)) == -signal.SIGKILL
    assert contents(path) == contents(world)


def test_a_file_that_is_no_database_is_named_without_its_path(tmp_path):
    path = tmp_path / "airline.db"
    path.write_bytes(b"not a database " * 1000)
    with pytest.raises(DataDamaged) as caught:
        filled(path, TODAY)
    assert str(tmp_path) not in str(caught.value)


def test_postgresql_holds_the_same_world_and_counts_on_from_it(world, postgres_url):
    with_url = AirlineDatabase(postgres_url)
    with with_url.write() as connection:
        metadata.drop_all(connection)
    with_url.close()
    database = filled(postgres_url, TODAY)
    with database.read() as connection:
        for table, expected in contents(world).items():
            # One keeps coordinates a little differently, the others are empty.
            if table not in ("airport", "change", "proposal"):
                found = connection.execute(text(f"SELECT * FROM {table}")).all()
                assert sorted(map(tuple, found), key=str) == expected
        assert connection.execute(text(OVERSOLD)).all() == connection.execute(text(OFF_BY)).all() == []
    database.close()
    database = filled(postgres_url, TODAY + timedelta(1))
    with database.write() as connection:
        assert connection.execute(text(OVERSOLD)).all() == []
        sold, free = seats_balance(connection)
        assert sold > free
        new = connection.execute(
            text(
                "INSERT INTO reservation (code, customer, origin, destination, trip, cabin, created, bags, "
                "paid_bags, insured, cancelled) SELECT 'MINE22', customer, origin, destination, trip, cabin, "
                "created, 0, 0, 0, 0 FROM reservation WHERE id = 1 RETURNING id"
            )
        ).scalar_one()
        assert new == connection.execute(text("SELECT max(id) FROM reservation")).scalar_one()
    database.close()
