"""One customer at the desk: what every tool is given beside the arguments that a model writes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from switchboard.airline.access import Access
from switchboard.airline.actions import Action
from switchboard.airline.airports import Airport
from switchboard.airline.places import Places
from switchboard.airline.store import Store
from switchboard.errors import ToolError

Submit = Callable[[Action], object]
"""Takes an action and returns what the model is told of it, or raises a ``ToolError``."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a tool works with.

    Attributes:
        store: the airline.
        places: how its cities are called.
        access: whose profile and reservations are seen.
        submit: what is done with an action.
    """

    store: Store
    places: Places
    access: Access
    submit: Submit

    @property
    def now(self) -> datetime:
        """The moment, with a time zone."""
        return self.store.now()

    def route(self, origin: str, destination: str) -> tuple[Airport, Airport]:
        """The two airports that people mean.

        Raises:
            ToolError: one is not served, or both are the same.
        """
        start, end = self.places.find(origin), self.places.find(destination)
        if start == end:
            raise ToolError(f"Departure and arrival are both {start.label}.", "Name two different cities.")
        return start, end
