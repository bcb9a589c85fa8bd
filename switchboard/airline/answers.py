"""What the desk's tools tell of flights and airports, in the words that a model reads.

The names of fields are those of the τ²-bench airline domain where it has them, so that models which know it
feel at home. Times are local, as YYYY-MM-DD HH:MM.
"""

from dataclasses import dataclass
from datetime import datetime

from switchboard.airline.flights import Flight
from switchboard.airline.records import FlightOffer


@dataclass(frozen=True, slots=True)
class FlightFound:
    """A flight that can be booked; free seats and fares by cabin, fares one way for one passenger."""

    flight_number: str
    date: str
    origin: str
    destination: str
    departs: str
    arrives: str
    minutes: int
    available_seats: dict[str, int]
    prices_usd: dict[str, int]


@dataclass(frozen=True, slots=True)
class OneStop:
    """Two flights with a change of planes; ``minutes`` from the first departure to the last arrival."""

    via: str
    wait_minutes: int
    minutes: int
    flights: tuple[FlightFound, ...]


@dataclass(frozen=True, slots=True)
class TicketPrice:
    """The lowest one-way fares for one passenger by cabin, taxes included, with where to find them."""

    origin: str
    destination: str
    date: str
    lowest_fares: tuple["LowestFare", ...]


@dataclass(frozen=True, slots=True)
class LowestFare:
    """The cheapest seat of a cabin."""

    cabin: str
    price_usd: int
    flight_number: str
    date: str


@dataclass(frozen=True, slots=True)
class FlightStatus:
    """A flight on one day; the times are planned, the delay is as far as it is announced."""

    flight_number: str
    date: str
    origin: str
    destination: str
    status: str
    departs: str
    arrives: str
    delay_minutes: int


@dataclass(frozen=True, slots=True)
class AirportServed:
    """An airport that the airline flies to."""

    code: str
    city: str
    country: str


def flight_found(offer: FlightOffer) -> FlightFound:
    """A flight on sale, its sold-out cabins left out."""
    flight, free = offer.flight, [cabin for cabin in offer.cabins if cabin.free]
    return FlightFound(
        flight_number=flight.number,
        date=flight.date,
        origin=flight.origin.label,
        destination=flight.destination.label,
        departs=local(flight.departs),
        arrives=local(flight.arrives),
        minutes=minutes_between(flight.departs, flight.arrives),
        available_seats={cabin.cabin: cabin.free for cabin in free},
        prices_usd={cabin.cabin: cabin.fare for cabin in free},
    )


def one_stop(first: FlightOffer, second: FlightOffer) -> OneStop:
    """A connection."""
    return OneStop(
        via=first.flight.destination.label,
        wait_minutes=minutes_between(first.flight.arrives, second.flight.departs),
        minutes=minutes_between(first.flight.departs, second.flight.arrives),
        flights=(flight_found(first), flight_found(second)),
    )


def flight_status(flight: Flight, now: datetime) -> FlightStatus:
    """What a flight is doing."""
    return FlightStatus(
        flight_number=flight.number,
        date=flight.date,
        origin=flight.origin.label,
        destination=flight.destination.label,
        status=flight.status(now).value,
        departs=local(flight.departs),
        arrives=local(flight.arrives),
        delay_minutes=flight.delay_minutes(now),
    )


def local(moment: datetime) -> str:
    """A moment by the clock of its own airport."""
    return f"{moment:%Y-%m-%d %H:%M}"


def minutes_between(start: datetime, end: datetime) -> int:
    """Whole minutes from one moment to another."""
    return round((end - start).total_seconds() / 60)
