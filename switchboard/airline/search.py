"""Finding flights with free seats: direct ones, connections with one stop, the lowest fares.

What is asked of the tables is in ``view.py``; how a model asks, in ``reading_tools.py``.
"""

from datetime import date as Date
from datetime import datetime, timedelta

from switchboard.airline.airports import Airport
from switchboard.airline.answers import LowestFare
from switchboard.airline.flights import Flight
from switchboard.airline.records import FlightOffer
from switchboard.airline.view import View

LONGEST_WAIT = timedelta(hours=24)
"""Between two flights of a journey: a night in between, never two."""
_BETWEEN_DOMESTIC, _IN_DUBAI, _OTHERWISE = timedelta(minutes=45), timedelta(minutes=60), timedelta(minutes=75)


def shortest_wait(before: Flight, after: Flight) -> timedelta:
    """The least time between two flights to change planes, as the airline's network document has it."""
    if before.is_domestic and after.is_domestic:
        return _BETWEEN_DOMESTIC
    return _IN_DUBAI if after.origin.code == "DXB" else _OTHERWISE


def direct_flights(
    view: View, start: Airport, end: Airport, day: str, now: datetime
) -> tuple[FlightOffer, ...]:
    """The flights of a local day that can be booked at ``now``, by departure."""
    return _bookable(view.offers(day, origin=start.code, destination=end.code), now)


def connections(
    view: View, start: Airport, end: Airport, day: str, now: datetime
) -> tuple[tuple[FlightOffer, FlightOffer], ...]:
    """Pairs of flights with one change of planes, the quickest journey first."""
    onward: dict[str, list[FlightOffer]] = {}
    # A flight that lands on the next day is waited for until the day after.
    for later in range(3):
        date = (Date.fromisoformat(day) + timedelta(later)).isoformat()
        for offer in _bookable(view.offers(date, destination=end.code), now):
            onward.setdefault(offer.flight.origin.code, []).append(offer)
    ways = [
        (first, second)
        for first in _bookable(view.offers(day, origin=start.code), now)
        for second in onward.get(first.flight.destination.code, ())
        if shortest_wait(first.flight, second.flight)
        <= second.flight.departs - first.flight.arrives
        <= LONGEST_WAIT
    ]
    return tuple(
        sorted(ways, key=lambda way: (way[1].flight.arrives - way[0].flight.departs, way[0].flight.departs))
    )


def lowest_fares(view: View, start: Airport, end: Airport, day: str, now: datetime) -> tuple[LowestFare, ...]:
    """The cheapest free seat of each cabin on a direct flight, on one day or, with none named, on any."""
    found = view.cheapest_seats(start.code, end.code, now, day)
    return tuple(LowestFare(offer.cabin, offer.fare, number, date) for offer, number, date in found)


def no_direct_flight(view: View, start: Airport, end: Airport, day: str) -> str:
    """Why no direct flight was found, with what to do instead."""
    onward = view.connections_from(start.code)
    if end.code in onward:
        when = f"on {day}" if day else "on any day"
        return (
            f"No direct flight with a free seat goes from {start.label} to {end.label} {when}. "
            f"Try another day up to {view.last_day()}, or one stop."
        )
    stops = sorted(view.airports[code].city for code in onward if end.code in view.connections_from(code))
    if not stops:
        return f"There is no way from {start.label} to {end.label} with one stop at most."
    return (
        f"There is no direct flight from {start.label} to {end.label}. "
        f"With one stop it goes by way of {' or '.join(stops[:3])}."
    )


def _bookable(offers: tuple[FlightOffer, ...], now: datetime) -> tuple[FlightOffer, ...]:
    return tuple(
        offer
        for offer in offers
        if offer.flight.is_on_sale(now) and any(cabin.free for cabin in offer.cabins)
    )
