"""What a customer is shown of a change before it is made: what, from what to what, for how much.

Built from the reservation before and after a trial of the change, so that it shows what will be, not what a
model said. Drawing it is the page's affair.
"""

from dataclasses import dataclass

from switchboard.airline.actions import (
    Action,
    BookReservation,
    CancelReservation,
    ChangeBags,
    ChangeFlights,
    ChangePassengers,
    SendCertificate,
)
from switchboard.airline.records import Customer, Payment, Reservation


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that changes; lines are separated by newlines, ``before`` is empty for something new."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Card:
    """A change as its customer reads it.

    Attributes:
        title: what will be done, as an order: "Cancel reservation K2P9QX".
        reservation: its code; empty for one that is yet to be made.
        rows: what changes.
        amount: US dollars to pay; negative for a refund.
        money: how it is paid or refunded, a sentence, empty where nothing is.
    """

    title: str
    reservation: str
    rows: tuple[Row, ...]
    amount: int
    money: str

    @property
    def text(self) -> str:
        """The card in one paragraph, for a model."""
        changes = "; ".join(
            f"{row.label}: {f'{row.before} → ' if row.before else ''}{row.after}".replace("\n", ", ")
            for row in self.rows
        )
        return ". ".join(part.rstrip(".") for part in (self.title, changes, self.money) if part) + "."


def card(
    action: Action, customer: Customer, before: Reservation | None, after: Reservation | None, amount: int
) -> Card:
    """The card of an action that has been tried.

    Args:
        action: what was tried.
        customer: whose payment methods are named, as they are before it.
        before: the reservation as it is; ``None`` for a booking, or where none is concerned.
        after: the reservation as it would be.
        amount: what the customer pays, refunds negative.
    """
    code = "" if isinstance(action, BookReservation) or before is None else before.code
    return Card(
        _title(action, after), code, _rows(action, before, after), amount, _money(customer, before, after)
    )


def _title(action: Action, after: Reservation | None) -> str:
    match action:
        case BookReservation():
            assert after is not None  # noqa: S101
            first, there = after.segments[0].flight.origin.city, _destination(after)
            return f"Book {first} to {there}{' and back' if after.trip == 'round_trip' else ''}"
        case CancelReservation(reservation=code):
            return f"Cancel reservation {code}"
        case ChangeFlights(reservation=code):
            return f"Change the flights of {code}"
        case ChangeBags(reservation=code):
            return f"Change the bags of {code}"
        case ChangePassengers(reservation=code):
            return f"Change the passengers of {code}"
        case SendCertificate(amount=dollars):
            return f"Receive a certificate over ${dollars:,}"


def _rows(action: Action, before: Reservation | None, after: Reservation | None) -> tuple[Row, ...]:
    if isinstance(action, SendCertificate):
        return (Row("For", "", f"reservation {action.reservation}"),)
    assert after is not None  # noqa: S101
    new, old = _facts(after), _facts(before) if before else {}
    if isinstance(action, CancelReservation):
        return (Row("Status", "active", "cancelled"), Row("Flights", new["Flights"], "none"))
    return tuple(
        Row(label, old.get(label, ""), text) for label, text in new.items() if old.get(label) != text
    )


def _facts(reservation: Reservation) -> dict[str, str]:
    flights = (
        f"{flight.number} {flight.origin.code}–{flight.destination.code} {flight.departs:%a %d %b %Y, %H:%M}"
        for flight in (segment.flight for segment in reservation.segments)
    )
    paid = f" ({reservation.paid_bags} paid)" if reservation.paid_bags else ""
    return {
        "Flights": "\n".join(flights),
        "Cabin": reservation.cabin.replace("_", " "),
        "Passengers": "\n".join(f"{one.name}, born {one.dob}" for one in reservation.passengers),
        "Checked bags": f"{reservation.bags}{paid}",
        "Insurance": "yes" if reservation.insured else "no",
    }


def _money(customer: Customer, before: Reservation | None, after: Reservation | None) -> str:
    if after is None:
        return ""
    moved = after.payments[len(before.payments) if before else 0 :]
    return ", ".join(_paid(customer, payment) for payment in moved)


def _paid(customer: Customer, payment: Payment) -> str:
    method = customer.payment_method(payment.method_id)
    name = method.label if method else payment.method_id.replace("_", " ")
    verb, to = ("Pay", "with") if payment.amount > 0 else ("Refund", "to")
    return f"{verb} ${abs(payment.amount):,} {to} {name}"


def _destination(reservation: Reservation) -> str:
    flights = [segment.flight for segment in reservation.segments]
    return next(
        (f.destination.city for f in flights if f.destination.code == reservation.destination),
        reservation.destination,
    )
