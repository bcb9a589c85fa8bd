"""The units that a claim is read against: the one that holds most of it, and those that hold the rest.

What is amiss between the two is found by ``placing.py``, ``tables.py``, ``exchanges.py``, ``contrast.py`` and
``strange.py``.
"""

from functools import cached_property

from switchboard.grounding.reading import Reading
from switchboard.grounding.tokens import Mark, Token
from switchboard.grounding.units import Unit, places
from switchboard.grounding.wording import Word, close

_CANDIDATES = 12
_UNITS = 4
"""Units that may bear a claim out together."""
_PARTS = 6
"""Parts between semicolons that are looked at on either side."""
_FACT = 2.0
"""How much a fact counts for a unit, beside a word."""
_ABOVE = 0.6
"""The same for a word that stands above a unit."""
_LEVELS = (1.0, 0.7, 0.6, 0.4, 0.3, 0.15)
"""How well a word is held: by the units with the facts, itself or by a related one; by the other units in the
same two ways; by the rest of the source in the same two ways."""


class Alignment:
    """A claim with the units that bear it out, if any do."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.units = reading.evidence.units
        self.chosen = self._most()
        self.best = self.chosen[0]

    def _most(self) -> list[int]:
        """The units that hold most of the claim together, best first."""
        scores, units = self.reading.scores, self.units
        ranked = sorted(scores, key=lambda at: (-scores[at], at))[:_CANDIDATES]
        words = [word.roots for word in self.reading.words.values()]
        facts = list(self.reading.facts)
        chosen = ranked[:1]
        while True:
            last = units[chosen[-1]]
            words = [
                roots
                for roots in words
                if roots.isdisjoint(last.roots) and roots.isdisjoint(last.context_roots)
            ]
            facts = [fact for fact in facts if chosen[-1] not in fact.stating]
            gains = {
                at: sum(not roots.isdisjoint(units[at].roots) for roots in words)
                + _ABOVE * sum(not roots.isdisjoint(units[at].context_roots) for roots in words)
                + _FACT * sum(at in fact.stating for fact in facts)
                for at in ranked
                if at not in chosen
            }
            best = max(gains, key=lambda at: gains[at], default=-1)
            if len(chosen) == _UNITS or best < 0 or gains[best] < 1:
                return chosen
            chosen.append(best)

    @cached_property
    def here(self) -> list[int]:
        """The best unit and the other parts of its sentence."""
        return [self.best, *(at for at in self._sentence(self.best) if at != self.best)]

    def _sentence(self, at: int) -> list[int]:
        unit, units = self.units[at], self.units
        beside = range(max(0, at - _PARTS), min(len(units), at + _PARTS + 1))
        return [one for one in beside if (units[one].number, units[one].start) == (unit.number, unit.start)]

    @cached_property
    def used(self) -> list[int]:
        """The units that hold its facts, the best one first, each with the other parts of its sentence."""
        used = [self.best]
        for at in self.chosen[1:]:
            if any(at in fact.own and self.best not in fact.own for fact in self.reading.facts):
                used.append(at)
        for at in tuple(used):
            used += [one for one in self._sentence(at) if one not in used]
        return used

    @cached_property
    def sentence(self) -> Unit:
        """The best unit with the other parts of its sentence."""
        return self.whole(self.best)

    def whole(self, at: int) -> Unit:
        """A unit with the other parts of its sentence, semicolons between them."""
        unit, parts = self.units[at], self._sentence(at)
        if unit.columns or len(parts) == 1:
            return unit
        cut: list[Token] = []
        for part in parts:
            cut += [Mark(";"), *self.units[part].tokens] if cut else self.units[part].tokens
        found = frozenset().union(*(self.units[part].roots for part in parts))
        return Unit(
            unit.number,
            unit.start,
            unit.end,
            cut,
            [],
            unit.context,
            found,
            unit.context_roots,
            unit.heading_roots,
            is_prose=unit.is_prose,
            places=places(cut),
        )

    @cached_property
    def around(self) -> list[Token]:
        """The words of the best unit's sentence and of those before and after it; none for a row."""
        best = self.units[self.best]
        if best.columns:
            return []
        order = sorted(self.here)
        found = list(self.sentence.tokens)
        for at, is_before in ((order[0] - 1, True), (order[-1] + 1, False)):
            if not 0 <= at < len(self.units):
                continue
            beside = self.units[at]
            same = beside.number == best.number and beside.heading_roots == best.heading_roots
            if same and not beside.columns and beside.is_prose == best.is_prose:
                other = self.whole(at).tokens
                found = [*other, Mark("."), *found] if is_before else [*found, Mark("."), *other]
        return found

    @cached_property
    def lead(self) -> int:
        """How many of these words stand before the best unit's sentence."""
        cut = self.around
        first = self.sentence.tokens[0] if self.sentence.tokens else None
        return next((at for at, token in enumerate(cut) if token is first), 0)

    @cached_property
    def near(self) -> frozenset[str]:
        """The roots of the units used and of what stands above them."""
        return frozenset().union(*(self.units[at].roots | self.units[at].heading_roots for at in self.used))

    @cached_property
    def levels(self) -> dict[int, float]:
        """How well each telling word of the claim is held, by its place."""
        units, reading = self.units, self.reading
        have = self.near.union(*(units[at].roots | units[at].context_roots for at in self.chosen))
        return {at: self._level(word, have) for at, word in reading.telling.items()}

    def _level(self, word: Word, have: frozenset[str]) -> float:
        close_roots = [root for root in word.roots if close(root)]
        for among, (own, related) in zip((self.near, have), (_LEVELS[0:2], _LEVELS[2:4]), strict=True):
            if not among.isdisjoint(close_roots):
                return own
            if not among.isdisjoint(word.roots):
                return related
        holding = self.reading.evidence.holding
        if any(holding(root) for root in close_roots):
            return _LEVELS[4]
        return _LEVELS[5] if any(holding(root) for root in word.roots) else 0.0
