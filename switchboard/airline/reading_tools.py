"""The desk's tools that look something up: fares, flights, airports, profiles, reservations.

Plain typed functions; the docstring of each is what a model reads. None of them changes anything:
``changing_tools.py`` does.
"""

from typing import Annotated

from switchboard.airline.answers import (
    AirportServed,
    FlightFound,
    FlightStatus,
    OneStop,
    TicketPrice,
    flight_found,
    flight_status,
    one_stop,
)
from switchboard.airline.arguments import (
    DAY,
    Day,
    Destination,
    FlightNumber,
    Origin,
    ReservationId,
    day_at,
)
from switchboard.airline.arguments import flight_number as known_number
from switchboard.airline.calculator import calculated
from switchboard.airline.profiles import (
    ReservationDetails,
    ReservationSummary,
    UserDetails,
    reservation_details,
    reservation_summary,
    user_details,
)
from switchboard.airline.search import connections, direct_flights, lowest_fares, no_direct_flight
from switchboard.airline.session import Session
from switchboard.errors import ToolError

CONNECTIONS = 12
"""How many connections a search returns, the quickest first."""
CARE = "+91 22 5550 0142", "care@larkspur-air.example"


def get_ticket_price(
    session: Session,
    origin: Origin,
    destination: Destination,
    date: Annotated[str, "Day of departure, YYYY-MM-DD; all coming days when left out.", DAY] = "",
) -> TicketPrice | str:
    """Get the lowest one-way fares for one passenger between two cities, by cabin, in US dollars.

    Looks at direct flights, on one day or on all days that can be booked.
    """
    start, end = session.route(origin, destination)
    day = day_at(start, date, session.now) if date else ""
    with session.store.view() as view:
        found = lowest_fares(view, start, end, day, session.now)
        if not found:
            return no_direct_flight(view, start, end, day)
    return TicketPrice(start.label, end.label, day or "all coming days", found)


def search_direct_flight(
    session: Session, origin: Origin, destination: Destination, date: Day
) -> tuple[FlightFound, ...] | str:
    """Search direct flights between two cities on one day, with free seats and fares by cabin."""
    start, end = session.route(origin, destination)
    day = day_at(start, date, session.now)
    with session.store.view() as view:
        found = direct_flights(view, start, end, day, session.now)
        if not found:
            return no_direct_flight(view, start, end, day)
    return tuple(map(flight_found, found))


def search_onestop_flight(
    session: Session, origin: Origin, destination: Destination, date: Day
) -> tuple[OneStop, ...] | str:
    """Search connections with one stop between two cities, leaving on one day, the quickest first."""
    start, end = session.route(origin, destination)
    day = day_at(start, date, session.now)
    with session.store.view() as view:
        ways = connections(view, start, end, day, session.now)
    if not ways:
        return f"No connection with one stop goes from {start.label} to {end.label} on {day}."
    return tuple(one_stop(*way) for way in ways[:CONNECTIONS])


def get_flight_status(
    session: Session,
    flight_number: FlightNumber,
    date: Annotated[str, "Day of departure, YYYY-MM-DD; today when left out.", DAY] = "today",
) -> FlightStatus:
    """Get what a flight is doing on one day: on time, delayed, boarding, in the air, landed, cancelled.

    Gives the planned local times, and the delay in minutes as far as it is announced.
    """
    with session.store.view() as view:
        number = known_number(view, flight_number)
        origin, _ = view.route(number) or ("", "")
        day = day_at(view.airports[origin], date or "today", session.now)
        offer = view.offer(number, day)
        if offer is None:
            raise ToolError(
                f"Nothing is known of {number} on {day}.", f"The timetable ends on {view.last_day()}."
            )
    return flight_status(offer.flight, session.now)


def list_reservations(session: Session) -> tuple[ReservationSummary, ...]:
    """List the signed-in customer's reservations: flights with their status, cabin, passengers, price."""
    with session.store.view() as view:
        found = view.reservations(session.access.customer(view).id)
    return tuple(reservation_summary(one, session.now) for one in found)


def get_reservation_details(session: Session, reservation_id: ReservationId) -> ReservationDetails:
    """Get all of one reservation: flights, passengers, bags, insurance, payments."""
    with session.store.view() as view:
        return reservation_details(session.access.reservation(view, reservation_id), session.now)


def get_user_details(
    session: Session,
    user_id: Annotated[str, "The customer's user id; the signed-in customer when left out."] = "",
) -> UserDetails:
    """Get a customer's profile: membership, payment methods, saved passengers, reservation ids."""
    with session.store.view() as view:
        return user_details(session.access.customer(view, user_id))


def list_all_airports(session: Session) -> tuple[AirportServed, ...]:
    """List all airports that the airline flies to, with their cities and countries."""
    return tuple(AirportServed(one.code, one.city, one.country) for one in session.store.airports.values())


def calculate(expression: Annotated[str, "Numbers with + - * / and parentheses."]) -> str:
    """Calculate an arithmetic expression, such as 2 * (350 - 122)."""
    value = calculated(expression)
    return str(int(value)) if value == int(value) else str(value)


def transfer_to_human_agents(
    summary: Annotated[str, "What the customer wants, in a sentence."] = "",  # noqa: ARG001
) -> str:
    """Transfer the customer to a human agent, when the request is beyond what the tools can do."""
    return f"Transfer successful. A colleague goes on at {CARE[0]} or {CARE[1]}."


LOOK_UP = (
    get_ticket_price,
    search_direct_flight,
    search_onestop_flight,
    get_flight_status,
    list_reservations,
    get_reservation_details,
    get_user_details,
    list_all_airports,
    calculate,
    transfer_to_human_agents,
)
"""Those of a ``session`` have it as their first parameter."""
