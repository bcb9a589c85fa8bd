"""What a source's numbers and dates add up to: the difference of two, twice one, the year after.

It reckons within one sentence or row alone, where what is reckoned with stands together.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise

from switchboard.grounding.figures import MONEY, Amount, Day, agrees
from switchboard.grounding.units import Unit
from switchboard.grounding.wording import Word

_MOST = 8
"""Numbers of a unit that are reckoned with."""
_YEAR_AFTER = (("following", "year"), ("next", "year"), ("year", "after"), ("year", "later"))
_YEAR_BEFORE = (("previous", "year"), ("year", "before"), ("year", "earlier"), ("preceding", "year"))
_TWICE = frozenset(("each", "both", "either"))
"""Words of a source that has a number once for what there are two of."""


def derives(claimed: Amount | Day, unit: Unit) -> bool:
    """Whether a number or date follows from those of a unit."""
    if isinstance(claimed, Day):
        return any(claimed.agrees(day) for day in _days(unit))
    return any(agrees(claimed, amount) for amount in _amounts(claimed, unit))


def _days(unit: Unit) -> Iterator[Day]:
    """The years beside those that a unit names, where it speaks of them."""
    words = [token.stem for token in unit.tokens if isinstance(token, Word)]
    pairs = {(one.text, two.text) for one, two in pairwise(unit.tokens)}
    joined = {token.text for token in unit.tokens if isinstance(token, Word) and " " in token.text}
    pairs |= {(first, last) for first, *_, last in (text.split() for text in joined)}
    spans = [
        token.values[0] / 12
        for token in unit.tokens
        if isinstance(token, Amount) and token.measure == "months"
    ]
    years = [day.years[0] for day in (*unit.tokens, *unit.context) if isinstance(day, Day) and day.years]
    for phrases, step in ((_YEAR_AFTER, 1), (_YEAR_BEFORE, -1)):
        if words and any(phrase in pairs for phrase in phrases):
            yield from (Day("", (year + step,)) for year in years)
    yield from (Day("", (year + int(span),)) for year in years for span in spans)


def _amounts(claimed: Amount, unit: Unit) -> Iterator[Amount]:
    said = [token for token in unit.tokens if isinstance(token, Amount) and not token.is_ordinal][:_MOST]
    values = [(amount, amount.values[0]) for amount in said if amount.measure == claimed.measure]
    for (one, first), (_, second) in combinations(values, 2):
        for value in (abs(first - second), first + second):
            yield replace(one, values=(round(value, 9),), written=None)
    if any(isinstance(token, Word) and token.folded in _TWICE for token in unit.tokens):
        for amount, value in values:
            yield replace(amount, values=(2 * value,), written=None)
    if claimed.measure in MONEY and any(
        isinstance(one, Word) and "month" in one.folded for one in unit.tokens
    ):
        yield from (replace(amount, values=(12 * value,), written=None) for amount, value in values)
    if claimed.is_part and all(amount.measure != "%" for amount in said):
        plain = [_written(amount) for amount in said if amount.measure != "%" and _written(amount) > 0]
        for first, second in combinations(plain, 2):
            yield Amount("", (100 * min(first, second) / max(first, second),), "%")
    if not claimed.measure:
        for one, other in combinations(said, 2):
            first, second = _written(one), _written(other)
            is_alike = one.measure == other.measure or not (one.measure and other.measure)
            if is_alike and min(first, second) > 0:
                ratio = max(first, second) / min(first, second)
                if ratio == int(ratio) > 1:
                    yield Amount("", (ratio,))
        # "98.4%" and "99.2%" differ by 0.8 points.
        percents = [amount.values[0] for amount in said if amount.measure == "%"]
        yield from (Amount("", (round(abs(one - two), 9),)) for one, two in combinations(percents, 2))
    if claimed.measure == "months":
        days = [token for token in (*unit.tokens, *unit.context) if isinstance(token, Day)]
        for day, other_day in combinations(days[:_MOST], 2):
            yield from _months(day, other_day)


def _months(one: Day, two: Day) -> Iterator[Amount]:
    """The months between two days, both of them whole or not."""
    years = [(day.years or one.years or two.years or (0,))[-1] for day in (one, two)]
    between = 12 * abs(years[0] - years[1])
    if one.years and two.years:
        yield from (Amount("", (float(months),), "months", 12.0) for months in (between, between + 12))
    if one.month and two.month:
        months = abs(12 * (years[0] - years[1]) + one.month - two.month)
        yield from (Amount("", (float(months + more),), "months") for more in (0, 1))


def _written(amount: Amount) -> float:
    return amount.values[0] if amount.written is None else amount.written
