"""The reservations of the customers whom a visitor may sign in as.

There is something to try for each of the airline's rules on every day: what visitors used up, or what has
flown, is drawn anew. Everybody else's journeys are in ``demonstration.py``.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from switchboard.airline.demonstration import (
    Flights,
    PlannedReservation,
    Ticket,
    anywhere,
    has_room,
    reserved,
    ways_back,
)
from switchboard.airline.people import Person
from switchboard.airline.records import Cabin
from switchboard.airline.timetable import EDITION, Place, PlannedFlight, Timetable

UPCOMING = 2
"""Journeys ahead that each of them has at the least."""
ANNOUNCED = timedelta(hours=10), timedelta(hours=47)
"""After midnight: a flight that leaves then and is cancelled is known to be, and worth telling, all day."""
_TRIES = 80
_NO_END = "9999"
"""After every date."""


@dataclass(frozen=True, slots=True)
class Journey:
    """An active reservation, as far as it matters here; the days are those of its first and last flight."""

    customer: str
    first: date
    last: date
    cabin: str
    passengers: int
    insured: bool
    stops: bool
    created: str
    dropped: bool
    """Whether the airline has cancelled one of its flights, which leaves soon enough for that to be known."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A reservation that somebody should have; ``customer`` is who gets it, if that is possible."""

    customer: str
    cabin: Cabin = "economy"
    passengers: int = 1
    insured: bool = False
    stops: bool = False
    flown: bool = False
    dropped: bool = False
    fresh: bool = False

    def is_met(self, journey: Journey, today: date) -> bool:
        """Whether the journey is what is wished for."""
        fresh = journey.created >= today.isoformat()
        if self.flown:
            return journey.last < today
        if self.dropped:
            return journey.dropped and not fresh and not journey.insured
        return (
            journey.first > today
            and not journey.dropped
            and journey.cabin == self.cabin
            and journey.passengers >= self.passengers
            and (journey.insured, fresh) == (self.insured, self.fresh)
            and (journey.stops or not self.stops)
        )


WISHES = (
    Wish("priya_nair", dropped=True),
    Wish("aarav_menon", fresh=True),
    Wish("lena_fischer", "basic_economy"),
    Wish("omar_haddad", passengers=3),
    Wish("sofia_romano", insured=True),
    Wish("james_okafor", "business"),
    Wish("mei_tanaka", stops=True),
    Wish("claire_dubois", flown=True),
    Wish("daniel_kim", flown=True),
    Wish("fatima_al_sayed", "business", passengers=2),
)


class Showcase:
    """Draws what is missing on a day.

    Args:
        people: those whom a visitor may sign in as.
        journeys: their active reservations.
        held: the seats that our customers have; those given out here are added.
        taken: the codes that exist; likewise.
    """

    def __init__(
        self, timetable: Timetable, people: Sequence[Person], journeys: Sequence[Journey], today: date,
        held: Counter[Place], taken: set[str],
    ) -> None:  # fmt: skip
        self._timetable, self._today = timetable, today
        self._people = {person.id: person for person in people}
        self._journeys = list(journeys)
        self._held, self._taken = held, taken
        self._midnight = datetime.combine(today, time(), UTC)

    def missing(self) -> Iterator[PlannedReservation]:
        """The reservations to add."""
        for wish in WISHES:
            everyone = wish.flown and not any(one.last < self._today for one in self._of(wish.customer))
            if everyone or not any(wish.is_met(one, self._today) for one in self._journeys):
                yield from self._granted(wish)
        for person in self._people.values():
            for turn in range(UPCOMING - self._ahead(person.id)):
                yield from self._granted(Wish(person.id, insured=turn == 1))

    def _of(self, customer: str) -> list[Journey]:
        return [one for one in self._journeys if one.customer == customer]

    def _ahead(self, customer: str) -> int:
        return sum(one.first > self._today for one in self._of(customer))

    def _granted(self, wish: Wish) -> Iterator[PlannedReservation]:
        # The favourite first, then whoever has the fewest journeys ahead; nobody flies twice at a time.
        others = sorted(self._people, key=lambda one: (one != wish.customer, self._ahead(one), one))
        if self._ahead(wish.customer) > 2 * UPCOMING:
            others.append(others.pop(0))
        for customer in others:
            chance = Random(f"{EDITION} {self._today} {customer} {wish}")  # noqa: S311
            person = self._people[customer]
            for out, back in self._ways(wish, person, chance):
                ticket = self._ticket(wish, person, out, back, chance)
                if ticket is not None:
                    self._remember(wish, customer, ticket)
                    yield reserved(person, ticket, chance, self._held, self._taken)
                    return

    def _ways(self, wish: Wish, person: Person, chance: Random) -> Iterator[tuple[Flights, Flights]]:
        if wish.dropped:
            found = [one for one in self._timetable.flights if self._is_dropped(one)]
            found.sort(key=lambda one: (one.departs < self._midnight + timedelta(1),
                                        one.route.origin != person.home, one.route.number))  # fmt: skip
            yield from (((one,), ()) for one in found)
            return
        for _ in range(_TRIES):
            ahead = -chance.randint(3, 13) if wish.flown else chance.randint(3, 24)
            day = self._today + timedelta(ahead)
            out = self._out(wish, person.home, day, chance)
            stay = 0 if wish.flown else chance.choice((0, 3, 5, 8))
            if out:
                ways = ways_back(self._timetable, out, day + timedelta(stay), _NO_END) if stay else []
                yield out, chance.choice(ways) if ways else ()

    def _out(self, wish: Wish, home: str, day: date, chance: Random) -> Flights:
        if wish.stops or chance.random() < 0.3:
            way = anywhere(self._timetable, home, day, chance, _NO_END)
            if way or wish.stops:
                return way
        return (chance.choice(self._timetable.departures[home, day.isoformat()]),)

    def _ticket(
        self, wish: Wish, person: Person, out: Flights, back: Flights, chance: Random
    ) -> Ticket | None:
        before = timedelta(days=chance.randint(9, 40), seconds=chance.randrange(43_200))
        first = min(out[0].departs, self._midnight)
        created = self._midnight if wish.fresh else first - before
        ticket = Ticket(
            out, back, wish.cabin, person.party(wish.passengers, chance), wish.insured,
            created.replace(tzinfo=None, microsecond=0),
        )  # fmt: skip
        flies = wish.dropped or not any(one.cancelled for one in ticket.flights)
        return ticket if flies and self._is_possible(person.id, ticket) else None

    def _is_possible(self, customer: str, ticket: Ticket) -> bool:
        if any(ticket.cabin not in one.seats for one in ticket.flights) or not has_room(ticket, self._held):
            return False
        first, last = _days(ticket)
        apart = timedelta(1 if len(ticket.flights) == 1 else 2)
        if any(first <= one.last + apart and one.first <= last + apart for one in self._of(customer)):
            return False
        return all(
            self._held[place] + len(ticket.party) + self._strangers(one, ticket.cabin)
            <= one.seats[ticket.cabin]
            for one, place in zip(ticket.flights, ticket.places, strict=True)
        )

    def _strangers(self, flight: PlannedFlight, cabin: Cabin) -> int:
        # What has flown had room for them.
        ahead = (date.fromisoformat(flight.date) - self._today).days
        return 0 if ahead < 0 else flight.strangers(cabin, ahead)

    def _is_dropped(self, flight: PlannedFlight) -> bool:
        ahead = flight.departs - self._midnight
        return flight.cancelled and ANNOUNCED[0] <= ahead < ANNOUNCED[1]

    def _remember(self, wish: Wish, customer: str, ticket: Ticket) -> None:
        self._journeys.append(
            Journey(
                customer, *_days(ticket), ticket.cabin, len(ticket.party), ticket.insured,
                len(ticket.out) > 1, ticket.created.isoformat(), wish.dropped,
            )
        )  # fmt: skip


def _days(ticket: Ticket) -> tuple[date, date]:
    return date.fromisoformat(ticket.flights[0].date), date.fromisoformat(ticket.flights[-1].date)
