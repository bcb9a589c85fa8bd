"""A claim read beside the evidence: its facts and words, with the units that hold each of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from switchboard.grounding.derived import derives
from switchboard.grounding.evidence import Evidence
from switchboard.grounding.figures import Amount, Day
from switchboard.grounding.naming import Name, names
from switchboard.grounding.rivals import Bond, bonds, kind
from switchboard.grounding.tokens import Code, Token
from switchboard.grounding.units import places
from switchboard.grounding.wording import Word, wording

_COUNTED = 12
"""Up to this a number of a translated text may be a word in its source."""
_YEAR = 12.0
"""Months of a year, which a source may write without a number."""
_RECKONED = 8
"""Units whose numbers are reckoned with."""
_FACTS = 40
"""Facts of one sentence that are checked; real ones have at most a dozen."""
_INSTEAD = frozenset(("instead", "rather"))


@dataclass(frozen=True, slots=True)
class Fact:
    """A number, date, code or name of a claim, from its token ``at`` on."""

    at: int
    text: str
    token: Amount | Day | Code | Name
    stating: dict[int, float]
    """The units that hold it, each with how much it counts there: 1 in its own words, less above it."""

    @property
    def last(self) -> int:
        """The place of its last token."""
        return self.at + (self.token.length - 1 if isinstance(self.token, Name) else 0)

    @property
    def own(self) -> list[int]:
        """The units that hold it in their own words."""
        return [at for at, count in self.stating.items() if count == 1.0]


class Reading:
    """A claim beside the evidence that counts for it.

    Args:
        cut: the claim's tokens.
        evidence: the sources that count for it.
        own: folded words of the names of those whom the sources are about, which need not stand in them.
        foreign: whether the claim is in another language than the evidence, so that words say nothing.
    """

    def __init__(
        self, cut: Sequence[Token], evidence: Evidence, own: frozenset[str], *, foreign: bool = False
    ) -> None:
        self.cut = cut
        self.evidence = evidence
        self.foreign = foreign
        self.line = places(cut)
        self._own = own

    @cached_property
    def facts(self) -> list[Fact]:
        """The facts of the claim that its sources have to have."""
        facts = [fact for at, token in enumerate(self.cut) if (fact := self._fact(at, token))][:_FACTS]
        for name in names(self.cut, self.evidence.names, self.evidence.lower)[:_FACTS]:
            stating = name.holding(self.evidence)
            needless = self.foreign or all(word.folded in self._own for word in name.words)
            if stating or not needless:
                facts.append(Fact(name.at, name.text, name, stating))
        return facts

    def _fact(self, at: int, token: Token) -> Fact | None:
        if isinstance(token, Code):
            return Fact(at, token.text, token, dict(self.evidence.coded(token.key)))
        if not isinstance(token, Amount | Day):
            return None
        if isinstance(token, Amount) and token.values[0] == 1.0 and not (token.is_ordinal or token.measure):
            return None
        stating = self.evidence.stating(token) or self._derived(self._summed(at, token))
        if not stating and isinstance(token, Amount):
            if self._is_counted(at, token):
                return None
            is_count = not token.measure and token.values[0] <= _COUNTED and token.values[0].is_integer()
            if at and self.cut[at - 1].text == "past":
                return None
            if token.measure == "months" and token.values[0] == _YEAR:
                return None
            if token.is_soft or token.text.startswith(("one ", "a ")) or (self.foreign and is_count):
                return None
            if at > 1 and self.cut[at - 1].text in ("of", "than") and self.cut[at - 2].text in _INSTEAD:
                return None
        return Fact(at, token.text, token, stating)

    def _summed(self, at: int, token: Amount | Day) -> Amount | Day:
        """The months of "a year and seven months"."""
        before = [other.text for other in self.cut[max(0, at - 2) : at]]
        if isinstance(token, Amount) and token.measure == "months" and before == ["a year", "and"]:
            return replace(token, values=tuple(value + _YEAR for value in token.values))
        return token

    def _derived(self, token: Amount | Day) -> dict[int, float]:
        """The units, of those that hold most of the claim's words, from whose numbers a number follows."""
        counts: dict[int, float] = {}
        for word in self.cut:
            if isinstance(word, Word) and word.is_content:
                weight = self.evidence.weight(word.roots)
                for at, count in self.holding(word).items():
                    counts[at] = counts.get(at, 0.0) + weight * count
        stating = self.evidence.stating(token)
        if stating:
            return stating
        likely = sorted(counts, key=lambda at: (-counts[at], at))[:_RECKONED]
        return {at: 1.0 for at in likely if derives(token, self.evidence.units[at])}

    def _is_counted(self, at: int, token: Amount) -> bool:
        """Whether a small number in words counts what a source may only list."""
        is_small = not token.measure and not token.is_ordinal and 1 < token.values[0] <= _COUNTED
        if not is_small or not token.text.isalpha():
            return False
        following = self.cut[at + 1] if at + 1 < len(self.cut) else None
        return not (isinstance(following, Word) and self.evidence.numbers(following.stem))

    @cached_property
    def words(self) -> dict[int, Word]:
        """The words of the claim that say something and are no names, by their places."""
        if self.foreign:
            return {}
        named = {place for fact in self.facts for place in range(fact.at, fact.last + 1)}
        return {
            at: token
            for at, token in enumerate(self.cut)
            if isinstance(token, Word) and token.is_content and at not in named
        }

    @cached_property
    def telling(self) -> dict[int, Word]:
        """Those of its words that a source can be asked for."""
        idle = wording().idle
        return {at: word for at, word in self.words.items() if word.stem not in idle}

    @cached_property
    def weights(self) -> dict[int, float]:
        """How much each word and fact tells the units apart, by its place."""
        weights = {at: self.evidence.weight(word.roots) for at, word in self.telling.items()}
        return weights | {fact.last: self.worth(fact) for fact in self.facts}

    @cached_property
    def kinds(self) -> dict[int, str]:
        """The kind of each fact, by its place."""
        return {fact.last: kind(self.cut[fact.last]) for fact in self.facts}

    @cached_property
    def scores(self) -> dict[int, float]:
        """How much of the claim each unit holds."""
        scores: dict[int, float] = {}
        for word in self.words.values():
            weight = self.evidence.weight(word.roots)
            for at, count in self.holding(word).items():
                scores[at] = scores.get(at, 0.0) + weight * count
        for fact in self.facts:
            weight = self.worth(fact)
            for at, count in fact.stating.items():
                scores[at] = scores.get(at, 0.0) + weight * count
        return scores

    def worth(self, fact: Fact) -> float:
        """How much a fact tells the units apart."""
        if isinstance(fact.token, Name):
            return max(self.evidence.weight(word.roots) for word in fact.token.words)
        return 3.0 if len(fact.stating) < 4 else 2.0

    def holding(self, word: Word) -> dict[int, float]:
        """The units that hold a word or one like it, each with how much it counts there."""
        return self.evidence.alike(word.roots, word.stem)

    def bonds(self, fact: Fact, reach: int) -> list[Bond]:
        """The words and facts that belong to a fact more than to another one of its kind."""
        return bonds(fact.last, self.cut, self.line, self.weights, self.kinds, reach)
