"""How far estimates are from the true prices."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

from switchboard.errors import BadInput

HIT_DOLLARS = 40.0
HIT_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Scores:
    """The errors of ``count`` estimates; shares are 0 to 1.

    ``mae`` is the mean absolute error in dollars, ``rmsle`` the root of the mean squared difference of
    ln(1 + price), ``hits`` the share with an error below 40 dollars or below 20 % of the price (as the course
    "LLM Engineering" counts them), ``within_20`` the share with an error of at most 20 %, ``coverage`` the
    share of prices within their range, and ``spread`` the median of high / low.
    """

    count: int
    mae: float
    rmsle: float
    hits: float
    within_20: float
    coverage: float
    spread: float


def score(truth: Sequence[float], price: Sequence[float], ranges: Sequence[tuple[float, float]]) -> Scores:
    """The scores of estimated ``price``s with their (low, high) ``ranges``, all dollars above 0.

    Raises:
        BadInput: there is nothing to score, or the three differ in length.
    """
    if not truth or not len(truth) == len(price) == len(ranges):
        raise BadInput("There must be as many true prices as estimates and ranges, and at least one.")
    errors = [abs(guess - true) for true, guess in zip(truth, price, strict=True)]
    shares = [error / true for error, true in zip(errors, truth, strict=True)]
    logs = [(math.log1p(guess) - math.log1p(true)) ** 2 for true, guess in zip(truth, price, strict=True)]
    hit = [error < HIT_DOLLARS or share < HIT_SHARE for error, share in zip(errors, shares, strict=True)]
    return Scores(
        count=len(truth),
        mae=fmean(errors),
        rmsle=math.sqrt(fmean(logs)),
        hits=fmean(hit),
        within_20=fmean(share <= HIT_SHARE for share in shares),
        coverage=fmean(low <= true <= high for true, (low, high) in zip(truth, ranges, strict=True)),
        spread=median(high / low for low, high in ranges),
    )
