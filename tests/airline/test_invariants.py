"""What holds after any sequence of changes, allowed by the policy or not."""

import shutil
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from switchboard.airline import schema
from switchboard.airline.actions import (
    CancelReservation,
    ChangeBags,
    ChangeFlights,
    ChangePassengers,
    FlightChoice,
    SendCertificate,
)
from switchboard.airline.database import AirlineDatabase
from switchboard.airline.ledger import Ledger
from switchboard.airline.records import CABINS, GiftCard, Payment
from switchboard.airline.store import Store
from switchboard.errors import ToolError
from tests.airline.balance import seats_balance
from tests.airline.small_world import (
    ASHA,
    BEN,
    CARD,
    CERTIFICATE,
    DAYS,
    GIFT,
    METHODS,
    NOW,
    ROUTES,
    SMALL_GIFT,
    booking,
    fill,
    price,
    seats_taken,
)

CUSTOMERS = ("asha", "ben")
INITIAL = {row["id"]: row["balance"] for row in METHODS}

# What comes first is drawn more often, and what cannot be had comes last.
methods = st.sampled_from((CARD, CARD, GIFT, GIFT, SMALL_GIFT, CERTIFICATE, "credit_card_9"))
chosen = st.builds(FlightChoice, st.sampled_from(tuple(ROUTES)), st.sampled_from(DAYS[1:]))
journeys = st.lists(chosen, min_size=1, max_size=2, unique=True).map(tuple)
parties = st.lists(st.sampled_from((ASHA, BEN)), min_size=1, max_size=2).map(tuple)
cabins = st.sampled_from(CABINS)
bags = st.integers(0, 4) | st.integers(-1, 4)
splits = st.lists(st.tuples(methods, st.integers(1, 100)), max_size=2)
nonsense = st.sampled_from(
    ({"flights": ()}, {"passengers": ()}, {"payments": ()}, {"origin": "XXX"}, {"customer": "nobody"},
     {"passengers": (ASHA,) * 6}, {"flights": (FlightChoice("LK101", DAYS[0]),)}, {"bags": -1},
     {"flights": (FlightChoice("LK999", DAYS[2]),)})
)  # fmt: skip


class Desk(RuleBasedStateMachine):
    """Two customers who do whatever comes to mind, while time goes by."""

    source: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.owners: dict[str, str] = {}
        self.sent: Counter[str] = Counter()
        self.amounts = 0
        self.keys = 0
        self.now = NOW

    @initialize()
    def open(self) -> None:
        path = Path(self.folder.name) / "small.db"
        shutil.copy(self.source, path)
        self.database = AirlineDatabase(path)
        self.store = Store(self.database, lambda: self.now)
        self.ledger = Ledger(self.store, codes=lambda: (f"AAAA{number}" for number in range(10, 100)))
        with self.database.read() as connection:
            self.sold_and_free = sum(seats_balance(connection))

        for customer, cabin in (("asha", "business"), ("ben", "economy")):
            flights = (FlightChoice("LK101", DAYS[1]), FlightChoice("LK102", DAYS[4]))
            code = self.attempt(booking(customer=customer, cabin=cabin, flights=flights))
            assert code
            self.owners[code] = customer

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
        self.folder.cleanup()

    def attempt(self, action) -> str | None:
        """Try an action twice under one key; the code it came to, or ``None`` where it was refused."""
        self.keys += 1
        try:
            outcome = self.ledger.perform(action, str(self.keys))
        except ToolError:
            return None
        self.amounts += outcome.amount
        assert self.ledger.perform(action, str(self.keys)) == outcome
        return outcome.reservation

    def some(self, data) -> str:
        return data.draw(st.sampled_from(list(self.owners)))

    @rule(customer=st.sampled_from(CUSTOMERS), flights=journeys, people=parties, cabin=cabins, paid=bags,
          insured=st.booleans(), split=splits, last=methods)  # fmt: skip
    def book(self, customer, flights, people, cabin, paid, insured, split, last) -> None:
        asked = booking(customer=customer, flights=flights, passengers=people, cabin=cabin, insured=insured,
                        bags=paid, paid_bags=paid, payments=())  # fmt: skip
        rest = price(asked) - sum(amount for _, amount in split)
        payments = tuple(Payment(*part) for part in (*split, (last, rest)))
        if code := self.attempt(replace(asked, payments=payments)):
            assert code not in self.owners
            self.owners[code] = customer

    @rule(changes=nonsense)
    def book_nonsense(self, changes) -> None:
        assert self.attempt(replace(booking(), **changes)) is None

    @precondition(lambda self: self.owners)
    @rule(data=st.data())
    def cancel(self, data) -> None:
        self.attempt(CancelReservation(self.some(data)))

    @precondition(lambda self: self.owners)
    @rule(data=st.data(), cabin=cabins, flights=journeys, method=methods)
    def change_flights(self, data, cabin, flights, method) -> None:
        self.attempt(ChangeFlights(self.some(data), cabin, flights, method))

    @precondition(lambda self: self.owners)
    @rule(data=st.data(), cabin=cabins, method=methods)
    def change_cabin(self, data, cabin, method) -> None:
        with self.store.view() as view:
            found = view.reservation(code := self.some(data))
        flights = found.segments if found else ()
        same = tuple(FlightChoice(one.flight.number, one.flight.date) for one in flights)
        self.attempt(ChangeFlights(code, cabin, same, method))

    @precondition(lambda self: self.owners)
    @rule(data=st.data(), checked=bags, paid=bags, method=methods)
    def change_bags(self, data, checked, paid, method) -> None:
        self.attempt(ChangeBags(self.some(data), checked, paid, method))

    @precondition(lambda self: self.owners)
    @rule(data=st.data(), people=parties)
    def change_passengers(self, data, people) -> None:
        self.attempt(ChangePassengers(self.some(data), people))

    @rule(customer=st.sampled_from(CUSTOMERS), amount=st.integers(-1, 300))
    def send_certificate(self, customer, amount) -> None:
        if self.attempt(SendCertificate(customer, amount)) is not None:
            self.sent[customer] += amount

    @rule(hours=st.integers(1, 48))
    def time_goes_by(self, hours) -> None:
        self.now += timedelta(hours=hours)

    @invariant()
    def seats_are_neither_made_nor_lost(self) -> None:
        with self.database.read() as connection:
            assert sum(seats_balance(connection)) == self.sold_and_free
        sold, booked = seats_taken(self.database, self.now)
        assert sold == booked

    @invariant()
    def every_dollar_is_recorded_once(self) -> None:
        with self.store.view() as view, self.database.read() as connection:
            people = {name: view.customer(name) for name in CUSTOMERS}
            made = {code: view.reservation(code) for code in self.owners}
            recorded = connection.scalar(select(func.coalesce(func.sum(schema.change.c.amount), 0)))
            codes = set(connection.scalars(select(schema.reservation.c.code)))
        assert codes == set(made)
        assert {code: one.customer for code, one in made.items()} == self.owners
        assert recorded == self.amounts == sum(one.paid for one in made.values())
        for one in made.values():
            assert one.paid == 0 if one.cancelled else one.paid >= 0
        for name, customer in people.items():
            paid: Counter[str] = Counter()
            for one in made.values():
                for payment in one.payments if one.customer == name else ():
                    paid[payment.method_id] += payment.amount
            self.check_profile(customer, paid)

    def check_profile(self, customer, paid: Counter[str]) -> None:
        """The balances are what the payments on record have left of them."""
        for method_id in (GIFT, SMALL_GIFT):
            held = customer.payment_method(method_id)
            assert isinstance(held, GiftCard)
            assert held.balance == INITIAL[method_id] - paid[method_id] >= 0
        certificate = customer.payment_method(CERTIFICATE)
        assert (certificate is None) == (paid[CERTIFICATE] > 0)
        assert certificate is None or 0 < certificate.balance <= INITIAL[CERTIFICATE]
        assert customer.payment_method(CARD) is not None
        sent = [one.balance for one in customer.payment_methods if one.id not in INITIAL]
        assert sum(sent) == self.sent[customer.id]


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "small.db"
    database = AirlineDatabase(path)
    fill(database)
    database.close()
    return path


def test_any_sequence_of_changes_keeps_the_books_right(template):
    class AtThisDesk(Desk):
        source = template

    run_state_machine_as_test(AtThisDesk, settings=settings(max_examples=50, stateful_step_count=40))
