"""What one or several sources say, ready to be asked which of their units hold a word or a fact.

How a source is cut into units is in ``units.py``; which of them bears a claim out, in ``bearing.py``.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from switchboard.grounding.figures import Amount, Bound, Day, agrees
from switchboard.grounding.tokens import Mark
from switchboard.grounding.units import Unit
from switchboard.grounding.wording import Word, close

if TYPE_CHECKING:
    from switchboard.grounding.naming import Name

CONTEXT = 0.6
"""How much a word counts that stands above a sentence and not in it."""
BEFORE = 0.4
"""The same for a word of the sentence before."""
_RELATED = 0.4
"""How much a word counts that is only related."""
_CLOSE = 0.85
"""The same for a word that stands for another one."""
_SMALL = frozenset(("of", "and", "the", "for"))
"""Words that an acronym leaves out."""


class Evidence:
    """The units of the sources that count for a claim, in their order."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = list(units)
        self._postings: dict[str, list[tuple[int, float]]] = {}
        self._values: dict[str, list[tuple[Amount, int]]] = {}
        self._above: dict[str, list[tuple[Amount, int]]] = {}
        self._alike: dict[frozenset[str], dict[int, float]] = {}
        self._stated: dict[Amount | Day, dict[int, float]] = {}
        self._amounts: list[tuple[Amount, int]] = []
        self._days: dict[int, list[tuple[Day, int]]] = {}
        self.tables: dict[tuple[int, int], list[int]] = {}
        self.titles: set[str] = set()
        self.lower: set[str] = set()
        self.names: set[str] = set()
        for at, unit in enumerate(self.units):
            self._add(at, unit)
            self.tables.setdefault((unit.number, unit.table), []).append(at)
            if at == 0 or unit.number != self.units[at - 1].number:
                opening = self.units[at : at + 3]
                first = [*unit.context, *(token for one in opening for token in one.tokens)]
                names = (token for token in first if isinstance(token, Word) and token.text[0].isupper())
                self.titles.update(token.folded for token in names)

    def _add(self, at: int, unit: Unit) -> None:
        for root in unit.roots:
            self._postings.setdefault(root, []).append((at, 1.0))
        for root in unit.context_roots - unit.roots:
            count = CONTEXT if root in unit.heading_roots else BEFORE
            self._postings.setdefault(root, []).append((at, count))
        for token in unit.tokens:
            if isinstance(token, Amount):
                self._amounts.append((token, at))
                for value in (*token.values, *(() if token.written is None else (token.written,))):
                    self._values.setdefault(f"{value:.6g}", []).append((token, at))
            elif isinstance(token, Day):
                self._dated(token, at)
        dated = any(isinstance(token, Day) and token.years for token in unit.tokens)
        for token in unit.context:
            if isinstance(token, Day) and not dated:
                self._dated(token, at)
            elif isinstance(token, Amount):
                for value in token.values:
                    self._above.setdefault(f"{value:.6g}", []).append((token, at))
        fresh = True
        for place, token in enumerate(unit.tokens):
            if unit.columns and place and unit.columns[place] != unit.columns[place - 1]:
                fresh = True
            if isinstance(token, Word):
                if token.text[0].islower():
                    self.lower.add(token.folded)
                elif not fresh and token.is_content:
                    self.names.add(token.folded)
                fresh = False
            else:
                fresh = isinstance(token, Mark) and token.text in ".!?:"

    def _dated(self, day: Day, at: int) -> None:
        for year in day.years or (0,):
            self._days.setdefault(year, []).append((day, at))

    def holding(self, root: str) -> list[tuple[int, float]]:
        """The units that hold a root, each with how much it counts there."""
        return self._postings.get(root, [])

    def alike(self, word: frozenset[str], stem: str) -> dict[int, float]:
        """The units that hold a word with these roots or one like it, each with how much it counts there."""
        if word not in self._alike:
            found: dict[int, float] = {}
            for root in word:
                exact = 1.0 if root == stem else _CLOSE if close(root) else _RELATED
                for at, count in self.holding(root):
                    if found.get(at, 0.0) < count * exact:
                        found[at] = count * exact
            self._alike[word] = found
        return self._alike[word]

    def is_subject(self, word: Word) -> bool:
        """Whether the sources are about what a word names: it stands at their beginning and further on."""
        is_first = word.folded in self.titles
        return is_first and sum(count == 1.0 for _, count in self.holding(word.stem)) > 1

    def numbers(self, stem: str) -> bool:
        """Whether a unit has a number right before a word."""
        return any(
            isinstance(one, Amount) and isinstance(two, Word) and two.stem == stem
            for at, _ in self.holding(stem)
            for one, two in pairwise(self.units[at].tokens)
        )

    def coded(self, key: str) -> list[tuple[int, float]]:
        """The units that hold a code, or one that goes on where it ends ("A350", "A350-900")."""
        return self.holding(f"#{key}") or self.holding(f"#{key.removesuffix('s')}")

    def spelt_out(self, name: "Name") -> dict[int, float]:
        """The units that hold an acronym's words, or the acronym of a name's words."""
        if len(name.words) > 2:
            return dict(self.holding("".join(word.folded[0] for word in name.words)))
        letters = name.words[0].folded
        if len(name.words) > 1 or not name.words[0].text.isupper() or not 2 < len(letters) < 7:
            return {}
        found: dict[int, float] = {}
        for at, unit in enumerate(self.units):
            words = (token.folded for token in unit.tokens if isinstance(token, Word))
            parts = (part for folded in words for part in folded.split() if part not in _SMALL)
            if letters in "".join(part[0] for part in parts):
                found[at] = 1.0
        return found

    def weight(self, found: Iterable[str]) -> float:
        """How much a word with these roots tells units apart: 0.4 for one in all of them, up to 4."""
        holding = min(
            (len(self.holding(root)) for root in found if root[0] != "=" and close(root)), default=0
        )
        return max(0.4, min(4.0, math.log(1 + len(self.units) / (holding + 0.5))))

    def stating(self, fact: Amount | Day) -> dict[int, float]:
        """The units that bear a number or date out, each with how much it counts there."""
        if fact not in self._stated:
            self._stated[fact] = self._stating(fact)
        return self._stated[fact]

    def _stating(self, fact: Amount | Day) -> dict[int, float]:
        values = fact.values if isinstance(fact, Amount) else fact.years
        days = self._days.values() if not values else (self._days.get(int(value), ()) for value in values)
        found = {at for some in days for day, at in some if agrees(fact, day)}
        keys = [f"{value:.6g}" for value in values]
        for key in keys:
            found.update(at for said, at in self._values.get(key, ()) if agrees(fact, said))
        if not found and isinstance(fact, Amount) and (fact.bound is not Bound.EXACT or fact.digits > 1):
            found.update(at for said, at in self._amounts if agrees(fact, said))
        stating = dict.fromkeys(sorted(found), 1.0)
        if stating:
            for key in keys:
                for said, at in self._above.get(key, ()):
                    if at not in stating and agrees(fact, said):
                        stating[at] = CONTEXT
        return stating
