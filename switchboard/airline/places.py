"""What people call a city, found among the airports that are served.

Names, codes, old names and misspellings; which airport of a city with several is meant is not covered, there
is one each.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from switchboard.airline.store import Airport
from switchboard.errors import ToolError
from switchboard.spelling import closest, tokens

PLACE_CHARACTERS = 60
_ANY_AIRPORT = frozenset({"airport", "international", "intl", "the"})


class Places:
    """The airports by everything that people call them."""

    def __init__(self, airports: Iterable[Airport]) -> None:
        self.airports = tuple(airports)
        self._by_name = {
            _plain(name): airport
            for airport in self.airports
            for name in (airport.code, airport.city, *airport.names)
        }

    @property
    def spoken(self) -> tuple[tuple[str, str], ...]:
        """Every name in lower case with its city's, for ``Spoken.values``."""
        return tuple((name, airport.city) for name, airport in self._by_name.items())

    def find(self, name: str) -> Airport:
        """The airport that ``name`` means.

        Raises:
            ToolError: none is called so, naming those that are nearly.
        """
        # A model may give back "Delhi (DEL)" as it read it, a person "Delhi, India".
        wanted = _plain(re.split("[,(]", name[:PLACE_CHARACTERS])[0])
        found = wanted if wanted in self._by_name else closest(wanted, self._by_name, forgiving=True)
        if found:
            return self._by_name[found]
        near = get_close_matches(wanted, self._by_name, n=3, cutoff=0.55)
        cities = ", ".join(airport.city for airport in self.airports)
        guesses = " or ".join(dict.fromkeys(self._by_name[guess].label for guess in near))
        shown = " ".join(name[:PLACE_CHARACTERS].split())
        raise ToolError(
            f"Larkspur Air does not fly to “{shown}”.",
            f"Was {guesses} meant?" if near else f"It flies to {cities}.",
        )


def _plain(name: str) -> str:
    """The name's words as they are compared, without those that any airport has."""
    words = [token.folded for token in tokens(name)]
    return " ".join([word for word in words if word not in _ANY_AIRPORT] or words)
