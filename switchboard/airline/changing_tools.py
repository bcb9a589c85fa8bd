"""The desk's tools that change something: each makes an action of its arguments and submits it.

What becomes of the action is decided by whoever takes it: at the desk it is a proposal for the customer to
confirm. The rules are in ``policy.py``.
"""

from typing import Annotated, Literal

from pydantic import Field

from switchboard.airline import compensation
from switchboard.airline.access import SignedIn
from switchboard.airline.actions import (
    BookReservation,
    CancelReservation,
    ChangeBags,
    ChangeFlights,
    ChangePassengers,
    Reason,
    SendCertificate,
)
from switchboard.airline.arguments import (
    FlightInfo,
    PassengerInfo,
    PaymentInfo,
    ReservationId,
    flight_choices,
    passengers_named,
    payments_named,
)
from switchboard.airline.records import Cabin, Trip
from switchboard.airline.session import Session

PaymentId = Annotated[str, "A payment method of the customer's profile: credit or gift card, no certificate."]
Bags = Annotated[int, Field(description="Checked bags of all passengers together.")]
PaidBags = Annotated[int, Field(description="How many of them are beyond the free allowance, at $50 each.")]


def book_reservation(
    session: Session,
    user_id: Annotated[str, "The signed-in customer's user id."],
    origin: Annotated[str, "City or IATA code where the journey begins."],
    destination: Annotated[str, "City or IATA code where it leads."],
    flight_type: Trip,
    cabin: Cabin,
    flights: Annotated[list[FlightInfo], "All flights in order, those of the way back too."],
    passengers: Annotated[list[PassengerInfo], "One to five people."],
    payment_methods: Annotated[list[PaymentInfo], "What pays how much; together the whole price."],
    total_baggages: Bags,
    nonfree_baggages: PaidBags,
    insurance: Annotated[Literal["yes", "no"], "Travel insurance, $30 for each passenger."],
) -> object:
    """Book a journey: fares of all passengers, $50 for each paid bag, $30 a passenger for insurance."""
    with session.store.view() as view:
        action = BookReservation(
            customer=session.access.customer(view, user_id).id,
            origin=session.places.find(origin).code,
            destination=session.places.find(destination).code,
            trip=flight_type,
            cabin=cabin,
            flights=flight_choices(view, flights, session.now),
            passengers=passengers_named(passengers),
            payments=payments_named(payment_methods),
            bags=total_baggages,
            paid_bags=nonfree_baggages,
            insured=insurance == "yes",
        )
    return session.submit(action)


def cancel_reservation(
    session: Session,
    reservation_id: ReservationId,
    reason: Annotated[Reason, "Why, in the customer's own words; empty when not told."] = "",
) -> object:
    """Cancel a whole reservation and refund it to the methods it was paid with."""
    with session.store.view() as view:
        action = CancelReservation(session.access.reservation(view, reservation_id).code, reason)
    return session.submit(action)


def update_reservation_flights(
    session: Session,
    reservation_id: ReservationId,
    cabin: Cabin,
    flights: Annotated[list[FlightInfo], "All flights in order, also those that stay as they are."],
    payment_id: PaymentId,
) -> object:
    """Change the flights of a reservation, or its cabin, for all passengers; the difference is paid."""
    with session.store.view() as view:
        action = ChangeFlights(
            session.access.reservation(view, reservation_id).code,
            cabin,
            flight_choices(view, flights, session.now),
            payment_id,
        )
    return session.submit(action)


def update_reservation_baggages(
    session: Session,
    reservation_id: ReservationId,
    total_baggages: Bags,
    nonfree_baggages: PaidBags,
    payment_id: PaymentId,
) -> object:
    """Add checked bags to a reservation; $50 for each paid bag more than before."""
    with session.store.view() as view:
        code = session.access.reservation(view, reservation_id).code
    return session.submit(ChangeBags(code, total_baggages, nonfree_baggages, payment_id))


def update_reservation_passengers(
    session: Session,
    reservation_id: ReservationId,
    passengers: Annotated[list[PassengerInfo], "All passengers, as many as before."],
) -> object:
    """Change who flies: correct a name or put another person in, never more or fewer people."""
    with session.store.view() as view:
        code = session.access.reservation(view, reservation_id).code
    return session.submit(ChangePassengers(code, passengers_named(passengers)))


def send_certificate(
    session: Session,
    user_id: Annotated[str, "The signed-in customer's user id."],
    amount: Annotated[int, "Whole US dollars."],
    reservation_id: Annotated[str, "What it is for; looked up when left out."] = "",
) -> object:
    """Give the customer a certificate as compensation for a cancelled or delayed flight."""
    with session.store.view() as view:
        customer = session.access.customer(view, user_id)
        if reservation_id:
            reservation_id = session.access.reservation(view, reservation_id).code
        elif isinstance(session.access, SignedIn):
            reservation_id = compensation.reservation_for(amount, customer, view, session.now)
    return session.submit(SendCertificate(customer.id, amount, reservation_id))


CHANGE = (
    book_reservation,
    cancel_reservation,
    update_reservation_flights,
    update_reservation_baggages,
    update_reservation_passengers,
    send_certificate,
)
