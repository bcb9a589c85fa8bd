"""What a flight is doing at a given moment.

A pure function of the plan and of how the flight goes; both are in the database.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from switchboard.airline.airports import Airport

KNOWN_AHEAD = timedelta(hours=8)
"""How long before departure a delay is announced."""
CANCELLED_AHEAD = timedelta(hours=48)
"""How long before departure it is announced that a flight does not go."""
BOARDING = timedelta(minutes=40)
LATE = timedelta(minutes=15)
"""A flight that leaves within this of its plan is on time, as the industry counts it."""
SALE_ENDS = timedelta(hours=3)
"""How long before departure the last seat is sold."""
CHECK_IN, DOMESTIC_CHECK_IN = timedelta(minutes=60), timedelta(minutes=45)
"""How long before departure check-in closes."""


class Status(Enum):
    """What a flight is doing."""

    CANCELLED = "cancelled"
    SCHEDULED = "scheduled"
    ON_TIME = "on time"
    DELAYED = "delayed"
    BOARDING = "boarding"
    IN_THE_AIR = "in the air"
    LANDED = "landed"


@dataclass(frozen=True, slots=True)
class Flight:
    """A flight on one day; moments carry the time zone of their airport.

    Attributes:
        number: the flight number, such as LK101.
        date: the local day of departure, as YYYY-MM-DD.
        departs: as planned.
        arrives: as planned.
        leaves: as it does, or will; told to nobody before it is announced.
        lands: likewise.
        cancelled: whether it does not fly.
    """

    number: str
    date: str
    origin: Airport
    destination: Airport
    departs: datetime
    arrives: datetime
    leaves: datetime
    lands: datetime
    cancelled: bool

    @property
    def is_domestic(self) -> bool:
        """Whether it stays within a country."""
        return self.origin.country == self.destination.country

    def status(self, now: datetime) -> Status:
        """What the flight is doing at ``now``, which carries a time zone."""
        if self.cancelled and now >= self.departs - CANCELLED_AHEAD:
            return Status.CANCELLED
        if now >= self.lands:
            return Status.LANDED
        if now >= self.leaves:
            return Status.IN_THE_AIR
        if now < self.departs - KNOWN_AHEAD:
            return Status.SCHEDULED
        if now >= self.leaves - BOARDING:
            return Status.BOARDING
        return Status.DELAYED if self.leaves - self.departs > LATE else Status.ON_TIME

    def delay_minutes(self, now: datetime) -> int:
        """How much later than planned it leaves, as far as that is announced at ``now``; never negative."""
        announced = not self.cancelled and now >= self.departs - KNOWN_AHEAD
        return max(0, round((self.leaves - self.departs).total_seconds() / 60)) if announced else 0

    def has_left(self, now: datetime) -> bool:
        """Whether it is in the air at ``now``, or has flown."""
        return self.status(now) in (Status.IN_THE_AIR, Status.LANDED)

    def is_cancelled(self, now: datetime) -> bool:
        """Whether it is known at ``now`` that it does not fly."""
        return self.status(now) is Status.CANCELLED

    def takes_bags(self, now: datetime) -> bool:
        """Whether bags can still be added at ``now``: until check-in closes."""
        return now < self.departs - (DOMESTIC_CHECK_IN if self.is_domestic else CHECK_IN)

    def is_on_sale(self, now: datetime) -> bool:
        """Whether it can still be booked at ``now``, seats permitting."""
        return now < self.departs - SALE_ENDS and not self.is_cancelled(now)
