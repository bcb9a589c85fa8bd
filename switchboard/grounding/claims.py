"""Which sentences of a text claim something, and which sources each of them cites."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from switchboard.grounding.facts import folded_words
from switchboard.grounding.figures import Amount, Day
from switchboard.grounding.tokens import Code, Token
from switchboard.grounding.wording import Word, wording
from switchboard.sentences import Kind, Sentence, plain, sentences

_CITATION = re.compile(r"\[\^?(\d{1,4}(?:\s?[,;–-]\s?\^?\d{1,4}){0,20})\]")
_LEADING = re.compile(r"(?:\s?\[\^?\d{1,4}(?:\s?[,;–-]\s?\^?\d{1,4}){0,20}\])+[.,;]?\s?")
_RANGE = re.compile(r"(\d+)\s?[–-]\s?\^?(\d+)")
_MOST_IN_RANGE = 50
_INVITING_WORDS = """
contact visit join come discover explore call write learn see read find get book fly meet let welcome
try follow apply ask look imagine experience enjoy note thank thanks please hello hi dear speak talk
reach check send email step start choose plan bring be stay click browse happy good here
"""
_INVITING = frozenset(_INVITING_WORDS.split())
_ABOUT_ITSELF = re.compile(
    r"(?:this|the following|the above|the present) (?:brochure|text|summary|overview|document|page|answer|"
    r"section|table|list)\b|"
    r"(?:here (?:is|are)|below|in (?:short|summary|conclusion)|based on the|according to the)\b.{0,80}:\s*$|"
    r"(?:i|we) (?:could not|couldn't|cannot|can't|did not|don't|do not) (?:find|see|know|have)|"
    r"(?:the|these|those|your|my|none of the) (?:given |provided |available )?"
    r"(?:sources|passages|documents|pages) (?:do|does|did|say|give|contain|provide|mention|hold)|"
    r"(?:there is|i have|i found) no information|no information (?:is|was|on|about)|i hope this|let me know|"
    r"(?:all )?(?:figures|information|facts) (?:in this|are taken|come from|here)|as an ai\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence with what it cites itself, and what the rest of its paragraph cites for it."""

    sentence: Sentence
    cited: tuple[int, ...]
    inherited: tuple[int, ...]
    words: str
    """Its text without marks of Markdown and without citations."""


def claims(text: str) -> list[Claim]:
    """Every sentence of a text with its citations, those at the beginning of the next sentence included."""
    units = sentences(text)
    cited = [list(_cited(sentence.text)) if sentence.kind is not Kind.CODE else [] for sentence in units]
    for at in range(1, len(units)):
        leading = _LEADING.match(units[at].text)
        if leading and units[at].kind is Kind.PROSE and _together(text, units[at - 1], units[at]):
            moved = list(_cited(leading[0]))
            cited[at - 1] += moved
            cited[at] = list(_cited(units[at].text[leading.end() :]))
    found: list[Claim] = []
    below: list[int] = []
    for at in range(len(units) - 1, -1, -1):
        if at + 1 < len(units) and not _together(text, units[at], units[at + 1]):
            below = []
        own = tuple(dict.fromkeys(cited[at]))
        found.append(Claim(units[at], own, () if own else tuple(below), _words(units[at])))
        below = list(own) or below
    found.reverse()
    return found


def _together(text: str, one: Sentence, two: Sentence) -> bool:
    """Whether two units belong to one paragraph, list or table."""
    between = text[one.end : two.start]
    if Kind.HEADING in (one.kind, two.kind) or Kind.CODE in (one.kind, two.kind):
        return False
    if two.kind in (Kind.ITEM, Kind.ROW):
        return one.kind is two.kind or between.count("\n") <= 2
    return between.count("\n") < 2 and one.kind is Kind.PROSE


def _cited(text: str) -> Iterator[int]:
    for match in _CITATION.finditer(text):
        body = match[1]
        for low, high in _RANGE.findall(body):
            if int(low) < int(high) <= int(low) + _MOST_IN_RANGE:
                yield from range(int(low), int(high) + 1)
        yield from map(int, re.findall(r"\d+", _RANGE.sub(r"\1, \2", body)))


def _words(sentence: Sentence) -> str:
    return plain(_CITATION.sub(" ", sentence.text)).replace(" .", ".").replace(" ,", ",")


def claims_something(claim: Claim, cut: Sequence[Token]) -> bool:
    """Whether there is anything in a sentence that a source can be asked for."""
    sentence, words = claim.sentence, claim.words
    if sentence.kind in (Kind.HEADING, Kind.CODE) or words.rstrip("*_ ”\"'").endswith("?"):
        return False
    if re.fullmatch(r"\*\*.{1,80}\*\*:?", sentence.text.strip()) and not claim.cited:
        return False
    if _ABOUT_ITSELF.match(words[:300]):
        return False
    facts = [token for token in cut if isinstance(token, Amount | Day | Code)]
    content = [token for token in cut if isinstance(token, Word) and token.is_content]
    first = next(iter(folded_words(words[:80])), "")
    if not facts and first in _INVITING and not (claim.cited and len(content) > 8):
        return False
    if words.rstrip().endswith(":") and not facts:
        return False
    if sentence.kind is Kind.ROW and not facts and not claim.cited and not claim.inherited:
        return False
    telling = [token for token in content if token.stem not in wording().idle]
    return bool(facts) or len(telling) >= (1 if claim.cited else 3)
