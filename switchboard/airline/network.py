"""Where the airline flies: its airports, its flight numbers, the lowest fares.

The published flights stand in ``network.json``; the others are drawn up here from its pairs of airports, the
same in every process. What the flights do on a given day is in ``timetable.py``.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from math import asin, ceil, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from switchboard.airline.airports import Airport
from switchboard.airline.chance import draws
from switchboard.airline.records import Cabin

FIRST_NUMBER = 1001
"""Of the flights that are drawn up here."""
TURNAROUND = {"ATR 72-600": 30, "A320neo": 40, "A321neo": 55, "A350-900": 90}
"""Minutes at the far end; an hour more where clocks are changed."""
_WINTER, _SUMMER = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)
_EARTH_KM = 6371.0
_DOMESTIC_FARES = ((200, 42), (450, 58), (840, 72), (1150, 82), (1760, 97), (2500, 118))
_INTERNATIONAL_FARES = (
    (300, 92), (1930, 174), (2550, 197), (4340, 325), (6650, 505), (11_750, 752), (12_400, 797)
)  # fmt: skip
"""Kilometres and the lowest fare in economy, along the published ones."""
_BUSINESS_TIMES = ((200, 3.0), (2500, 2.93), (4340, 3.4), (6700, 3.64), (12_400, 3.75))
_BASIC_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Route:
    """A flight number; ``departs`` is local time, ``fares`` the lowest, in US dollars."""

    number: str
    origin: str
    destination: str
    departs: str
    minutes: int
    aircraft: str
    fares: Mapping[Cabin, int]


@dataclass(frozen=True, slots=True)
class Network:
    """All that the airline's world is made from.

    Attributes:
        seats: by aircraft, then by cabin.
        customers: those whom a visitor may sign in as, as ``network.json`` has them.
    """

    airports: Mapping[str, Airport]
    routes: tuple[Route, ...]
    seats: Mapping[str, Mapping[Cabin, int]]
    customers: tuple[Mapping[str, Any], ...]


@cache
def larkspur() -> Network:
    """The network of Larkspur Air."""
    plan = json.loads(Path(__file__).with_name("network.json").read_text(encoding="utf-8"))
    airports = {
        a["code"]: Airport(
            a["code"], a["city"], a["country"], a["zone"], a["latitude"], a["longitude"], tuple(a["names"])
        )
        for a in plan["airports"]
    }
    published = (Route(**route) for route in plan["routes"])
    drawn = _drawn_routes(airports, plan["daily_pairs"], plan["hubs"])
    return Network(airports, (*published, *drawn), plan["seats"], tuple(plan["customers"]))


def kilometres(one: Airport, other: Airport) -> float:
    """The great-circle distance."""
    south, north = radians(one.latitude), radians(other.latitude)
    wide = radians(other.longitude - one.longitude)
    chord = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin(wide / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(chord))


def _drawn_routes(
    airports: Mapping[str, Airport], pairs: Mapping[str, Mapping[str, int]], hubs: list[str]
) -> Iterator[Route]:
    number = FIRST_NUMBER
    for origin, ends in pairs.items():
        for place, (destination, daily) in enumerate(ends.items()):
            here, there = airports[origin], airports[destination]
            distance = kilometres(here, there)
            chance = draws(f"route {origin} {destination}")
            aircraft = _aircraft(here, there, distance, hubs)
            minutes = _minutes(distance, aircraft)
            fares = _fares(here, there, distance, aircraft, 0.97 + 0.06 * chance[0])
            for turn in range(daily):
                departs = _departure(turn, daily, distance, chance[1 + turn], place)
                back = _back(departs, minutes + TURNAROUND[aircraft], here, there)
                yield Route(f"LK{number}", origin, destination, departs, minutes, aircraft, fares)
                yield Route(f"LK{number + 1}", destination, origin, back, minutes, aircraft, fares)
                number += 2


def _aircraft(here: Airport, there: Airport, distance: float, hubs: list[str]) -> str:
    if distance > 5200:
        return "A350-900"
    if here.country != there.country:
        return "A321neo"
    # The turboprops are based outside Mumbai and fly the short sectors that are not between two hubs.
    short = distance < 560 and here.code != "BOM" and not {here.code, there.code} <= set(hubs)
    return "ATR 72-600" if short and there.code not in ("HYD", "MAA", "BLR") else "A320neo"


def _minutes(distance: float, aircraft: str) -> int:
    if aircraft == "ATR 72-600":
        exact = 37 + 0.095 * distance
    else:
        exact = 38 + 0.08 * min(distance, 2000) + 0.0755 * max(0.0, distance - 2000)
    return 5 * round(exact / 5)


def _fares(
    here: Airport, there: Airport, distance: float, aircraft: str, level: float
) -> Mapping[Cabin, int]:
    known = _DOMESTIC_FARES if here.country == there.country else _INTERNATIONAL_FARES
    economy = round(level * _between(known, distance))
    fares: dict[Cabin, int] = {"basic_economy": round(_BASIC_SHARE * economy), "economy": economy}
    if aircraft != "ATR 72-600":
        fares["business"] = 5 * round(economy * _between(_BUSINESS_TIMES, distance) / 5)
    return fares


def _between(known: tuple[tuple[int, float], ...], distance: float) -> float:
    for (near, low), (far, high) in pairwise(known):
        if distance <= far:
            return low + (high - low) * max(0.0, distance - near) / (far - near)
    return known[-1][1]


def _departure(turn: int, daily: int, distance: float, chance: float, place: int) -> str:
    """Short routes are spread over the day, the long ones leave in the small hours or about noon."""
    if distance > 3000:
        minute = (60 + 150 * chance) if place % 2 else (560 + 240 * chance)
    else:
        span = 14.5 * 60 / daily
        minute = 6 * 60 + span * (turn + 0.15 + 0.7 * chance)
    return _clock(5 * round(minute / 5))


def _back(departs: str, minutes: int, here: Airport, there: Airport) -> str:
    hour, minute = map(int, departs.split(":"))
    left = _WINTER.replace(hour=hour, minute=minute, tzinfo=ZoneInfo(here.zone))
    if _changes_clocks(here) or _changes_clocks(there):
        minutes += 60
    ready = (left.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(ZoneInfo(there.zone))
    return _clock(5 * ceil((ready.hour * 60 + ready.minute) / 5))


def _changes_clocks(airport: Airport) -> bool:
    zone = ZoneInfo(airport.zone)
    return _WINTER.astimezone(zone).utcoffset() != _SUMMER.astimezone(zone).utcoffset()


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"
