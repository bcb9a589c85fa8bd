"""What speaks against a claim: the signs, how much each of them weighs, and where one was found.

A sign that seldom stands beside an honest sentence is enough by itself; of the others it takes two. The
weights are those of a logistic regression without negative ones, which ``benchmarks/grounding_weights.py``
fits to the sentences of ``tests/grounding``.
"""

from dataclasses import dataclass
from enum import Enum


class Sign(Enum):
    """What speaks against a claim whose numbers, dates and names its sources have."""

    FAR = "a number or date that the source says of something else"
    FAR_NAME = "a name that the source says of something else"
    DANGLING = "a number or date that is all that another sentence has of the claim"
    DANGLING_NAME = "a name that is all that another sentence has of the claim"
    REPLACED = "another person's name in the sentence that fits"
    ROW = "a fact of a row that fits less than another one"
    LABEL = "a fact of a row that has another label"
    CELL = "a word of another row's cell"
    OUTDONE = "another fact in the same sentence that fits better"
    TURNED = "from and to exchanged"
    EXCHANGED = "two numbers or dates exchanged"
    EXCHANGED_NAMES = "two names exchanged"
    CROSSED = "two halves of a sentence mixed"
    DETACHED = "a name with what the sentence says of another one"
    PAIRED = "two clauses with something of each exchanged"
    ORDER = "who does it and to whom exchanged"
    TREND = "up for down"
    LIMITED = "all, where the source says some"
    ALL = "all, where the source does not say so"
    RESTRICTED = "without the source's only or except"
    BOUNDED = "a bound on the other side"
    DENIED = "a word that the source denies"
    DENIED_ALWAYS = "a word that the source has in denials alone"
    NEGATED = "a not of which the source knows nothing"
    OPPOSED = "an opposite"
    OPPOSED_BESIDE_NOT = "an opposite, with a not in one of the two"
    PLANNED = "a plan told as done"
    UNDATED = "a plan told as done, without a date"
    ONLY = "an only or a first of which the source knows nothing"
    ADDED = "words in a row that are strange beside others that are the source's own"
    SWAPPED_WORD = "a strange word in the place of one of the source's"
    STRANGE = "the share of strange words in a claim without facts"
    UNLIKE = "how little of the words the source has"
    GAP = "how many strange words stand together"


@dataclass(frozen=True, slots=True)
class Found:
    """A sign in a claim, with its words from ``text`` to ``last`` where there are such words."""

    sign: Sign
    text: str = ""
    last: str = ""
    amount: float = 1.0
    """How much of it there is."""


BIAS = -1.42
"""What has to be outweighed: most sentences are honest."""
WEIGHTS = {
    Sign.FAR: 4.25,
    Sign.FAR_NAME: 3.00,
    Sign.DANGLING: 0.45,
    Sign.DANGLING_NAME: 1.92,
    Sign.REPLACED: 3.54,
    Sign.ROW: 1.98,
    Sign.LABEL: 3.65,
    Sign.CELL: 2.52,
    Sign.OUTDONE: 1.07,
    Sign.TURNED: 2.53,
    Sign.EXCHANGED: 2.67,
    Sign.EXCHANGED_NAMES: 1.52,
    Sign.CROSSED: 1.47,
    Sign.DETACHED: 2.32,
    Sign.PAIRED: 4.30,
    Sign.ORDER: 2.17,
    Sign.TREND: 3.11,
    Sign.LIMITED: 4.10,
    Sign.ALL: 2.50,
    Sign.RESTRICTED: 1.41,
    Sign.BOUNDED: 2.00,
    Sign.DENIED: 4.01,
    Sign.DENIED_ALWAYS: 3.21,
    Sign.NEGATED: 2.52,
    Sign.OPPOSED: 4.33,
    Sign.OPPOSED_BESIDE_NOT: 0.67,
    Sign.PLANNED: 1.09,
    Sign.UNDATED: 1.90,
    Sign.ONLY: 3.74,
    Sign.ADDED: 0.36,
    Sign.SWAPPED_WORD: 2.00,
    Sign.STRANGE: 1.10,
    Sign.UNLIKE: 1.63,
    Sign.GAP: 0.50,
}
"""How much each sign weighs."""
