"""The rules, each with what it forbids and what it lets pass."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from switchboard.airline import schema
from switchboard.airline.access import Everyone, SignedIn
from switchboard.airline.actions import (
    CancelReservation,
    ChangeBags,
    ChangeFlights,
    ChangePassengers,
    FlightChoice,
    SendCertificate,
)
from switchboard.airline.charges import free_bags
from switchboard.airline.database import AirlineDatabase
from switchboard.airline.ledger import Ledger
from switchboard.airline.moments import stored
from switchboard.airline.policy import check
from switchboard.airline.records import Payment
from switchboard.airline.refused import Refused
from switchboard.airline.store import Store
from switchboard.errors import ToolError
from tests.airline.small_world import (
    ASHA,
    BEN,
    CARD,
    CERTIFICATE,
    GIFT,
    NOW,
    SMALL_GIFT,
    booking,
    fill,
    price,
)

OUT, BACK = FlightChoice("LK101", "2026-05-20"), FlightChoice("LK102", "2026-05-22")
ASHA_SIGNED_IN = SignedIn("asha")


@pytest.fixture
def store(tmp_path) -> Store:
    return fill(AirlineDatabase(tmp_path / "small.db"))


def assert_passes(store, action, access=ASHA_SIGNED_IN, now=NOW):
    with store.view() as view:
        check(action, view, access, now)


def assert_refused(store, action, words, access=ASHA_SIGNED_IN, now=NOW):
    with pytest.raises(Refused, match=words):
        assert_passes(store, action, access, now)


def made(store, *, hours_ago=0.0, **changes) -> str:
    """A reservation that exists, made so long ago."""
    code = Ledger(store).perform(booking(**changes), f"made {changes} {hours_ago}").reservation
    with store.write() as (connection, _):
        connection.execute(
            update(schema.reservation)
            .filter_by(code=code)
            .values(created=stored(NOW - timedelta(hours=hours_ago)))
        )
    return code


def member(store, level):
    with store.write() as (connection, _):
        connection.execute(update(schema.customer).filter_by(id="asha").values(membership=level))


def altered(store, number, date, **columns):
    with store.write() as (connection, _):
        connection.execute(update(schema.flight).filter_by(number=number, date=date).values(**columns))


class TestBooking:
    def test_a_plain_booking_passes(self, store):
        assert_passes(store, booking())

    @pytest.mark.parametrize("count", [0, 6, 50])
    def test_a_reservation_has_one_to_five_passengers(self, store, count):
        assert_refused(store, booking(passengers=(ASHA,) * count, payments=()), "one to 5 passengers")

    @pytest.mark.parametrize("dob", ["2027-01-01", "1850-01-01"])
    def test_nobody_is_born_tomorrow_or_too_long_ago(self, store, dob):
        assert_refused(store, booking(passengers=(replace(ASHA, dob=dob),)), "date of birth")

    def test_a_payment_method_must_be_in_the_profile(self, store):
        assert_refused(store, booking(payments=(Payment("credit_card_9", 102),)), "profile")

    def test_a_certificate_a_card_and_three_gift_cards_may_be_combined(self, store):
        action = booking()
        total = price(action)
        parts = (Payment(CERTIFICATE, 30), Payment(GIFT, 20), Payment(SMALL_GIFT, 20))
        assert_passes(store, replace(action, payments=(*parts, Payment(CARD, total - 70))))

    def test_two_certificates_are_too_many(self, store):
        with store.write() as (connection, _):
            connection.execute(
                schema.payment_method.insert().values(
                    customer="asha", id="certificate_2", kind="certificate", balance=90
                )
            )
        assert_refused(
            store,
            booking(payments=(Payment(CERTIFICATE, 50), Payment("certificate_2", 52))),
            "1 certificate at most",
        )

    def test_two_credit_cards_are_too_many(self, store):
        with store.write() as (connection, _):
            connection.execute(
                schema.payment_method.insert().values(
                    customer="asha", id="credit_card_2", kind="credit_card", brand="visa", last_four="2222"
                )
            )
        assert_refused(
            store, booking(payments=(Payment(CARD, 50), Payment("credit_card_2", 52))), "1 credit card"
        )

    def test_one_method_named_twice_is_refused(self, store):
        assert_refused(store, booking(payments=(Payment(GIFT, 50), Payment(GIFT, 52))), "pays once")

    @pytest.mark.parametrize("amount", [0, -5])
    def test_nothing_is_paid_with_less_than_a_dollar(self, store, amount):
        assert_refused(
            store, booking(payments=(Payment(GIFT, amount), Payment(CARD, 102))), "more than nothing"
        )

    @pytest.mark.parametrize(
        ("level", "cabin", "free"),
        [
            ("regular", "basic_economy", 0), ("regular", "economy", 1), ("regular", "business", 2),
            ("silver", "basic_economy", 1), ("silver", "economy", 2), ("silver", "business", 3),
            ("gold", "basic_economy", 2), ("gold", "economy", 3), ("gold", "business", 4),
        ],
    )  # fmt: skip
    def test_the_allowance_follows_membership_and_cabin(self, store, level, cabin, free):
        member(store, level)
        two = (ASHA, BEN)
        assert free_bags(level, cabin, 2) == 2 * free
        assert_passes(store, booking(cabin=cabin, passengers=two, bags=2 * free))
        assert_passes(store, booking(cabin=cabin, passengers=two, bags=2 * free + 1, paid_bags=1))
        assert_refused(store, booking(cabin=cabin, passengers=two, bags=2 * free + 1), "1 are to be paid")
        assert_refused(
            store, booking(cabin=cabin, passengers=two, bags=2 * free, paid_bags=1), "0 are to be paid"
        )

    @pytest.mark.parametrize("bags", [-1, 11, 10**9])
    def test_bags_are_neither_negative_nor_a_truckload(self, store, bags):
        assert_refused(store, booking(bags=bags), "bags")

    def test_a_round_trip_comes_back(self, store):
        assert_passes(store, booking(trip="round_trip", flights=(OUT, BACK)))
        assert_refused(store, booking(trip="round_trip"), "must end in DEL")

    @pytest.mark.parametrize(
        ("flights", "words"),
        [
            ((), "no flight"),
            ((BACK,), "must begin in DEL"),
            ((OUT, BACK), "must end in BOM"),
            ((OUT, OUT), "arrives in BOM"),
            ((FlightChoice("LK103", "2026-05-21"), FlightChoice("LK104", "2026-05-20")), "before LK103"),
        ],
    )
    def test_flights_that_are_no_journey_are_refused(self, store, flights, words):
        assert_refused(store, booking(flights=flights, payments=()), words)

    def test_a_flight_that_does_not_exist_is_named(self, store):
        with pytest.raises(ToolError, match="no flight LK101 on 2030-01-01"):
            assert_passes(store, booking(flights=(FlightChoice("LK101", "2030-01-01"),), payments=()))

    def test_another_customers_profile_is_unknown(self, store):
        with pytest.raises(ToolError, match="no user “ben”"):
            assert_passes(store, booking(customer="ben"))


class TestCancelling:
    @pytest.mark.parametrize("hours", [0, 5, 24])
    def test_within_a_day_everything_can_be_cancelled(self, store, hours):
        assert_passes(store, CancelReservation(made(store, hours_ago=hours, cabin="basic_economy")))

    def test_later_it_cannot(self, store):
        assert_refused(store, CancelReservation(made(store, hours_ago=24.1)), "no insurance")

    def test_business_can_be_cancelled_at_any_time(self, store):
        assert_passes(store, CancelReservation(made(store, hours_ago=900, cabin="business")))

    def test_a_flight_that_the_airline_cancelled_lets_cancel(self, store):
        code = made(store, hours_ago=900)
        assert_refused(store, CancelReservation(code, "airline_cancelled"), "flights go as planned")
        altered(store, "LK101", "2026-05-20", cancelled=1)
        assert_passes(store, CancelReservation(code), now=NOW + timedelta(days=4))

    @pytest.mark.parametrize("reason", ["health", "weather"])
    def test_insurance_covers_health_and_weather(self, store, reason):
        assert_passes(store, CancelReservation(made(store, hours_ago=900, insured=True), reason))

    @pytest.mark.parametrize("reason", ["change_of_plan", "airline_cancelled", "other"])
    def test_insurance_covers_nothing_else(self, store, reason):
        assert_refused(
            store, CancelReservation(made(store, hours_ago=900, insured=True), reason), "no other reason"
        )

    def test_without_a_reason_it_is_to_be_asked_for(self, store):
        assert_refused(
            store, CancelReservation(made(store, hours_ago=900, insured=True)), "ask the customer why"
        )

    def test_a_journey_that_has_begun_goes_to_a_human_agent(self, store):
        code = made(store, cabin="business", trip="round_trip", flights=(OUT, BACK))
        assert_refused(store, CancelReservation(code, "health"), "human agent", now=NOW + timedelta(days=7))

    def test_anothers_reservation_answers_like_an_unknown_one(self, store):
        code = made(store)
        with pytest.raises(ToolError) as theirs:
            assert_passes(store, CancelReservation(code), SignedIn("ben"))
        with pytest.raises(ToolError) as unknown:
            assert_passes(store, CancelReservation("ZZZZZ9"), SignedIn("ben"))
        assert str(theirs.value).replace(code, "") == str(unknown.value).replace("ZZZZZ9", "")
        assert_passes(store, CancelReservation(code), Everyone())

    def test_what_is_cancelled_stays_so(self, store):
        code = made(store)
        Ledger(store).perform(CancelReservation(code), "once")
        for action in (
            CancelReservation(code),
            ChangeBags(code, 3, 2, CARD),
            ChangePassengers(code, (BEN,)),
            ChangeFlights(code, "business", (OUT,), CARD),
        ):
            assert_refused(store, action, "has been cancelled")


class TestChangingFlights:
    def test_economy_can_change_to_another_day(self, store):
        code = made(store)
        assert_passes(store, ChangeFlights(code, "economy", (FlightChoice("LK101", "2026-05-21"),), CARD))

    def test_basic_economy_keeps_its_flights_but_may_change_cabin(self, store):
        code = made(store, cabin="basic_economy")
        other = (FlightChoice("LK101", "2026-05-21"),)
        assert_refused(store, ChangeFlights(code, "basic_economy", other, CARD), "basic economy")
        assert_refused(store, ChangeFlights(code, "economy", other, CARD), "basic economy")
        assert_passes(store, ChangeFlights(code, "economy", (OUT,), CARD))

    @pytest.mark.parametrize(
        "flights",
        [(), (FlightChoice("LK103", "2026-05-20"),), (OUT, BACK)],
        ids=["none", "elsewhere", "and back"],
    )
    def test_origin_destination_and_trip_stay(self, store, flights):
        assert_refused(store, ChangeFlights(made(store), "economy", flights, CARD), "type of trip")

    def test_another_way_to_the_same_place_passes(self, store):
        flights = (FlightChoice("LK103", "2026-05-21"), FlightChoice("LK104", "2026-05-21"))
        assert_passes(store, ChangeFlights(made(store), "economy", flights, CARD))

    def test_a_flown_flight_stays_with_its_cabin(self, store):
        code = made(store, trip="round_trip", flights=(OUT, BACK))
        on_the_way = NOW + timedelta(days=6, hours=12)
        assert_refused(
            store, ChangeFlights(code, "business", (OUT, BACK), CARD), "has been flown", now=on_the_way
        )
        moved = (FlightChoice("LK101", "2026-05-21"), BACK)
        assert_refused(store, ChangeFlights(code, "economy", moved, CARD), "LK101 has left", now=on_the_way)
        assert_passes(
            store,
            ChangeFlights(code, "economy", (OUT, FlightChoice("LK102", "2026-05-21")), CARD),
            now=on_the_way,
        )

    def test_a_change_of_nothing_is_named_so(self, store):
        with pytest.raises(ToolError, match="changes nothing"):
            assert_passes(store, ChangeFlights(made(store), "economy", (OUT,), CARD))


class TestBagsAndPassengers:
    def test_bags_can_be_added_not_removed(self, store):
        code = made(store, bags=2, paid_bags=1)
        assert_passes(store, ChangeBags(code, 3, 2, CARD))
        assert_refused(store, ChangeBags(code, 1, 0, CARD), "not removed")

    def test_the_paid_bags_are_reckoned_by_the_allowance(self, store):
        assert_refused(store, ChangeBags(made(store), 3, 0, CARD), "2 are to be paid")

    def test_the_number_of_passengers_is_final(self, store):
        code = made(store)
        assert_passes(store, ChangePassengers(code, (BEN,)))
        assert_refused(store, ChangePassengers(code, (ASHA, BEN)), "cannot be changed")
        assert_refused(store, ChangePassengers(code, ()), "cannot be changed")

    def test_nothing_is_added_once_all_has_been_flown(self, store):
        code, later = made(store), NOW + timedelta(days=20)
        assert_refused(store, ChangeBags(code, 1, 0, CARD), "check-in", now=later)
        assert_refused(store, ChangePassengers(code, (BEN,)), "before the journey", now=later)


class TestCompensation:
    DELAY = NOW + timedelta(days=5, hours=16)

    def delayed(self, store, **changes):
        code = made(store, **changes)
        altered(store, "LK101", "2026-05-20", leaves="2026-05-20T04:00:00", lands="2026-05-20T06:00:00")
        return code

    def test_a_cancelled_flight_gives_a_silver_member_100_a_passenger(self, store):
        member(store, "silver")
        code = made(store, passengers=(ASHA, BEN))
        assert_refused(store, SendCertificate("asha", 200, code), "nothing of the kind")
        altered(store, "LK101", "2026-05-20", cancelled=1)
        assert_passes(store, SendCertificate("asha", 200, code), now=self.DELAY)
        assert_refused(store, SendCertificate("asha", 500, code), "it is \\$200", now=self.DELAY)

    def test_a_regular_member_without_insurance_in_economy_gets_none(self, store):
        code = self.delayed(store)
        assert_refused(store, SendCertificate("asha", 50, code), "regular member", now=self.DELAY)

    @pytest.mark.parametrize("changes", [{"insured": True}, {"cabin": "business"}])
    def test_a_delay_gives_50_once_the_reservation_was_cancelled(self, store, changes):
        code = self.delayed(store, **changes)
        assert_refused(store, SendCertificate("asha", 50, code), "was neither", now=self.DELAY)
        Ledger(store).perform(CancelReservation(code), "too early")
        assert_refused(store, SendCertificate("asha", 50, code), "was neither", now=self.DELAY)
        code = self.delayed(store, hours_ago=0.5, **changes)
        Ledger(Store(store._database, lambda: self.DELAY)).perform(CancelReservation(code), "cancelled")
        assert_passes(store, SendCertificate("asha", 50, code), now=self.DELAY)
        Ledger(store).perform(SendCertificate("asha", 50, code), "sent")
        assert_refused(store, SendCertificate("asha", 50, code), "compensated once", now=self.DELAY)

    def test_a_delayed_flight_that_was_left_for_another_still_counts(self, store):
        member(store, "gold")
        code = self.delayed(store)
        at_the_delay = Ledger(Store(store._database, lambda: self.DELAY))
        at_the_delay.perform(
            ChangeFlights(code, "economy", (FlightChoice("LK101", "2026-05-21"),), CARD), "c"
        )
        assert_passes(store, SendCertificate("asha", 50, code), now=self.DELAY)
