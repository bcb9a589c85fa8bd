from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import islice

import pytest
from sqlalchemy import select, update

from switchboard.airline import schema
from switchboard.airline.actions import (
    CancelReservation,
    ChangeBags,
    ChangeFlights,
    ChangePassengers,
    FlightChoice,
    SendCertificate,
    from_json,
)
from switchboard.airline.ids import random_certificates, random_codes, tau2_certificates, tau2_codes
from switchboard.airline.ledger import Ledger, Outcome
from switchboard.airline.records import Certificate, Passenger, Payment
from switchboard.airline.store import Store
from switchboard.errors import ToolError
from tests.airline.small_world import (
    ASHA,
    BEN,
    CANCELLED,
    CARD,
    CERTIFICATE,
    DAYS,
    GIFT,
    NOW,
    SMALL_GIFT,
    booking,
    empty_schema,
    fare,
    fill,
    opened,
    price,
    seats_taken,
    snapshot,
)

OUT = FlightChoice("LK101", "2026-05-20")
BACK = FlightChoice("LK102", "2026-05-22")
LATER = FlightChoice("LK101", "2026-05-21")
FARE = fare("LK101", "2026-05-20", "economy")


on_both = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database(request, tmp_path):
    with ExitStack() as stack:
        address = str(tmp_path / "small.db")
        if getattr(request, "param", "sqlite") == "postgresql":
            address = stack.enter_context(empty_schema(request.getfixturevalue("postgres_url")))
        database = opened(address)
        yield database
        database.close()


@pytest.fixture
def store(database):
    return fill(database)


@pytest.fixture
def ledger(store):
    return Ledger(store)


@pytest.fixture
def tau2(store):
    return Ledger(store, settles=False, codes=tau2_codes, certificates=tau2_certificates)


def booked(ledger, key="first", **changes):
    return ledger.perform(booking(**changes), key).reservation


def reservation(store, code):
    with store.view() as view:
        return view.reservation(code)


def balance(store, method_id, customer="asha"):
    with store.view() as view:
        method = view.customer(customer).payment_method(method_id)
    return None if method is None else method.balance


def sold(database):
    return dict(seats_taken(database)[0])


@contextmanager
def unchanged(database):
    before = snapshot(database)
    yield
    assert snapshot(database) == before


def assert_refused(database, ledger, action, key="refused", customer=""):
    with unchanged(database), pytest.raises(ToolError) as caught:
        ledger.perform(action, key, customer)
    assert caught.value.what.endswith(".") and caught.value.fix.endswith(".")
    return str(caught.value)


# Booking


@on_both
def test_a_booking_is_written_as_it_was_asked_for(ledger, store, database):
    asked = booking(
        trip="round_trip", flights=(OUT, BACK), passengers=(ASHA, BEN), bags=3, paid_bags=1, insured=True
    )  # fmt: skip
    outcome = ledger.perform(asked, "key")
    made = reservation(store, outcome.reservation)
    assert outcome.amount == price(asked) == made.paid == 2 * (FARE + 114 + 30) + 50
    assert (made.customer, made.origin, made.destination, made.trip) == ("asha", "DEL", "BOM", "round_trip")
    assert (made.cabin, made.bags, made.paid_bags, made.insured, made.cancelled) == (
        "economy",
        3,
        1,
        True,
        False,
    )
    assert [(one.flight.number, one.fare) for one in made.segments] == [("LK101", FARE), ("LK102", 114)]
    assert made.passengers == (ASHA, BEN)
    assert made.created == "2026-05-14T09:30:00"
    assert sold(database) == {("LK101", "2026-05-20", "economy"): 2, ("LK102", "2026-05-22", "economy"): 2}
    with store.view() as view:
        assert view.customer("asha").reservations == (outcome.reservation,)


@on_both
def test_a_certificate_is_used_up_and_a_gift_card_pays_its_part(ledger, store):
    payments = (Payment(CERTIFICATE, 20), Payment(SMALL_GIFT, 40), Payment(GIFT, 1), Payment(CARD, FARE - 61))
    made = reservation(store, booked(ledger, payments=payments))
    assert made.payments == payments
    assert balance(store, CERTIFICATE) is None
    assert (balance(store, SMALL_GIFT), balance(store, GIFT)) == (0, 499)
    assert balance(store, CERTIFICATE, "ben") == 300


def test_one_credit_card_may_pay_in_parts(ledger):
    ledger.perform(booking(payments=(Payment(CARD, 10), Payment(CARD, FARE - 10))), "key")


def test_the_last_seats_can_be_bought(ledger, database):
    booked(ledger, cabin="business", passengers=(ASHA, BEN))
    assert "0 free" in assert_refused(database, ledger, booking(cabin="business"))


@pytest.mark.parametrize(
    "changes",
    [
        {"customer": "nobody"},
        {"origin": "XXX"},
        {"destination": "XXX"},
        {"trip": "circle"},
        {"cabin": "first", "payments": (Payment(CARD, FARE),)},
        {"passengers": ()},
        {"passengers": (ASHA,) * 6},
        {"cabin": "business", "passengers": (ASHA, BEN, ASHA)},
        {"flights": ()},
        {"flights": (OUT, OUT)},
        {"flights": (FlightChoice("LK999", "2026-05-20"),), "payments": (Payment(CARD, FARE),)},
        {"flights": (FlightChoice("LK101", "2027-05-20"),), "payments": (Payment(CARD, FARE),)},
        {"flights": (FlightChoice("LK101", DAYS[0]),)},
        {"flights": (FlightChoice(*CANCELLED),)},
        {"bags": -1},
        {"paid_bags": -1},
        {"bags": 10**30},
        {"payments": ()},
        {"payments": (Payment(CARD, FARE - 1),)},
        {"payments": (Payment(CARD, FARE + 1),)},
        {"payments": (Payment(CARD, FARE), Payment(GIFT, 0))},
        {"payments": (Payment(CARD, FARE + 10), Payment(GIFT, -10))},
        {"payments": (Payment("credit_card_9", FARE),)},
        {"payments": (Payment(SMALL_GIFT, FARE),)},
        {"payments": (Payment(SMALL_GIFT, 30), Payment(SMALL_GIFT, 30), Payment(CARD, FARE - 60))},
        {"payments": (Payment(CERTIFICATE, 50), Payment(CERTIFICATE, FARE - 50))},
        {"payments": (Payment(CERTIFICATE, 301),), "passengers": (ASHA, BEN, ASHA)},
    ],
)
def test_a_booking_that_would_spoil_the_books_is_refused(ledger, database, changes):
    assert_refused(database, ledger, booking(**changes))


def test_a_flight_is_not_sold_once_its_sale_has_ended(database, store):
    late = Store(database, lambda: NOW + timedelta(days=5, hours=13))
    assert_refused(database, Ledger(late), booking())


# Cancelling


@on_both
def test_cancelling_gives_back_seats_and_money(ledger, store, database):
    payments = (Payment(CERTIFICATE, 20), Payment(GIFT, 30), Payment(CARD, FARE - 50))
    code = booked(ledger, payments=payments)
    assert ledger.perform(CancelReservation(code, "health"), "cancel") == Outcome(code, -FARE)
    made = reservation(store, code)
    assert made.cancelled
    assert made.payments == (*payments, *(Payment(one.method_id, -one.amount) for one in payments))
    assert sold(database) == {}
    assert balance(store, GIFT) == 500
    assert balance(store, CERTIFICATE) == 20
    with store.view() as view:
        assert isinstance(view.customer("asha").payment_method(CERTIFICATE), Certificate)


def test_seats_of_a_flight_that_has_left_stay_sold(ledger, store, database):
    code = booked(ledger, trip="round_trip", flights=(OUT, BACK))
    on_the_way = Ledger(Store(database, lambda: NOW + timedelta(days=6)))
    on_the_way.perform(CancelReservation(code), "cancel")
    assert sold(database) == {("LK101", "2026-05-20", "economy"): 1}


def test_a_refund_that_a_gift_card_has_spent_is_kept_back_from_the_other_methods(ledger, store):
    code = booked(ledger, cabin="business")
    ledger.perform(ChangeFlights(code, "economy", (OUT,), SMALL_GIFT), "cheaper")
    assert balance(store, SMALL_GIFT) == 340
    spent = booking(payments=(Payment(SMALL_GIFT, FARE),))
    for number in range(3):
        ledger.perform(spent, f"spend {number}")
    left = balance(store, SMALL_GIFT)
    assert ledger.perform(CancelReservation(code), "cancel").amount == -FARE
    assert balance(store, SMALL_GIFT) == 0
    assert reservation(store, code).paid == 0
    assert reservation(store, code).payments[-2:] == (Payment(CARD, -FARE - left), Payment(SMALL_GIFT, left))


def test_what_is_kept_back_is_taken_from_one_method_after_the_other(ledger, store):
    code = booked(ledger, cabin="business", payments=(Payment(CERTIFICATE, 300), Payment(CARD, 102)))
    ledger.perform(ChangeFlights(code, "economy", (OUT,), SMALL_GIFT), "cheaper")
    for number in range(3):
        ledger.perform(booking(payments=(Payment(SMALL_GIFT, FARE),)), f"spend {number}")
    ledger.perform(CancelReservation(code), "cancel")
    assert reservation(store, code).payments[-3:] == (
        Payment(CERTIFICATE, -34), Payment(CARD, -102), Payment(SMALL_GIFT, 34),
    )  # fmt: skip
    assert (balance(store, CERTIFICATE), balance(store, SMALL_GIFT)) == (34, 0)


def test_a_cancelled_reservation_cannot_be_changed(ledger, database):
    code = booked(ledger)
    ledger.perform(CancelReservation(code), "cancel")
    for action in (
        CancelReservation(code),
        ChangeFlights(code, "economy", (LATER,), CARD),
        ChangeBags(code, 1, 0, CARD),
        ChangePassengers(code, (BEN,)),
    ):
        assert "cancelled already" in assert_refused(database, ledger, action)


# Changing flights


def test_a_kept_flight_keeps_its_fare_and_a_new_one_costs_what_it_costs_today(ledger, store, database):
    code = booked(ledger, trip="round_trip", flights=(OUT, BACK))
    with database.write() as connection:
        connection.execute(update(schema.inventory).values(fare=schema.inventory.c.fare + 500))
    new_back = FlightChoice("LK102", "2026-05-21")
    outcome = ledger.perform(ChangeFlights(code, "economy", (OUT, new_back), GIFT), "change")
    made = reservation(store, code)
    assert [one.fare for one in made.segments] == [FARE, 613]
    assert outcome == Outcome(code, 613 - 114)
    assert made.payments[1:] == (Payment(GIFT, 499),)
    assert balance(store, GIFT) == 1
    assert sold(database) == {("LK101", "2026-05-20", "economy"): 1, ("LK102", "2026-05-21", "economy"): 1}


@on_both
def test_another_cabin_moves_every_seat_and_is_paid_for_every_passenger(ledger, store, database):
    code = booked(ledger, passengers=(ASHA, BEN))
    outcome = ledger.perform(ChangeFlights(code, "business", (OUT,), CARD), "change")
    assert outcome.amount == 600
    made = reservation(store, code)
    assert (made.cabin, made.segments[0].fare) == ("business", 402)
    assert sold(database) == {("LK101", "2026-05-20", "business"): 2}


def test_another_cabin_at_the_same_fare_moves_the_seats_without_a_payment(ledger, store, database):
    code = booked(ledger)
    with database.write() as connection:
        connection.execute(update(schema.inventory).values(fare=FARE))
    ledger.perform(ChangeFlights(code, "business", (OUT,), CARD), "change")
    assert sold(database) == {("LK101", "2026-05-20", "business"): 1}
    assert len(reservation(store, code).payments) == 1


def test_a_cheaper_journey_is_refunded_to_the_method_named(ledger, store):
    code = booked(ledger)
    outcome = ledger.perform(ChangeFlights(code, "basic_economy", (OUT,), SMALL_GIFT), "change")
    assert outcome.amount == -40
    assert balance(store, SMALL_GIFT) == 80
    assert reservation(store, code).payments[1:] == (Payment(SMALL_GIFT, -40),)


def test_changed_flights_can_be_more_or_fewer(ledger, store, database):
    code = booked(ledger)
    through = (FlightChoice("LK103", "2026-05-20"), FlightChoice("LK104", "2026-05-20"))
    ledger.perform(ChangeFlights(code, "economy", through, CARD), "two")
    assert [one.flight.number for one in reservation(store, code).segments] == ["LK103", "LK104"]
    ledger.perform(ChangeFlights(code, "economy", (OUT,), CARD), "one")
    assert sold(database) == {("LK101", "2026-05-20", "economy"): 1}


def test_a_flight_that_has_left_is_kept_and_its_seat_stays_sold(ledger, store, database):
    code = booked(ledger, trip="round_trip", flights=(OUT, BACK))
    on_the_way = Ledger(Store(database, lambda: NOW + timedelta(days=6)))
    home = FlightChoice("LK102", "2026-05-21")
    on_the_way.perform(ChangeFlights(code, "economy", (OUT, home), CARD), "change")
    assert sold(database) == {("LK101", "2026-05-20", "economy"): 1, ("LK102", "2026-05-21", "economy"): 1}


@pytest.mark.parametrize(
    "changes",
    [
        {"reservation": "AAAAA2"},
        {"method_id": "credit_card_9"},
        {"method_id": CERTIFICATE},
        {"method_id": CERTIFICATE, "flights": (OUT,)},
        {"method_id": SMALL_GIFT, "cabin": "business"},
        {"cabin": "first"},
        {"flights": ()},
        {"flights": (LATER, LATER)},
        {"flights": (FlightChoice("LK101", DAYS[0]),)},
        {"flights": (FlightChoice("LK999", DAYS[2]),)},
    ],
)
def test_flights_that_cannot_be_had_leave_the_old_ones(ledger, database, changes):
    action = ChangeFlights(booked(ledger), "economy", (LATER,), CARD)
    assert_refused(database, ledger, replace(action, **changes))


def test_a_full_cabin_takes_nobody_from_another(ledger, database):
    booked(ledger, cabin="business", passengers=(ASHA, BEN))
    code = booked(ledger, "second")
    assert_refused(database, ledger, ChangeFlights(code, "business", (OUT,), CARD))
    ledger.perform(ChangeFlights(code, "economy", (OUT,), CARD), "the same flights")


# Bags, passengers, certificates


@on_both
def test_only_bags_beyond_those_paid_for_cost_more(ledger, store):
    code = booked(ledger)
    assert ledger.perform(ChangeBags(code, 3, 2, GIFT), "more").amount == 100
    assert balance(store, GIFT) == 400
    assert ledger.perform(ChangeBags(code, 1, 0, GIFT), "fewer").amount == 0
    made = reservation(store, code)
    assert (made.bags, made.paid_bags) == (1, 0)
    assert made.payments[1:] == (Payment(GIFT, 100),)


@pytest.mark.parametrize(
    "changes",
    [{"bags": -1}, {"paid_bags": -1}, {"bags": 2_000_000}, {"method_id": "nothing"},
     {"method_id": CERTIFICATE}, {"method_id": SMALL_GIFT}, {"reservation": "AAAAA2"}],
)  # fmt: skip
def test_bags_that_cannot_be_paid_are_not_checked_in(ledger, database, changes):
    assert_refused(database, ledger, replace(ChangeBags(booked(ledger), 1, 1, CARD), **changes))


@on_both
def test_passengers_are_replaced_in_their_number(ledger, store, database):
    code = booked(ledger, passengers=(ASHA, BEN))
    cleo = Passenger("Cléo", "D’Souza", "2001-01-01")
    assert ledger.perform(ChangePassengers(code, (cleo, ASHA)), "change") == Outcome(code, 0)
    assert reservation(store, code).passengers == (cleo, ASHA)
    for wrong in ((), (ASHA,), (ASHA, BEN, cleo)):
        assert_refused(database, ledger, ChangePassengers(code, wrong))


@on_both
def test_a_certificate_is_sent_to_its_customer_alone(ledger, store, database):
    code = booked(ledger)
    assert ledger.perform(SendCertificate("asha", 150, code), "sent") == Outcome(code, 0)
    with store.view() as view:
        [new] = [one for one in view.customer("asha").payment_methods if one.id not in
                 {CARD, GIFT, SMALL_GIFT, CERTIFICATE}]  # fmt: skip
        assert len(view.customer("ben").payment_methods) == 4
    assert isinstance(new, Certificate) and new.balance == 150
    for wrong in (
        SendCertificate("nobody", 10), SendCertificate("asha", 0), SendCertificate("asha", -5),
        SendCertificate("asha", 10**12), SendCertificate("asha", 10, "AAAAA2"),
        SendCertificate("ben", 10, code),
    ):  # fmt: skip
        assert_refused(database, ledger, wrong)


def test_the_id_of_a_certificate_that_has_paid_is_not_given_again(store):
    ids = Ledger(store, certificates=lambda: iter(("certificate_1", "certificate_2", "certificate_3")))
    ids.perform(booking(payments=(Payment(CERTIFICATE, FARE),)), "spent")
    ids.perform(SendCertificate("asha", 10), "sent")
    assert balance(store, "certificate_1") is None
    assert balance(store, "certificate_2") == 10


# Once


@on_both
def test_the_same_key_is_answered_from_the_record(ledger, store, database):
    first = ledger.perform(booking(), "key")
    with unchanged(database):
        assert ledger.perform(booking(), "key") == first
        assert Ledger(store).perform(booking(), "key", "asha") == first


def test_a_key_does_not_serve_another_action_or_customer(ledger, database):
    ledger.perform(booking(), "key")
    assert_refused(database, ledger, booking(insured=True), "key")
    assert_refused(database, ledger, SendCertificate("asha", 10), "key")
    assert_refused(database, ledger, booking(), "key", "ben")


def test_a_refused_action_may_be_tried_again_with_its_key(ledger, database):
    assert_refused(database, ledger, booking(cabin="business", passengers=(ASHA, BEN, ASHA)), "key")
    ledger.perform(booking(), "key")


def test_another_customers_reservation_is_not_there(ledger, database):
    code = booked(ledger)
    assert_refused(database, ledger, CancelReservation(code), customer="ben")
    assert_refused(database, ledger, booking(), customer="ben")
    assert_refused(database, ledger, SendCertificate("asha", 10), customer="ben")
    ledger.perform(CancelReservation(code), "cancel", "asha")


@on_both
def test_every_change_is_recorded_with_its_owner_and_amount(ledger, database):
    actions = [booking()]
    code = ledger.perform(actions[0], "0").reservation
    actions += [ChangeBags(code, 1, 1, CARD), SendCertificate("ben", 50), CancelReservation(code, "weather")]
    for number, action in enumerate(actions[1:], start=1):
        ledger.perform(action, str(number))
    with database.read() as connection:
        rows = connection.execute(select(schema.change).order_by(schema.change.c.id)).all()
    assert [from_json(row.kind, row.action) for row in rows] == actions
    assert [(row.customer, row.reservation, row.amount, row.idempotency_key) for row in rows] == [
        ("asha", code, FARE, "0"), ("asha", code, 50, "1"), ("ben", "", 0, "2"),
        ("asha", code, -FARE - 50, "3"),
    ]  # fmt: skip
    assert {row.at for row in rows} == {"2026-05-14T09:30:00"}


@on_both
def test_a_change_is_undone_with_the_transaction_around_it(store, database):
    with unchanged(database), pytest.raises(ZeroDivisionError), store.write() as (connection, view):
        Ledger(store).carry_out(connection, view, booking(), "key")
        _ = 1 / 0


# As in τ²-bench


@on_both
def test_without_settling_a_cancellation_is_only_written_down(tau2, store, database):
    code = booked(tau2, payments=(Payment(CERTIFICATE, 50), Payment(GIFT, FARE - 50)))
    before = balance(store, GIFT)
    tau2.perform(CancelReservation(code), "cancel")
    made = reservation(store, code)
    assert made.cancelled and made.payments[2:] == (Payment(CERTIFICATE, -50), Payment(GIFT, 50 - FARE))
    assert (balance(store, GIFT), balance(store, CERTIFICATE)) == (before, None)
    assert sold(database) == {("LK101", "2026-05-20", "economy"): 1}
    tau2.perform(CancelReservation(code), "cancel again")
    assert len(reservation(store, code).payments) == 8


def test_without_settling_changed_flights_move_money_but_no_seats(tau2, store, database):
    code = booked(tau2)
    tau2.perform(ChangeFlights(code, "basic_economy", (LATER,), GIFT), "change")
    assert reservation(store, code).segments[0].fare == 63
    assert balance(store, GIFT) == 500 + FARE - 63
    assert sold(database) == {("LK101", "2026-05-20", "economy"): 1}


def test_tau2_has_three_codes_and_three_certificates(tau2, database):
    assert [booked(tau2, str(number)) for number in range(3)] == ["HATHAT", "HATHAU", "HATHAV"]
    assert_refused(database, tau2, booking())
    for number in range(3):
        tau2.perform(SendCertificate("asha", 10), f"certificate {number}")
    assert_refused(database, tau2, SendCertificate("asha", 10))
    tau2.perform(SendCertificate("ben", 10), "another's")


def test_codes_have_a_letter_and_a_digit_and_are_not_given_twice(store):
    for code in islice(random_codes(), 500):
        assert len(code) == 6 and not code.isalpha() and not code.isdigit() and not set(code) & set("IO01")
    for name in islice(random_certificates(), 100):
        assert len(name) == len("certificate_1234567")
    narrow = Ledger(store, codes=lambda: iter(("AAAAA2", "AAAAA3")))
    assert [booked(narrow, "1"), booked(narrow, "2")] == ["AAAAA2", "AAAAA3"]
