"""The airline's rules, in code: what may be changed, decided from the records and never from what is said.

Every change passes here before it is proposed, then once more before it is carried out. ``policy.md`` tells
the same rules to a model, ``ledger.py`` keeps the books right whatever the rules are. Who may see a
reservation is in ``access.py``. The figures are those of the knowledge base (policies/).
"""

from datetime import date as Date
from datetime import datetime, timedelta
from typing import assert_never

from switchboard.airline import compensation
from switchboard.airline.access import Access
from switchboard.airline.actions import (
    Action,
    BookReservation,
    CancelReservation,
    ChangeBags,
    ChangeFlights,
    ChangePassengers,
    FlightChoice,
    SendCertificate,
)
from switchboard.airline.changes import MOST_PASSENGERS
from switchboard.airline.charges import EXTRA_BAG, free_bags
from switchboard.airline.flights import Flight
from switchboard.airline.itinerary import fault
from switchboard.airline.moments import moment
from switchboard.airline.records import (
    Cabin,
    Certificate,
    CreditCard,
    Customer,
    GiftCard,
    Passenger,
    Reservation,
)
from switchboard.airline.refused import Refused
from switchboard.airline.view import View
from switchboard.errors import ToolError

BAGS_EACH = 10
"""No passenger checks more; the rule keeps a typing error from being sold."""
CERTIFICATES, CREDIT_CARDS, GIFT_CARDS = 1, 1, 3
"""How many of each may pay for one reservation."""
FREE_CANCELLATION = timedelta(hours=24)
INSURED_REASONS = ("health", "weather")
OLDEST = 120
"""Years."""


def check(action: Action, view: View, access: Access, now: datetime) -> None:
    """Let an action pass, or say which rule forbids it.

    Args:
        action: what is to be done.
        view: the records as they are now.
        access: whose reservations may be touched.
        now: the moment, with a time zone.

    Raises:
        Refused: a rule forbids it.
        ToolError: it names a customer, reservation or flight that is not there, or another customer's.
    """
    match action:
        case BookReservation():
            _check_booking(action, view, access.customer(view, action.customer), now)
        case CancelReservation():
            _check_cancellation(action, access.reservation(view, action.reservation), now)
        case ChangeFlights():
            _check_flights(action, view, access.reservation(view, action.reservation), now)
        case ChangeBags():
            reservation = access.reservation(view, action.reservation)
            _check_bags(action, reservation, access.customer(view, reservation.customer), now)
        case ChangePassengers():
            _check_passengers(action, access.reservation(view, action.reservation), now)
        case SendCertificate():
            customer = access.customer(view, action.customer)
            reservation = access.reservation(view, action.reservation)
            compensation.check(action.amount, reservation, customer, view, now)
        case _:
            assert_never(action)


def _check_booking(action: BookReservation, view: View, customer: Customer, now: datetime) -> None:
    if not 1 <= len(action.passengers) <= MOST_PASSENGERS:
        raise Refused(
            f"a reservation has one to {MOST_PASSENGERS} passengers",
            f"{len(action.passengers)} were named. A larger party makes several reservations.",
        )
    for passenger in action.passengers:
        _check_person(passenger, now)
    _check_payments(action, customer)
    _check_bag_count(action.bags, action.paid_bags, customer, action.cabin, len(action.passengers))
    flights = [_flight(view, choice) for choice in action.flights]
    if wrong := fault(flights, action.origin, action.destination, action.trip):
        raise Refused("the flights must make one journey", wrong)


def _check_person(passenger: Passenger, now: datetime) -> None:
    born = Date.fromisoformat(passenger.dob)
    if not now.date() - timedelta(days=365.25 * OLDEST) <= born <= now.date():
        raise Refused("a passenger has a date of birth", f"{passenger.name} cannot be born on {born}.")


def _check_payments(action: BookReservation, customer: Customer) -> None:
    methods = [customer.payment_method(payment.method_id) for payment in action.payments]
    if missing := [p.method_id for p, found in zip(action.payments, methods, strict=True) if found is None]:
        raise Refused("every payment method must be in the customer's profile", f"{missing[0]} is not in it.")
    if len({payment.method_id for payment in action.payments}) < len(action.payments):
        raise Refused("a payment method pays once", "One is named twice: add its amounts up.")
    for kind, most, name in (
        (Certificate, CERTIFICATES, "certificate"),
        (CreditCard, CREDIT_CARDS, "credit card"),
        (GiftCard, GIFT_CARDS, "gift cards"),
    ):
        if (count := sum(isinstance(method, kind) for method in methods)) > most:
            raise Refused(f"a reservation takes {most} {name} at most", f"{count} were named.")
    if any(payment.amount <= 0 for payment in action.payments):
        raise Refused("every payment is more than nothing", "An amount is zero or negative: leave it out.")


def _check_bag_count(bags: int, paid: int, customer: Customer, cabin: Cabin, passengers: int) -> None:
    if not 0 <= bags <= BAGS_EACH * passengers:
        raise Refused(f"each passenger checks {BAGS_EACH} bags at most, none at least", f"{bags} were named.")
    free = free_bags(customer.membership, cabin, passengers)
    if paid != (due := max(0, bags - free)):
        raise Refused(
            f"a {customer.membership} member has {free} free bags in {_spaced(cabin)} here, "
            f"more cost ${EXTRA_BAG} each",
            f"Of {bags} bags {due} are to be paid (nonfree_baggages), not {paid}.",
        )


def _check_cancellation(action: CancelReservation, reservation: Reservation, now: datetime) -> None:
    _check_active(reservation)
    if any(segment.flight.has_left(now) for segment in reservation.segments):
        raise Refused(
            "a journey that has begun cannot be cancelled at this desk",
            f"A flight of {reservation.code} has left. Transfer the customer to a human agent.",
        )
    if (
        now - moment(reservation.created) <= FREE_CANCELLATION
        or reservation.cabin == "business"
        or any(segment.flight.is_cancelled(now) for segment in reservation.segments)
    ):
        return
    if not reservation.insured:
        raise Refused(
            "after 24 hours a reservation is cancelled only if business, insured, or without its flight",
            f"{reservation.code} was booked earlier, is {_spaced(reservation.cabin)}, has no insurance, "
            "and its flights go as planned.",
        )
    if not action.reason:
        raise Refused(
            "insurance covers health or weather",
            f"{reservation.code} is insured: ask the customer why it is to be cancelled.",
        )
    if action.reason not in INSURED_REASONS:
        raise Refused(
            "insurance covers health or weather, no other reason",
            f"{reservation.code} is insured, but the reason given is {_spaced(action.reason)}.",
        )


def _check_flights(action: ChangeFlights, view: View, reservation: Reservation, now: datetime) -> None:
    _check_active(reservation)
    before = [FlightChoice(one.flight.number, one.flight.date) for one in reservation.segments]
    flown = [
        choice for choice, one in zip(before, reservation.segments, strict=True) if one.flight.has_left(now)
    ]
    if action.cabin != reservation.cabin and flown:
        raise Refused(
            "the cabin cannot change once a flight has been flown", f"{flown[0].number} has left already."
        )
    if list(action.flights) == before:
        if action.cabin == reservation.cabin:
            raise ToolError("That changes nothing.", "Name another flight, or another cabin.")
        return
    if reservation.cabin == "basic_economy":
        raise Refused(
            "flights of a basic economy reservation cannot be changed",
            "The cabin can: move it to economy with the same flights first, then change flights.",
        )
    if lost := [choice for choice in flown if choice not in action.flights]:
        raise Refused("a flight that has been flown stays", f"{lost[0].number} has left already.")
    flights = [_flight(view, choice) for choice in action.flights]
    if wrong := fault(flights, reservation.origin, reservation.destination, reservation.trip):
        raise Refused("origin, destination and type of trip stay as they were booked", wrong)


def _check_bags(action: ChangeBags, reservation: Reservation, customer: Customer, now: datetime) -> None:
    _check_active(reservation)
    if not any(segment.flight.takes_bags(now) for segment in reservation.segments):
        raise Refused(
            "bags are added before check-in closes", f"The flights of {reservation.code} have left."
        )
    if action.bags < reservation.bags:
        raise Refused(
            "bags can be added, not removed", f"{reservation.code} has {reservation.bags} checked bags."
        )
    _check_bag_count(action.bags, action.paid_bags, customer, reservation.cabin, len(reservation.passengers))


def _check_passengers(action: ChangePassengers, reservation: Reservation, now: datetime) -> None:
    _check_active(reservation)
    if len(action.passengers) != len(reservation.passengers):
        raise Refused(
            "the number of passengers cannot be changed, by a human agent neither",
            f"{reservation.code} has {len(reservation.passengers)}, {len(action.passengers)} were named.",
        )
    if any(segment.flight.has_left(now) for segment in reservation.segments):
        raise Refused("passengers are changed before the journey", "A flight has left already.")
    for passenger in action.passengers:
        _check_person(passenger, now)


def _check_active(reservation: Reservation) -> None:
    if reservation.cancelled:
        raise Refused("a cancelled reservation stays as it is", f"{reservation.code} has been cancelled.")


def _spaced(word: str) -> str:
    return word.replace("_", " ")


def _flight(view: View, choice: FlightChoice) -> Flight:
    offer = view.offer(choice.number, choice.date)
    if offer is None:
        raise ToolError(
            f"There is no flight {choice.number} on {choice.date}.", "Search the flights of that day first."
        )
    return offer.flight
