"""What turns a true sentence into another one: a "not", an "all", an opposite, a plan told as done."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from switchboard.grounding.figures import Amount, Bound, Day
from switchboard.grounding.negation import added_negation, is_denied
from switchboard.grounding.tokens import Token
from switchboard.grounding.units import Unit
from switchboard.grounding.wording import Word, stems_of, stems_said, wording

_ALL = stems_of("all every entire whole everyone everything always everywhere however regardless")
_WHOLE = stems_of("all every each entire whole full always")
_LIMITS = stems_of(
    "except exception most some many half more few several only about nearly almost apart up but"
) | {"less than", "more than", "at least"}
_EXCEPTIONS = stems_of("except exception not apart unless")
_CONDITIONS = stems_of("if when only until between within") | {"up to"}
_TOP = stems_of("largest biggest greatest highest top main")
_PAST = frozenset(("has", "have", "had", "was", "were", "been", "did", "already"))
_WEAK = stems_of("plan intend hope consider propose aim might seek proposal planning")
_BEING = frozenset(("is", "are", "be", "being"))
_INTENDED = stems_of("intend hope aim propose")
_PHRASAL = frozenset(("up", "down"))
"""Words that turn round what a source says, but say little by themselves."""


class Contrast(Enum):
    """How a claim differs from what its source says."""

    ADDED = "added"
    REPLACED = "replaced"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Turned:
    """A word of a claim that turns round what its source says; none where the source denies the claim."""

    contrast: Contrast
    text: str = ""


def contrast(cut: Sequence[Token], units: Sequence[Unit], rows: Sequence[Unit]) -> Turned | None:
    """What a claim turns round of what its source says.

    Args:
        cut: the claim.
        units: what bears it out, best first.
        rows: of the first unit's table, which say together what is the most or the largest.
    """
    words = [token for token in cut if isinstance(token, Word)]
    found = (
        _negated(cut, units),
        _strengthened(cut, words, units, rows),
        _bounded(cut, units),
        _opposed(words, units),
        _planned(words, units, any(isinstance(token, Day) for token in cut)),
    )
    return next((turned for some in found for turned in some), None)


def _negated(cut: Sequence[Token], units: Sequence[Unit]) -> Iterator[Turned]:
    if text := added_negation(cut, units):
        yield Turned(Contrast.ADDED, text)
    if is_denied(cut, units):
        yield Turned(Contrast.DENIED)


def _strengthened(
    cut: Sequence[Token], words: Sequence[Word], units: Sequence[Unit], rows: Sequence[Unit]
) -> Iterator[Turned]:
    """An "all", an "only" or a "largest" that the source has not."""
    strong = wording().strong
    said = stems_said(token for unit in units for token in (*unit.tokens, *unit.context))
    for word in words:
        if word.stem in _ALL:
            if _is_limited(cut, word, units[0]):
                yield Turned(Contrast.ADDED, word.text)
            continue
        enough = strong.get(word.stem)
        is_greatest = word.stem in _TOP and _is_greatest(cut, [units[0], *rows])
        if enough and enough.isdisjoint(said) and not is_greatest:
            yield Turned(Contrast.ADDED, word.text)


def _is_limited(cut: Sequence[Token], word: Word, unit: Unit) -> bool:
    """Whether a source says of some what a claim says of all."""
    at = next(place for place, token in enumerate(cut) if token is word)
    following = cut[at + 1].text if at + 1 < len(cut) else ""
    if word.folded == "however" and following == ",":
        return False
    said, mine = stems_said(unit.tokens), stems_said(cut)
    if (said & _EXCEPTIONS) - mine and mine.isdisjoint(_EXCEPTIONS):
        return True
    if word.folded in ("however", "regardless"):
        return bool((said & _CONDITIONS) - mine)
    if following == "of":
        return said.isdisjoint(_WHOLE)
    return bool((said & _LIMITS) - mine) and mine.isdisjoint(_LIMITS) and said.isdisjoint(_ALL | _WHOLE)


def _is_greatest(cut: Sequence[Token], units: Sequence[Unit]) -> bool:
    """Whether a claim has the greatest of several amounts, which bears out that it is."""
    said = [token for unit in units for token in unit.tokens if isinstance(token, Amount)]
    for token in cut:
        if isinstance(token, Amount):
            same = [other.values[0] for other in said if other.measure == token.measure]
            if len(same) > 1 and token.values[0] >= max(same):
                return True
    return False


def _bounded(cut: Sequence[Token], units: Sequence[Unit]) -> Iterator[Turned]:
    """A number that the source bounds on the other side, or not at all."""
    for token in cut:
        if not isinstance(token, Amount) or token.bound is Bound.EXACT:
            continue
        amounts = (other for unit in units for other in unit.tokens if isinstance(other, Amount))
        said = [other for other in amounts if token.agrees(other)]
        is_said = any(token.bound_text in (word.text for word in unit.tokens) for unit in units)
        if said and not is_said and all(token.contradicts_bound(other) for other in said):
            yield Turned(Contrast.ADDED, token.bound_text)


def _opposed(words: Sequence[Word], units: Sequence[Unit]) -> Iterator[Turned]:
    """A word of which the best unit has the opposite, and no unit the word or one like it."""
    opposite = wording().opposite
    unit = units[0]
    best, mine = stems_said(unit.tokens), {word.stem for word in words}
    have = unit.context_roots.union(*(one.roots for one in (units[:1] if unit.columns else units)))
    for word in words:
        against = opposite.get(word.stem)
        if not against or word.folded in _PHRASAL or word.stem in have or not (against & best) - mine:
            continue
        alike = {root for root in word.roots if root[0] in "=~"}
        held = (token for one in units for token in one.tokens if isinstance(token, Word))
        if all(alike.isdisjoint(token.roots) for token in held if token.stem not in against):
            yield Turned(Contrast.REPLACED, word.text)


def _planned(words: Sequence[Word], units: Sequence[Unit], is_dated: bool) -> Iterator[Turned]:
    """A plan told as done, or what was done told as a plan."""
    planned = wording().planned
    plans = [word for word in words if word.stem in planned]
    if plans:
        if all(word.stem in _WEAK for word in plans) and planned.isdisjoint(stems_said(units[0].tokens)):
            yield Turned(Contrast.ADDED, plans[0].text)
        return
    is_passive = any(word.folded in _BEING for word in words)
    best = stems_said(units[0].tokens)
    past = [
        word
        for word in words
        if word.folded in _PAST or (word.folded.endswith("ed") and not is_passive and word.stem in best)
    ]
    for unit in units:
        stems = stems_said(unit.tokens)
        if past and not stems.isdisjoint(planned) and stems.isdisjoint(_PAST):
            yield Turned(Contrast.REPLACED, past[0].text)
    if not is_dated and not _INTENDED.isdisjoint(stems_said(units[0].tokens)):
        yield Turned(Contrast.DENIED)
