"""What people call a city, found among the airports that are served.

Names, codes, old names and misspellings. A city with several airports is not decided: the answer names them.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from switchboard.airline.airports import Airport
from switchboard.errors import ToolError
from switchboard.spelling import Names, tokens

PLACE_CHARACTERS = 60
LISTED = 12
"""The most cities that an answer lists."""
_ANY_AIRPORT = frozenset({"airport", "international", "intl", "the", "city", "of"})
_COMMON_NAMES = {
    "JFK": ("New York JFK", "NY"), "LHR": ("London Heathrow",), "LAX": ("LA",), "SFO": ("San Fran",),
    "BLR": ("Blore",), "IAD": ("DC",), "SGN": ("Ho Chi Minh",),
}  # fmt: skip
"""Short forms that no list of airports has."""


class Places:
    """The airports by everything that people call them.

    A name of several airports stands for all of them, a code for one alone.
    """

    def __init__(self, airports: Iterable[Airport]) -> None:
        self.airports = tuple(airports)
        called: dict[str, dict[str, Airport]] = {}
        for airport in self.airports:
            for name in (airport.city, *airport.names, *_COMMON_NAMES.get(airport.code, ())):
                called.setdefault(_plain(name), {})[airport.code] = airport
                called.setdefault(_plain(f"{airport.city} {airport.code}"), {})[airport.code] = airport
        for airport in self.airports:
            called[_plain(airport.code)] = {airport.code: airport}
        called.pop("", None)
        self._called = {name: tuple(found.values()) for name, found in called.items()}
        self._spelt = Names({name: found[0].code for name, found in self._called.items()})

    @property
    def spoken(self) -> tuple[tuple[str, str], ...]:
        """Every name in lower case with its city's, or the code where a city has several airports.

        For ``Spoken.values``.
        """
        alone = {airport.code: len(self._called[_plain(airport.city)]) == 1 for airport in self.airports}
        return tuple(
            (name, found[0].city if alone[found[0].code] or len(found) > 1 else found[0].code)
            for name, found in self._called.items()
        )

    def find(self, name: str) -> Airport:
        """The airport that ``name`` means.

        Raises:
            ToolError: none is called so, naming those that are nearly; or several are, naming them.
        """
        shown = " ".join(name[:PLACE_CHARACTERS].split())
        found = self._found(shown)
        if len(found) == 1:
            return found[0]
        if found:
            codes = " or ".join(airport.code for airport in found)
            raise ToolError(f"{found[0].city} has {len(found)} airports.", f"Which one: {codes}?")
        wanted = _plain(shown)
        near = get_close_matches(wanted, self._called, n=3, cutoff=0.6) if wanted else ()
        guesses = " or ".join(dict.fromkeys(self._called[guess][0].label for guess in near))
        raise ToolError(
            f"Larkspur Air does not fly to “{shown}”." if self.airports else "No airport is known.",
            f"Was {guesses} meant?" if near else f"It flies to {self._cities()}.",
        )

    def _found(self, name: str) -> tuple[Airport, ...]:
        # A model may give back "Delhi (DEL)" as it read it, a person "Delhi, India"; a code is the surest.
        code = re.search(r"\(([A-Za-z]{3})\)", name)
        for said in ([code[1]] if code else []) + [re.split("[,(]", name)[0], name]:
            if known := self._called.get(_plain(said)):
                return known
        wanted = _plain(re.split("[,(]", name)[0])
        spelt = self._spelt.closest(wanted, forgiving=True)
        return self._called[spelt] if spelt else ()

    def _cities(self) -> str:
        cities = list(dict.fromkeys(airport.city for airport in self.airports))
        more = f" and {len(cities) - LISTED} other cities" if len(cities) > LISTED else ""
        return ", ".join(cities[:LISTED]) + more


def _plain(name: str) -> str:
    """The name's words as they are compared, without those that any airport has."""
    words = [token.folded for token in tokens(name)]
    return " ".join([word for word in words if word not in _ANY_AIRPORT] or words)
