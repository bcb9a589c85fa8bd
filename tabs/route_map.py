"""A small map of the journeys ahead: arcs between airports, as inline SVG.

Drawn from coordinates alone, cut to the journeys it shows; it has no coasts and no borders, and the shortest
way over the Pacific is not known to it.
"""

import math
from collections.abc import Iterable, Sequence
from html import escape

from switchboard.airline.airports import Airport

WIDTH, HEIGHT = 460, 190
_LEAST_DEGREES = 14.0
"""How much of the world is shown at least, from north to south."""
_MARGIN = 34
_LETTER, _LINE = 6.1, 13
"""The size of a label's letters, in the map's units."""

Point = tuple[float, float]
Box = tuple[float, float, float, float]


def route_map(hops: Iterable[tuple[Airport, Airport]], airports: Iterable[Airport]) -> str:
    """The map; empty where there is no journey.

    Args:
        hops: from where to where, in the order in which they are flown; a way back draws nothing new.
        airports: all that are shown as dots, where the map reaches them.
    """
    first: dict[frozenset[str], tuple[Airport, Airport]] = {}
    for start, end in hops:
        first.setdefault(frozenset((start.code, end.code)), (start, end))
    ways = first.values()
    if not ways:
        return ""
    flown = list({airport.code: airport for way in ways for airport in way}.values())
    place = _Projection(flown)
    inside = [point for point in map(place, airports) if 0 <= point[0] <= WIDTH and 0 <= point[1] <= HEIGHT]
    dots = "".join(f"<circle class='other' cx='{x:.1f}' cy='{y:.1f}' r='1.6'/>" for x, y in inside)
    arcs = "".join(_arc(place(start), place(end)) for start, end in ways)
    stops = "".join(f"<circle class='stop' cx='{x:.1f}' cy='{y:.1f}' r='3.5'/>" for x, y in map(place, flown))
    said = ", ".join(f"{start.city} to {end.city}" for start, end in ways)
    return (
        f"<svg class='routes' viewBox='0 0 {WIDTH} {HEIGHT}' role='img' "
        f"aria-label='Map of the journeys ahead: {escape(said)}'>"
        f"{dots}{arcs}{stops}{_labels(flown, place)}</svg>"
    )


class _Projection:
    """Equirectangular, around the middle of the airports, with room about them."""

    def __init__(self, flown: Sequence[Airport]) -> None:
        north, south = max(a.latitude for a in flown), min(a.latitude for a in flown)
        east, west = max(a.longitude for a in flown), min(a.longitude for a in flown)
        self._middle = (west + east) / 2, (north + south) / 2
        self._narrow = math.cos(math.radians(self._middle[1]))
        high, wide = max(north - south, _LEAST_DEGREES), (east - west) * self._narrow
        self._scale = min((HEIGHT - 2 * _MARGIN) / high, (WIDTH - 3 * _MARGIN) / max(wide, 1.0))

    def __call__(self, airport: Airport) -> Point:
        x = (airport.longitude - self._middle[0]) * self._narrow * self._scale
        y = (self._middle[1] - airport.latitude) * self._scale
        return WIDTH / 2 + x, HEIGHT / 2 + y


def _arc(start: Point, end: Point) -> str:
    (x1, y1), (x2, y2) = sorted((start, end))
    bow = min(0.18 * math.hypot(x2 - x1, y2 - y1), 40)
    long = math.hypot(x2 - x1, y2 - y1) or 1
    x = (x1 + x2) / 2 + bow * (y2 - y1) / long
    y = (y1 + y2) / 2 - bow * (x2 - x1) / long
    return f"<path d='M{x1:.1f} {y1:.1f}Q{x:.1f} {y:.1f} {x2:.1f} {y2:.1f}'/>"


def _labels(flown: Sequence[Airport], place: _Projection) -> str:
    """The cities' names, each beside its dot where it covers no other; one that finds no room is left out."""
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in map(place, flown)]
    shown = []
    for airport in flown:
        x, y = place(airport)
        wide = len(airport.city) * _LETTER
        choices: list[tuple[str, float, float, float]] = [
            ("start", x + 7, y + 4, x + 7),
            ("end", x - 7, y + 4, x - 7 - wide),
            ("middle", x, y - 8, x - wide / 2),
            ("middle", x, y + 16, x - wide / 2),
        ]
        for anchor, at_x, at_y, left in choices:
            box = (left, at_y - _LINE + 2, left + wide, at_y + 2)
            if left >= 0 and left + wide <= WIDTH and not any(_meet(box, other) for other in taken):
                taken.append(box)
                where = f"x='{at_x:.1f}' y='{at_y:.1f}' text-anchor='{anchor}'"
                shown.append(f"<text {where}>{escape(airport.city)}</text>")
                break
    return "".join(shown)


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
