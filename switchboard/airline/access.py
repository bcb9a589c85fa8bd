"""Whose data may be seen: the answer to every look-up of a customer or a reservation.

What may be done with it is in ``policy.py``.
"""

from dataclasses import dataclass
from typing import NoReturn

from switchboard.airline.records import Customer, Reservation
from switchboard.airline.view import View
from switchboard.errors import ToolError

SHOWN = 40
"""Characters of an unknown id that are repeated in an answer."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One customer, who sees what is theirs; another's data answers like data that does not exist."""

    customer_id: str

    def customer(self, view: View, user_id: str = "") -> Customer:
        """The signed-in customer, where ``user_id`` is empty or theirs.

        Raises:
            ToolError: it is another's, or nobody's.
        """
        found = view.customer(self.customer_id) if user_id in ("", self.customer_id) else None
        return found or _no_customer(user_id)

    def reservation(self, view: View, code: str) -> Reservation:
        """The reservation of this code, in capitals or not.

        Raises:
            ToolError: it is another's, or nobody's.
        """
        found = view.reservation(code.strip().upper()[:SHOWN])
        if found is None or found.customer != self.customer_id:
            _no_reservation(code)
        return found


@dataclass(frozen=True, slots=True)
class Everyone:
    """Whoever may see all, as in the benchmark whose tasks name their customers."""

    def customer(self, view: View, user_id: str = "") -> Customer:
        """The customer of this id.

        Raises:
            ToolError: there is none.
        """
        return view.customer(user_id) or _no_customer(user_id)

    def reservation(self, view: View, code: str) -> Reservation:
        """The reservation of this code.

        Raises:
            ToolError: there is none.
        """
        return view.reservation(code) or _no_reservation(code)


Access = SignedIn | Everyone


def _no_customer(user_id: str) -> NoReturn:
    raise ToolError(
        f"There is no user “{_shown(user_id)}” here.",
        "Only the signed-in customer's own profile can be seen: leave user_id out.",
    )


def _no_reservation(code: str) -> NoReturn:
    raise ToolError(
        f"There is no reservation “{_shown(code)}” of this customer.",
        "A reservation is six letters and digits; list_reservations names them all.",
    )


def _shown(text: str) -> str:
    return " ".join(text[:SHOWN].split())
