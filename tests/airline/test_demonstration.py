"""What the airline's world is drawn from: routes, fares, people, and what a day brings them."""

import json
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchboard.airline.demonstration import A_DAY, reservations
from switchboard.airline.network import TURNAROUND, kilometres, larkspur
from switchboard.airline.people import demonstration_people, strangers
from switchboard.airline.showcase import WISHES, Showcase
from switchboard.airline.timetable import EDITION, Timetable, window

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 5, 14)
NETWORK = larkspur()
PUBLISHED = [route for route in NETWORK.routes if len(route.number) == 5]


@pytest.fixture(scope="module")
def timetable():
    return Timetable(NETWORK, *window(TODAY))


def test_the_airports_are_real_enough_to_ask_about():
    places = NETWORK.airports.values()
    assert len(places) >= 60
    assert len({one.city for one in places}) == len(places)
    assert all(re.fullmatch("[A-Z]{3}", one.code) and one.zone in available_timezones() for one in places)
    names = [name.casefold() for one in places for name in (one.city, *one.names)]
    assert len(set(names)) == len(names)
    assert {"bombay", "bangalore", "madras", "peking", "saigon"} <= set(names)


def test_all_airports_are_reached_and_left_and_the_hubs_are_as_busy_as_published():
    leaving = Counter(route.origin for route in NETWORK.routes)
    assert set(leaving) == {route.destination for route in NETWORK.routes} == set(NETWORK.airports)
    page = (ROOT / "knowledge-base" / "company" / "network-and-hubs.md").read_text(encoding="utf-8")
    hubs = re.findall(r"^\| \w+ \| ([A-Z]{3}) \| [^|]+ \| (\d+) \|", page, re.MULTILINE)
    assert len(hubs) == 3
    assert all(leaving[code] == int(departures) for code, departures in hubs)


def test_there_are_300_flights_a_day_in_pairs_out_and_back_at_the_same_fares():
    by_number = {int(route.number[2:]): route for route in NETWORK.routes}
    assert len(by_number) == len(NETWORK.routes) >= 300
    for number, out in by_number.items():
        if number % 2:
            back = by_number[number + 1]
            assert (back.origin, back.destination) == (out.destination, out.origin)
            assert (back.aircraft, back.minutes, back.fares) == (out.aircraft, out.minutes, out.fares)


def test_drawn_flights_are_turned_round_in_time_all_year():
    for out, back in zip(NETWORK.routes[46::2], NETWORK.routes[47::2], strict=True):
        for day in (date(2026, 1, 20), date(2026, 7, 20), date(2026, 10, 28)):
            arrives = _departure(out, day) + timedelta(minutes=out.minutes)
            waits = (_departure(back, arrives.date() + timedelta(n)) - arrives for n in (-1, 0, 1))
            wait = min(one for one in waits if one > timedelta())
            assert timedelta(minutes=min(TURNAROUND[out.aircraft], 30)) <= wait <= timedelta(hours=4)


def _departure(route, day):
    local = datetime.fromisoformat(f"{day} {route.departs}")
    return local.replace(tzinfo=ZoneInfo(NETWORK.airports[route.origin].zone)).astimezone(UTC)


def test_a_longer_way_takes_longer_and_no_aircraft_flies_faster_than_it_can():
    for route in NETWORK.routes:
        distance = kilometres(NETWORK.airports[route.origin], NETWORK.airports[route.destination])
        assert 200 < 60 * distance / (route.minutes - 20) < 950
        assert route.minutes <= 955


def test_the_published_flights_are_the_published_ones():
    page = (ROOT / "knowledge-base" / "products" / "published-fares.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (LK\d+) \| ([^|]+) \| ([^|]+) \|(.+)\|$", page, re.MULTILINE)
    assert len(PUBLISHED) == 46 == 2 * len(rows)
    by_number = {route.number: route for route in PUBLISHED}
    for number, start, end, prices in rows:
        route = by_number[number]
        assert NETWORK.airports[route.origin].city == start
        assert NETWORK.airports[route.destination].city == end
        assert list(route.fares.values()) == [
            int(price.replace(",", "")) for price in re.findall(r"\$([\d,]+)", prices)
        ]


def test_the_dearest_and_the_lowest_published_fares_stay_so():
    assert min(route.fares["basic_economy"] for route in NETWORK.routes) == 31
    assert max(route.fares.get("business", 0) for route in NETWORK.routes) == 3140
    assert [route.number for route in NETWORK.routes if route.fares["basic_economy"] == 31] == [
        "LK187", "LK188"
    ]  # fmt: skip


@given(st.integers(0, 22_000), st.integers(0, 200), st.integers(0, 200))
def test_a_fare_is_never_below_the_lowest_and_a_better_cabin_costs_more(timetable, place, one, other):
    flight, nearer, ahead = timetable.flights[place], min(one, other), max(one, other)
    assert all(low < high for low, high in pairwise([flight.fare(cabin, ahead) for cabin in flight.seats]))
    for cabin in flight.seats:
        assert flight.route.fares[cabin] <= flight.fare(cabin, ahead) <= flight.fare(cabin, nearer)
        assert flight.fare(cabin, 0) < 3 * flight.route.fares[cabin]
        assert 0 <= flight.strangers(cabin, ahead) <= flight.strangers(cabin, nearer) <= flight.seats[cabin]


def test_flights_go_as_often_as_planned_as_the_airline_says(timetable):
    flights = [one for one in timetable.flights if not one.cancelled]
    late = sum(one.leaves - one.departs > timedelta(minutes=15) for one in flights)
    assert 1 - late / len(flights) == pytest.approx(0.864, abs=0.01)
    assert 1 - len(flights) / len(timetable.flights) == pytest.approx(0.012, abs=0.004)
    assert all(timedelta() <= one.leaves - one.departs <= timedelta(hours=3) for one in flights)
    assert all(one.leaves < one.lands for one in flights)
    idle = [one for one in timetable.flights if one.cancelled]
    assert all((one.leaves, one.lands) == (one.departs, one.arrives) for one in idle)


def test_what_a_flight_does_is_the_same_from_any_day(timetable):
    later = Timetable(NETWORK, *window(TODAY + timedelta(3)))
    first = {(one.route.number, one.date): one for one in timetable.flights}
    shared = [one for one in later.flights if (one.route.number, one.date) in first]
    assert len(shared) == 58 * len(NETWORK.routes)
    assert all(first[one.route.number, one.date] == one for one in shared)


def test_people_are_invented_each_with_a_profile_of_their_own():
    people = (*demonstration_people(NETWORK), *strangers(NETWORK, EDITION))
    assert len(people) >= 500
    assert len(strangers(NETWORK, EDITION)) % A_DAY == 0
    for field in ("id", "email"):
        assert len({getattr(one, field) for one in people}) == len(people)
    methods = [method.id for one in people for method in one.methods]
    assert len(set(methods)) == len(methods)
    for one in people:
        assert one.demonstration or re.fullmatch(r"[a-z]+(_[a-z]+)+_\d{4}", one.id)
        assert re.fullmatch(r"[a-z0-9.]+@example\.com", one.email)
        assert list(json.loads(one.address)) == ["address1", "address2", "city", "country", "state", "zip"]
        assert 1 <= len(one.methods) <= 4 and len(one.saved) <= 3
        assert any(re.match("credit_card|gift_card", method.id) for method in one.methods)
        assert date.fromisoformat(one.dob) < date(2008, 1, 1)


def test_those_for_a_demonstration_keep_their_names_and_have_a_card():
    people = demonstration_people(NETWORK)
    assert {one.id for one in people} == {
        "aarav_menon", "lena_fischer", "omar_haddad", "sofia_romano", "james_okafor", "mei_tanaka",
        "priya_nair", "claire_dubois", "daniel_kim", "fatima_al_sayed",
    }  # fmt: skip
    assert all(any(method.id.startswith("credit_card") for method in one.methods) for one in people)
    rich = [
        one for one in people
        if {"gift_card", "certificate"} <= {method.id.rpartition("_")[0] for method in one.methods}
    ]  # fmt: skip
    assert len(rich) >= 3


@settings(max_examples=8)
@given(st.dates(date(2024, 1, 1), date(2040, 12, 31)))
def test_on_any_day_there_is_something_to_try_for_each_rule(today):
    timetable = Timetable(NETWORK, *window(today))
    people = demonstration_people(NETWORK)
    drawn = Showcase(timetable, people, [], today, Counter(), set())
    planned = list(drawn.missing())
    dropped_possible = any(drawn._is_dropped(one) for one in timetable.flights)
    for wish in WISHES:
        met = any(wish.is_met(one, today) for one in drawn._journeys)
        assert met or (wish.dropped and not dropped_possible)
    ahead = Counter(one.customer for one in planned if one.ticket.flights[0].date > today.isoformat())
    assert all(ahead[person.id] >= 2 for person in people)
    assert not list(Showcase(timetable, people, drawn._journeys, today, Counter(), set()).missing())
    midnight = datetime.combine(today, datetime.min.time())
    assert all(one.ticket.created <= midnight for one in planned)
    fresh = [one for one in planned if one.ticket.created == midnight]
    assert [one.ticket.cabin for one in fresh] == ["economy"]


def test_a_days_reservations_do_not_depend_on_the_day_they_are_drawn_on(timetable):
    others, days = strangers(NETWORK, EDITION), [TODAY + timedelta(n) for n in (20, 21)]
    first = list(reservations(timetable, others, days, Counter(), set()))
    later = Timetable(NETWORK, *window(TODAY + timedelta(7)))
    assert len(first) > 60
    assert list(reservations(later, others, days, Counter(), set())) == first
    for one in first:
        leaves = date.fromisoformat(one.ticket.flights[0].date)
        assert 45 <= (leaves - one.ticket.created.date()).days <= 120


DIGEST = """
from datetime import date
from hashlib import sha256
from switchboard.airline.network import larkspur
from switchboard.airline.people import strangers
from switchboard.airline.timetable import EDITION, Timetable
flights = Timetable(larkspur(), date(2026, 5, 14), date(2026, 5, 15)).flights
print(sha256(repr((flights, strangers(larkspur(), EDITION))).encode()).hexdigest())
"""


def test_another_process_draws_the_same():
    flights = Timetable(NETWORK, TODAY, TODAY + timedelta(1)).flights
    here = sha256(repr((flights, strangers(NETWORK, EDITION))).encode()).hexdigest()
    command = [sys.executable, "-c", DIGEST]
    there = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here
