import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import BadInput
from switchboard.prices.calibration import Calibration

BARE = Calibration(width=1.0, blind_half=1.2, least_error=0.05, most_error=2.0, low_log=0.0, high_log=7.0)


def test_the_width_is_the_conformal_quantile_of_errors_over_expected_errors():
    # Nine ratios 0.5 … 4.5; the ceil(10 · 0.8) = 8th is 4.
    cases = [(sign * 0.1 * n / 2, 0.1, 1.0) for n, sign in zip(range(9, 0, -1), [1, -1] * 5, strict=False)]
    assert BARE.width_for(cases) == pytest.approx(4.0)


def test_an_item_of_which_nothing_is_known_gets_the_range_of_all_prices():
    assert BARE.half_range(0.1, 0.0) == pytest.approx(1.2)
    assert BARE.half_range(0.1, 1.0) == pytest.approx(0.1)
    assert BARE.half_range(0.1, 0.5) == pytest.approx(math.sqrt(0.12))


def test_the_expected_error_is_held_within_bounds():
    assert BARE.half_range(-3.0, 1.0) == pytest.approx(0.05)
    assert BARE.half_range(99.0, 1.0) == pytest.approx(2.0)


def test_too_few_cases_are_refused():
    with pytest.raises(BadInput, match="3 items are too few"):
        BARE.width_for([(0.1, 0.1, 1.0)] * 3)


cases = st.tuples(st.floats(1e-6, 3), st.floats(0.05, 2), st.floats(0.05, 1))


@given(st.lists(cases, min_size=4, max_size=60))
def test_the_width_covers_the_wanted_share_of_the_cases_it_was_made_from(calibration_cases):
    width = BARE.width_for(calibration_cases)
    fitted = Calibration(width * (1 + 1e-9), 1.2, 0.05, 2.0, 0.0, 7.0)
    covered = [
        abs(error) <= fitted.half_range(size, known) * (1 + 1e-6) for error, size, known in calibration_cases
    ]
    assert sum(covered) >= 0.8 * len(covered)
