"""What the airline's tab draws: cards, notes, reservations, the map; with hostile words in every place."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest

from switchboard.airline.airports import Airport
from switchboard.airline.cards import Card, Row
from switchboard.airline.flights import Flight
from switchboard.airline.proposals import Confirmed, Proposal
from switchboard.airline.records import (
    Certificate,
    CreditCard,
    Customer,
    GiftCard,
    Passenger,
    Payment,
    Reservation,
    Segment,
)
from tabs.proposal_card import (
    amount_text,
    card_shown,
    declined_note,
    done_note,
    done_text,
    failed_note,
    index_of,
)
from tabs.reservations_view import side_shown
from tabs.route_map import HEIGHT, WIDTH, route_map

NOW = datetime(2026, 5, 14, 9, 30, tzinfo=UTC)
HOSTILE = "'><script>alert(1)</script><img src=x onerror=alert(1)> ${alert(1)} {{value}} </section>"
DELHI = Airport("DEL", "Delhi", "India", "Asia/Kolkata", 28.6, 77.1)
MUMBAI = Airport("BOM", "Mumbai", "India", "Asia/Kolkata", 19.1, 72.9)
DUBAI = Airport("DXB", "Dubai", "United Arab Emirates", "Asia/Dubai", 25.3, 55.4)
SYDNEY = Airport("SYD", "Sydney", "Australia", "Australia/Sydney", -33.9, 151.2)
AIRPORTS = (DELHI, MUMBAI, DUBAI, SYDNEY)
CARD = Card(
    "Change the flights of K2P9QX", "K2P9QX",
    (
        Row("Flights", "LK101 DEL–BOM\nLK102 BOM–DEL", "LK103 DEL–BOM\nLK102 BOM–DEL"),
        Row("Cabin", "", "economy"),
    ),
    340, "Pay $340 with Visa ending in 1234",
)  # fmt: skip


class Seen(HTMLParser):
    """What a browser would make of it; no attribute may run anything."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.open, self.words = [], [], ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        assert not any(name.startswith("on") for name, _ in attributes)
        self.tags.append(tag)
        self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


def proposal(card=CARD, token="t-1"):
    return Proposal(token, "ann", card, NOW)


def confirmed(card=CARD, code="K2P9QX", can_undo=True):
    return Confirmed("t-1", card, code, can_undo)


def flight(number="LK101", origin=DELHI, destination=MUMBAI, ahead=timedelta(3), late=0, cancelled=False):
    departs = (NOW + ahead).astimezone(ZoneInfo(origin.zone))
    arrives = (departs + timedelta(hours=2)).astimezone(ZoneInfo(destination.zone))
    delay = timedelta(minutes=late)
    day = departs.date().isoformat()
    return Flight(
        number, day, origin, destination, departs, arrives, departs + delay, arrives + delay, cancelled
    )


def trip(code, *flights, **more):
    segments = tuple(Segment(one, 100) for one in flights)
    return Reservation(
        **{
            "code": code, "customer": "ann", "origin": flights[0].origin.code,
            "destination": flights[0].destination.code,
            "trip": "round_trip" if len(flights) > 1 else "one_way", "cabin": "basic_economy",
            "created": "2026-05-01T00:00:00", "bags": 1, "paid_bags": 0, "insured": False, "cancelled": False,
            "segments": segments, "passengers": (Passenger("Ann", "Lee", "1990-01-01"),),
            "payments": (Payment("credit_card_1", 1200),),
        } | more
    )  # fmt: skip


CUSTOMER = Customer(
    "ann", "Ann", "Lee", "ann@example.com", "1990-01-01", "gold", "{}",
    (CreditCard("credit_card_1", "visa", "1234"), GiftCard("gift_card_7", 90),
     Certificate("certificate_9", 1500)),
    (), (),
)  # fmt: skip


def side(*trips, changed=None, customer=CUSTOMER):
    return side_shown(customer, trips, AIRPORTS, NOW, changed)


class TestTheCard:
    def test_strikes_what_goes_and_marks_what_comes(self):
        html = card_shown([proposal()])
        assert "<del>LK101 DEL–BOM</del>" in html
        assert "<ins>LK103 DEL–BOM</ins>" in html
        assert "<del>LK102" not in html
        assert "<span>LK102 BOM–DEL</span>" in html
        assert html.count("→") == 1

    def test_says_once_what_is_paid_and_how(self):
        seen = Seen(card_shown([proposal()]))
        assert "You pay $340 with Visa ending in 1234" in seen.words
        both = replace(CARD, money="Pay $150 with certificate 1, Pay $190 with Visa ending in 1234")
        words = Seen(card_shown([proposal(both)])).words
        assert "You pay $340 Pay $150 with certificate 1, Pay $190 with Visa" in words

    def test_is_a_region_with_a_heading_and_a_moment_until_which_it_is_valid(self):
        html = card_shown([proposal()])
        assert "aria-labelledby='proposal-title'" in html
        assert "<h3 id='proposal-title'>Change the flights of K2P9QX</h3>" in html
        assert "<time datetime='2026-05-14T09:30:00+00:00'>09:30 UTC</time>" in html

    def test_of_several_says_which_it_is_and_goes_round(self):
        several = [proposal(token=f"t-{number}") for number in range(3)]
        assert "2 of 3" in card_shown(several, 1)
        assert "data-token='t-1'" in card_shown(several, 1)
        assert card_shown(several, 3) == card_shown(several, 0)
        assert card_shown([], 7) == ""
        assert [index_of(several, token) for token in ("t-2", "", "gone")] == [2, 0, 0]

    @pytest.mark.parametrize(
        ("dollars", "words"), [(340, "You pay $340"), (-1200, "Refund $1,200"), (0, "No charge")]
    )
    def test_tells_the_amount_in_words(self, dollars, words):
        assert amount_text(dollars) == words

    def test_shows_hostile_words_as_words(self):
        hostile = Card(HOSTILE, HOSTILE, (Row(HOSTILE, HOSTILE, f"x\n{HOSTILE}"),), 3, HOSTILE)
        seen = Seen(card_shown([proposal(hostile)]))
        assert not {"script", "img"} & set(seen.tags)
        assert seen.words.count(HOSTILE) == 4


class TestTheNote:
    def test_says_what_was_done_to_which_reservation_and_what_was_paid(self):
        booked = Card("Book Delhi to Mumbai", "", (), 340, "Pay $340 with gift card 7 ($900 left).")
        assert done_text(confirmed(booked)) == (
            "Booked Delhi to Mumbai · K2P9QX · Paid $340 with gift card 7"
        )
        cancelled = Card("Cancel reservation K2P9QX", "K2P9QX", (), -90, "Refund $90 to Visa ending in 1234")
        assert done_text(confirmed(cancelled)) == (
            "Cancelled reservation K2P9QX · Refunded $90 to Visa ending in 1234"
        )
        free = Card("Change the bags of K2P9QX", "K2P9QX", (), 0, "")
        assert done_text(confirmed(free)) == "Changed the bags of K2P9QX · No charge"

    def test_bears_the_token_only_where_the_change_can_be_taken_back(self):
        assert "data-token='t-1'" in done_note(confirmed())
        assert "data-token" not in done_note(confirmed(can_undo=False))

    def test_is_told_to_those_who_hear_the_page(self):
        assert "role='status'" in done_note(confirmed())
        assert "role='status'" in declined_note("Book")
        assert "role='alert'" in failed_note("Sold out.")

    def test_shows_hostile_words_as_words(self):
        for html in (
            declined_note(HOSTILE),
            failed_note(HOSTILE),
            done_note(confirmed(Card(HOSTILE, "", (), 1, HOSTILE), HOSTILE)),
        ):
            assert set(Seen(html).tags) == {"p"}


class TestTheSide:
    def test_says_who_is_signed_in_and_what_they_can_pay_with(self):
        words = Seen(side()).words
        assert "Gold member" in words
        assert "Visa ending in 1234" in words
        assert "gift card $90" in words
        assert "certificate $1,500" in words
        assert "No upcoming trips." in words

    def test_shows_a_reservation_with_its_facts(self):
        words = Seen(side(trip("K2P9QX", flight()))).words
        for fact in (
            "K2P9QX", "Delhi → Mumbai", "$1,200", "LK101", "Sun 17 May, 15:00", "scheduled", "basic economy",
            "Ann Lee", "1 checked bag ", "not insured",
        ):  # fmt: skip
            assert fact in words
        there_and_back = trip("K2P9QX", flight(), flight("LK102", MUMBAI, DELHI), bags=0, insured=True)
        words = Seen(side(there_and_back)).words
        assert "Delhi ⇄ Mumbai" in words
        assert "no checked bags · insured" in words

    @pytest.mark.parametrize(
        ("how", "chip"),
        [
            ({}, ">scheduled<"),
            ({"ahead": timedelta(hours=5)}, "good'>on time<"),
            ({"ahead": timedelta(hours=5), "late": 35}, "warn'>delayed 35 min<"),
            ({"ahead": timedelta(hours=20), "cancelled": True}, "bad'>cancelled<"),
            ({"ahead": timedelta(hours=-1)}, "good'>in the air<"),
        ],
    )
    def test_shows_what_each_flight_is_doing(self, how, chip):
        assert chip in side(trip("K2P9QX", flight(**how)))

    def test_folds_away_what_is_over_or_cancelled(self):
        html = side(
            trip("PAST01", flight(ahead=timedelta(-5))),
            trip("GONE01", flight(), cancelled=True),
            trip("NEXT01", flight()),
        )
        ahead, folded = html.split("<details>")
        assert "NEXT01" in ahead
        assert "Past and cancelled (2)" in folded
        assert "PAST01" in folded
        assert "<article class='trip cancelled' data-code='GONE01'>" in folded

    def test_lets_what_was_just_changed_stand_out_with_what_it_was(self):
        html = side(trip("OTHER1", flight()), trip("K2P9QX", flight()), changed=confirmed())
        assert html.index("K2P9QX</b>") < html.index("OTHER1</b>")
        assert "<article class='trip changed' data-code='K2P9QX'>" in html
        assert "<article class='trip' data-code='OTHER1'>" in html
        assert "<del>LK101 DEL–BOM</del>" in html
        assert "<dt>Cabin</dt>" not in html

    def test_keeps_what_was_just_cancelled_in_sight(self):
        html = side(trip("K2P9QX", flight(), cancelled=True), changed=confirmed())
        assert "<article class='trip cancelled changed' data-code='K2P9QX'>" in html
        assert "<details>" not in html

    def test_shows_hostile_names_as_names(self):
        named = trip("K2P9QX", flight(), passengers=(Passenger(HOSTILE, HOSTILE, ""),))
        hostile = replace(CUSTOMER, payment_methods=(CreditCard("c", HOSTILE, HOSTILE),))
        seen = Seen(side(named, customer=hostile, changed=confirmed()))
        assert not {"script", "img"} & set(seen.tags)
        assert HOSTILE in seen.words


class TestTheMap:
    def test_draws_an_arc_a_way_and_none_for_the_way_back(self):
        html = route_map([(DELHI, MUMBAI), (MUMBAI, DELHI), (DELHI, DUBAI)], AIRPORTS)
        assert html.count("<path") == 2
        assert html.count("class='stop'") == 3
        assert "aria-label='Map of the journeys ahead: Delhi to Mumbai, Delhi to Dubai'" in html
        assert re.findall(r">([A-Z]\w+)</text>", html) == ["Delhi", "Mumbai", "Dubai"]

    def test_is_not_there_without_a_journey(self):
        assert route_map([], AIRPORTS) == ""

    @pytest.mark.parametrize("hop", [(DELHI, MUMBAI), (DUBAI, SYDNEY), (DELHI, DELHI)])
    def test_keeps_all_it_draws_inside(self, hop):
        html = route_map([hop], AIRPORTS)
        for x, y in re.findall(r"c?x='([\d.-]+)' c?y='([\d.-]+)'", html):
            assert 0 <= float(x) <= WIDTH
            assert 0 <= float(y) <= HEIGHT

    def test_loads_nothing_and_shows_hostile_names_as_names(self):
        html = route_map([(replace(DELHI, city=HOSTILE), MUMBAI)], AIRPORTS)
        assert not {"script", "img", "image", "use"} & set(Seen(html).tags)
        assert "http" not in html
