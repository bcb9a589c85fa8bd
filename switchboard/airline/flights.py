"""What a flight is doing at a given moment.

A pure function of the plan and the delay; the plan is in the database.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

KNOWN_AHEAD = timedelta(hours=6)
"""How long before departure a delay is announced."""
BOARDING = timedelta(minutes=40)
LATE = timedelta(minutes=15)
"""A flight within this of its plan is on time, as the industry counts it."""


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
        origin: city and code, such as "Delhi (DEL)".
        destination: likewise.
        departs: as planned.
        arrives: as planned.
        delay: how much later it leaves and lands.
        cancelled: whether it does not fly.
    """

    number: str
    date: str
    origin: str
    destination: str
    departs: datetime
    arrives: datetime
    delay: timedelta
    cancelled: bool

    def status(self, now: datetime) -> Status:
        """What the flight is doing at ``now``, which carries a time zone."""
        departs, arrives = self.departs + self.delay, self.arrives + self.delay
        if self.cancelled:
            return Status.CANCELLED
        if now >= arrives:
            return Status.LANDED
        if now >= departs:
            return Status.IN_THE_AIR
        if now >= departs - BOARDING:
            return Status.BOARDING
        if now < self.departs - KNOWN_AHEAD:
            return Status.SCHEDULED
        return Status.DELAYED if self.delay > LATE else Status.ON_TIME

    def delay_minutes(self, now: datetime) -> int:
        """The delay as far as it is announced at ``now``, in minutes."""
        announced = not self.cancelled and now >= self.departs - KNOWN_AHEAD
        return int(self.delay.total_seconds() // 60) if announced else 0
