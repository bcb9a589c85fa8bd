"""The reservations that the airline's invented customers have.

Each is drawn for the day of its last flight, always the same for that day; a customer flies every twelve days
at most, so that nobody is in two places. Those a visitor may sign in as have ``showcase.py`` to themselves.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from switchboard.airline.charges import EXTRA_BAG, INSURANCE, free_bags
from switchboard.airline.ids import LETTERS
from switchboard.airline.network import kilometres
from switchboard.airline.people import Person
from switchboard.airline.records import Cabin, CreditCard, GiftCard, Passenger, Trip
from switchboard.airline.timetable import EDITION, Place, PlannedFlight, Timetable

A_DAY = 45
"""Customers whose turn it is on a day."""
_STAY_HOME = 0.12
"""The share of them who do not fly after all."""
CONNECTION = timedelta(minutes=75), timedelta(hours=8)
"""The shortest and the longest wait for the next flight."""
STAY = timedelta(hours=12)
"""The shortest, between the way out and the way back."""
Flights = tuple[PlannedFlight, ...]


@dataclass(frozen=True, slots=True)
class Ticket:
    """What is bought, before it is known who pays how; ``created`` is UTC."""

    out: Flights
    back: Flights
    cabin: Cabin
    party: tuple[Passenger, ...]
    insured: bool
    created: datetime

    @property
    def flights(self) -> Flights:
        """There and back."""
        return self.out + self.back

    @property
    def places(self) -> tuple[Place, ...]:
        """Where each of the party has a seat."""
        return tuple((one.route.number, one.date, self.cabin) for one in self.flights)


@dataclass(frozen=True, slots=True)
class PlannedReservation:
    """A reservation as the tables will have it, but for its number."""

    code: str
    customer: str
    ticket: Ticket
    fares: tuple[int, ...]
    bags: int
    paid_bags: int
    method: str

    @property
    def price(self) -> int:
        """What was paid, in US dollars."""
        each = sum(self.fares) + INSURANCE * self.ticket.insured
        return each * len(self.ticket.party) + EXTRA_BAG * self.paid_bags

    @property
    def trip(self) -> Trip:
        """Whether it comes back."""
        return "round_trip" if self.ticket.back else "one_way"

    @property
    def row(self) -> tuple[Any, ...]:
        """As the table ``reservation`` has it, after the id."""
        ticket, ends = self.ticket, (self.ticket.out[0].route.origin, self.ticket.out[-1].route.destination)
        created = ticket.created.isoformat(timespec="seconds")
        return (
            self.code, self.customer, *ends, self.trip, ticket.cabin, created,
            self.bags, self.paid_bags, int(ticket.insured), 0,
        )  # fmt: skip


def reservations(
    timetable: Timetable, people: Sequence[Person], days: Sequence[date],
    held: Counter[Place], taken: set[str],
) -> Iterator[PlannedReservation]:  # fmt: skip
    """The reservations whose last flight leaves on one of the ``days``.

    Args:
        timetable: has the flights.
        days: in order.
        people: a multiple of ``A_DAY``.
        held: the seats that our customers have already; those given out here are added.
        taken: the codes that exist already; likewise.
    """
    for day in days:
        for turn in range(A_DAY):
            person = people[(day.toordinal() * A_DAY + turn) % len(people)]
            chance = Random(f"{EDITION} journey {day} {turn}")  # noqa: S311
            ticket = _ticket(timetable, person, day, chance)
            if ticket and has_room(ticket, held):
                yield reserved(person, ticket, chance, held, taken)


def has_room(ticket: Ticket, held: Mapping[Place, int]) -> bool:
    """Whether our customers would have no more seats than there are."""
    return all(
        held.get(place, 0) + len(ticket.party) <= flight.seats[ticket.cabin]
        for place, flight in zip(ticket.places, ticket.flights, strict=True)
    )


def reserved(
    person: Person, ticket: Ticket, chance: Random,
    held: Counter[Place], taken: set[str],
) -> PlannedReservation:  # fmt: skip
    """The ticket with bags and a payment; its seats are added to ``held``, its code to ``taken``."""
    size, most = len(ticket.party), {"basic_economy": 1, "economy": 2, "business": 3}[ticket.cabin]
    bags = sum(chance.randint(0, most) for _ in range(size))
    free = free_bags(person.membership, ticket.cabin, size)
    methods = [one.id for one in person.methods if isinstance(one, CreditCard | GiftCard)]
    for place in ticket.places:
        held[place] += size
    code = _code(chance, taken)
    taken.add(code)
    made = ticket.created.date()
    fares = tuple(
        one.fare(ticket.cabin, max(0, (date.fromisoformat(one.date) - made).days)) for one in ticket.flights
    )
    method = chance.choice(methods)
    return PlannedReservation(code, person.id, ticket, fares, bags, max(0, bags - free), method)


def ways_back(timetable: Timetable, out: Flights, day: date, last: str) -> list[Flights]:
    """The ways to fly back on a day with as many stops, no flight leaving after the local day ``last``."""
    start, end = out[-1].route.destination, out[0].route.origin
    found = (
        one
        for one in timetable.departures.get((start, day.isoformat()), ())
        if one.departs - out[-1].arrives >= STAY
    )
    if len(out) == 1:
        return [(one,) for one in found if one.route.destination == end]
    return [
        (one, after)
        for one in found
        if one.route.destination != end
        for after in _onward(timetable, one, last)
        if after.route.destination == end
    ]


def anywhere(timetable: Timetable, origin: str, day: date, chance: Random, last: str) -> Flights:
    """Two flights with a stop between them that is on the way somewhere; none where there is no such way."""
    airports, found = timetable.network.airports, timetable.departures.get((origin, day.isoformat()), ())
    for one in chance.sample(found, min(5, len(found))):
        sensible = [
            after
            for after in _onward(timetable, one, last)
            if after.route.destination != origin
            and kilometres(airports[origin], airports[one.route.destination])
            + kilometres(airports[one.route.destination], airports[after.route.destination])
            < 1.5 * kilometres(airports[origin], airports[after.route.destination])
        ]
        if sensible:
            return one, chance.choice(sensible)
    return ()


def _onward(timetable: Timetable, first: PlannedFlight, last: str) -> Iterator[PlannedFlight]:
    place = first.route.destination
    local = first.arrives.astimezone(ZoneInfo(timetable.network.airports[place].zone)).date()
    for day in (local, local + timedelta(1)):
        if day.isoformat() > last:
            return
        for after in timetable.departures.get((place, day.isoformat()), ()):
            if CONNECTION[0] <= after.departs - first.arrives <= CONNECTION[1]:
                yield after


def _ticket(timetable: Timetable, person: Person, day: date, chance: Random) -> Ticket | None:
    if chance.random() < _STAY_HOME:
        return None
    stay = chance.randint(2, 9) if chance.random() < 0.6 else 0
    leave, one_stop = day - timedelta(stay), chance.random() < 0.25
    if leave < timetable.first:
        return None
    out = anywhere(timetable, person.home, leave, chance, day.isoformat()) if one_stop else ()
    if not out:
        out = (chance.choice(timetable.departures[person.home, leave.isoformat()]),)
    ways = ways_back(timetable, out, day, day.isoformat()) if stay else []
    back = chance.choice(ways) if ways else ()
    cabin: Cabin = chance.choices(("basic_economy", "economy", "business"), (30, 50, 20))[0]
    if any(cabin not in one.seats for one in out + back):
        cabin = "economy"
    party = person.party(chance.choices((1, 2, 3, 4, 5), (50, 28, 10, 8, 4))[0], chance)
    noon = datetime.combine(day, time(12))
    created = noon - timedelta(days=chance.randint(47 + stay, 119), seconds=chance.randrange(43_200))
    return Ticket(out, back, cabin, party, chance.random() < 0.35, created)


def _code(chance: Random, taken: Collection[str]) -> str:
    while True:
        code = "".join(chance.choices(LETTERS, k=6))
        if code not in taken and not code.isalpha() and not code.isdigit():
            return code
