"""Whether the evidence bears a claim out: first its facts, then its words, then what turns them round."""

from dataclasses import dataclass
from enum import Enum

from switchboard.grounding.contrast import Contrast, contrast
from switchboard.grounding.coverage import coverage
from switchboard.grounding.placing import is_misplaced
from switchboard.grounding.reading import Reading
from switchboard.grounding.units import Unit

_SHARES = (0.4, 0.3, 0.2)
"""The share of a claim's words that a source must have, by how many of its facts stand in one place there."""


class Lack(Enum):
    """In which way a claim is not borne out."""

    EVERYTHING = "everything"
    SAID = "said"
    PLACE = "place"
    STRENGTH = "strength"
    CONTRARY = "contrary"


@dataclass(frozen=True, slots=True)
class Borne:
    """The unit that bears a claim out best."""

    unit: Unit


@dataclass(frozen=True, slots=True)
class Missing:
    """What is not borne out: the claim's words from ``first`` to ``last``, none where it is all of it."""

    lack: Lack
    first: str = ""
    last: str = ""


def bearing(reading: Reading) -> Borne | Missing:
    """What the evidence says to a claim."""
    for fact in reading.facts:
        if not fact.stating:
            return Missing(Lack.SAID, fact.text)
    if not reading.scores:
        return Missing(Lack.EVERYTHING)
    covered = coverage(reading)
    best = covered.used[0]
    together = sum(best in fact.stating for fact in reading.facts)
    if not reading.foreign and covered.share < _SHARES[min(together, 2)]:
        return Missing(Lack.EVERYTHING)
    for fact in reading.facts:
        if is_misplaced(fact, reading, best):
            return Missing(Lack.PLACE, fact.text)
    if reading.foreign:
        return Borne(reading.evidence.units[best])
    if covered.added:
        return Missing(Lack.SAID, *covered.added)
    return _turned(reading, covered.used) or Borne(reading.evidence.units[best])


def _turned(reading: Reading, used: tuple[int, ...]) -> Missing | None:
    evidence = reading.evidence
    best = evidence.units[used[0]]
    rows = evidence.tables[best.number, best.table] if best.table >= 0 else []
    found = contrast(reading.cut, [evidence.units[at] for at in used], [evidence.units[at] for at in rows])
    if not found:
        return None
    lacks = {Contrast.ADDED: Lack.STRENGTH, Contrast.REPLACED: Lack.SAID, Contrast.DENIED: Lack.CONTRARY}
    return Missing(lacks[found.contrast], found.text)
