"""The tools that look up, as a model calls them, in a filled world."""

import json
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switchboard.airline.access import SignedIn
from switchboard.airline.search import LONGEST_WAIT
from switchboard.airline.toolbox import Toolbox
from switchboard.errors import ToolError
from tests.airline.scripted import CUSTOMER

DAY = "2026-06-03"


@pytest.fixture(scope="module")
def tools(store):
    made = Toolbox(store).tools(SignedIn(CUSTOMER), lambda action: pytest.fail(f"{action} was submitted"))
    return {tool.name: tool for tool in made}


async def called(tools, name, **arguments):
    text = await tools[name].call(json.dumps(arguments))
    return json.loads(text) if text[:1] in "[{" else text


async def test_the_lowest_fare_of_a_day_is_that_of_a_flight_found_on_it(tools):
    price = await called(tools, "get_ticket_price", origin="dehli", destination="Bombay", date=DAY)
    flights = await called(tools, "search_direct_flight", origin="DEL", destination="BOM", date=DAY)
    assert (price["origin"], price["destination"], price["date"]) == ("Delhi (DEL)", "Mumbai (BOM)", DAY)
    for fare in price["lowest_fares"]:
        offered = [flight["prices_usd"].get(fare["cabin"]) for flight in flights]
        assert fare["price_usd"] == min(filter(None, offered))


async def test_without_a_day_the_fare_is_the_lowest_of_all_days(tools):
    every = await called(tools, "get_ticket_price", origin="Delhi", destination="Mumbai")
    one = await called(tools, "get_ticket_price", origin="Delhi", destination="Mumbai", date=DAY)
    for lowest, that_day in zip(every["lowest_fares"], one["lowest_fares"], strict=True):
        assert lowest["price_usd"] <= that_day["price_usd"]
        on_it = await called(tools, "get_ticket_price", origin="DEL", destination="BOM", date=lowest["date"])
        assert lowest in on_it["lowest_fares"]


async def test_only_flights_that_can_be_booked_are_found(tools, store):
    today = store.now().date().isoformat()
    for flight in await called(tools, "search_direct_flight", origin="DEL", destination="BOM", date="today"):
        local = datetime.fromisoformat(flight["departs"])
        assert local > store.now().replace(tzinfo=None) + timedelta(hours=3)
        assert flight["date"] == today
        assert all(seats > 0 for seats in flight["available_seats"].values())


async def test_connections_are_in_time_and_the_quickest_first(tools, store):
    ways = await called(tools, "search_onestop_flight", origin="Goa", destination="Delhi", date=DAY)
    assert ways
    assert [way["minutes"] for way in ways] == sorted(way["minutes"] for way in ways)
    for way in ways:
        first, second = way["flights"]
        assert first["destination"] == second["origin"] == way["via"]
        assert (first["origin"], second["destination"]) == ("Goa (GOI)", "Delhi (DEL)")
        assert timedelta(minutes=45) <= timedelta(minutes=way["wait_minutes"]) <= LONGEST_WAIT
        assert way["minutes"] == first["minutes"] + way["wait_minutes"] + second["minutes"]


@pytest.mark.parametrize(
    ("name", "origin", "destination", "day", "words"),
    [
        ("search_direct_flight", "Jaipur", "London", DAY, "With one stop it goes by way of"),
        ("get_ticket_price", "Jaipur", "London", DAY, "no direct flight"),
        ("search_direct_flight", "DEL", "BOM", "2026-12-24", "another day up to"),
        ("search_direct_flight", "DEL", "BOM", "2020-01-01", "another day up to"),
    ],
)
async def test_nothing_found_says_what_to_do(tools, name, origin, destination, day, words):
    found = await called(tools, name, origin=origin, destination=destination, date=day)
    assert isinstance(found, str)
    assert words in found


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("get_ticket_price", {"origin": "Delhi", "destination": "new delhi"}, "both Delhi (DEL)"),
        ("get_ticket_price", {"origin": "Atlantis", "destination": "Delhi"}, "does not fly to “Atlantis”"),
        (
            "search_direct_flight",
            {"origin": "DEL", "destination": "BOM", "date": "blue moon"},
            "is not a day",
        ),
        ("get_flight_status", {"flight_number": "LK105"}, "nearest numbers are"),
        ("get_flight_status", {"flight_number": "AI101"}, "There is no flight AI101"),
        ("get_flight_status", {"flight_number": "hello"}, "no flight number"),
        ("get_flight_status", {"flight_number": "LK101", "date": "2027-01-01"}, "timetable ends on"),
        ("get_reservation_details", {"reservation_id": "ABC123"}, "no reservation “ABC123”"),
        ("get_user_details", {"user_id": "omar_haddad"}, "no user “omar_haddad”"),
    ],
)
async def test_what_cannot_be_looked_up_says_why(tools, name, arguments, words):
    with pytest.raises(ToolError) as refused:
        await tools[name].call(json.dumps(arguments))
    assert words in str(refused.value)
    assert refused.value.fix


@pytest.mark.parametrize("number", ["LK101", "lk 101", "lk-101", "101", " Lk101 "])
async def test_a_flight_number_is_known_however_it_is_written(tools, number):
    found = await called(tools, "get_flight_status", flight_number=number, date="tomorrow")
    assert found["flight_number"] == "LK101"
    assert found["date"] == "2026-05-15"


async def test_a_customer_sees_the_profile_and_every_reservation_of_it(tools):
    profile = await called(tools, "get_user_details")
    listed = await called(tools, "list_reservations")
    assert profile["user_id"] == CUSTOMER
    assert {one["reservation_id"] for one in listed} == set(profile["reservations"])
    for one in listed:
        details = await called(tools, "get_reservation_details", reservation_id=one["reservation_id"].lower())
        assert details["user_id"] == CUSTOMER
        assert sum(part["amount_usd"] for part in details["payment_history"]) == one["paid_usd"]


async def test_all_airports_are_told(tools, store):
    served = await called(tools, "list_all_airports")
    assert len(served) == len(store.airports) >= 60


async def test_sums_and_transfers_are_told_in_words(tools):
    assert await called(tools, "calculate", expression="2 * (350 - 122)") == "456"
    assert await called(tools, "calculate", expression="10 / 4") == "2.5"
    assert "care@larkspur-air.example" in await called(tools, "transfer_to_human_agents", summary="A dog.")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_pair_of_cities_on_every_day_has_an_answer(store, data):
    """Direct or not, today or in two months: flights, or words that say what to do."""
    tools = {tool.name: tool for tool in Toolbox(store).tools(SignedIn(CUSTOMER), lambda action: "")}
    cities = data.draw(st.lists(st.sampled_from(sorted(store.airports)), min_size=2, max_size=2, unique=True))
    day = data.draw(st.dates(date(2026, 5, 14), date(2026, 7, 14))).isoformat()
    name = data.draw(st.sampled_from(["search_direct_flight", "search_onestop_flight", "get_ticket_price"]))
    found = tools[name].function(
        session=dict(tools[name].given)["session"], origin=cities[0], destination=cities[1], date=day
    )
    assert found
