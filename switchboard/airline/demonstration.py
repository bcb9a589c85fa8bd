"""What the airline's world is filled with, drawn around a day from a seed.

The same for everyone on the same day, and what a flight did stays the same on the days after. Pure: the
tables are filled in ``world.py``. Chance is for a demonstration here, it keeps no secret.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

EDITION = "larkspur-1"
"""The seed; a new one, after a change to ``network.json`` or to this file, makes the world again."""
DAYS = 15
"""Flights are there for this many days before and after today."""
CABINS = ("basic economy", "economy", "business")
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""For booking codes; without I, O, 0 and 1, which are mistaken for each other."""
COMPANIONS = ("Anil Rao", "Nina Berg", "Hassan Aziz", "Julia Costa", "Tom Evans", "Yuki Sato", "Ravi Shah")


@dataclass(frozen=True, slots=True)
class PlannedFlight:
    """A flight on one local ``date``; the moments are UTC, ``delay`` is in minutes."""

    route: str
    date: str
    departs: datetime
    arrives: datetime
    delay: int
    cancelled: bool

    @property
    def row(self) -> tuple[Any, ...]:
        """As the table ``flight`` has it."""
        moments = self.departs.isoformat(timespec="minutes"), self.arrives.isoformat(timespec="minutes")
        return self.route, self.date, *moments, self.delay, int(self.cancelled)


@dataclass(frozen=True, slots=True)
class PlannedBooking:
    """A customer's booking; ``paid`` is in US dollars."""

    code: str
    customer: str
    cabin: str
    made: str
    bags: int
    paid: int
    legs: tuple[PlannedFlight, ...]
    passengers: tuple[str, ...]

    @property
    def row(self) -> tuple[Any, ...]:
        """As the table ``booking`` has it."""
        return self.code, self.customer, self.cabin, self.made, self.bags, self.paid


def demonstration_flights(network: dict[str, Any], today: date) -> Iterator[PlannedFlight]:
    """Every route of the network on every day around ``today``."""
    zones = {airport["code"]: ZoneInfo(airport["zone"]) for airport in network["airports"]}
    for route in network["routes"]:
        for offset in range(-DAYS, DAYS + 1):
            day = today + timedelta(offset)
            local = datetime.combine(day, time.fromisoformat(route["departs"]), zones[route["origin"]])
            departs = local.astimezone(UTC)
            chance = Random(f"{EDITION} {route['number']} {day}")  # noqa: S311
            # The airline's own figure: 86.4 % of arrivals are within 15 minutes of the plan.
            delay = chance.randrange(0, 15) if chance.random() < 0.864 else 5 * chance.randrange(4, 37)
            cancelled = chance.random() < 0.012
            arrives = departs + timedelta(minutes=route["minutes"])
            yield PlannedFlight(route["number"], day.isoformat(), departs, arrives, delay, cancelled)


def demonstration_bookings(
    network: dict[str, Any], flights: list[PlannedFlight], today: date
) -> Iterator[PlannedBooking]:
    """Two or three journeys for every customer, the first of them over."""
    by_place = {(flight.route, flight.date): flight for flight in flights}
    fares = {route["number"]: route["fares"] for route in network["routes"]}
    for customer in network["customers"]:
        chance = Random(f"{EDITION} {customer['id']}")  # noqa: S311
        # One journey is over, one or two are ahead, far enough apart that nobody is in two places.
        starts = [-chance.randint(5, 14), chance.randint(1, 3), chance.randint(8, 10)]
        for first in starts[: chance.randint(2, 3)]:
            out = chance.choice(network["routes"])["number"]
            numbers = (out, _return_of(out)) if chance.random() < 0.7 else (out,)
            days = (first, first + chance.randint(2, 4))
            cabin = chance.choice([cabin for cabin in CABINS if cabin in fares[out]])
            names = (customer["name"], *chance.sample(COMPANIONS, chance.choice((0, 0, 1, 2))))
            yield PlannedBooking(
                code="".join(chance.choices(LETTERS, k=6)),
                customer=customer["id"],
                cabin=cabin,
                made=(today + timedelta(min(first, 0) - chance.randint(7, 60))).isoformat(),
                bags=chance.randint(0, network["free_bags"][customer["tier"]][cabin]) * len(names),
                paid=len(names) * sum(fares[number][cabin] for number in numbers),
                legs=tuple(
                    by_place[number, (today + timedelta(day)).isoformat()]
                    for number, day in zip(numbers, days, strict=False)
                ),
                passengers=names,
            )


def _return_of(number: str) -> str:
    """Flights go out with an odd number and come back with the next."""
    odd = int(number[2:]) % 2
    return f"LK{int(number[2:]) + (1 if odd else -1)}"


def demonstration_cabins(
    network: dict[str, Any], flights: list[PlannedFlight], bookings: list[PlannedBooking]
) -> Iterator[tuple[Any, ...]]:
    """Rows of the table ``cabin``: the seats sold are those of the bookings and of strangers."""
    aircraft = {route["number"]: route["aircraft"] for route in network["routes"]}
    booked: dict[tuple[str, str, str], int] = {}
    for booking in bookings:
        for leg in booking.legs:
            place = leg.route, leg.date, booking.cabin
            booked[place] = booked.get(place, 0) + len(booking.passengers)
    for flight in flights:
        chance = Random(f"{EDITION} seats {flight.route} {flight.date}")  # noqa: S311
        for cabin, seats in network["seats"][aircraft[flight.route]].items():
            ours = booked.get((flight.route, flight.date, cabin), 0)
            # The airline's own load factor is 83.7 %.
            strangers = round((seats - ours) * min(1.0, chance.triangular(0.6, 1.05, 0.86)))
            yield flight.route, flight.date, cabin, seats, ours + strangers
