"""A "not" that a claim has and its source has not, or the other way round."""

from collections.abc import Iterator, Sequence

from switchboard.grounding.figures import Amount
from switchboard.grounding.tokens import Mark, Token
from switchboard.grounding.units import Unit, roots
from switchboard.grounding.wording import Word, stems_of, stems_said

_NEGATION_WORDS = """
not no never without none nor neither cannot nothing nobody dont doesnt isnt arent wasnt werent cant wont
hasnt havent hadnt didnt couldnt wouldnt shouldnt mustnt
"""
_NEGATIONS = frozenset(_NEGATION_WORDS.split())
_BOUND_WORDS = "only more fewer less later matter longer exception over just exceed exceeding"
_NO_NEGATIONS = frozenset(_BOUND_WORDS.split())
"""Words before which a "not" or "no" denies nothing."""
_NEGATIVE = stems_of(
    """lack fail unable prohibit forbid forbidden exclude except exception refuse instead zero unless
    impossible independent absent miss waive nonstop free only avoid stop abolish unlisted private
    unchanged few deny refused remain rather same first give decline equal
    """
)
"""Words that say "not" in their own way."""
_SCOPE = 3
"""Words that say something which a "not" reaches."""
_WIDE = 6
"""The same where something denied is looked for."""


def added_negation(cut: Sequence[Token], units: Sequence[Unit]) -> str:
    """The "not" of a claim whose words the source has without one; empty where there is none.

    Args:
        cut: the claim.
        units: what bears it out, best first.
    """
    best = stems_said(units[0].tokens)
    if not best.isdisjoint(_NEGATIVE) or _is_empty(units[0]):
        return ""
    denied: set[str] = set()
    for unit in units:
        for _, reached in _scopes(unit.tokens, _WIDE):
            denied |= roots(unit.tokens[place] for place in reached)
    for at, reached in _scopes(cut, _SCOPE):
        inside = [cut[place] for place in reached]
        stems = stems_said(inside)
        if stems.isdisjoint(_NEGATIVE) and not stems.isdisjoint(best) and denied.isdisjoint(roots(inside)):
            return cut[at].text
    return ""


def is_denied(cut: Sequence[Token], units: Sequence[Unit]) -> bool:
    """Whether the source says "not" to a word that the claim has without one."""
    inside = {place for _, reached in _scopes(cut, _WIDE) for place in reached}
    told = {at: token for at, token in enumerate(cut) if isinstance(token, Word) and token.is_content}
    if any(word.stem in _NEGATIVE for word in told.values()):
        return False
    is_with = any(isinstance(token, Word) and token.folded == "with" for token in cut)
    denied: set[str] = set()
    said: set[str] = set()
    for unit in units:
        reached = {
            place
            for at, places in _scopes(unit.tokens, _SCOPE)
            for place in places
            if not unit.columns and (is_with or unit.tokens[at].text != "without")
        }
        for place, token in enumerate(unit.tokens):
            if isinstance(token, Word) and token.is_content:
                (denied if place in reached else said).update(_near(token))
    mine = {root for at, word in told.items() if at not in inside for root in _near(word)}
    return not mine.isdisjoint(denied - said)


def _is_empty(unit: Unit) -> bool:
    """Whether a unit says "none" or zero."""
    is_row_without = bool(unit.columns) and any(
        isinstance(token, Word) and token.folded in _NEGATIONS for token in unit.tokens
    )
    return is_row_without or any(isinstance(token, Amount) and 0.0 in token.values for token in unit.tokens)


def _near(word: Word) -> set[str]:
    """A word's stem and the close sets that it stands in."""
    return {root for root in word.roots if root == word.stem or root[0] == "="}


def _scopes(cut: Sequence[Token], scope: int) -> Iterator[tuple[int, set[int]]]:
    """Each word that negates, with the places of the words it reaches."""
    for at, token in enumerate(cut):
        if not isinstance(token, Word) or token.folded not in _NEGATIONS:
            continue
        following = cut[at + 1] if at + 1 < len(cut) else None
        if isinstance(following, Word) and following.folded.split()[0] in _NO_NEGATIONS:
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
