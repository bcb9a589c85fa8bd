"""The flights of the days around today, and what is sold on them.

Drawn from the flight number and the day alone, so that a flight does the same for everyone and goes on doing
it tomorrow; only its fares and the seats that strangers have taken depend on how far away it is. Which of our
customers fly is in ``demonstration.py``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from math import ceil, sqrt
from typing import Any
from zoneinfo import ZoneInfo

from switchboard.airline.chance import draws
from switchboard.airline.moments import stored
from switchboard.airline.network import Network, Route
from switchboard.airline.records import CABINS, Cabin

EDITION = "larkspur-2"
"""The seed. A change to the network or to what is drawn needs a new one, which makes every world again."""
DAYS_BEFORE = 15
DAYS_AFTER = 45
"""Flights are there for this many days around today."""
PUNCTUAL = 0.864
"""The airline's own figure: the share of flights within 15 minutes of the plan."""
CANCELLED = 0.012
Place = tuple[str, str, str]
"""Flight number, date and cabin."""


@dataclass(frozen=True, slots=True)
class PlannedFlight:
    """A flight on one local ``date``; the moments are UTC.

    Attributes:
        chance: sixteen numbers from 0 to 1, those of this flight on this day.
        seats: by cabin.
    """

    route: Route
    date: str
    departs: datetime
    arrives: datetime
    leaves: datetime
    lands: datetime
    cancelled: bool
    chance: tuple[float, ...]
    seats: Mapping[Cabin, int]

    @property
    def row(self) -> tuple[Any, ...]:
        """As the table ``flight`` has it."""
        moments = (stored(moment) for moment in (self.departs, self.arrives, self.leaves, self.lands))
        return self.route.number, self.date, *moments, int(self.cancelled)

    def strangers(self, cabin: Cabin, days_ahead: int) -> int:
        """How many seats people who are not our customers hold, that many days before departure."""
        seats, place = self.seats[cabin], CABINS.index(cabin)
        load = self._load(days_ahead) + 0.08 * (self.chance[8 + place] - 0.5)
        return min(seats, max(0, round(seats * load)))

    def fare(self, cabin: Cabin, days_ahead: int) -> int:
        """What a passenger pays, that many days before departure; never below the published fare."""
        close = max(0.0, 1 - days_ahead / 30)
        full = max(0.0, self._load(days_ahead) - 0.6)
        level = 1 + 0.15 * self.chance[6] + 0.5 * close * close + 0.8 * full
        return ceil(self.route.fares[cabin] * level)

    def offers(self, days_ahead: int, held: Mapping[Place, int]) -> Iterator[tuple[Any, ...]]:
        """Rows of the table ``inventory``; ``held`` is how many seats our customers have."""
        for cabin, seats in self.seats.items():
            ours = held.get((self.route.number, self.date, cabin), 0)
            sold = min(seats, ours + self.strangers(cabin, days_ahead))
            yield self.route.number, self.date, cabin, seats, sold, self.fare(cabin, days_ahead)

    def _load(self, days_ahead: int) -> float:
        # Three fifths to all of it is sold when it leaves, two fifths of that already 45 days before.
        far = min(days_ahead, DAYS_AFTER) / DAYS_AFTER
        return _triangular(self.chance[7], 0.59, 0.86, 1.08) * (1 - 0.6 * float(far**0.8))


@dataclass(frozen=True)
class Timetable:
    """All flights of the days from ``first`` to ``last``."""

    network: Network
    first: date
    last: date

    @cached_property
    def flights(self) -> tuple[PlannedFlight, ...]:
        """Day by day."""
        zones = {code: ZoneInfo(airport.zone) for code, airport in self.network.airports.items()}
        days = [self.first + timedelta(n) for n in range((self.last - self.first).days + 1)]
        seats = self.network.seats
        return tuple(
            _planned(route, day, zones[route.origin], seats[route.aircraft])
            for day in days
            for route in self.network.routes
        )

    @cached_property
    def departures(self) -> Mapping[tuple[str, str], tuple[PlannedFlight, ...]]:
        """By origin and date."""
        found: dict[tuple[str, str], list[PlannedFlight]] = {}
        for flight in self.flights:
            found.setdefault((flight.route.origin, flight.date), []).append(flight)
        return {place: tuple(flights) for place, flights in found.items()}


def window(today: date) -> tuple[date, date]:
    """The first and the last day that have flights, as seen from ``today``."""
    return today - timedelta(DAYS_BEFORE), today + timedelta(DAYS_AFTER)


def _planned(route: Route, day: date, zone: ZoneInfo, seats: Mapping[Cabin, int]) -> PlannedFlight:
    chance = draws(f"{EDITION} {route.number} {day}")
    departs = datetime.combine(day, time.fromisoformat(route.departs), zone).astimezone(UTC)
    arrives = departs + timedelta(minutes=route.minutes)
    cancelled = chance[0] < CANCELLED
    late = int(15 * chance[2]) if chance[1] < PUNCTUAL else 20 + 5 * int(33 * chance[2])
    delay = timedelta(minutes=0 if cancelled else late)
    # A little of what was lost is made up for on the way.
    gained = timedelta(minutes=0 if cancelled else int(6 * chance[3]))
    return PlannedFlight(
        route, day.isoformat(), departs, arrives, departs + delay, arrives + delay - gained,
        cancelled, chance, seats,
    )  # fmt: skip


def _triangular(chance: float, low: float, mode: float, high: float) -> float:
    split = (mode - low) / (high - low)
    if chance < split:
        return low + sqrt(chance * (high - low) * (mode - low))
    return high - sqrt((1 - chance) * (high - low) * (high - mode))
