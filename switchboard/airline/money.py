"""What a customer's payment methods pay, and what they are given back.

Decided on values, before anything is written: ``books.py`` moves the money. What things cost is in
``charges.py``, which methods a customer may use for what in ``policy.py``.
"""

from collections import Counter
from collections.abc import Sequence

from switchboard.airline.records import (
    Certificate,
    CreditCard,
    Customer,
    GiftCard,
    Payment,
    PaymentMethod,
    Reservation,
)
from switchboard.errors import ToolError


def check_payments(customer: Customer, payments: Sequence[Payment], price: int) -> None:
    """See that payments can be made, and are the price of a booking together.

    Args:
        customer: who pays.
        payments: all of the booking's.
        price: in US dollars.

    Raises:
        ToolError: a method is not in the profile or holds too little, a certificate comes twice, an amount is
            not positive, or the sum is another.
    """
    asked: Counter[str] = Counter()
    for payment in payments:
        method = method_of(customer, payment.method_id)
        if payment.amount <= 0:
            raise ToolError("A payment takes more than nothing.", "Leave out what pays nothing.")
        if isinstance(method, Certificate) and asked[method.id]:
            raise ToolError(f"{method.id} is listed twice.", "A certificate can be used once.")
        asked[method.id] += payment.amount
        _check_balance(method, asked[method.id])
    if asked.total() != price:
        raise ToolError(
            f"The payments come to ${asked.total():,}, and the price is ${price:,}.",
            "Make the payments add up to the price exactly.",
        )


def check_difference(customer: Customer, method_id: str, difference: int) -> None:
    """See that a method can pay for a change, or be given what it leaves over.

    Args:
        customer: who pays.
        method_id: one of the customer's payment methods.
        difference: in US dollars; negative where the customer gets it.

    Raises:
        ToolError: the method is not in the profile, is a certificate, or holds too little.
    """
    method = method_of(customer, method_id)
    if isinstance(method, Certificate):
        raise ToolError(
            "A certificate cannot pay for a change of a reservation.", "Take a credit card or a gift card."
        )
    _check_balance(method, difference)


def method_of(customer: Customer, method_id: str) -> PaymentMethod:
    """A method in a customer's profile.

    Raises:
        ToolError: there is none of this id.
    """
    method = customer.payment_method(method_id)
    if method is None:
        raise ToolError(
            f"There is no payment method {method_id[:40]} in the profile.",
            "Take one that the customer's profile lists.",
        )
    return method


def reversals(reservation: Reservation) -> tuple[Payment, ...]:
    """Every payment of a reservation so far, given back."""
    return tuple(Payment(payment.method_id, -payment.amount) for payment in reservation.payments)


def refunds(reservation: Reservation, customer: Customer) -> tuple[Payment, ...]:
    """What a cancellation gives back: every payment so far, as far as the gift cards bear it.

    An earlier refund that a gift card has spent since cannot be taken from it again. What is lacking is then
    kept back from what the other methods get, so that the sum is right and no balance falls below nothing.
    """
    due: Counter[str] = Counter()
    for payment in reservation.payments:
        due[payment.method_id] -= payment.amount
    lacking = 0
    for method in customer.payment_methods:
        if isinstance(method, GiftCard) and due[method.id] > method.balance:
            lacking += due[method.id] - method.balance
            due[method.id] = method.balance
    if not lacking:
        return reversals(reservation)
    for method_id, amount in due.items():
        kept_back = min(lacking, max(0, -amount))
        due[method_id] += kept_back
        lacking -= kept_back
    return tuple(Payment(method_id, amount) for method_id, amount in due.items() if amount)


def _check_balance(method: PaymentMethod, amount: int) -> None:
    if not isinstance(method, CreditCard) and method.balance < amount:
        raise ToolError(
            f"{method.id} holds ${method.balance:,}, and ${amount:,} are asked of it.",
            "Ask less of it, or take another payment method.",
        )
