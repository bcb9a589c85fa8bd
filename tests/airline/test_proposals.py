"""A change waits for the word of its customer: once, in time, at the price that was shown."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from switchboard.airline import schema
from switchboard.airline.actions import (
    CancelReservation,
    ChangeBags,
    ChangeFlights,
    ChangePassengers,
    FlightChoice,
)
from switchboard.airline.database import AirlineDatabase
from switchboard.airline.ledger import Ledger
from switchboard.airline.moments import stored
from switchboard.airline.proposals import OPEN_AT_ONCE, VALID, Proposals
from switchboard.airline.refused import Refused
from switchboard.airline.store import Store
from switchboard.errors import NotFound, ToolError
from tests.airline.small_world import ASHA, BEN, CARD, NOW, SEATS, booking, fill, snapshot

OURS = ("proposal",)
OTHER_DAY = (FlightChoice("LK101", "2026-05-21"),)


class Clock:
    """A clock that is set by hand."""

    def __init__(self):
        self.moment = NOW

    def __call__(self):
        return self.moment


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def database(tmp_path):
    return AirlineDatabase(tmp_path / "small.db")


@pytest.fixture
def store(database, clock):
    fill(database)
    return Store(database, clock)


@pytest.fixture
def proposals(store):
    return Proposals(store, Ledger(store))


@pytest.fixture
def books(database):
    """All rows but the proposals themselves."""
    return lambda: {name: rows for name, rows in snapshot(database).items() if name not in OURS}


def reservation(store, code):
    with store.view() as view:
        return view.reservation(code)


def test_a_proposal_changes_nothing(proposals, books):
    before = books()
    proposals.propose("me", "asha", booking())
    assert books() == before


def test_the_card_shows_what_will_be(proposals):
    card = proposals.propose("me", "asha", booking(insured=True, bags=2, paid_bags=1)).card
    shown = {row.label: row.after for row in card.rows}
    assert card.title == "Book Del to Bom"
    assert shown["Flights"] == "LK101 DEL–BOM Wed 20 May 2026, 07:00"
    assert shown["Passengers"] == "Asha Rao, born 1990-02-03"
    assert (shown["Checked bags"], shown["Insurance"]) == ("2 (1 paid)", "yes")
    assert (card.amount, card.money) == (182, "Pay $182 with Visa ending in 1234")


def test_the_card_of_a_change_shows_before_and_after(proposals):
    code = proposals.confirm("me", proposals.propose("me", "asha", booking()).token).reservation
    card = proposals.propose("me", "asha", ChangeFlights(code, "business", OTHER_DAY, CARD)).card
    rows = {row.label: (row.before, row.after) for row in card.rows}
    assert rows.keys() == {"Flights", "Cabin"}
    assert rows["Cabin"] == ("economy", "business")
    assert rows["Flights"][0] != rows["Flights"][1]
    assert card.amount == 403 - 102


def test_what_the_rules_forbid_is_not_even_proposed(proposals):
    with pytest.raises(Refused):
        proposals.propose("me", "asha", booking(passengers=(ASHA,) * 6, payments=()))
    assert proposals.open("me", "asha") == ()


def test_confirming_carries_it_out_once(proposals, store, books):
    token = proposals.propose("me", "asha", booking()).token
    done = proposals.confirm("me", token)
    after = books()
    again = proposals.confirm("me", token)
    assert (again.reservation, again.repeated) == (done.reservation, True)
    assert books() == after
    assert reservation(store, done.reservation).passengers == (ASHA,)
    assert len(after["change"]) == 1


def test_twenty_confirmations_at_once_make_one_booking(proposals, books):
    token = proposals.propose("me", "asha", booking()).token
    with ThreadPoolExecutor(20) as pool:
        done = list(pool.map(lambda _: proposals.confirm("me", token), range(20)))
    assert len({one.reservation for one in done}) == 1
    assert sum(not one.repeated for one in done) == 1
    assert len(books()["reservation"]) == 1


@pytest.mark.parametrize("token", ["", "x", "' OR 1=1 --", "é" * 5000, "\x00"])
def test_a_made_up_token_confirms_nothing(proposals, books, token):
    proposals.propose("me", "asha", booking())
    before = books()
    with pytest.raises(NotFound):
        proposals.confirm("me", token)
    assert books() == before


def test_another_visitor_can_neither_confirm_nor_decline_nor_undo(proposals, books):
    proposal = proposals.propose("me", "asha", booking())
    before = books()
    for attempt in (proposals.confirm, proposals.decline, proposals.undo):
        with pytest.raises(NotFound):
            attempt("somebody else", proposal.token)
    assert books() == before
    assert proposals.open("somebody else", "asha") == ()
    assert [one.token for one in proposals.open("me", "asha")] == [proposal.token]
    assert proposals.confirm("me", proposal.token).reservation


def test_after_ten_minutes_it_has_expired(proposals, clock, books):
    token = proposals.propose("me", "asha", booking()).token
    before = books()
    clock.moment = NOW + VALID + timedelta(seconds=1)
    assert proposals.open("me", "asha") == ()
    with pytest.raises(ToolError, match="expired"):
        proposals.confirm("me", token)
    assert books() == before


def test_what_was_declined_cannot_be_confirmed(proposals, books):
    token = proposals.propose("me", "asha", booking()).token
    before = books()
    proposals.decline("me", token)
    with pytest.raises(NotFound, match="closed before"):
        proposals.decline("me", token)
    with pytest.raises(ToolError, match="closed"):
        proposals.confirm("me", token)
    assert books() == before


def test_declining_after_confirming_takes_nothing_back(proposals, store):
    token = proposals.propose("me", "asha", booking()).token
    code = proposals.confirm("me", token).reservation
    with pytest.raises(NotFound, match="closed before"):
        proposals.decline("me", token)
    assert not reservation(store, code).cancelled
    assert proposals.confirm("me", token).repeated


def test_a_flight_sold_out_meanwhile_leaves_nothing_half_done(proposals, store, books):
    token = proposals.propose("me", "asha", booking()).token
    with store.write() as (connection, _):
        connection.execute(update(schema.inventory).values(sold=SEATS))
    before = books()
    with pytest.raises(ToolError, match="0 free in economy"):
        proposals.confirm("me", token)
    assert books() == before
    assert proposals.open("me", "asha") == ()


@pytest.mark.parametrize("rise", [1, -1])
def test_a_price_that_changed_is_not_taken(proposals, store, books, rise):
    code = proposals.confirm("me", proposals.propose("me", "asha", booking()).token).reservation
    token = proposals.propose("me", "asha", ChangeFlights(code, "economy", OTHER_DAY, CARD)).token
    with store.write() as (connection, _):
        connection.execute(
            update(schema.inventory).filter_by(date="2026-05-21").values(fare=schema.inventory.c.fare + rise)
        )
    before = books()
    with pytest.raises(ToolError, match="price has changed"):
        proposals.confirm("me", token)
    assert books() == before


def test_a_rule_that_came_to_forbid_it_is_heeded(proposals, clock, store, books):
    code = proposals.confirm("me", proposals.propose("me", "asha", booking()).token).reservation
    clock.moment = NOW + timedelta(hours=23, minutes=55)
    token = proposals.propose("me", "asha", CancelReservation(code)).token
    clock.moment += timedelta(minutes=8)
    before = books()
    with pytest.raises(Refused, match="24 hours"):
        proposals.confirm("me", token)
    assert books() == before


def test_the_same_wish_twice_is_one_proposal(proposals):
    proposals.propose("me", "asha", booking())
    latest = proposals.propose("me", "asha", booking())
    assert [one.token for one in proposals.open("me", "asha")] == [latest.token]


def test_too_many_waiting_proposals_close_the_oldest(proposals, clock):
    for number in range(OPEN_AT_ONCE + 3):
        clock.moment += timedelta(seconds=1)
        proposals.propose("me", "asha", booking(bags=number, paid_bags=max(0, number - 1), payments=None))
    waiting = proposals.open("me", "asha")
    assert len(waiting) == OPEN_AT_ONCE
    bags = {row.label: row.after for row in waiting[-1].card.rows}["Checked bags"]
    assert bags.startswith(str(OPEN_AT_ONCE + 2))


def test_old_proposals_are_forgotten(proposals, clock, database):
    proposals.propose("me", "asha", booking())
    clock.moment = NOW + timedelta(days=3)
    proposals.propose("me", "asha", booking())
    assert len(snapshot(database)["proposal"]) == 1


def test_a_proposal_outlives_the_process(proposals, store):
    token = proposals.propose("me", "asha", booking()).token
    again = Proposals(store, Ledger(store))
    assert [one.token for one in again.open("me", "asha")] == [token]
    assert again.confirm("me", token).reservation


class TestUndo:
    def test_a_booking_is_undone_by_cancelling_it(self, proposals, store):
        done = proposals.confirm("me", proposals.propose("me", "asha", booking()).token)
        assert done.can_undo
        back = proposals.undo("me", done.token)
        assert back.card.title == f"Cancel reservation {done.reservation}"
        proposals.confirm("me", back.token)
        assert reservation(store, done.reservation).cancelled
        assert reservation(store, done.reservation).paid == 0

    def test_changed_flights_and_passengers_come_back(self, proposals, store):
        code = proposals.confirm("me", proposals.propose("me", "asha", booking()).token).reservation
        original = reservation(store, code)
        for action in (ChangeFlights(code, "business", OTHER_DAY, CARD), ChangePassengers(code, (BEN,))):
            done = proposals.confirm("me", proposals.propose("me", "asha", action).token)
            assert reservation(store, code) != original
            proposals.confirm("me", proposals.undo("me", done.token).token)
            now = reservation(store, code)
            assert (now.segments, now.cabin, now.passengers) == (
                original.segments,
                original.cabin,
                original.passengers,
            )
        assert reservation(store, code).paid == original.paid

    def test_bags_and_cancellations_are_final(self, proposals):
        code = proposals.confirm("me", proposals.propose("me", "asha", booking()).token).reservation
        for action in (ChangeBags(code, 1, 0, CARD), CancelReservation(code)):
            done = proposals.confirm("me", proposals.propose("me", "asha", action).token)
            assert not done.can_undo
            with pytest.raises(ToolError, match="cannot be taken back"):
                proposals.undo("me", done.token)

    def test_what_is_not_confirmed_is_not_undone(self, proposals):
        token = proposals.propose("me", "asha", booking()).token
        with pytest.raises(NotFound):
            proposals.undo("me", token)

    def test_a_move_to_basic_economy_cannot_be_undone_by_another_flight(self, proposals):
        code = proposals.confirm("me", proposals.propose("me", "asha", booking()).token).reservation
        action = ChangeFlights(code, "basic_economy", OTHER_DAY, CARD)
        assert not proposals.confirm("me", proposals.propose("me", "asha", action).token).can_undo


def test_the_last_seat_goes_to_one_of_those_who_confirm(proposals, store):
    with store.write() as (connection, _):
        connection.execute(update(schema.inventory).filter_by(cabin="economy").values(sold=SEATS - 1))
    tokens = {
        visitor: proposals.propose(visitor, customer, booking(customer=customer)).token
        for visitor, customer in (("me", "asha"), ("you", "ben"))
    }

    def attempt(visitor):
        try:
            return proposals.confirm(visitor, tokens[visitor]).reservation
        except ToolError as exc:
            return exc.what

    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(attempt, tokens))
    assert sum(len(one) == 6 for one in ended) == 1


def test_expiry_is_told_in_utc(proposals):
    proposal = proposals.propose("me", "asha", booking())
    assert stored(proposal.expires) == stored(NOW + VALID)
