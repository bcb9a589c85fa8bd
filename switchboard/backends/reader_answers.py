"""Choosing the quotes that answer a question, or that sum a text up.

It compares words, nothing else: a question in quite other words than the text finds nothing, which is said
rather than guessed.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from switchboard.backends.reader_quotes import Quote
from switchboard.ranking import Ranking, terms
from switchboard.sentences import Kind

COVERED = 0.6
"""The share of a question's words, by weight, that an answer and what stands around it must hold."""
NEAR = 0.2
"""The share from which a quote is worth showing as the nearest passage."""
QUOTES = 3
"""The most quotes of an answer."""
WEAK = 0.75
"""The share of the best quote's score below which another is left out."""
LED = 12
"""The most list items, rows or blocks taken along after a quote that ends in a colon."""
SUMMED = 14
"""About how many quotes a summary has."""
EARLIER = (0.3, 0.15, 0.075)
"""What the words of the last three earlier turns count; three times that where the question points back."""

_IN_HEADING, _NEARBY = 0.8, 0.6
"""What a word of the question counts that stands above a quote, or elsewhere in its section."""
_PRICES = frozenset({"cost", "fee", "charg", "price", "fare"})
_MONEY = re.compile(
    r"[$€£¥₹]\s?\d|\d\s?(?:[$€£¥₹]|dollars?|euros?|pounds?|rupees?|usd|eur|gbp|inr)\b", re.IGNORECASE
)
_BACK = re.compile(
    r"^(?:and|but|so|also|then)\b|\b(?:it|its|that|this|they|them|their|those|these|he|she|there)\b"
)
_CRUMB = re.compile(
    r"cookie|all rights reserved|©|subscribe|sign (?:in|up)|log ?in|click here|skip to|privacy policy|"
    r"terms of (?:use|service)|read more|back to top|follow us",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Section:
    """Quotes that stand together: from ``first`` up to ``after``."""

    first: int
    after: int
    heading: frozenset[str]
    words: frozenset[str]


class Index:
    """Quotes, ready to be searched; ``quotes`` keeps their order."""

    def __init__(self, quotes: Sequence[Quote]) -> None:
        self.quotes = tuple(quotes)
        self._terms = [_terms(quote.text) for quote in self.quotes]
        self._ranking = Ranking(self._terms)
        self._sections: list[_Section] = []
        self._section_of: list[int] = []
        first = 0
        for at, quote in enumerate(self.quotes):
            if at + 1 == len(self.quotes) or self.quotes[at + 1].section != quote.section:
                heading = frozenset(_terms(" ".join((quote.title, *quote.headings))))
                words = frozenset(term for own in self._terms[first : at + 1] for term in own)
                self._section_of += [len(self._sections)] * (at + 1 - first)
                self._sections.append(_Section(first, at + 1, heading, words))
                first = at + 1
        self._section_ranking = Ranking(
            [[*section.heading, *section.heading, *section.words] for section in self._sections]
        )

    def answer(self, question: str, earlier: Sequence[str] = (), least: float = COVERED) -> list[Quote]:
        """The quotes that answer a question, together where they stand together; none where none do.

        Args:
            question: what is asked.
            earlier: what the person said before, oldest first.
            least: the share of the question, from 0 to 1, that a quote must cover.
        """
        asked = list(dict.fromkeys(_terms(question)))
        points_back = bool(_BACK.search(question.casefold())) or len(asked) < 2
        weighted = [(asked, 1.0)]
        for text, weight in zip(reversed(earlier), EARLIER, strict=False):
            weighted.append((_terms(text), weight * (3 if points_back else 1)))
        if not asked and earlier:
            asked = _terms(earlier[-1])
        scores = self._scores(weighted)
        covered = [self._coverage(at, asked) for at in range(len(self.quotes))]
        ranked = sorted(range(len(scores)), key=lambda at: (-scores[at] * covered[at], at))
        if not asked or not ranked or covered[ranked[0]] < least:
            return []
        best = ranked[0]
        chosen: list[int] = []
        for at in ranked[: 4 * QUOTES]:
            strong = scores[at] * covered[at] >= WEAK * scores[best] * covered[best] and covered[at] >= least
            if strong and len(chosen) < QUOTES and not self._repeats(at, chosen, 0.8):
                chosen.append(at)
        return [self.quotes[at] for at in self._in_place(chosen)]

    def summary(self, focus: str = "") -> list[Quote]:
        """The quotes that say most, a few for each title, in their order.

        Args:
            focus: what it should be about; sections under a heading with all these words are taken alone.
        """
        wanted = set(_terms(focus))
        inside = {at for at, section in enumerate(self._sections) if wanted and wanted <= section.heading}
        spread = Counter(term for own in self._terms for term in set(own))
        candidates = [
            at
            for at in range(len(self.quotes))
            if (not inside or self._section_of[at] in inside) and _tells(self.quotes[at])
        ] or list(range(min(len(self.quotes), 200)))
        weights = {at: self._weight(at, spread, wanted) for at in candidates}
        titles = {self.quotes[at].title: None for at in candidates}
        share = max(2, min(SUMMED // max(1, len(titles)), 8))
        taken: list[int] = []
        left = Counter({title: share for title in list(titles)[:SUMMED]})
        for at in sorted(candidates, key=lambda at: (-weights[at], at)):
            title = self.quotes[at].title
            if left[title] > 0 and not self._repeats(at, taken, 0.5):
                taken.append(at)
                left[title] -= 1
        order = {title: number for number, title in enumerate(titles)}
        return [self.quotes[at] for at in sorted(taken, key=lambda at: (order[self.quotes[at].title], at))]

    def _scores(self, weighted: Sequence[tuple[Sequence[str], float]]) -> list[float]:
        totals = [0.0] * len(self.quotes)
        for query, weight in weighted:
            around = self._section_ranking.scores(query)
            for at, score in enumerate(self._ranking.scores(query)):
                totals[at] += weight * (score + 0.5 * around[self._section_of[at]])
        return totals

    def _coverage(self, at: int, asked: Sequence[str]) -> float:
        own, section = set(self._terms[at]), self._sections[self._section_of[at]]
        held = total = 0.0
        touched = False
        for term in asked:
            weight = self._ranking.weight(term)
            total += weight
            share = 1.0 if term in own else _IN_HEADING if term in section.heading else 0.0
            touched = touched or share > 0
            held += weight * (share or (_NEARBY if term in section.words else 0.0))
        return held / total if touched else 0.0

    def _repeats(self, at: int, others: Sequence[int], limit: float) -> bool:
        own = set(self._terms[at])
        return any(
            len(own & set(self._terms[other])) > limit * len(own | set(self._terms[other]))
            for other in others
        )

    def _in_place(self, chosen: Sequence[int]) -> list[int]:
        """Sections in the order of their best quote, quotes in theirs, lists after what leads them in."""
        sections = list(dict.fromkeys(self._section_of[at] for at in chosen))
        placed: dict[int, None] = {}
        for at in sorted(chosen, key=lambda at: (sections.index(self._section_of[at]), at)):
            placed[at] = None
            if self.quotes[at].text.endswith(":"):
                after = self._sections[self._section_of[at]].after
                for following in range(at + 1, min(after, at + 1 + LED)):
                    if self.quotes[following].kind is Kind.PROSE:
                        break
                    placed[following] = None
        return list(placed)

    def _weight(self, at: int, spread: Counter[str], wanted: set[str]) -> float:
        own = set(self._terms[at])
        told: float = sum(math.log(spread[term]) for term in own) / (len(own) + 4) ** 0.7
        leads = 0.6 / (1 + at - self._sections[self._section_of[at]].first)
        return told + leads + len(own & wanted) + (0.2 if any(term.isdigit() for term in own) else 0.0)


def _terms(text: str) -> list[str]:
    """Terms, with the words for a price taken as one, and an amount of money as that word."""
    words = ["price" if term in _PRICES else term for term in terms(text)]
    return [*words, "price"] if _MONEY.search(text) else words


def _tells(quote: Quote) -> bool:
    """Whether a quote says something by itself: no menu, no footer, no code."""
    count = len(quote.text.split())
    whole = quote.text[-1:] in '.!?…。！？।"”)]' or quote.kind in (Kind.ITEM, Kind.ROW)
    if quote.kind is Kind.CODE or quote.text.endswith(":") or _CRUMB.search(quote.text):
        return False
    return 5 <= count <= 80 and (whole or count >= 9)
