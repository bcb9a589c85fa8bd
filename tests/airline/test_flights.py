"""What a flight is doing at a moment."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.airline.airports import Airport
from switchboard.airline.flights import Flight, Status

DEPARTS = datetime(2026, 5, 14, 12, tzinfo=UTC)
DELHI = Airport("DEL", "Delhi", "India", "Asia/Kolkata", 28.5562, 77.1)
MUMBAI = Airport("BOM", "Mumbai", "India", "Asia/Kolkata", 19.0896, 72.8656)


def flight(delay: int = 0, cancelled: bool = False) -> Flight:
    arrives, late = DEPARTS + timedelta(hours=2), timedelta(minutes=delay)
    return Flight(
        "LK101", "2026-05-14", DELHI, MUMBAI, DEPARTS, arrives, DEPARTS + late, arrives + late, cancelled
    )


def after(minutes: int) -> datetime:
    return DEPARTS + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("minutes", "delay", "status"),
    [
        (-481, 60, Status.SCHEDULED), (-480, 60, Status.DELAYED), (-120, 0, Status.ON_TIME),
        (-120, 15, Status.ON_TIME), (-120, 16, Status.DELAYED), (-40, 0, Status.BOARDING),
        (-40, 60, Status.DELAYED), (0, 0, Status.IN_THE_AIR), (0, 30, Status.BOARDING),
        (30, 30, Status.IN_THE_AIR), (120, 0, Status.LANDED), (120, 30, Status.IN_THE_AIR),
        (150, 30, Status.LANDED), (5000, 180, Status.LANDED),
    ],
)  # fmt: skip
def test_the_status_follows_the_clock_and_the_delay(minutes, delay, status):
    assert flight(delay).status(after(minutes)) is status


@pytest.mark.parametrize(
    ("minutes", "told"), [(-481, 0), (-480, 90), (0, 90), (5000, 90)]
)  # fmt: skip
def test_a_delay_is_not_told_before_it_is_announced(minutes, told):
    assert flight(90).delay_minutes(after(minutes)) == told


def test_an_early_departure_is_no_delay():
    assert flight(-10).delay_minutes(after(-60)) == 0
    assert flight(-10).status(after(-10)) is Status.IN_THE_AIR


@pytest.mark.parametrize(
    ("minutes", "known"), [(-48 * 60 - 1, False), (-48 * 60, True), (0, True), (5000, True)]
)  # fmt: skip
def test_a_cancellation_is_announced_two_days_before(minutes, known):
    gone = flight(cancelled=True)
    assert gone.is_cancelled(after(minutes)) is known
    assert (gone.status(after(minutes)) is Status.CANCELLED) is known


@given(st.integers(-10_000, 10_000), st.integers(0, 180))
def test_a_cancelled_flight_never_leaves_or_is_late(minutes, delay):
    gone = flight(delay, cancelled=True)
    assert gone.status(after(minutes)) in (Status.SCHEDULED, Status.CANCELLED)
    assert not gone.has_left(after(minutes))
    assert gone.delay_minutes(after(minutes)) == 0


@given(st.integers(-1000, 1000), st.integers(0, 600), st.integers(0, 180))
def test_a_flight_never_goes_back_to_what_it_was_before(minutes, later, delay):
    order = [
        Status.SCHEDULED, Status.ON_TIME, Status.DELAYED, Status.BOARDING, Status.IN_THE_AIR, Status.LANDED
    ]  # fmt: skip
    first, second = flight(delay).status(after(minutes)), flight(delay).status(after(minutes + later))
    assert order.index(first) <= order.index(second)


@given(st.integers(-5000, 1000), st.integers(0, 180), st.booleans())
def test_what_has_left_or_is_known_not_to_go_is_not_sold(minutes, delay, cancelled):
    one = flight(delay, cancelled)
    on_sale = one.is_on_sale(after(minutes))
    assert not (on_sale and (one.has_left(after(minutes)) or one.is_cancelled(after(minutes))))
    assert on_sale == (minutes < -180 and not (cancelled and minutes >= -48 * 60))
