"""Which sentences of a text its sources bear out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from switchboard.grounding.bearing import Borne, Lack, Missing, bearing
from switchboard.grounding.claims import Claim, claims, claims_something
from switchboard.grounding.evidence import Evidence
from switchboard.grounding.facts import folded_words, tokens
from switchboard.grounding.figures import Amount, Day
from switchboard.grounding.reading import Reading
from switchboard.grounding.tokens import Code, Token
from switchboard.grounding.units import units
from switchboard.messages import Source
from switchboard.ranking import STOP_WORDS
from switchboard.sentences import Sentence

_LONGEST = 3_000
"""Characters of a sentence that are checked."""
_TOKENS = 200
"""Words, numbers and marks of a sentence that are checked."""
_LOOKED_AT = 5_000
_SHORT = 12
_COMMON = 0.18
"""The share of common words under which a text is not in English; English ones have about 0.4."""


@dataclass(frozen=True, slots=True)
class Supported:
    """A source bears the sentence out: the one of that ``number``, in ``text[start:end]``."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Unsupported:
    """No source that counts for the sentence bears it out; ``reason`` tells a reader what is missing."""

    reason: str


@dataclass(frozen=True, slots=True)
class NoClaim:
    """There is nothing to bear out: a heading, a question, a greeting, an invitation."""


Verdict = Supported | Unsupported | NoClaim


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence of the text, the numbers it cites, and what became of it."""

    sentence: Sentence
    cited: tuple[int, ...]
    verdict: Verdict


def check(text: str, sources: Sequence[Source], *, same_language: bool = True) -> tuple[Checked, ...]:
    """Check every sentence of ``text`` against the sources it cites.

    A sentence without a citation is checked against all sources, first against what the rest of its paragraph
    cites.

    Args:
        text: Markdown, with ``[2]`` after what source 2 says.
        sources: what it was written from.
        same_language: whether text and sources are in one language; otherwise only numbers, dates and names
            that are spelt the same are compared.
    """
    foreign = not same_language or not _is_english(text)
    checking = _Check(sources, foreign=foreign)
    return tuple(checking.of(claim) for claim in claims(text))


class _Check:
    def __init__(self, sources: Sequence[Source], *, foreign: bool) -> None:
        self._units = {source.number: units(source, foreign=foreign) for source in sources}
        self._foreign = foreign
        self._evidence: dict[tuple[int, ...], Evidence] = {}
        self._own = _own_words(sources)

    def of(self, claim: Claim) -> Checked:
        """What becomes of one claim."""
        cut = tokens(claim.words[:_LONGEST], foreign=self._foreign)[:_TOKENS]
        cited = claim.cited or claim.inherited
        if not claims_something(claim, cut):
            return Checked(claim.sentence, cited, NoClaim())
        for number in claim.cited:
            if number not in self._units:
                return Checked(claim.sentence, cited, Unsupported(f"There is no source {number}."))
        if self._foreign and not any(isinstance(token, Amount | Day | Code) for token in cut):
            return Checked(claim.sentence, cited, NoClaim())
        return Checked(claim.sentence, cited, self._verdict(claim, cut))

    def _verdict(self, claim: Claim, cut: list[Token]) -> Verdict:
        everything = tuple(self._units)
        asked = [claim.cited] if claim.cited else [claim.inherited, everything]
        reason = "No source says anything like this."
        for numbers in asked:
            if evidence := self._among(numbers):
                found = bearing(Reading(cut, evidence, self._own, foreign=self._foreign))
                if isinstance(found, Borne):
                    return Supported(found.unit.number, found.unit.start, found.unit.end)
                reason = _reason(found, claim.cited, claim.words)
        return Unsupported(reason)

    def _among(self, numbers: tuple[int, ...]) -> Evidence | None:
        if numbers not in self._evidence:
            among = [unit for number in numbers for unit in self._units.get(number, ())]
            self._evidence[numbers] = Evidence(among)
        return self._evidence[numbers] if numbers else None


def _is_english(text: str) -> bool:
    """Whether a text has as many of the common words as English has; a short one is taken to be."""
    words = folded_words(text[:_LOOKED_AT])
    return len(words) < _SHORT or sum(word in STOP_WORDS for word in words) >= _COMMON * len(words)


def _own_words(sources: Sequence[Source]) -> frozenset[str]:
    """The words of names that most titles of several sources share: those of whom they are about."""
    titles = [set(folded_words(source.title)) for source in sources]
    counts = Counter(word for title in titles for word in title)
    return frozenset(word for word, count in counts.items() if count >= max(2, len(titles) / 2))


def _reason(missing: Missing, numbers: tuple[int, ...], words: str) -> str:
    """What is missing, as one sentence for a reader; without numbers all sources were asked."""
    quoted = f"“{_quoted(missing, words)}”"
    if not numbers:
        return {
            Lack.EVERYTHING: "No source says anything like this.",
            Lack.SAID: f"No source says {quoted}.",
            Lack.PLACE: f"No source says {quoted} of this.",
            Lack.STRENGTH: f"The sources say it without {quoted}.",
            Lack.CONTRARY: "The sources say the opposite.",
        }[missing.lack]
    several = len(numbers) > 1
    listed = ", ".join(map(str, numbers[:-1])) + f" and {numbers[-1]}" if several else str(numbers[0])
    who = f"Sources {listed}" if several else f"Source {listed}"
    say, deny = ("say", "do not say") if several else ("says", "does not say")
    return {
        Lack.EVERYTHING: f"{who} {say} nothing like this.",
        Lack.SAID: f"{who} {deny} {quoted}.",
        Lack.PLACE: f"{who} {say} {quoted} of something else.",
        Lack.STRENGTH: f"{who} {say} it without {quoted}.",
        Lack.CONTRARY: f"{who} {say} the opposite.",
    }[missing.lack]


def _quoted(missing: Missing, words: str) -> str:
    """The words of the sentence from the first to the last that is missing."""
    start = words.find(missing.first)
    end = words.find(missing.last, start + len(missing.first)) if missing.last else -1
    return words[start : end + len(missing.last)] if start >= 0 and end >= 0 else missing.first
