"""Whether the evidence bears a claim out: first whether it has its facts, then what speaks against it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from switchboard.grounding.alignment import Alignment
from switchboard.grounding.contrast import contrast
from switchboard.grounding.exchanges import exchanges
from switchboard.grounding.placing import misplaced
from switchboard.grounding.reading import Reading
from switchboard.grounding.signs import BIAS, WEIGHTS, Found, Sign
from switchboard.grounding.strange import strange
from switchboard.grounding.tables import tabled
from switchboard.grounding.tokens import Mark
from switchboard.grounding.units import Unit


class Lack(Enum):
    """In which way a claim is not borne out."""

    EVERYTHING = "everything"
    SAID = "said"
    PLACE = "place"
    STRENGTH = "strength"
    CONTRARY = "contrary"


_ADDED = (Sign.LIMITED, Sign.ALL, Sign.BOUNDED, Sign.NEGATED, Sign.ONLY)
_LACKS = dict.fromkeys(_ADDED, Lack.STRENGTH)
_LACKS |= dict.fromkeys((Sign.ADDED, Sign.SWAPPED_WORD, Sign.GAP), Lack.SAID)
_LACKS |= dict.fromkeys((Sign.OPPOSED, Sign.OPPOSED_BESIDE_NOT), Lack.SAID)
_LACKS |= dict.fromkeys((Sign.STRANGE, Sign.UNLIKE), Lack.EVERYTHING)
_LACKS |= dict.fromkeys((Sign.DENIED, Sign.DENIED_ALWAYS, Sign.TREND), Lack.CONTRARY)
_LACKS |= dict.fromkeys((Sign.PLANNED, Sign.UNDATED, Sign.RESTRICTED), Lack.CONTRARY)


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
    aligned = Alignment(reading)
    found = [] if _is_literal(aligned) else against(aligned)
    if found and BIAS + sum(WEIGHTS[one.sign] * one.amount for one in found) > 0:
        gravest = max(found, key=lambda one: WEIGHTS[one.sign] * one.amount)
        return Missing(_LACKS.get(gravest.sign, Lack.PLACE), gravest.text, gravest.last)
    return Borne(aligned.units[aligned.best])


def _is_literal(aligned: Alignment) -> bool:
    """Whether a claim is a sentence of its source, word by word."""
    claimed, said = (
        [token.text.casefold() for token in cut if not isinstance(token, Mark)]
        for cut in (aligned.reading.cut, aligned.sentence.tokens)
    )
    return claimed == said


def against(aligned: Alignment) -> list[Found]:
    """What speaks against a claim, each sign once."""
    return list(_strongest(_signs(aligned)))


def _signs(aligned: Alignment) -> Iterator[Found]:
    yield from misplaced(aligned)
    yield from tabled(aligned)
    if not aligned.reading.foreign:
        yield from exchanges(aligned)
        yield from contrast(aligned)
        yield from strange(aligned)


def _strongest(found: Iterable[Found]) -> Iterable[Found]:
    kept: dict[Sign, Found] = {}
    for one in found:
        if one.sign not in kept or one.amount > kept[one.sign].amount:
            kept[one.sign] = one
    return kept.values()
