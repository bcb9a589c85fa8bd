"""The desk's short ways: a seat on a direct flight, another bag, in arguments that fit into a sentence.

They stand before the full tools of ``changing_tools.py`` for models that cannot fill in lists; the rest comes
from the customer's profile. Everything else needs the full tools.
"""

from typing import Annotated

from switchboard.airline.actions import BookReservation, ChangeBags, FlightChoice
from switchboard.airline.arguments import (
    CABIN,
    DESTINATION,
    ORIGIN,
    Day,
    ReservationId,
    day_at,
)
from switchboard.airline.arguments import flight_number as known_number
from switchboard.airline.charges import free_bags
from switchboard.airline.policy import GIFT_CARDS
from switchboard.airline.records import Cabin, CreditCard, Customer, GiftCard, Passenger, Payment
from switchboard.airline.search import direct_flights
from switchboard.airline.session import Session
from switchboard.errors import ToolError


def book_direct_flight(
    session: Session,
    date: Day,
    origin: Annotated[str, "City or IATA code of departure.", ORIGIN] = "",
    destination: Annotated[str, "City or IATA code of arrival.", DESTINATION] = "",
    flight_number: Annotated[str, "Instead of the cities, or to choose one flight."] = "",
    cabin: Annotated[Cabin, "The cheapest flight with a free seat in it.", CABIN] = "economy",
) -> object:
    """Book one seat on a direct flight, one way, for the signed-in customer alone.

    No bags, no insurance, paid by the customer's own card. For anything else use book_reservation.
    """
    with session.store.view() as view:
        customer = session.access.customer(view)
        if flight_number:
            number = known_number(view, flight_number)
            start, end = (view.airports[code] for code in view.route(number) or ())
        elif origin and destination:
            number, start, end = "", session.places.find(origin), session.places.find(destination)
        else:
            raise ToolError("It takes a flight number, or two cities.", "Say from where to where.")
        day = day_at(start, date, session.now)
        found = [
            (seats.fare, offer.flight)
            for offer in direct_flights(view, start, end, day, session.now)
            if number in ("", offer.flight.number) and (seats := offer.cabin(cabin)) and seats.free
        ]
        if not found:
            raise ToolError(
                f"No {cabin.replace('_', ' ')} seat is free on {number or 'a direct flight'} "
                f"from {start.label} to {end.label} on {day}.",
                "Try another day or cabin.",
            )
    fare, flight = min(found, key=lambda one: one[0])
    return session.submit(
        BookReservation(
            customer.id, start.code, end.code, "one_way", cabin,
            (FlightChoice(flight.number, flight.date),),
            (Passenger(customer.first_name, customer.last_name, customer.dob),),
            paid_by(customer, fare),
            bags=0, paid_bags=0, insured=False,
        )
    )  # fmt: skip


def add_bags(
    session: Session,
    reservation_id: ReservationId,
    bags: Annotated[int, "How many more checked bags."] = 1,
) -> object:
    """Add checked bags to a reservation, paid by the customer's own card where they are not free."""
    with session.store.view() as view:
        reservation = session.access.reservation(view, reservation_id)
        customer = session.access.customer(view, reservation.customer)
    total = reservation.bags + bags
    free = free_bags(customer.membership, reservation.cabin, len(reservation.passengers))
    return session.submit(ChangeBags(reservation.code, total, max(0, total - free), _card(customer).id))


def paid_by(customer: Customer, price: int) -> tuple[Payment, ...]:
    """What pays a price without being asked: a credit card, or else gift cards.

    Raises:
        ToolError: the profile has no card, and too little on gift cards.
    """
    if cards := [method for method in customer.payment_methods if isinstance(method, CreditCard)]:
        return (Payment(cards[0].id, price),)
    gifts = sorted(
        (method for method in customer.payment_methods if isinstance(method, GiftCard) and method.balance),
        key=lambda gift: -gift.balance,
    )
    payments: list[Payment] = []
    for gift in gifts[:GIFT_CARDS]:
        amount = min(gift.balance, price - sum(payment.amount for payment in payments))
        if amount:
            payments.append(Payment(gift.id, amount))
    if sum(payment.amount for payment in payments) < price:
        raise ToolError(
            f"The profile has no credit card, and less than ${price:,} on gift cards.",
            "Choose a cheaper flight.",
        )
    return tuple(payments)


def _card(customer: Customer) -> CreditCard | GiftCard:
    for kind in (CreditCard, GiftCard):
        for method in customer.payment_methods:
            if isinstance(method, kind):
                return method
    raise ToolError("The profile has neither a credit card nor a gift card.", "Customer care can add one.")


QUICK = (book_direct_flight, add_bags)
