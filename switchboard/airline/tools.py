"""What a model may call at the airline's desk.

Typed functions over the store for one signed-in customer; none of them changes a row. When to call them is
the model's choice, or the matcher's by the words that stand with each.
"""

import re
from dataclasses import dataclass
from datetime import date as Date
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from switchboard.airline.demonstration import DAYS
from switchboard.airline.flights import Flight
from switchboard.airline.places import Places
from switchboard.airline.store import Airport, Route, Store
from switchboard.errors import ToolError
from switchboard.tools import Spoken, Tool, tool

_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1, "day after tomorrow": 2}


@dataclass(frozen=True, slots=True)
class DailyFlight:
    """A flight number between two cities; times are local, the fares the lowest in US dollars."""

    flight: str
    departs_daily: str
    minutes: int
    lowest_fare_usd: dict[str, int]


@dataclass(frozen=True, slots=True)
class TicketPrice:
    """What flying one way costs a passenger, taxes included."""

    origin: str
    destination: str
    flights: tuple[DailyFlight, ...]


@dataclass(frozen=True, slots=True)
class FlightStatus:
    """A flight on one day; the times are planned and local, the delay is as far as it is announced."""

    flight: str
    date: str
    origin: str
    destination: str
    status: str
    departs: str
    arrives: str
    delay_minutes: int


@dataclass(frozen=True, slots=True)
class BookingSummary:
    """A customer's booking."""

    booking: str
    cabin: str
    passengers: tuple[str, ...]
    checked_bags: int
    paid_usd: int
    flights: tuple[FlightStatus, ...]


def airline_tools(store: Store, customer_id: str) -> tuple[Tool, ...]:
    """The tools for one signed-in customer.

    Args:
        store: the airline's database.
        customer_id: whose bookings may be seen; checked by whoever signs the customer in.
    """
    places = Places(store.airports())
    return _ticket_price(store, places), _flight_status(store, places), _bookings(store, customer_id)


def _ticket_price(store: Store, places: Places) -> Tool:
    cities = places.spoken

    def get_ticket_price(
        origin: Annotated[
            str,
            "City or IATA code of departure.",
            Spoken(
                "From which city would you like to fly?", cues=("from", "leaving", "out of"), values=cities
            ),
        ],
        destination: Annotated[
            str, "City or IATA code of arrival.", Spoken("To which city?", cues=("to", "into"), values=cities)
        ],
    ) -> TicketPrice:
        """Get the lowest one-way fares per passenger between two cities, by cabin, in US dollars.

        Also tells which daily flight goes there, when it leaves and how long it takes.
        """
        start, end = places.find(origin), places.find(destination)
        if start == end:
            raise ToolError(f"Departure and arrival are both {start.label}.", "Name two different cities.")
        routes = store.routes()
        direct = [route for route in routes if (route.origin, route.destination) == (start.code, end.code)]
        if not direct:
            raise ToolError(
                f"Larkspur Air has no direct flight from {start.label} to {end.label}.",
                _ways_round(start, end, routes, places),
            )
        flights = (DailyFlight(r.number, r.departs, r.minutes, dict(r.fares)) for r in direct)
        return TicketPrice(start.label, end.label, tuple(flights))

    words = ("price", "fare", "cost", "ticket", "cheapest", "how much", "fly")
    return tool(get_ticket_price, words=words)


def _flight_status(store: Store, places: Places) -> Tool:
    def get_flight_status(
        flight_number: Annotated[
            str,
            "Flight number, such as LK101.",
            Spoken("What is the flight number, such as LK101?", pattern=r"LK\d{1,4}"),
        ],
        date: Annotated[
            str,
            "Day of departure: YYYY-MM-DD, yesterday, today or tomorrow; today when left out.",
            Spoken("On which day?", pattern=r"day after tomorrow|yesterday|today|tomorrow|\d{4}-\d{2}-\d{2}"),
        ] = "today",
    ) -> FlightStatus:
        """Get what a flight is doing on one day: on time, delayed, boarding, in the air, landed, cancelled.

        Gives the planned local times, and the delay in minutes as far as it is announced.
        """
        route = _route(flight_number, store.routes())
        zone = next(airport.zone for airport in places.airports if airport.code == route.origin)
        day = _day(date, store.now().astimezone(ZoneInfo(zone)).date())
        flight = store.flight(route.number, day.isoformat())
        if flight is None:
            raise ToolError(
                f"Nothing is known of {route.number} on {day}.", f"Ask for a day within {DAYS} days of today."
            )
        return _status(flight, store.now())

    words = ("status", "delayed", "on time", "landed", "boarding", "cancelled")
    return tool(get_flight_status, words=words)


def _bookings(store: Store, customer_id: str) -> Tool:
    def list_bookings() -> tuple[BookingSummary, ...]:
        """List the signed-in customer's bookings: flights with dates and status, cabin, passengers, price."""
        return tuple(
            BookingSummary(
                booking=booking.code,
                cabin=booking.cabin,
                passengers=booking.passengers,
                checked_bags=booking.bags,
                paid_usd=booking.paid,
                flights=tuple(_status(flight, store.now()) for flight in booking.flights),
            )
            for booking in store.bookings(customer_id)
        )

    words = ("booking", "bookings", "reservation", "trips", "itinerary", "booked")
    return tool(list_bookings, words=words)


def _ways_round(start: Airport, end: Airport, routes: tuple[Route, ...], places: Places) -> str:
    cities = {airport.code: airport.city for airport in places.airports}
    onward = {route.destination for route in routes if route.origin == start.code}
    before = {route.origin for route in routes if route.destination == end.code}
    if stops := sorted(cities[code] for code in onward & before):
        return f"With one stop it goes by way of {' or '.join(stops)}: ask for the two fares."
    reached = ", ".join(sorted(cities[code] for code in onward))
    return f"From {start.city} it flies to {reached}."


def _route(flight_number: str, routes: tuple[Route, ...]) -> Route:
    number = re.sub(r"[\s-]", "", flight_number[:20]).upper()
    if number.isdigit():
        number = f"LK{number}"
    numbers = {route.number: route for route in routes}
    if number in numbers:
        return numbers[number]
    if not re.fullmatch(r"LK\d{1,4}", number):
        raise ToolError(
            f"“{number}” is no flight of Larkspur Air.",
            "Its flight numbers are LK and three digits, such as LK101.",
        )
    near = sorted(numbers, key=lambda known: abs(int(known[2:]) - int(number[2:])))[:3]
    raise ToolError(f"Larkspur Air has no flight {number}.", f"The nearest numbers are {', '.join(near)}.")


def _day(text: str, today: Date) -> Date:
    word = text[:40].strip().casefold()
    if word in _DAYS:
        return today + timedelta(_DAYS[word])
    try:
        return Date.fromisoformat(word)
    except ValueError as exc:
        raise ToolError(
            f"“{text[:40]}” is not a day.", "Give it as YYYY-MM-DD, or as today, tomorrow or yesterday."
        ) from exc


def _status(flight: Flight, now: datetime) -> FlightStatus:
    return FlightStatus(
        flight=flight.number,
        date=flight.date,
        origin=flight.origin,
        destination=flight.destination,
        status=flight.status(now).value,
        departs=f"{flight.departs:%Y-%m-%d %H:%M}",
        arrives=f"{flight.arrives:%Y-%m-%d %H:%M}",
        delay_minutes=flight.delay_minutes(now),
    )
