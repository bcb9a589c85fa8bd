"""Ranges of numbers: the first one leaves its scale and unit to the second, as in "3 to 5 million euros"."""

from dataclasses import replace

from switchboard.grounding.figures import Amount
from switchboard.grounding.tokens import Token

_TO = frozenset(("to", "and", "-", "–", "—", "or"))


def ranged(line: list[Token]) -> list[Token]:
    """The tokens with the first number of a range read in the scale and unit of its second one, too."""
    for at in range(len(line) - 2):
        low, between, high = line[at : at + 3]
        if not isinstance(low, Amount) or not isinstance(high, Amount) or between.text not in _TO:
            continue
        if low.measure == "time":
            continue
        scale = high.step if high.step > low.step and not high.is_ordinal else 1.0
        measure = low.measure or high.measure
        if scale > 1.0 or measure != low.measure:
            values = (*low.values, *(value * scale for value in low.values))
            line[at] = replace(low, values=values, measure=measure, is_loose=True)
    return line
