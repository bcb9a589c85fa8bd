"""A "not" that a claim has and its source has not, or the other way round."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from switchboard.grounding.figures import Amount
from switchboard.grounding.tokens import Mark, Token
from switchboard.grounding.units import Unit, roots
from switchboard.grounding.wording import Word, stem, stems_of, stems_said

if TYPE_CHECKING:
    from switchboard.grounding.alignment import Alignment

_NEGATION_WORDS = """
not no never without none nor neither cannot nothing nobody dont doesnt isnt arent wasnt werent cant wont
hasnt havent hadnt didnt couldnt wouldnt shouldnt mustnt
"""
NEGATIONS = frozenset(_NEGATION_WORDS.split())
_BOUND_WORDS = "only more fewer less later matter longer exception over just exceed exceeding"
_NO_NEGATIONS = frozenset(_BOUND_WORDS.split())
"""Words before which a "not" or "no" denies nothing."""
NEGATIVE = stems_of(
    """lack fail unable prohibit forbid forbidden exclude except exception refuse instead zero unless
    impossible independent absent miss waive nonstop free only avoid stop abolish unlisted private
    unchanged few deny refused remain rather same first give decline equal off out idle ban bar instead
    skip miss spare stay abandon reject halt exempt
    """
)
"""Words that say "not" in their own way."""
_SCOPE = 3
"""Words that say something which a "not" reaches."""
_FEW = 4
"""Units up to which a word is rare enough for what is always said of it."""
_WIDE = 6
"""The same where something denied is looked for."""


def added_negation(cut: Sequence[Token], unit: Unit, units: Sequence[Unit]) -> str:
    """The "not" of a claim whose words the source has without one; empty where there is none.

    Args:
        cut: the claim.
        unit: what bears it out best.
        units: what else has words of it.
    """
    best = stems_said(unit.tokens)
    if not best.isdisjoint(NEGATIVE) or _is_empty(unit):
        return ""
    without: set[str] = set()
    for one in (unit, *units):
        for _, reached in _scopes(one.tokens, _WIDE):
            without |= roots(one.tokens[place] for place in reached)
    for at, reached in _scopes(cut, _SCOPE):
        inside = [cut[place] for place in reached]
        stems = stems_said(inside)
        if stems.isdisjoint(NEGATIVE) and not stems.isdisjoint(best) and without.isdisjoint(roots(inside)):
            return cut[at].text
    return ""


def denied(cut: Sequence[Token], telling: Iterable[Word], unit: Unit) -> bool:
    """Whether a source says "not" to a word that the claim has without one.

    Args:
        cut: the claim.
        telling: those of its words that a source can be asked for.
        unit: what bears it out best.
    """
    if unit.columns or _is_negative(cut):
        return False
    is_with = any(token.text == "with" for token in cut)
    scopes = _scopes(unit.tokens, _SCOPE)
    inside = {
        place for at, reached in scopes for place in reached if is_with or unit.tokens[at].text != "without"
    }
    no: set[str] = set()
    said: set[str] = set()
    for place, token in enumerate(unit.tokens):
        if isinstance(token, Word):
            (no if place in inside else said).add(token.stem)
            if token.folded.startswith("not "):
                no.add(stem(token.folded.removeprefix("not ")))
    return any(word.stem in no - said for word in telling)


def denied_always(aligned: "Alignment") -> float:
    """How much of the claim the unit has that denies one of its words, where no unit has it undenied.

    It is given as a share of what the unit has that bears the claim out best.
    """
    reading = aligned.reading
    if _is_negative(reading.cut):
        return 0.0
    top, found = reading.scores[aligned.best], 0.0
    for word in reading.telling.values():
        holding = [at for at, count in reading.evidence.holding(word.stem) if count == 1.0]
        if 0 < len(holding) <= _FEW and all(_denies(word, aligned.units[at].tokens) for at in holding):
            found = max(found, *(reading.scores.get(at, 0.0) / top for at in holding))
    return found


def _denies(word: Word, cut: Sequence[Token]) -> bool:
    inside = {place for _, reached in _scopes(cut, _SCOPE) for place in reached}
    places = {at for at, token in enumerate(cut) if isinstance(token, Word) and token.stem == word.stem}
    return bool(places) and places <= inside


def _is_negative(cut: Sequence[Token]) -> bool:
    """Whether a text denies something in any way."""
    return not stems_said(cut).isdisjoint(NEGATIVE) or any(
        isinstance(token, Word) and (token.folded in NEGATIONS or token.folded.startswith(("not ", "no ")))
        for token in cut
    )


def _is_empty(unit: Unit) -> bool:
    """Whether a unit says "none" or zero."""
    is_row_without = bool(unit.columns) and any(
        isinstance(token, Word) and token.folded in NEGATIONS for token in unit.tokens
    )
    return is_row_without or any(isinstance(token, Amount) and 0.0 in token.values for token in unit.tokens)


def _scopes(cut: Sequence[Token], scope: int) -> Iterator[tuple[int, set[int]]]:
    """Each word that negates, with the places of the words it reaches."""
    for at, token in enumerate(cut):
        if not isinstance(token, Word) or token.folded not in NEGATIONS:
            continue
        following = cut[at + 1] if at + 1 < len(cut) else None
        if isinstance(following, Mark) or (
            isinstance(following, Word) and following.folded.split()[0] in _NO_NEGATIONS
        ):
            continue
        reached: set[int] = set()
        for place in range(at + 1, len(cut)):
            other = cut[place]
            if len(reached) == scope or (isinstance(other, Mark) and other.text != "-"):
                break
            if isinstance(other, Word) and other.folded in ("but", "and"):
                break
            if isinstance(other, Word) and other.is_content:
                reached.add(place)
        yield at, reached
