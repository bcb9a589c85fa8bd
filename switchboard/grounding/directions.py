"""Which way a claim and its source go: from one place or amount to another."""

from collections.abc import Sequence

from switchboard.grounding.figures import Amount
from switchboard.grounding.reading import Fact, Reading
from switchboard.grounding.rivals import same
from switchboard.grounding.tokens import Token
from switchboard.grounding.units import Unit
from switchboard.grounding.wording import Word

_THEN = frozenset(("from", "against", "than", "after"))
_STEP = 4
"""Tokens between what was and what is."""


def reversed_way(at: int, cut: Sequence[Token], unit: Unit) -> bool:
    """Whether a name follows "from" in a claim and only "to" in its source, or the other way round."""
    mine = _way(at, cut)
    name = cut[at]
    if not mine:
        return False
    said = [
        way
        for place, token in enumerate(unit.tokens)
        if same(name, token) and (way := _way(place, unit.tokens))
    ]
    return bool(said) and mine not in said


def _way(at: int, cut: Sequence[Token]) -> str:
    start = at
    while (
        start > 0
        and isinstance(before := cut[start - 1], Word)
        and before.text[0].isupper()
        and before.is_content
    ):
        start -= 1
    before_ = cut[start - 1] if start else None
    if isinstance(before_, Word) and before_.folded in ("from", "to", "into", "leaving"):
        return "from" if before_.folded in ("from", "leaving") else "to"
    if before_ is not None and before_.text in "–—":
        return "to"
    end = at + 1
    while (
        end < len(cut)
        and isinstance(after := cut[end], Word)
        and after.text[0].isupper()
        and after.is_content
    ):
        end += 1
    following = cut[end] if end < len(cut) else None
    if following is not None and following.text in ("to", "–", "—"):
        beyond = cut[end + 1] if end + 1 < len(cut) else None
        if isinstance(beyond, Word) and beyond.text[0].isupper():
            return "from"
    return ""


def has_moved(fact: Fact, reading: Reading) -> bool:
    """Whether a claim says "from" one amount "to" another, this being one of them."""
    cut = reading.cut
    before = cut[fact.at - 1].text if fact.at else ""
    amounts = {other.at: other for other in reading.facts if isinstance(other.token, Amount)}
    if fact.at not in amounts or before not in ("from", "to"):
        return False
    other = "to" if before == "from" else "from"
    return any(at and abs(at - fact.at) <= _STEP and cut[at - 1].text == other for at in amounts)


def is_turned(fact: Fact, reading: Reading, unit: Unit) -> bool:
    """Whether a source says "from", "against" or "than" what a claim has come to, and of nothing else."""
    if reading.cut[fact.at - 1].text != "to" or not isinstance(fact.token, Amount):
        return False
    places = [
        at for at, token in enumerate(unit.tokens) if isinstance(token, Amount) and fact.token.agrees(token)
    ]
    before = [{token.text for token in unit.tokens[max(0, at - 2) : at]} for at in places]
    return bool(before) and all(not words.isdisjoint(_THEN) for words in before)
