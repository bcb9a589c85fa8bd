"""The change that takes another back, as far as there is one.

Whether the rules let it be made is decided in ``policy.py``, as for any change.
"""

from switchboard.airline.actions import (
    Action,
    BookReservation,
    CancelReservation,
    ChangeFlights,
    ChangePassengers,
    FlightChoice,
)
from switchboard.airline.ledger import Outcome
from switchboard.airline.records import Reservation


def inverse(action: Action, before: Reservation | None, outcome: Outcome) -> Action | None:
    """What takes ``action`` back; ``None`` for bags, a cancellation and a certificate.

    Args:
        action: what was done.
        before: the reservation as it was before.
        outcome: what it came to.
    """
    match action:
        case BookReservation():
            return CancelReservation(outcome.reservation, "change_of_plan")
        case ChangeFlights() if before:
            flights = tuple(FlightChoice(one.flight.number, one.flight.date) for one in before.segments)
            return ChangeFlights(before.code, before.cabin, flights, action.method_id)
        case ChangePassengers() if before:
            return ChangePassengers(before.code, before.passengers)
    return None
