"""When a certificate may be given for what went wrong, and over how much.

The rules of knowledge-base/policies/refunds-and-compensation.md. Sending it is the ledger's affair.
"""

from datetime import datetime

from switchboard.airline.flights import KNOWN_AHEAD, LATE, Flight
from switchboard.airline.records import Customer, PastChange, Reservation
from switchboard.airline.refused import Refused
from switchboard.airline.view import View

FOR_CANCELLED, FOR_DELAYED = 100, 50
"""US dollars a passenger."""
_REACTIONS = ("ChangeFlights", "CancelReservation")


def check(amount: int, reservation: Reservation, customer: Customer, view: View, now: datetime) -> None:
    """Let a certificate pass, or say which rule forbids it.

    Args:
        amount: US dollars.
        reservation: what it is for.
        customer: who is to have it.
        view: the records as they are now.
        now: the moment, with a time zone.

    Raises:
        Refused: no flight was cancelled or delayed, it was compensated before, or the amount is another.
    """
    if refusal := _refusal(amount, reservation, customer, view, now):
        raise refusal


def reservation_for(amount: int, customer: Customer, view: View, now: datetime) -> str:
    """The code of the customer's reservation that gives a right to such a certificate.

    Raises:
        Refused: none does; the reason is that of the one whose flight was cancelled or delayed, if any.
    """
    refusals: list[tuple[bool, Refused]] = []
    for one in view.reservations(customer.id):
        refusal = _refusal(amount, one, customer, view, now)
        if refusal is None:
            return one.code
        refusals.append((not due(one, view, now), refusal))
    if not refusals:
        raise Refused("a certificate is for a reservation that went wrong", "The customer has none.")
    raise min(refusals, key=lambda one: one[0])[1]


def due(reservation: Reservation, view: View, now: datetime) -> int:
    """What the facts give a right to, in US dollars, whoever the customer is; 0 for nothing."""
    flights = _flights(reservation, view.changes(reservation.code))
    if any(flight.is_cancelled(now) for flight in flights):
        return FOR_CANCELLED * len(reservation.passengers)
    if any(_is_late(flight, now) for flight in flights):
        return FOR_DELAYED * len(reservation.passengers)
    return 0


def _refusal(
    amount: int, reservation: Reservation, customer: Customer, view: View, now: datetime
) -> Refused | None:
    if customer.membership == "regular" and not reservation.insured and reservation.cabin != "business":
        cabin = reservation.cabin.replace("_", " ")
        return Refused(
            "compensation is for silver and gold members, insured reservations and business",
            f"The customer is a regular member, and {reservation.code} is uninsured {cabin}.",
        )
    changes = view.changes(reservation.code)
    if any(change.kind == "SendCertificate" for change in changes):
        return Refused("a reservation is compensated once", f"{reservation.code} has been already.")
    right = due(reservation, view, now)
    if not right:
        return Refused(
            "compensation is for a flight that was cancelled or delayed",
            f"The records of {reservation.code} show nothing of the kind.",
        )
    delayed = right == FOR_DELAYED * len(reservation.passengers)
    if delayed and not _reacted(reservation, changes, now):
        return Refused(
            "for a delay compensation follows once the reservation was changed or cancelled",
            f"{reservation.code} was neither.",
        )
    if amount != right:
        return Refused(
            f"a cancelled flight gives ${FOR_CANCELLED} a passenger, a delayed one ${FOR_DELAYED}",
            f"For {reservation.code} it is ${right}, not ${amount}.",
        )
    return None


def _flights(reservation: Reservation, changes: tuple[PastChange, ...]) -> tuple[Flight, ...]:
    """Those that the reservation has, with those that it had."""
    former = (flight for change in changes for flight in change.flights)
    return (*(segment.flight for segment in reservation.segments), *former)


def _is_late(flight: Flight, now: datetime) -> bool:
    return flight.delay_minutes(now) * 60 > LATE.total_seconds()


def _reacted(reservation: Reservation, changes: tuple[PastChange, ...], now: datetime) -> bool:
    """Whether the customer changed or cancelled it when a delay could be known."""
    late = [flight for flight in _flights(reservation, changes) if _is_late(flight, now)]
    return any(
        change.kind in _REACTIONS and change.at >= flight.departs - KNOWN_AHEAD
        for change in changes
        for flight in late
    )
