"""The features that training met, each with its weight in a TF-IDF row."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from switchboard.prices.features import Features

if TYPE_CHECKING:
    from switchboard.prices.ridge import Rows

MIN_ITEMS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One text as parallel ``names``, ``columns`` and ``values``.

    ``evidence`` is 0 to 1: how much known text there is, 1 from the median of the training items on.
    """

    names: tuple[str, ...]
    columns: tuple[int, ...]
    values: tuple[float, ...]
    evidence: float


class Vocabulary:
    """Feature names in column order, their weights, and the median length of a training item's row."""

    def __init__(self, names: Sequence[str], weights: Sequence[float], median_length: float) -> None:
        self.names = tuple(names)
        self.weights = tuple(weights)
        self.median_length = median_length
        self._columns = {name: column for column, name in enumerate(self.names)}

    @classmethod
    def fit(cls, texts: Sequence[Features]) -> "Vocabulary":
        """The features of at least ``MIN_ITEMS`` texts, each weighted by the root of its inverse frequency.

        The root, since ridge regression sees products of two rows: there, a feature then counts by its smooth
        inverse document frequency, 1 + ln((1 + texts) / (1 + texts with it)).
        """
        counts = Counter(name for text in texts for name in text.by_name)
        names = sorted(name for name, count in counts.items() if count >= MIN_ITEMS)
        weights = [math.sqrt(1 + math.log((1 + len(texts)) / (1 + counts[name]))) for name in names]
        unscaled = cls(names, weights, 1.0)
        lengths = sorted(math.hypot(*unscaled._weighted(text)[1]) for text in texts)
        return cls(names, weights, (lengths[len(lengths) // 2] if lengths else 0.0) or 1.0)

    def row(self, text: Features) -> Row:
        """``text`` as a row no longer than 1.

        A text longer than the median is scaled down to it. A shorter one is not scaled up: little evidence
        moves the estimate little.
        """
        names, values = self._weighted(text)
        length = math.hypot(*values)
        scale = max(length, self.median_length)
        return Row(
            names,
            tuple(self._columns[name] for name in names),
            tuple(value / scale for value in values),
            min(1.0, length / self.median_length),
        )

    def familiar(self, text: Features) -> float:
        """The share of the text's distinct words that the model knows, 0 to 1; 0 where there is none."""
        return 1 - len(self.unknown(text)) / len(text.words) if text.words else 0.0

    def unknown(self, text: Features) -> tuple[str, ...]:
        """The text's distinct words on which no known feature rests, in the order of the text."""
        known = {
            word for name, feature in text.by_name.items() if name in self._columns for word in feature.words
        }
        return tuple(written for name, written in text.words.items() if name not in known)

    def rows(self, texts: Iterable[Row]) -> "Rows":
        """Many rows as one sparse matrix."""
        from switchboard.prices.ridge import Rows

        return Rows.of([(row.columns, row.values) for row in texts], len(self.names))

    def _weighted(self, text: Features) -> tuple[tuple[str, ...], tuple[float, ...]]:
        known = [(name, self._columns[name]) for name in text.by_name if name in self._columns]
        return (
            tuple(name for name, _ in known),
            tuple(text.by_name[name].strength * self.weights[column] for name, column in known),
        )
