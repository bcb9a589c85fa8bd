"""From items with prices to a price model.

Deterministic: no random numbers, and folds by product family. Does not read files, and never sees test items.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from switchboard.errors import BadInput
from switchboard.prices.calibration import COVERAGE, Calibration
from switchboard.prices.estimate import PriceModel
from switchboard.prices.features import features_of
from switchboard.prices.item import Item
from switchboard.prices.metrics import Scores, score
from switchboard.prices.ridge import Ridge, Rows
from switchboard.prices.vocabulary import Vocabulary

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PENALTIES = (0.1, 0.2, 0.4)
ERROR_PENALTY = 3.0
FOLDS = 5
# People type less than a catalogue says. At this weight, the mean error of brief descriptions falls by a
# quarter on the validation set, and that of whole ones rises by half a dollar.
BRIEF_IMPORTANCE = 0.1


@dataclass(frozen=True, slots=True)
class _Examples:
    """Each training item three times: whole, brief, briefer; parallel."""

    rows: Rows
    target: "Floats"
    importance: "Floats"
    fold: "NDArray[np.int64]"


def train(train_items: Sequence[Item], val_items: Sequence[Item]) -> PriceModel:
    """A model of ``train_items``, its penalty chosen and its range calibrated on ``val_items``.

    The penalty is the one of ``PENALTIES`` with the least squared error of the logarithm. The error to expect
    is learned from the errors that training items had while their family was held out.

    Raises:
        BadInput: an item has no price, or there are too few items.
    """
    import numpy as np

    vocabulary = Vocabulary.fit([features_of(item.text) for item in train_items])
    if not vocabulary.names:
        raise BadInput("The training items have no words in common.", "Give more items.")
    examples = _examples(vocabulary, train_items)
    val_texts = [features_of(item.text) for item in val_items]
    val_rows = [vocabulary.row(text) for text in val_texts]
    val_matrix, val_target = vocabulary.rows(val_rows), _log_prices(val_items)

    fits = {each: Ridge.fit(examples.rows, examples.target, examples.importance, each) for each in PENALTIES}
    misses = {each: val_target - fit.predict(val_matrix) for each, fit in fits.items()}
    penalty = min(PENALTIES, key=lambda each: float((misses[each] ** 2).mean()))

    held_out = _held_out_errors(examples, penalty)
    log_error = Ridge.fit(examples.rows, held_out, np.ones_like(held_out), ERROR_PENALTY)
    calibration = _uncalibrated(examples.target, held_out)
    known = [row.evidence * vocabulary.familiar(text) for row, text in zip(val_rows, val_texts, strict=True)]
    cases = zip(misses[penalty].tolist(), log_error.predict(val_matrix).tolist(), known, strict=True)
    calibration = replace(calibration, width=calibration.width_for(cases))
    return PriceModel(vocabulary, fits[penalty], log_error, calibration)


def brief_texts(item: Item) -> tuple[str, str]:
    """The item as people type it: title, first two specifications, category; then the same without those."""
    specifications = item.description.partition(": ")[2].rstrip(".").split("; ")
    return f"{item.title} {' '.join(specifications[:2])} {item.category}", f"{item.title} {item.category}"


def evaluate(model: PriceModel, items: Sequence[Item]) -> Scores:
    """The scores of ``model`` on ``items``, each estimated as a visitor's text would be.

    Raises:
        BadInput: an item has no price, or there are none.
    """
    estimates = [model.estimate(item.text) for item in items]
    return score(
        [_price(item) for item in items],
        [estimate.price for estimate in estimates],
        [(estimate.low, estimate.high) for estimate in estimates],
    )


def _examples(vocabulary: Vocabulary, items: Sequence[Item]) -> _Examples:
    import numpy as np

    texts = [text for item in items for text in (item.text, *brief_texts(item))]
    return _Examples(
        vocabulary.rows(vocabulary.row(features_of(text)) for text in texts),
        np.repeat(_log_prices(items), 3),
        np.tile([1.0, BRIEF_IMPORTANCE, BRIEF_IMPORTANCE], len(items)),
        np.repeat([_fold(item) for item in items], 3),
    )


def _uncalibrated(target: "Floats", held_out: "Floats") -> Calibration:
    import numpy as np

    return Calibration(
        width=1.0,
        blind_half=float(np.quantile(np.abs(target - target.mean()), COVERAGE)),
        least_error=float(np.quantile(held_out, 0.1)),
        most_error=float(np.quantile(held_out, 0.99)),
        low_log=float(target.min()),
        high_log=float(target.max()),
    )


def _held_out_errors(examples: _Examples, penalty: float) -> "Floats":
    """The size of each example's error under a fit that saw nothing of its fold."""
    import numpy as np

    errors = np.zeros_like(examples.target)
    for fold in range(FOLDS):
        out = examples.fold == fold
        if out.any() and not out.all():
            target, importance = examples.target[~out], examples.importance[~out]
            fit = Ridge.fit(examples.rows.where(~out), target, importance, penalty)
            errors[out] = np.abs(examples.target[out] - fit.predict(examples.rows.where(out)))
    return errors


def _fold(item: Item) -> int:
    """One fold for a whole family: the items of a category whose titles differ in figures alone."""
    family = f"{item.category}|{re.sub(r'[^a-z]+', ' ', item.title.lower())}"
    return zlib.crc32(family.encode()) % FOLDS


def _log_prices(items: Sequence[Item]) -> "Floats":
    import numpy as np

    return np.log([_price(item) for item in items])


def _price(item: Item) -> float:
    if item.price is None:
        raise BadInput(f"“{item.title}” has no price.", "Leave out the items without a price.")
    return item.price
