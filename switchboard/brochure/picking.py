"""Picking the best of many sentences, none twice.

What a sentence is worth by itself is told in ``worth.py``; here it counts what was picked before it.
"""

import heapq
from collections import Counter
from collections.abc import Iterable

from switchboard.brochure.quotable import Quote
from switchboard.brochure.worth import figures
from switchboard.ranking import terms

_LOOKED_AT = 400
"""Sentences of a pool that are considered, the best by themselves."""
_SHARED = 0.6
"""Of the words of the shorter of two sentences, from which on they say the same."""
_SAME_FIGURES = 3
"""Figures that two sentences have in common, from which on they say the same."""
_FEW = 3
"""Words under which only the very same is."""
_LEAST_WORTH = -0.45
_SAME_HEADING = 0.25
"""What each sentence picked from under a heading takes from the others there."""
_FOLLOWING = 0.8
"""What a sentence gains when the one before it is picked."""


class Picker:
    """Remembers what was picked."""

    def __init__(self) -> None:
        self._seen: list[tuple[frozenset[str], frozenset[str]]] = []
        self._texts: set[str] = set()
        self._quotes: set[Quote] = set()

    @property
    def count(self) -> int:
        """How many texts were picked."""
        return len(self._seen)

    def take(self, text: str) -> bool:
        """Pick a text, unless one that says the same was picked before."""
        key = " ".join(text.casefold().split()).rstrip(".!…")
        words, amounts = frozenset(terms(text)), frozenset(figures(text))
        for others, told in self._seen:
            if _is_same(words, others) or len(amounts & told) >= _SAME_FIGURES:
                return False
        if key in self._texts:
            return False
        self._texts.add(key)
        self._seen.append((words, amounts))
        return True

    def pick(self, pool: Iterable[Quote], most: int, *, least: float = _LEAST_WORTH) -> list[Quote]:
        """Take at most ``most`` sentences, the best ones, and return them in the order of the pages.

        One that leans on another is taken only after that one; any other gains by the one before it.
        """
        candidates = heapq.nlargest(_LOOKED_AT, pool, key=lambda quote: quote.worth)
        following = {quote.before: quote for quote in candidates if quote.before is not None}
        headings: Counter[tuple[int, int]] = Counter()
        heap = [(-self._worth(quote), quote.place, quote, 0) for quote in candidates if not quote.leans]
        heapq.heapify(heap)
        picked: list[Quote] = []
        while heap and len(picked) < most:
            negative, place, quote, known = heapq.heappop(heap)
            if (siblings := headings[place[:2]]) > known:
                worse = negative + _SAME_HEADING * (siblings - known)
                heapq.heappush(heap, (worse, place, quote, siblings))
                continue
            if -negative < least or not self.take(quote.text):
                continue
            picked.append(quote)
            self._quotes.add(quote)
            headings[place[:2]] += 1
            if (follower := following.get(quote)) is not None:
                worth = self._worth(follower) - _SAME_HEADING * headings[place[:2]]
                heapq.heappush(heap, (-worth, follower.place, follower, headings[place[:2]]))
        return sorted(picked, key=lambda quote: quote.place)

    def open_with(self, quote: Quote) -> None:
        """Pick a sentence that is shown apart from all others."""
        self.take(quote.text)
        self._quotes.add(quote)

    def _worth(self, quote: Quote) -> float:
        return quote.worth + (_FOLLOWING if quote.before in self._quotes else 0.0)


def _is_same(one: frozenset[str], other: frozenset[str]) -> bool:
    fewer = min(len(one), len(other))
    return one == other if fewer < _FEW else len(one & other) >= _SHARED * fewer
