"""Whether flights make a journey: connected in place and time, the right way round.

Where they come from and what they cost is decided elsewhere.
"""

from collections.abc import Sequence
from itertools import pairwise

from switchboard.airline.flights import Flight
from switchboard.airline.records import Trip

FLIGHTS = 8
"""The most flights of one journey."""


def fault(flights: Sequence[Flight], origin: str, destination: str, trip: Trip) -> str:
    """What keeps ``flights`` from being a journey of this kind, in a sentence; empty when nothing does.

    Args:
        flights: in the order in which they are flown.
        origin: where the journey begins; a round trip ends there too.
        destination: where it leads.
        trip: whether it comes back.
    """
    if not flights:
        return "The journey has no flight."
    if len(flights) > FLIGHTS:
        return f"A journey has {FLIGHTS} flights at most."
    if flights[0].origin.code != origin:
        return f"The journey must begin in {origin}; {flights[0].number} leaves {flights[0].origin.code}."
    for before, after in pairwise(flights):
        if before.destination.code != after.origin.code:
            return (
                f"{after.number} leaves from {after.origin.code}, "
                f"but {before.number} arrives in {before.destination.code}."
            )
        if after.departs <= before.arrives:
            return f"{after.number} leaves before {before.number} has arrived."
    last = flights[-1].destination.code
    if trip == "one_way":
        return "" if last == destination else f"The journey must end in {destination}, and it ends in {last}."
    if last != origin:
        return f"A round trip must end in {origin}, and this one ends in {last}."
    if not any(flight.destination.code == destination for flight in flights[:-1]):
        return f"The journey never comes to {destination}."
    return ""
