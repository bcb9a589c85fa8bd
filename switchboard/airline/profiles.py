"""What the desk's tools tell of a customer: the profile, the reservations.

The names of fields are those of the τ²-bench airline domain where it has them, so that models which know it
feel at home. What they tell of flights is in ``answers.py``.
"""

from dataclasses import dataclass
from datetime import datetime

from switchboard.airline.answers import FlightStatus, flight_status, local
from switchboard.airline.records import (
    CreditCard,
    Customer,
    GiftCard,
    Passenger,
    PaymentMethod,
    Reservation,
)


@dataclass(frozen=True, slots=True)
class UserDetails:
    """A customer's profile."""

    user_id: str
    name: str
    email: str
    date_of_birth: str
    membership: str
    payment_methods: tuple[dict[str, str | int], ...]
    saved_passengers: tuple[dict[str, str], ...]
    reservations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReservationSummary:
    """A reservation in a line, with its flights."""

    reservation_id: str
    status: str
    cabin: str
    passengers: tuple[str, ...]
    total_baggages: int
    paid_usd: int
    flights: tuple[FlightStatus, ...]


@dataclass(frozen=True, slots=True)
class ReservationDetails:
    """All of a reservation."""

    reservation_id: str
    status: str
    user_id: str
    origin: str
    destination: str
    flight_type: str
    cabin: str
    flights: tuple[dict[str, str | int], ...]
    passengers: tuple[dict[str, str], ...]
    payment_history: tuple[dict[str, str | int], ...]
    created_at: str
    total_baggages: int
    nonfree_baggages: int
    insurance: str


def user_details(customer: Customer) -> UserDetails:
    """A profile, without the postal address."""
    return UserDetails(
        user_id=customer.id,
        name=customer.name,
        email=customer.email,
        date_of_birth=customer.dob,
        membership=customer.membership,
        payment_methods=tuple(map(_payment_method, customer.payment_methods)),
        saved_passengers=tuple(_person(one) for one in customer.saved_passengers),
        reservations=customer.reservations,
    )


def reservation_summary(reservation: Reservation, now: datetime) -> ReservationSummary:
    """A reservation in a line."""
    return ReservationSummary(
        reservation_id=reservation.code,
        status=_status(reservation),
        cabin=reservation.cabin,
        passengers=tuple(one.name for one in reservation.passengers),
        total_baggages=reservation.bags,
        paid_usd=reservation.paid,
        flights=tuple(flight_status(segment.flight, now) for segment in reservation.segments),
    )


def reservation_details(reservation: Reservation, now: datetime) -> ReservationDetails:
    """All of a reservation."""
    return ReservationDetails(
        reservation_id=reservation.code,
        status=_status(reservation),
        user_id=reservation.customer,
        origin=reservation.origin,
        destination=reservation.destination,
        flight_type=reservation.trip,
        cabin=reservation.cabin,
        flights=tuple(
            {
                "flight_number": segment.flight.number,
                "date": segment.flight.date,
                "origin": segment.flight.origin.code,
                "destination": segment.flight.destination.code,
                "departs": local(segment.flight.departs),
                "arrives": local(segment.flight.arrives),
                "status": segment.flight.status(now).value,
                "price_usd": segment.fare,
            }
            for segment in reservation.segments
        ),
        passengers=tuple(_person(one) for one in reservation.passengers),
        payment_history=tuple(
            {"payment_id": payment.method_id, "amount_usd": payment.amount}
            for payment in reservation.payments
        ),
        created_at=f"{reservation.created} UTC",
        total_baggages=reservation.bags,
        nonfree_baggages=reservation.paid_bags,
        insurance="yes" if reservation.insured else "no",
    )


def _status(reservation: Reservation) -> str:
    return "cancelled" if reservation.cancelled else "active"


def _person(one: Passenger) -> dict[str, str]:
    return {"first_name": one.first_name, "last_name": one.last_name, "dob": one.dob}


def _payment_method(method: PaymentMethod) -> dict[str, str | int]:
    if isinstance(method, CreditCard):
        return {"payment_id": method.id, "source": "credit_card", "brand": method.brand,
                "last_four": method.last_four}  # fmt: skip
    source = "gift_card" if isinstance(method, GiftCard) else "certificate"
    return {"payment_id": method.id, "source": source, "amount_usd": method.balance}
