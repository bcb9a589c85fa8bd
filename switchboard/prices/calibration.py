"""How far the truth may be from an estimate, in natural logarithms of dollars.

Normalised split conformal prediction (Lei et al., "Distribution-free predictive inference for regression",
2018, section 5.2): the range reaches as many expected errors up and down as covered the wanted share of the
validation set's prices. For a text that is short or strange it moves to the range of all training prices,
so that it says how little is known; the ranges are nested, which keeps the guarantee (Gupta et al., 2022).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from switchboard.errors import BadInput

COVERAGE = 0.8


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns an expected error into a range.

    ``width`` is how many expected errors reach ``COVERAGE``; ``blind_half`` half the range that holds this
    share of the training prices, whatever the item. Expected errors are held between ``least_error`` and
    ``most_error``, estimates between ``low_log`` and ``high_log``, the ends of the training prices.
    """

    width: float
    blind_half: float
    least_error: float
    most_error: float
    low_log: float
    high_log: float

    def half_range(self, regression: float, known: float) -> float:
        """How far the range reaches up and down, above 0.

        ``regression`` is the error that the model expects; ``known``, 0 to 1, how much is known of the item.
        """
        reach = self.width * self.held_error(regression)
        return float(reach**known * self.blind_half ** (1 - known))

    def held_error(self, regression: float) -> float:
        """``regression`` between ``least_error`` and ``most_error``."""
        return min(max(regression, self.least_error), self.most_error)

    def width_for(self, cases: Iterable[tuple[float, float, float]], coverage: float = COVERAGE) -> float:
        """The least width whose ranges hold ``coverage`` of ``cases``: (true error, regression, known) each.

        It is the ceil((n + 1)·coverage)-th smallest width that a case needs, the finite-sample quantile of
        split conformal prediction.

        Raises:
            BadInput: there are too few cases for this coverage.
        """
        needed = sorted(self._log_width_needed(*case) for case in cases)
        rank = math.ceil((len(needed) + 1) * coverage)
        if rank > len(needed):
            raise BadInput(
                f"{len(needed)} items are too few for a range of {coverage:.0%}.", "Give more items."
            )
        return math.exp(needed[rank - 1])

    def _log_width_needed(self, error: float, regression: float, known: float) -> float:
        """``half_range`` = |error|, solved for the logarithm of the width."""
        if error == 0:
            return -math.inf
        beyond_blind = math.log(abs(error)) - (1 - known) * math.log(self.blind_half)
        if known == 0:
            return math.copysign(math.inf, beyond_blind)
        return beyond_blind / known - math.log(self.held_error(regression))
