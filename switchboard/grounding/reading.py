"""A claim read beside the evidence: its facts and words, with the units that hold each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from switchboard.grounding.evidence import Evidence
from switchboard.grounding.figures import Amount, Day
from switchboard.grounding.naming import Name, names
from switchboard.grounding.rivals import Bond, bonds, kind
from switchboard.grounding.tokens import Code, Token
from switchboard.grounding.units import places
from switchboard.grounding.wording import Word, close, wording

_RELATED = 0.4
"""How much a word counts that is only related."""
_CLOSE = 0.85
"""The same for a word that stands for another one."""
_COUNTED = 12
"""Up to this a number of a translated text may be a word in its source."""
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
        self._held: dict[frozenset[str], dict[int, float]] = {}

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
        stating = self.evidence.stating(token)
        if not stating and isinstance(token, Amount):
            is_count = not token.measure and token.values[0] <= _COUNTED and token.values[0].is_integer()
            if token.is_soft or token.text.startswith(("one ", "a ")) or (self.foreign and is_count):
                return None
            if at > 1 and self.cut[at - 1].text in ("of", "than") and self.cut[at - 2].text in _INSTEAD:
                return None
        return Fact(at, token.text, token, stating)

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
        if word.roots not in self._held:
            found: dict[int, float] = {}
            for root in word.roots:
                exact = 1.0 if root == word.stem else _CLOSE if close(root) else _RELATED
                for at, count in self.evidence.holding(root):
                    if found.get(at, 0.0) < count * exact:
                        found[at] = count * exact
            self._held[word.roots] = found
        return self._held[word.roots]

    def bonds(self, fact: Fact, reach: int) -> list[Bond]:
        """The words and facts that belong to a fact more than to another one of its kind."""
        return bonds(fact.last, self.cut, self.line, self.weights, self.kinds, reach)
