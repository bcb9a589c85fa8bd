"""What a reservation costs, and what a change of it does.

Who pays it is in ``money.py``, who may have it in ``policy.py``; nothing is written here.
"""

from collections.abc import Sequence
from datetime import datetime

from switchboard.airline.actions import FlightChoice
from switchboard.airline.records import Cabin, Membership, Reservation, Segment
from switchboard.airline.view import View
from switchboard.errors import ToolError

INSURANCE = 30
"""US dollars a passenger."""
EXTRA_BAG = 50
"""US dollars for each checked bag beyond the allowance."""
_FREE_BAGS: dict[Membership, dict[Cabin, int]] = {
    "regular": {"basic_economy": 0, "economy": 1, "business": 2},
    "silver": {"basic_economy": 1, "economy": 2, "business": 3},
    "gold": {"basic_economy": 2, "economy": 3, "business": 4},
}


def free_bags(membership: Membership, cabin: Cabin, passengers: int) -> int:
    """Checked bags without charge for a whole reservation."""
    return _FREE_BAGS[membership][cabin] * passengers


def booking_price(segments: Sequence[Segment], passengers: int, paid_bags: int, insured: bool) -> int:
    """The price of a whole reservation in US dollars."""
    fares = sum(segment.fare for segment in segments)
    return (fares + INSURANCE * insured) * passengers + EXTRA_BAG * paid_bags


def flights_difference(reservation: Reservation, segments: Sequence[Segment]) -> int:
    """What these flights cost more than those the reservation has, in US dollars; negative where less."""
    before = sum(segment.fare for segment in reservation.segments)
    return (sum(segment.fare for segment in segments) - before) * len(reservation.passengers)


def bags_price(reservation: Reservation, paid_bags: int) -> int:
    """What ``paid_bags`` cost beyond those paid for already, in US dollars; bags are not refunded."""
    return EXTRA_BAG * max(0, paid_bags - reservation.paid_bags)


def segments_for(
    view: View,
    now: datetime,
    flights: Sequence[FlightChoice],
    cabin: Cabin,
    passengers: int,
    reservation: Reservation | None = None,
) -> tuple[Segment, ...]:
    """Flights with what each passenger pays for them.

    A flight that the reservation has already, in this cabin, keeps its fare and its seats; any other is taken
    from what is on sale.

    Args:
        view: what is on sale.
        now: with a time zone.
        flights: in the order in which they are flown.
        cabin: of all of them.
        passengers: how many seats are needed.
        reservation: what is changed, or ``None`` for a new one.

    Raises:
        ToolError: no flights, one flight twice, or one that is unknown, not on sale or too full.
    """
    if not flights or len(set(flights)) < len(flights):
        raise ToolError(
            "A reservation needs at least one flight, and each of them once.", "List every flight one time."
        )
    held = {}
    if reservation is not None and reservation.cabin == cabin:
        held = {FlightChoice(one.flight.number, one.flight.date): one for one in reservation.segments}
    return tuple(held.get(choice) or _on_sale(view, now, choice, cabin, passengers) for choice in flights)


def _on_sale(view: View, now: datetime, choice: FlightChoice, cabin: Cabin, seats: int) -> Segment:
    offer = view.offer(choice.number, choice.date)
    if offer is None:
        raise ToolError(
            f"There is no flight {choice.number} on {choice.date}.",
            "Search the flights of that day, and take a number from there.",
        )
    sold = offer.cabin(cabin)
    if sold is None or not offer.flight.is_on_sale(now):
        raise ToolError(
            f"Flight {choice.number} on {choice.date} is not on sale in {cabin}.",
            "Choose a flight or a cabin that a search finds.",
        )
    if sold.free < seats:
        raise ToolError(
            f"Flight {choice.number} on {choice.date} has {sold.free} free in {cabin}; {seats} are needed.",
            "Choose another flight or another cabin.",
        )
    return Segment(offer.flight, sold.fare)
