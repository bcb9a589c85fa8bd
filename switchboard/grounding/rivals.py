"""Whether a source binds a claim's number, date or name to what the claim binds it to.

Within one sentence or row that holds several of a kind: in "65 owned and 31 leased", 31 is a rival of 65.
Whether a fact stands in the right sentence at all is asked in ``placing.py``.
"""

from collections.abc import Sequence, Set

from switchboard.grounding.figures import Amount, Day, agrees
from switchboard.grounding.tokens import Code, Token
from switchboard.grounding.units import Unit
from switchboard.grounding.wording import Word, wording

REACH = 10
_BETTER = 2.2
"""How much better a rival must fit the words around a fact."""
_CLEARLY = 1.8
"""The same for a date, which a sentence's words are all of."""
_SURELY = 3.0
"""The same for a person, who may be named beside another one."""
_NEARER = 0.75
"""How much nearer to another fact of its kind a word must stand to belong to that one alone."""
_STEP = 4
"""Tokens between what was and what is."""
_LEAST = 0.01
"""What is less than this is no difference."""
_SWAPPED = 1.1
"""How much better two facts of a claim must fit with their places changed."""
_RELATED = 0.4
"""How much a word counts that is only related."""
_STRANGE = 0.5
"""How much a word of a source counts for a fact that is not the nearest of its kind to it."""

Bond = tuple[float, Token, int]
"""A word or fact beside a fact in a claim, with its weight and place."""


def kind(token: Token) -> str:
    """What a fact may be mistaken for another of; empty for what is no fact."""
    if isinstance(token, Amount):
        return f"{token.measure}{'ordinal' if token.is_ordinal else 'number'}"
    if isinstance(token, Day):
        return "day"
    if isinstance(token, Code):
        return "code"
    if isinstance(token, Word) and token.text[0].isupper() and token.is_content:
        return "name"
    return ""


def bonds(
    at: int,
    cut: Sequence[Token],
    line: Sequence[int],
    weights: dict[int, float],
    facts: dict[int, str],
    reach: int = REACH,
) -> list[Bond]:
    """The words and facts of a claim that belong to the fact at a place more than to another of its kind.

    Args:
        at: the fact's place.
        cut: the claim.
        line: where each token stands.
        weights: how much each word or fact counts, by its place.
        facts: the kind of each fact, by its place.
        reach: how far a word may stand from the fact that it belongs to.
    """
    rivals = [place for place, other in facts.items() if other == facts[at] and place != at]
    found: list[Bond] = []
    for place, weight in weights.items():
        far = abs(line[place] - line[at])
        if place == at or far > reach or (place in facts and facts[place] == facts[at]):
            continue
        if any(abs(line[place] - line[rival]) < _NEARER * far for rival in rivals):
            continue
        found.append((weight / (3 + far), cut[place], place))
    return found


def outdone(
    fact: Token, bound: Sequence[Bond], unit: Unit, claimed: Sequence[Token], known: Set[str]
) -> bool:
    """Whether another fact of the same kind fits the words around a fact clearly better.

    Args:
        fact: of the claim; for a name, its last word.
        bound: what belongs to it.
        unit: of the source, which has it.
        claimed: the other facts of the claim, which are asked for themselves.
        known: folded words of names that are nobody's rivals.
    """
    mine = [at for at, token in enumerate(unit.tokens) if same(fact, token)]
    is_full = isinstance(fact, Word)
    if is_full and unit.columns:
        return False
    others = [
        at
        for at, token in enumerate(unit.tokens)
        if at not in mine
        and kind(token) == kind(fact)
        and not any(same(other, token) for other in claimed)
        and not _within(token, fact)
        and not (isinstance(token, Word) and not is_surname(at, unit, known))
        and not any(_came_from(at, one, unit) for one in mine)
    ]
    if not mine or not others:
        return False
    fits, owned = _fits(bound, unit, [*mine, *others])
    margin = _CLEARLY if isinstance(fact, Day) else _SURELY if is_full else _BETTER
    return any(
        fits[at] > margin * max(fits[one] for one in mine) + _LEAST
        and owned[at] > margin * max(owned[one] for one in mine)
        for at in others
    )


def _came_from(before: int, now: int, unit: Unit) -> bool:
    """Whether a source says "from" the one "to" the other, of which only the other one holds now."""
    said = [token.text for token in unit.tokens[max(0, before - 2) : now]]
    return 0 < now - before <= _STEP and "from" in said[:2] and "to" in said


def is_surname(at: int, unit: Unit, known: Set[str]) -> bool:
    """Whether a word ends a name of several words, none of them known."""
    word, before = unit.tokens[at], unit.tokens[at - 1] if at else None
    if not isinstance(word, Word) or not isinstance(before, Word) or kind(before) != "name":
        return False
    return not {word.folded, before.folded} & known


def _within(token: Token, fact: Token) -> bool:
    """Whether a date lies in the year that a fact names."""
    return isinstance(token, Day) and isinstance(fact, Day) and set(token.years) <= set(fact.years)


def swapped(one: Token, ones: Sequence[Bond], two: Token, twos: Sequence[Bond], unit: Unit) -> bool:
    """Whether two facts of a claim fit a unit clearly better with their places changed."""
    here = [at for at, token in enumerate(unit.tokens) if same(one, token)]
    there = [at for at, token in enumerate(unit.tokens) if same(two, token) and at not in here]
    if not here or not there:
        return False
    first, _ = _fits(ones, unit, [*here, *there])
    second, _ = _fits(twos, unit, [*here, *there])
    return (
        max(first[at] for at in there) > _SWAPPED * max(first[at] for at in here) + _LEAST
        and max(second[at] for at in here) > _SWAPPED * max(second[at] for at in there) + _LEAST
    )


def _fits(
    bound: Sequence[Bond], unit: Unit, places: Sequence[int]
) -> tuple[dict[int, float], dict[int, float]]:
    """How well the words of bonds fit each place, and the weight of those that are nearest to it alone.

    What fits all places alike is left out.
    """
    fits = dict.fromkeys(places, 0.0)
    owned = dict.fromkeys(places, 0.0)
    for worth, token, _ in bound:
        matches = {at: _match(token, other) for at, other in enumerate(unit.tokens) if at not in fits}
        strength = max(matches.values(), default=0.0)
        if not strength:
            continue
        weight = worth * strength
        held = [at for at, match in matches.items() if match == strength]
        here: dict[int, float] = {}
        mine: set[int] = set()
        for place in held:
            far = {at: unit.distance(at, place) for at in fits}
            least = min(far.values())
            nearest = [at for at in far if far[at] == least]
            if len(nearest) == 1:
                mine.add(nearest[0])
            for at in fits:
                near = (1.0 if at in nearest else _STRANGE) / (1 + far[at])
                here[at] = max(here.get(at, 0.0), near)
        for at in mine:
            owned[at] += weight * (strength == 1.0)
        common = min(here.values())
        for at in fits:
            fits[at] += weight * (here[at] - common)
    return fits, owned


def same(one: Token, two: Token) -> bool:
    """Whether one token stands for another."""
    return _match(one, two) > 0


def _match(one: Token, two: Token) -> float:
    """How well one token stands for another, from 0 to 1."""
    if isinstance(one, Word):
        if not isinstance(two, Word) or one.roots.isdisjoint(two.roots):
            return 0.0
        if one.stem == two.stem:
            return 1.0
        if two.stem in wording().opposite.get(one.stem, ()):
            return 0.0
        return 0.8 if any(root[0] != "~" for root in one.roots & two.roots) else _RELATED
    if isinstance(one, Amount | Day):
        return float(isinstance(two, Amount | Day) and agrees(one, two))
    return float(isinstance(one, Code) and isinstance(two, Code) and one.key == two.key)
