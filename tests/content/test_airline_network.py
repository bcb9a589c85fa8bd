"""The documents state the airline's network as its desk has it, and figures that such an airline can have."""

import re
from collections import Counter
from pathlib import Path

import pytest

from switchboard.airline.network import Route, kilometres, larkspur
from switchboard.airline.timetable import CANCELLED, PUNCTUAL

ROOT = Path(__file__).resolve().parents[2]
BASE = ROOT / "knowledge-base"
NETWORK = larkspur()
AIRPORTS = NETWORK.airports
MANUAL = " ".join((ROOT / "docs" / "manual.md").read_text(encoding="utf-8").split())


def document(name: str) -> str:
    return " ".join((BASE / name).read_text(encoding="utf-8").split())


def rows(name: str) -> list[list[str]]:
    lines = (BASE / name).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]


def number(cell: str) -> int:
    return int(re.sub(r"\D", "", cell))


def is_domestic(route: Route) -> bool:
    return AIRPORTS[route.origin].country == AIRPORTS[route.destination].country


def length(route: Route) -> float:
    return kilometres(AIRPORTS[route.origin], AIRPORTS[route.destination])


def pairs_of(routes: list[Route]) -> set[frozenset[str]]:
    return {frozenset((route.origin, route.destination)) for route in routes}


class TestNetwork:
    def test_its_size_is_the_desks_own(self):
        routes = list(NETWORK.routes)
        text = document("company/network-and-hubs.md")
        countries = {airport.country for airport in AIRPORTS.values()}
        assert f"{len(AIRPORTS)} airports in {len(countries)} countries" in text
        assert f"on {len(pairs_of(routes))} routes with {len(routes)} flights a day" in text
        assert f"{sum(map(is_domestic, routes))} of them within India" in text
        overview = document("company/overview.md")
        assert f"| Airports served | {len(AIRPORTS)}, in {len(countries)} countries" in overview
        assert f"| Flights a day | {len(routes)} |" in overview
        assert f"{len(AIRPORTS)} airports and {len(routes)} flights a day" in MANUAL

    def test_every_airport_is_listed_with_its_city_and_nothing_else_is(self):
        name = "company/network-and-hubs.md"
        listed = {cells[0]: cells[1] for cells in rows(name) if len(cells) == 3}
        for city, code in re.findall(r"([A-Z][^\W\d]+(?: [A-Z][\w']+| de)*) \(([A-Z]{3})\)", document(name)):
            listed[code] = city
        listed.pop("Code", None)
        listed = {code: city for code, city in listed.items() if re.fullmatch("[A-Z]{3}", code)}
        assert listed.keys() == AIRPORTS.keys()
        assert all(AIRPORTS[code].city in city for code, city in listed.items())

    def test_the_indian_cities_are_counted(self):
        indian = [airport for airport in AIRPORTS.values() if airport.country == "India"]
        assert f"{len(indian)} in all" in document("company/network-and-hubs.md")
        assert f"{len(indian)} Indian cities" in document("company/overview.md")

    @pytest.mark.parametrize("code", ["BOM", "DEL", "DXB"])
    def test_a_hub_has_the_departures_and_cities_of_the_timetable(self, code):
        leaving = [route for route in NETWORK.routes if route.origin == code]
        row = next(row for row in rows("company/network-and-hubs.md") if row[1] == code and len(row) == 6)
        assert number(row[3]) == len(leaving)
        assert number(row[4]) == len({route.destination for route in leaving})

    def test_the_large_airports_that_are_no_hubs_have_their_departures(self):
        leaving = Counter(route.origin for route in NETWORK.routes)
        sentence = (
            f"Bengaluru with {leaving['BLR']} departures a day, Hyderabad and Chennai with {leaving['HYD']} "
            f"each and Kolkata with {leaving['CCU']}"
        )
        assert leaving["HYD"] == leaving["MAA"]
        assert sentence in document("company/network-and-hubs.md")

    def test_the_scheduled_times_are_those_of_the_timetable(self):
        known = {route.number: route for route in NETWORK.routes}
        listed = [row for row in rows("company/network-and-hubs.md") if row[0] in known]
        assert len(listed) >= 8
        for flight, start, end, aircraft, time in listed:
            route = known[flight]
            assert [AIRPORTS[route.origin].city, AIRPORTS[route.destination].city] == [start, end]
            assert route.aircraft == aircraft
            assert time == f"{route.minutes // 60} h {route.minutes % 60:02} min"

    def test_the_longest_flight_is_named(self):
        longest = max(NETWORK.routes, key=lambda route: route.minutes)
        said = (
            f"{longest.number} from {AIRPORTS[longest.origin].city} to {AIRPORTS[longest.destination].city}"
        )
        time = f"{longest.minutes // 60} hours {longest.minutes % 60} minutes"
        assert f"{said}, scheduled at {time}" in document("company/fleet.md")


class TestFleet:
    @pytest.mark.parametrize("aircraft", sorted(NETWORK.seats))
    def test_each_type_has_the_routes_flights_and_seats_of_the_desk(self, aircraft):
        flown = [route for route in NETWORK.routes if route.aircraft == aircraft]
        tables = [row for row in rows("company/fleet.md") if row[0].endswith(aircraft)]
        use = next(row for row in tables if len(row) == 5)
        far = list(map(length, flown))
        assert list(map(number, use[1:])) == [
            len(pairs_of(flown)), len(flown), round(min(far)), round(max(far))
        ]  # fmt: skip
        seats = NETWORK.seats[aircraft]
        fleet = next(row for row in tables if len(row) == 7)
        assert fleet[2] == str(seats.get("business", "none"))
        assert number(fleet[3]) == seats["basic_economy"] + seats["economy"]
        assert number(fleet[4]) == sum(seats.values())

    @pytest.mark.parametrize("aircraft", sorted(NETWORK.seats))
    def test_there_are_aircraft_enough_and_not_too_many(self, aircraft):
        minutes = sum(route.minutes for route in NETWORK.routes if route.aircraft == aircraft)
        fleet = next(row for row in rows("company/fleet.md") if row[0].endswith(aircraft) and len(row) == 7)
        assert 6 < minutes / 60 / number(fleet[1]) < 16

    def test_the_aircraft_owned_and_leased_are_counted(self):
        fleet = [row for row in rows("company/fleet.md") if len(row) == 7 and row[1].isdigit()]
        total, owned, leased = (sum(number(row[column]) for row in fleet) for column in (1, 5, 6))
        text = document("company/fleet.md")
        assert f"{total} aircraft of four types" in text
        assert f"owns {owned} of them; the other {leased} are leased" in text
        assert f"| Aircraft | {total} |" in document("company/overview.md")

    def test_who_flies_where_is_as_described(self):
        for route in NETWORK.routes:
            if not is_domestic(route):
                assert route.aircraft == ("A321neo" if length(route) < 5200 else "A350-900")
            elif route.aircraft == "ATR 72-600":
                assert "BOM" not in (route.origin, route.destination)
            else:
                assert route.aircraft == "A320neo"


class TestFares:
    def test_the_desk_sells_what_is_published(self):
        sold = {route.number: route for route in NETWORK.routes}
        published = [row for row in rows("products/published-fares.md") if row[0].startswith("LK")]
        assert len(published) == 23
        for flight, start, end, *prices in published:
            back = sold[f"LK{number(flight) + 1}"]
            fares = [number(price) for price in prices if price != "not sold"]
            route = sold[flight]
            assert [AIRPORTS[route.origin].city, AIRPORTS[route.destination].city] == [start, end]
            assert list(route.fares.values()) == list(back.fares.values()) == fares
            assert (back.origin, back.destination) == (route.destination, route.origin)
        routes = len(pairs_of(list(NETWORK.routes)))
        assert f"23 main routes of the {routes}" in document("products/published-fares.md")

    def test_the_lowest_and_the_dearest_are_named(self):
        fares = [fare for route in NETWORK.routes for fare in route.fares.values()]
        text = document("products/published-fares.md")
        assert f"The lowest fare of the whole network is the ${min(fares)} " in text
        assert f"from Delhi to San Francisco at ${max(fares):,}" in text

    def test_business_costs_as_many_times_economy_as_is_said(self):
        assert "about three times economy within India and between 3.4 and four times" in document(
            "products/business-cabin.md"
        )
        beyond = ("Europe", "America")
        for route in NETWORK.routes:
            if "business" in route.fares:
                times = route.fares["business"] / route.fares["economy"]
                zones = {AIRPORTS[code].zone.split("/")[0] for code in (route.origin, route.destination)}
                assert 2.7 < times < 3.3 if is_domestic(route) else 2.7 < times <= 4
                if zones & set(beyond) and length(route) > 4300:
                    assert times >= 3.35


class TestResults:
    def test_the_passengers_fit_into_the_seats(self):
        seats = 365 * sum(sum(NETWORK.seats[route.aircraft].values()) for route in NETWORK.routes)
        text = document("company/results-2025-26.md")
        load = float(re.search(r"seats that were sold, was ([\d.]+) %", text)[1]) / 100
        carried = float(re.search(r"carried ([\d.]+) million passengers", text)[1]) * 1e6
        assert carried == pytest.approx(seats * load * (1 - CANCELLED), rel=0.02)

    def test_punctuality_and_cancelled_flights_are_those_of_the_timetable(self):
        text = document("company/results-2025-26.md")
        assert f"{PUNCTUAL:.1%}".replace("%", " %") in text
        assert f"cancelled {CANCELLED:.1%}".replace("%", " %") + " of its flights" in text

    def test_the_fog_cancelled_a_quarter_of_the_flights_that_did_not_go(self):
        fog = int(re.search(r"led to (\d+) cancelled", document("people/farah-al-mansoori.md"))[1])
        assert fog / (365 * len(NETWORK.routes) * CANCELLED) == pytest.approx(0.25, abs=0.02)

    def test_the_employees_are_as_many_by_place_as_by_profession(self):
        overview = document("company/overview.md")
        total = number(re.search(r"\| Employees \| ([\d,]+)", overview)[1])
        places = [row for row in rows("company/overview.md") if row[0] in ("Mumbai", "Delhi", "Dubai")]
        places.append(next(row for row in rows("company/overview.md") if row[0] == "Elsewhere"))
        professions = re.search(r"By profession (.+?)\. ", overview)[1]
        crew = list(map(number, re.findall(r"\d[\d,]*\d", professions)))
        assert sum(number(row[1]) for row in places) == sum(crew) == total
        assert f"{sum(crew[:4]):,} people" in document("people/farah-al-mansoori.md")

    def test_what_depends_on_passengers_and_fuel_is_the_same_in_the_contracts(self):
        passengers = float(re.search(r"carried ([\d.]+) million", document("company/results-2025-26.md"))[1])
        assert f"came to ${0.42 * passengers:.2f} million" in document("contracts/tessera-reservations.md")
        fuel = next(row[1] for row in rows("company/results-2025-26.md") if row[0] == "Fuel")
        year = next(row for row in rows("contracts/brightwater-fuel.md") if row[0] == "2025-26")
        assert year[3] == fuel == str(round(number(year[1]) * float(year[2].strip("$"))))
