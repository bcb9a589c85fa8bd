"""Many at once, in threads and in processes that die: on SQLite, and on PostgreSQL where one runs."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select, update

from switchboard.airline import schema
from switchboard.airline.ledger import Ledger, Outcome
from switchboard.airline.store import Store
from switchboard.errors import ToolError
from tests.airline.balance import seats_balance
from tests.airline.small_world import NOW, booking, empty_schema, fill, opened, seats_taken

ROOT = Path(__file__).parent.parent.parent
WRITERS, EACH = 6, 150
DEATHS = 6
CHILD = """
import sys
from switchboard.airline.actions import CancelReservation, FlightChoice
from switchboard.airline.ledger import Ledger
from switchboard.airline.store import Store
from tests.airline.small_world import ASHA, BEN, NOW, booking, opened
address, name, count = sys.argv[1:]
store = Store(opened(address), lambda: NOW)
ledger = Ledger(store)
flights = FlightChoice("LK101", "2026-05-20"), FlightChoice("LK102", "2026-05-22")
asked = booking(customer=name, trip="round_trip", flights=flights, passengers=(ASHA, BEN))
print("ready", flush=True)
for number in range(0, int(count), 2):
    made = ledger.perform(asked, f"{name} {number}")
    print("booked", flush=True)
    ledger.perform(CancelReservation(made.reservation), f"{name} {number + 1}")
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request, tmp_path):
    """An empty database."""
    if request.param == "sqlite":
        yield str(tmp_path / "small.db")
        return
    with empty_schema(request.getfixturevalue("postgres_url")) as url:
        yield url


@pytest.fixture
def database(address):
    database = opened(address)
    yield database
    database.close()


def at_once(count, work):
    """What ``count`` threads get that begin together: results and errors."""
    barrier = Barrier(count)

    def attempt(number):
        barrier.wait()
        try:
            return work(number)
        except ToolError as exc:
            return exc

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(attempt, range(count)))


def with_room(database):
    """Seats for everybody."""
    with database.write() as connection:
        connection.execute(update(schema.inventory).values(seats=100_000))


def child(address, name, count):
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, address, name, str(count)], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def test_one_key_in_many_threads_books_once(database):
    store = fill(database)
    outcomes = at_once(20, lambda _: Ledger(store).perform(booking(), "one key"))
    assert len(set(outcomes)) == 1 and isinstance(outcomes[0], Outcome)
    with store.view() as view:
        assert view.customer("asha").reservations == (outcomes[0].reservation,)
    assert seats_taken(database)[0] == Counter({("LK101", "2026-05-20", "economy"): 1})


def test_the_last_seat_is_sold_to_one_of_fifty(database):
    store = fill(database, guests=50)
    ledger = Ledger(store)
    ledger.perform(booking(cabin="business"), "all but the last")
    outcomes = at_once(
        50, lambda n: ledger.perform(booking(customer=f"guest_{n}", cabin="business"), f"key {n}")
    )
    assert Counter(map(type, outcomes)) == {Outcome: 1, ToolError: 49}
    assert all("0 free" in one.what for one in outcomes if isinstance(one, ToolError))
    sold, booked = seats_taken(database)
    assert sold == booked == Counter({("LK101", "2026-05-20", "business"): 2})


def test_no_writer_of_several_processes_fails(database, address):
    fill(database, guests=WRITERS)
    with_room(database)
    balance = sum_of_seats(database)
    writers = [child(address, f"guest_{number}", EACH) for number in range(WRITERS)]
    results = [writer.communicate(timeout=60) for writer in writers]
    assert [(writer.returncode, error) for writer, (_, error) in zip(writers, results, strict=True)] == [
        (0, "")
    ] * WRITERS
    with database.read() as connection:
        keys = connection.scalars(select(schema.change.c.idempotency_key)).all()
    assert len(keys) == len(set(keys)) == WRITERS * EACH
    assert seats_taken(database) == (Counter(), Counter())
    assert sum_of_seats(database) == balance


def sum_of_seats(database):
    with database.read() as connection:
        return sum(seats_balance(connection))


def test_a_process_that_is_killed_leaves_every_booking_whole_or_absent(database, address):
    fill(database, guests=DEATHS)
    with_room(database)
    moments = random.Random(786)
    for number in range(DEATHS):
        with child(address, f"guest_{number}", 100_000) as process:
            try:
                assert process.stdout.readline() == "ready\n"
                process.stdout.readline()
                time.sleep(moments.uniform(0, 0.15))
            finally:
                process.send_signal(signal.SIGKILL)
        assert_whole(database)
    Ledger(Store(database, lambda: NOW)).perform(booking(), "life goes on")
    assert_whole(database)


def assert_whole(database):
    """Every reservation has all that belongs to it, and seats are sold to nobody else."""
    with Store(database, lambda: NOW).view() as view, database.read() as connection:
        rows = connection.execute(select(schema.change.c.reservation, schema.change.c.kind))
        changes = Counter((row.reservation, row.kind) for row in rows)
        found = [view.reservation(code) for code in connection.scalars(select(schema.reservation.c.code))]
    assert found
    for one in found:
        assert len(one.segments) == len(one.passengers) == 2 or one.customer == "asha"
        assert changes.pop((one.code, "BookReservation")) == 1
        assert changes.pop((one.code, "CancelReservation"), 0) == one.cancelled
        fares = sum(segment.fare for segment in one.segments) * len(one.passengers)
        assert [payment.amount for payment in one.payments] == [fares, -fares][: 1 + one.cancelled]
    assert not changes
    sold, booked = seats_taken(database)
    assert sold == booked
