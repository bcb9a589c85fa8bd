import math

import pytest

from switchboard.errors import BadInput
from switchboard.prices.metrics import score


def test_scores_of_a_hand_worked_example():
    # $10 off 100 and $100 off 600 are hits and within 20 %, $30 off 60 is a hit alone, $50 off 200 neither.
    truth = [100.0, 200.0, 60.0, 600.0]
    price = [110.0, 150.0, 90.0, 700.0]
    ranges = [(100.0, 120.0), (100.0, 199.0), (45.0, 180.0), (350.0, 1400.0)]
    scores = score(truth, price, ranges)
    assert scores.count == 4
    assert scores.mae == pytest.approx(47.5)
    assert scores.hits == 0.75
    assert scores.within_20 == 0.5
    assert scores.coverage == 0.75
    assert scores.spread == pytest.approx((1.99 + 4) / 2)
    logs = [math.log(111 / 101), math.log(151 / 201), math.log(91 / 61), math.log(701 / 601)]
    assert scores.rmsle == pytest.approx(math.sqrt(sum(log**2 for log in logs) / 4))


@pytest.mark.parametrize(("truth", "price", "hits", "within"), [(100.0, 140.0, 0, 0), (200.0, 240.0, 0, 1)])
def test_forty_dollars_is_no_hit_and_exactly_a_fifth_is_within(truth, price, hits, within):
    scores = score([truth], [price], [(1.0, 2.0)])
    assert (scores.hits, scores.within_20) == (hits, within)


def test_nothing_and_unequal_lengths_are_refused():
    for truth, price in (([], []), ([1.0, 2.0], [1.0])):
        with pytest.raises(BadInput):
            score(truth, price, [(1.0, 2.0)] * len(price))
