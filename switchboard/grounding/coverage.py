"""How much of a claim's words a few units of the evidence hold together, and what was added to them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from switchboard.grounding.reading import Reading
from switchboard.grounding.tokens import Mark, Token
from switchboard.grounding.wording import Word, close, wording

_CANDIDATES = 12
_UNITS = 4
"""Units that may bear a claim out together."""
_LONG = 4
"""Words in a row that no source has, from which on they are an addition."""
_CLAUSE = 3
"""The same for all the words of a clause."""
_PARTS = 3
"""Parts between semicolons that are looked at on either side."""
_JOINT_WORDS = "and which who whose where with after because thanks making so as while including"
_JOINTS = frozenset(_JOINT_WORDS.split())
_IDLE = 0.25
"""How much a word counts that says next to nothing."""
_RELATED = 0.7
"""How much a word counts of which the units hold only a related one."""
_ASIDE = 0.6
"""The same for one that stands in another unit than the facts do."""
_FAR = 0.3
"""The same for one that stands somewhere else in the source."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the units hold of a claim's words."""

    share: float
    """From 0 to 1; 1 for a claim without words of its own."""
    added: tuple[str, str] | None
    """The first and the last of the words in a row that the units lack."""
    used: tuple[int, ...]
    """The units that hold its facts, the one that holds most of it first."""


def coverage(reading: Reading) -> Coverage:
    """How much of a claim the units that hold most of it have together."""
    chosen = _chosen(reading)
    units = reading.evidence.units
    used = [chosen[0]]
    for at in chosen[1:]:
        if any(at in fact.own and chosen[0] not in fact.own for fact in reading.facts):
            used.append(at)
    same = {(units[at].number, units[at].start) for at in used}
    used += [at for at in _beside(used, len(units)) if (units[at].number, units[at].start) in same]
    near = frozenset().union(*(units[at].roots | units[at].heading_roots for at in used))
    have = near.union(*(units[at].roots | units[at].context_roots for at in chosen))
    covered = telling = 0.0
    for at, word in reading.words.items():
        weight = 1.0 if at in reading.telling else _IDLE
        telling += weight
        covered += weight * _held(word, near, have, reading)
    share = covered / telling if telling else 1.0
    return Coverage(share, _added(reading, near, used), tuple(used))


def _beside(used: Sequence[int], count: int) -> list[int]:
    """The places near those used, in which other parts of their sentences may stand."""
    near = {at + step for at in used for step in range(-_PARTS, _PARTS + 1)}
    return sorted(at for at in near if 0 <= at < count and at not in used)


def _held(word: Word, near: frozenset[str], have: frozenset[str], reading: Reading) -> float:
    if any(close(root) and root in near for root in word.roots):
        return 1.0
    if not word.roots.isdisjoint(near):
        return _RELATED
    if not word.roots.isdisjoint(have):
        return _ASIDE
    return _FAR * bool(reading.evidence.holding(word.stem))


def _chosen(reading: Reading) -> list[int]:
    """The units that hold most of a claim together, best first."""
    scores, units = reading.scores, reading.evidence.units
    ranked = sorted(scores, key=lambda at: (-scores[at], at))[:_CANDIDATES]
    words = [word.roots for word in reading.words.values()]
    facts = list(reading.facts)
    chosen = ranked[:1]
    while True:
        last = units[chosen[-1]]
        words = [
            roots for roots in words if roots.isdisjoint(last.roots) and roots.isdisjoint(last.context_roots)
        ]
        facts = [fact for fact in facts if chosen[-1] not in fact.stating]
        gains = {
            at: sum(not roots.isdisjoint(units[at].roots) for roots in words)
            + 0.6 * sum(not roots.isdisjoint(units[at].context_roots) for roots in words)
            + 2 * sum(at in fact.stating for fact in facts)
            for at in ranked
            if at not in chosen
        }
        best = max(gains, key=lambda at: gains[at], default=-1)
        if len(chosen) == _UNITS or best < 0 or gains[best] < 1:
            return chosen
        chosen.append(best)


def _added(reading: Reading, near: frozenset[str], used: Sequence[int]) -> tuple[str, str] | None:
    """The words in a row, or the words of a clause, that the units with the claim's facts lack."""
    run = max(_runs(reading, near), key=len)
    clause = max(_clauses(reading, near, used), key=len, default=[])
    found = [words for words, fewest in ((run, _LONG), (clause, _CLAUSE)) if len(words) >= fewest]
    longest = max(found, key=len, default=[])
    return (longest[0], longest[-1]) if longest else None


def _runs(reading: Reading, near: frozenset[str]) -> Iterator[list[str]]:
    """Telling words in a row that the units lack, facts between them ending a row."""
    run: list[str] = []
    facts = {place for fact in reading.facts for place in range(fact.at, fact.last + 1)}
    for at in range(len(reading.cut)):
        word = reading.words.get(at)
        if at in facts or (word and not word.roots.isdisjoint(near)):
            yield run
            run = []
        elif word and at in reading.telling:
            run = [*run, word.text]
    yield run


def _clauses(reading: Reading, near: frozenset[str], used: Sequence[int]) -> Iterator[list[str]]:
    """The words of each clause after the first of which the units have none."""
    borne = {
        place
        for fact in reading.facts
        if not fact.stating.keys().isdisjoint(used)
        for place in range(fact.at, fact.last + 1)
    }
    clause: list[str] = []
    is_bare = False
    idle = wording().idle
    for at, token in enumerate(reading.cut):
        word = reading.words.get(at)
        if _begins(token):
            if is_bare:
                yield clause
            clause, is_bare = [], True
        elif at in borne:
            is_bare = False
        if word and not word.roots.isdisjoint(near):
            is_bare = is_bare and word.stem in idle
        elif word and at in reading.telling:
            clause.append(word.text)
    if is_bare:
        yield clause


def _begins(token: Token) -> bool:
    """Whether a clause may begin here that is added to a sentence."""
    if isinstance(token, Mark):
        return token.text in ",;:—–("
    return isinstance(token, Word) and token.folded in _JOINTS
