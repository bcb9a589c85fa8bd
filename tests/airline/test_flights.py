"""What a flight is doing at a moment."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.airline.flights import Flight, Status

DEPARTS = datetime(2026, 5, 14, 12, tzinfo=UTC)


def flight(delay: int = 0, cancelled: bool = False) -> Flight:
    arrives = DEPARTS + timedelta(hours=2)
    return Flight(
        "LK101",
        "2026-05-14",
        "Delhi (DEL)",
        "Mumbai (BOM)",
        DEPARTS,
        arrives,
        timedelta(minutes=delay),
        cancelled,
    )


@pytest.mark.parametrize(
    ("minutes", "delay", "status"),
    [
        (-361, 60, Status.SCHEDULED), (-360, 60, Status.DELAYED), (-120, 0, Status.ON_TIME),
        (-120, 15, Status.ON_TIME), (-40, 0, Status.BOARDING), (-40, 60, Status.DELAYED),
        (0, 0, Status.IN_THE_AIR), (0, 30, Status.BOARDING),
        (120, 0, Status.LANDED), (120, 30, Status.IN_THE_AIR), (5000, 180, Status.LANDED),
    ],
)  # fmt: skip
def test_the_status_follows_the_clock_and_the_delay(minutes, delay, status):
    assert flight(delay).status(DEPARTS + timedelta(minutes=minutes)) is status


def test_a_delay_is_not_told_before_it_is_announced():
    assert flight(90).delay_minutes(DEPARTS - timedelta(hours=7)) == 0
    assert flight(90).delay_minutes(DEPARTS - timedelta(hours=6)) == 90


@given(st.integers(-10_000, 10_000), st.integers(0, 180))
def test_a_cancelled_flight_is_cancelled_at_any_moment(minutes, delay):
    gone = flight(delay, cancelled=True)
    now = DEPARTS + timedelta(minutes=minutes)
    assert gone.status(now) is Status.CANCELLED
    assert gone.delay_minutes(now) == 0


@given(st.integers(-1000, 1000), st.integers(0, 600), st.integers(0, 180))
def test_a_flight_never_goes_back_to_what_it_was_before(minutes, later, delay):
    order = [
        Status.SCHEDULED,
        Status.ON_TIME,
        Status.DELAYED,
        Status.BOARDING,
        Status.IN_THE_AIR,
        Status.LANDED,
    ]
    now = DEPARTS + timedelta(minutes=minutes)
    first, second = flight(delay).status(now), flight(delay).status(now + timedelta(minutes=later))
    assert order.index(first) <= order.index(second)
