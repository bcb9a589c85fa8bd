"""How an action of each kind changes reservations, seats and balances.

Only what keeps the books right is checked, all of it before the first row is written: that people, flights,
seats and money are there. Whether it is allowed is in ``policy.py``, that it happens once in ``ledger.py``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never, get_args

from switchboard.airline.actions import (
    Action,
    BookReservation,
    CancelReservation,
    ChangeBags,
    ChangeFlights,
    ChangePassengers,
    SendCertificate,
)
from switchboard.airline.books import Books
from switchboard.airline.charges import bags_price, booking_price, flights_difference, segments_for
from switchboard.airline.moments import stored
from switchboard.airline.money import check_difference, check_payments, refunds, reversals
from switchboard.airline.records import Certificate, Customer, Payment, Reservation, Segment, Trip
from switchboard.airline.view import View
from switchboard.errors import ToolError

MOST_PASSENGERS = 5
MOST = 1_000_000
"""The largest amount in US dollars, and number of bags, that is written down."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be recorded of a change.

    Attributes:
        customer: the id of the owner of what was changed.
        reservation: its code, or empty where the change concerns none.
        amount: US dollars paid by the customer, negative for a refund.
        before: the reservation as it was, where there was one.
    """

    customer: str
    reservation: str
    amount: int
    before: Reservation | None = None


class Changes:
    """Carries out actions within one transaction.

    Args:
        books: where rows are written.
        view: what the same transaction sees.
        now: with a time zone.
        settles: whether seats and balances follow a cancellation or a change of flights.
        codes: candidates for the codes of new reservations.
        certificates: candidates for the ids of new certificates.
    """

    def __init__(
        self,
        books: Books,
        view: View,
        now: datetime,
        settles: bool,
        codes: Callable[[], Iterator[str]],
        certificates: Callable[[], Iterator[str]],
    ) -> None:
        self._books = books
        self._view = view
        self._now = now
        self._settles = settles
        self._codes = codes
        self._certificates = certificates

    def make(self, action: Action, allowed: str = "") -> Entry:
        """Carry out an action.

        Args:
            action: already allowed by the policy.
            allowed: the id of the only customer that it may concern; anybody when left out.

        Raises:
            ToolError: it cannot be carried out; nothing has been written.
        """
        match action:
            case BookReservation():
                return self._book(action, self._customer(action.customer, allowed))
            case SendCertificate():
                return self._send(action, self._customer(action.customer, allowed))
        reservation = self._reservation(action.reservation)
        owner = self._customer(reservation.customer, allowed)
        if reservation.cancelled and self._settles:
            raise ToolError(
                f"Reservation {reservation.code} is cancelled already.", "Make a new one instead."
            )
        row_id = self._books.reservation_id(reservation.code)
        match action:
            case CancelReservation():
                amount = self._cancel(row_id, reservation, owner)
            case ChangeFlights():
                amount = self._change_flights(row_id, action, reservation, owner)
            case ChangeBags():
                amount = self._change_bags(row_id, action, reservation, owner)
            case ChangePassengers():
                amount = self._change_passengers(row_id, action, reservation)
            case _:
                assert_never(action)
        return Entry(owner.id, reservation.code, amount, reservation)

    def _book(self, action: BookReservation, owner: Customer) -> Entry:
        count = len(action.passengers)
        if not 1 <= count <= MOST_PASSENGERS:
            raise ToolError(
                f"A reservation has one to {MOST_PASSENGERS} passengers, and {count} were named.",
                "Name the passengers of this reservation.",
            )
        places = {action.origin, action.destination}
        if action.trip not in get_args(Trip) or not places <= self._view.airports.keys():
            raise ToolError(
                f"There is no {action.trip} journey from {action.origin} to {action.destination}.",
                "Name two airports by their codes, and one_way or round_trip.",
            )
        _check_bags(action.bags, action.paid_bags)
        segments = segments_for(self._view, self._now, action.flights, action.cabin, count)
        price = booking_price(segments, count, action.paid_bags, action.insured)
        check_payments(owner, action.payments, price)
        code = _first_free(self._codes(), self._books.is_code_taken, "reservations")
        row_id = self._books.add_reservation(code, stored(self._now), action)
        self._books.put_segments(row_id, segments)
        self._books.put_passengers(row_id, action.passengers)
        self._books.add_payments(row_id, action.payments)
        self._books.sell(segments, action.cabin, count)
        for payment in action.payments:
            if isinstance(owner.payment_method(payment.method_id), Certificate):
                self._books.remove_certificate(owner.id, payment.method_id)
            else:
                self._books.charge(owner, payment)
        return Entry(owner.id, code, price)

    def _cancel(self, row_id: int, reservation: Reservation, owner: Customer) -> int:
        back = refunds(reservation, owner) if self._settles else reversals(reservation)
        self._books.add_payments(row_id, back)
        self._books.change_reservation(row_id, cancelled=1)
        if self._settles:
            self._free(reservation, reservation.segments)
            for payment in back:
                self._books.charge(owner, payment)
        return sum(payment.amount for payment in back)

    def _change_flights(
        self, row_id: int, action: ChangeFlights, reservation: Reservation, owner: Customer
    ) -> int:
        count, before = len(reservation.passengers), reservation.segments
        after = segments_for(self._view, self._now, action.flights, action.cabin, count, reservation)
        difference = flights_difference(reservation, after)
        check_difference(owner, action.method_id, difference)
        if self._settles:
            kept = set(before) & set(after) if action.cabin == reservation.cabin else set()
            self._free(reservation, [one for one in before if one not in kept])
            self._books.sell([one for one in after if one not in kept], action.cabin, count)
        self._books.put_segments(row_id, after)
        self._books.change_reservation(row_id, cabin=action.cabin)
        self._pay(row_id, owner, Payment(action.method_id, difference))
        return difference

    def _change_bags(self, row_id: int, action: ChangeBags, reservation: Reservation, owner: Customer) -> int:
        _check_bags(action.bags, action.paid_bags)
        price = bags_price(reservation, action.paid_bags)
        check_difference(owner, action.method_id, price)
        self._books.change_reservation(row_id, bags=action.bags, paid_bags=action.paid_bags)
        self._pay(row_id, owner, Payment(action.method_id, price))
        return price

    def _change_passengers(self, row_id: int, action: ChangePassengers, reservation: Reservation) -> int:
        has, named = len(reservation.passengers), len(action.passengers)
        if has != named:
            raise ToolError(
                f"Reservation {reservation.code} has {has} passengers, and {named} were named.",
                "Name as many as it has: their number cannot change.",
            )
        self._books.put_passengers(row_id, action.passengers)
        return 0

    def _send(self, action: SendCertificate, owner: Customer) -> Entry:
        if not 0 < action.amount <= MOST:
            raise ToolError(
                f"A certificate cannot be over ${action.amount:,}.", f"Send $1 to ${MOST:,} in whole dollars."
            )
        if action.reservation and self._reservation(action.reservation).customer != owner.id:
            raise ToolError(
                f"Reservation {action.reservation} is not {owner.name}'s.", "Name one of the customer's own."
            )

        def _is_taken(candidate: str) -> bool:
            # One that has paid comes back when its reservation is cancelled.
            spent = self._settles and self._books.was_paid_with(candidate)
            return spent or owner.payment_method(candidate) is not None

        candidate = _first_free(self._certificates(), _is_taken, "certificates")
        self._books.add_certificate(owner.id, candidate, action.amount)
        return Entry(owner.id, action.reservation, 0)

    def _free(self, reservation: Reservation, segments: Sequence[Segment]) -> None:
        coming = [segment for segment in segments if not segment.flight.has_left(self._now)]
        self._books.sell(coming, reservation.cabin, -len(reservation.passengers))

    def _pay(self, row_id: int, owner: Customer, payment: Payment) -> None:
        if payment.amount:
            self._books.add_payments(row_id, [payment])
            self._books.charge(owner, payment)

    def _customer(self, customer_id: str, allowed: str) -> Customer:
        found = self._view.customer(customer_id) if allowed in ("", customer_id) else None
        if found is None:
            raise ToolError("There is no such customer here.", "Use the id of the customer who asks.")
        return found

    def _reservation(self, code: str) -> Reservation:
        found = self._view.reservation(code)
        if found is None:
            raise ToolError(
                f"There is no reservation {code[:40]}.", "Use a code from the customer's profile."
            )
        return found


def _check_bags(bags: int, paid_bags: int) -> None:
    if not (0 <= bags <= MOST and 0 <= paid_bags <= MOST):
        raise ToolError(
            f"{bags} bags, {paid_bags} of them paid for, cannot be checked in.", "Give numbers from zero up."
        )


def _first_free(candidates: Iterator[str], is_taken: Callable[[str], bool], what: str) -> str:
    for candidate in candidates:
        if not is_taken(candidate):
            return candidate
    raise ToolError(f"There is no room for more {what}.", "A colleague has to make this change.")
