"""Facts of a claim that its source has, but says of something else.

Here sentences are compared with sentences; rows are compared in ``tables.py``, what one sentence holds in
``rivals.py``; what a sentence is of is in ``subjects.py``.
"""

from collections.abc import Iterator, Sequence

from switchboard.grounding.alignment import Alignment
from switchboard.grounding.directions import has_moved, is_turned, reversed_way
from switchboard.grounding.figures import Amount
from switchboard.grounding.naming import Name
from switchboard.grounding.reading import Fact, Reading
from switchboard.grounding.rivals import REACH, is_surname, outdone
from switchboard.grounding.signs import Found, Sign
from switchboard.grounding.subjects import TITLED, dangling, first_names, is_about_the_same, is_count
from switchboard.grounding.tokens import Mark, Token
from switchboard.grounding.units import Unit
from switchboard.grounding.wording import Word, close, wording

_ALIKE = 0.4
"""How much a fact counts beside another one of its kind."""
_NAME = 0.8
"""The same for names, which stand together more often."""
_UNLIKE = 2.0
"""How much a fact counts beside one of another kind."""
_NEAR = 8
"""Words around a fact that say what it is of."""
_TOGETHER = 0.55
"""How well a unit with the fact must fit the words around it, beside the unit that fits them best."""
_LITTLE = 0.5
"""The weight of words around a fact that are too few to say what it is of."""
_MOST = 0.6
"""How much of the words around a fact a unit must have to be what the fact is of."""
_BETTER = 0.6
"""How much of the whole claim such a unit must have, beside the one with the fact."""
_FITTING = 0.75
"""How well a unit must fit, beside the best, for its words to be asked what the fact is of."""
_ASKED = 5
"""Units that are asked so."""
_SHARED = 0.6
"""The share of a claim's words that a unit must have to be one that names somebody else."""
_OUTSIDE = frozenset(("outside", "elsewhere", "except", "other", "others"))


def misplaced(aligned: Alignment) -> Iterator[Found]:
    """The signs that a source says the claim's facts of something else."""
    reading = aligned.reading
    is_one = len({unit.number for unit in aligned.units}) == 1
    for fact in reading.facts:
        if isinstance(fact.token, Amount) and fact.token.is_soft:
            continue
        if is_one and not is_count(fact) and not is_about_the_same(fact, aligned):
            yield from dangling(fact, aligned)
            if _is_far(fact, reading):
                yield Found(Sign.FAR_NAME if isinstance(fact.token, Name) else Sign.FAR, fact.text)
        if not reading.foreign and _is_replaced(fact, reading, aligned.units[aligned.best]):
            yield Found(Sign.REPLACED, fact.text)
        yield from _outdone(fact, reading)


def _is_far(fact: Fact, reading: Reading) -> bool:
    """Whether another unit fits what stands around a fact, and none of those that have it."""
    if isinstance(fact.token, Name) and _is_everywhere(fact.token, reading):
        return False
    fits, whole = _around(fact, reading)
    if not fits:
        return False
    top = max(fits, key=lambda at: fits[at])
    mine = max(fits.get(at, 0.0) * count**0.5 for at, count in fact.stating.items())
    if mine >= _TOGETHER * fits[top] or fits[top] <= max(_MOST * whole, _LITTLE):
        return False
    likely = reading.scores[top] >= _BETTER * max(reading.scores[at] for at in fact.stating)
    return likely and not _is_near(top, fact, reading) and not _is_beside_its_facts(fact, reading)


def _is_everywhere(name: Name, reading: Reading) -> bool:
    """Whether the sources are about a name, so that it may be left out of a sentence."""
    return all(reading.evidence.is_subject(word) for word in name.words)


def _around(fact: Fact, reading: Reading) -> tuple[dict[int, float], float]:
    """How well each unit fits the words and facts near a fact in its clause, and how well one could."""
    cut, line = reading.cut, reading.line
    start = end = fact.at
    while start > 0 and line[fact.at] - line[start - 1] <= _NEAR and not _parts(cut[start - 1]):
        start -= 1
    while end + 1 < len(cut) and line[end + 1] - line[fact.at] <= _NEAR and not _parts(cut[end + 1]):
        end += 1
    fits: dict[int, float] = {}
    whole = 0.0
    for at, holding, worth in _held(fact, reading):
        if not start <= at <= end or not holding:
            continue
        weight = worth / (2 + abs(line[at] - line[fact.at]))
        whole += weight
        for unit, count in holding.items():
            fits[unit] = fits.get(unit, 0.0) + weight * count
    return fits, whole


def _held(fact: Fact, reading: Reading) -> Iterator[tuple[int, dict[int, float], float]]:
    """A claim's words and other facts, each with its place, the units that hold it, and its worth."""
    for at, word in reading.telling.items():
        yield at, reading.holding(word), reading.weights[at]
    for other in reading.facts:
        if other is not fact:
            yield other.at, other.stating, _beside(fact, other) * reading.worth(other)


def _beside(fact: Fact, other: Fact) -> float:
    """How much another fact says of what a fact is."""
    if isinstance(fact.token, Name) and isinstance(other.token, Name):
        return _NAME
    return _ALIKE if type(fact.token) is type(other.token) else _UNLIKE


def _is_near(unit: int, fact: Fact, reading: Reading) -> bool:
    """Whether a fact stands in a unit or right beside it, where sentences speak of one thing."""
    units = reading.evidence.units
    return units[unit].is_prose and any(abs(unit - at) <= 1 and units[at].is_prose for at in fact.own)


def _parts(token: Token) -> bool:
    """Whether a token parts clauses that say things of their own."""
    if isinstance(token, Mark):
        return token.text in ";—.!?"
    return isinstance(token, Word) and token.folded in ("while", "whereas", "but")


def _is_beside_its_facts(fact: Fact, reading: Reading) -> bool:
    """Whether a unit has a fact and as many of those that belong to it as any other unit has."""
    units = reading.evidence.units
    others = [other for other in reading.facts if other is not fact]
    if any(units[at].table >= 0 and any(at in other.own for other in others) for at in fact.own):
        return True
    near = {place for _, _, place in reading.bonds(fact, 2 * REACH)}
    counts: dict[int, int] = {}
    for other in others:
        if other.last in near or isinstance(fact.token, Name):
            for at in other.own:
                counts[at] = counts.get(at, 0) + 1
    most = max(counts.values(), default=0)
    return most > 0 and any(counts.get(at, 0) == most for at in fact.own)


def _is_replaced(fact: Fact, reading: Reading, unit: Unit) -> bool:
    """Whether the unit that says most of a claim has another person where the claim has this one."""
    known = set(reading.evidence.titles)
    if not isinstance(fact.token, Name) or all(word.folded in known for word in fact.token.words):
        return False
    here = unit.roots | unit.heading_roots
    first, last = fact.token.words[0], fact.token.words[-1]
    if fact.token.length > 1 and not last.roots.isdisjoint(unit.roots) and first.roots.isdisjoint(here):
        return bool(first_names(fact.token, unit.tokens) - TITLED)
    if any(not word.roots.isdisjoint(here) for word in fact.token.words):
        return False
    if fact.token.length == 1 or fact.token.words[0].text.isupper():
        return False
    words = reading.words.values()
    shared = sum(any(close(root) and root in unit.roots for root in word.roots) for word in words)
    known |= _named(reading)
    return shared >= max(2, _SHARED * len(words)) and any(
        is_surname(at, unit, known) for at in range(len(unit.tokens))
    )


def _named(reading: Reading) -> set[str]:
    """The folded words of a claim's names."""
    return {
        word.folded for fact in reading.facts if isinstance(fact.token, Name) for word in fact.token.words
    }


def _outdone(fact: Fact, reading: Reading) -> Iterator[Found]:
    """A fact that every unit that fits binds to something else than the claim does."""
    cut, units, at = reading.cut, reading.evidence.units, fact.last
    if isinstance(fact.token, Name) and _is_everywhere(fact.token, reading):
        return
    fits, _ = _around(fact, reading)
    if not fits:
        return
    mine = {one: fits.get(one, 0.0) * count**0.5 for one, count in fact.stating.items()}
    least = 0.0 if isinstance(fact.token, Name) else _FITTING * max(mine.values())
    stating = [one for one in fact.own or fact.stating if mine[one] >= least]
    asked = [one for one in stating if not _is_opposed(cut, units[one])][:_ASKED] or stating[:_ASKED]
    if not asked:
        return
    others = [other for other in reading.facts if other is not fact]
    if isinstance(fact.token, Name):
        beside = [other for other in others if isinstance(other.token, Name)]
        named = [one for one in fact.own if any(one in other.own for other in beside)]
        if all(reversed_way(at, cut, units[one]) for one in named or asked):
            yield Found(Sign.TURNED, fact.text)
    if has_moved(fact, reading):
        if any(is_turned(fact, reading, units[one]) for one in asked):
            yield Found(Sign.TURNED, fact.text)
        return
    bound, known = reading.bonds(fact, REACH), reading.evidence.titles | _named(reading)
    claimed = [cut[other.last] for other in others]
    is_outside = any(isinstance(token, Word) and token.folded in _OUTSIDE for token in cut)
    if is_outside or (is_count(fact) and not units[asked[0]].columns):
        return
    if all(outdone(cut[at], bound, units[one], claimed, known) for one in asked):
        yield Found(Sign.OUTDONE, fact.text)


def _is_opposed(cut: Sequence[Token], unit: Unit) -> bool:
    """Whether a unit has the opposite of a claim's word in place of it: silver for gold."""
    opposite = wording().opposite
    have = {token.stem for token in unit.tokens if isinstance(token, Word)}
    return any(
        isinstance(token, Word)
        and token.stem not in have
        and not have.isdisjoint(opposite.get(token.stem, ()))
        for token in cut
    )
