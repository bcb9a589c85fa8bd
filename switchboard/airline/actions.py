"""What can be changed at the airline, as values that are checked and shown before they are carried out.

Who may make it is in ``policy.py``, how it is made in ``ledger.py``.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from pydantic import TypeAdapter

from switchboard.airline.records import Cabin, Passenger, Payment, Trip

Reason = Literal["", "change_of_plan", "airline_cancelled", "health", "weather", "other"]


@dataclass(frozen=True, slots=True)
class FlightChoice:
    """A flight number on one local day of departure."""

    number: str
    date: str


@dataclass(frozen=True, slots=True)
class BookReservation:
    """Sell seats; the payments add up to the price of all passengers, bags and insurance."""

    customer: str
    origin: str
    destination: str
    trip: Trip
    cabin: Cabin
    flights: tuple[FlightChoice, ...]
    passengers: tuple[Passenger, ...]
    payments: tuple[Payment, ...]
    bags: int
    paid_bags: int
    insured: bool


@dataclass(frozen=True, slots=True)
class CancelReservation:
    """Cancel a whole reservation and refund it; ``reason`` is what the customer says."""

    reservation: str
    reason: Reason = ""


@dataclass(frozen=True, slots=True)
class ChangeFlights:
    """Give a reservation these flights in this cabin; a difference is paid by or to ``method_id``."""

    reservation: str
    cabin: Cabin
    flights: tuple[FlightChoice, ...]
    method_id: str


@dataclass(frozen=True, slots=True)
class ChangeBags:
    """Give a reservation this many checked bags, ``paid_bags`` of them beyond the allowance."""

    reservation: str
    bags: int
    paid_bags: int
    method_id: str


@dataclass(frozen=True, slots=True)
class ChangePassengers:
    """Put these people in the places of a reservation's passengers."""

    reservation: str
    passengers: tuple[Passenger, ...]


@dataclass(frozen=True, slots=True)
class SendCertificate:
    """Give a customer a certificate over ``amount`` US dollars, for what went wrong with ``reservation``."""

    customer: str
    amount: int
    reservation: str = ""


Action = BookReservation | CancelReservation | ChangeFlights | ChangeBags | ChangePassengers | SendCertificate
_KINDS: dict[str, type[Action]] = {
    kind.__name__: kind
    for kind in (
        BookReservation, CancelReservation, ChangeFlights, ChangeBags, ChangePassengers, SendCertificate
    )
}  # fmt: skip


def to_json(action: Action) -> str:
    """The action's fields as JSON; ``type(action).__name__`` is kept beside them."""
    return _adapter(type(action).__name__).dump_json(action).decode()


def from_json(kind: str, text: str) -> Action:
    """The action that ``to_json`` wrote, ``kind`` being its class's name."""
    return _adapter(kind).validate_json(text)


@cache
def _adapter(kind: str) -> TypeAdapter[Action]:
    return TypeAdapter(_KINDS[kind])
