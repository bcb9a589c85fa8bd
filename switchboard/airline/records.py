"""The airline's facts as plain values: customers, reservations, what is for sale.

Moments carry a time zone, dates are the local day of departure at the origin as YYYY-MM-DD, money is whole US
dollars. Where they are kept is in ``schema.py``; flights have ``flights.py`` to themselves.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from switchboard.airline.flights import Flight

Cabin = Literal["basic_economy", "economy", "business"]
CABINS: tuple[Cabin, ...] = ("basic_economy", "economy", "business")
"""From the cheapest to the dearest."""
Trip = Literal["one_way", "round_trip"]
Membership = Literal["regular", "silver", "gold"]


@dataclass(frozen=True, slots=True)
class CabinOffer:
    """What is left of a cabin on one flight; ``fare`` is one way for one passenger, taxes included."""

    cabin: Cabin
    seats: int
    free: int
    fare: int


@dataclass(frozen=True, slots=True)
class FlightOffer:
    """A flight with its cabins; without any, nothing is sold on it."""

    flight: Flight
    cabins: tuple[CabinOffer, ...]

    def cabin(self, name: str) -> CabinOffer | None:
        """The cabin of this name, where the flight has it."""
        return next((offer for offer in self.cabins if offer.cabin == name), None)


@dataclass(frozen=True, slots=True)
class Passenger:
    """Someone who flies; ``dob`` is the date of birth."""

    first_name: str
    last_name: str
    dob: str

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class CreditCard:
    """A card in a customer's profile, without its number."""

    id: str
    brand: str
    last_four: str

    @property
    def label(self) -> str:
        """As a customer knows it, such as "Visa ending in 1234"."""
        return f"{self.brand.capitalize()} ending in {self.last_four}"


@dataclass(frozen=True, slots=True)
class GiftCard:
    """A card with a balance, in US dollars; a refund raises it."""

    id: str
    balance: int

    @property
    def label(self) -> str:
        """As a customer knows it."""
        return f"gift card {self.id.rpartition('_')[2]} (${self.balance:,} left)"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A voucher that is spent as a whole: what one booking leaves of it is lost."""

    id: str
    balance: int

    @property
    def label(self) -> str:
        """As a customer knows it."""
        return f"certificate {self.id.rpartition('_')[2]} (${self.balance:,})"


PaymentMethod = CreditCard | GiftCard | Certificate


@dataclass(frozen=True, slots=True)
class Customer:
    """Someone with a profile; ``address`` is JSON, ``reservations`` their codes, the oldest first."""

    id: str
    first_name: str
    last_name: str
    email: str
    dob: str
    membership: Membership
    address: str
    payment_methods: tuple[PaymentMethod, ...]
    saved_passengers: tuple[Passenger, ...]
    reservations: tuple[str, ...]

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    def payment_method(self, method_id: str) -> PaymentMethod | None:
        """The payment method of this id, where it is in the profile."""
        return next((method for method in self.payment_methods if method.id == method_id), None)


@dataclass(frozen=True, slots=True)
class Segment:
    """One flight of a reservation; ``fare`` is what each passenger paid for it."""

    flight: Flight
    fare: int


@dataclass(frozen=True, slots=True)
class Payment:
    """Money taken by a payment method, or given back to it where ``amount`` is negative."""

    method_id: str
    amount: int


@dataclass(frozen=True, slots=True)
class Reservation:
    """A journey that a customer has paid for.

    Attributes:
        code: six letters and digits, as customers quote it.
        created: when it was made.
        bags: checked bags, of all passengers together.
        paid_bags: how many of them were beyond the allowance.
    """

    code: str
    customer: str
    origin: str
    destination: str
    trip: Trip
    cabin: Cabin
    created: str
    bags: int
    paid_bags: int
    insured: bool
    cancelled: bool
    segments: tuple[Segment, ...]
    passengers: tuple[Passenger, ...]
    payments: tuple[Payment, ...]

    @property
    def paid(self) -> int:
        """What has been paid in all, refunds taken off."""
        return sum(payment.amount for payment in self.payments)


@dataclass(frozen=True, slots=True)
class PastChange:
    """What was done to a reservation.

    Attributes:
        kind: the name of the action's class.
        at: when.
        flights: those of the reservation before it.
    """

    kind: str
    at: datetime
    flights: tuple[Flight, ...]
