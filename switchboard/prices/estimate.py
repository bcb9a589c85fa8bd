"""What a product costs, read from its text.

The logarithm of the price is a ridge regression on the text's TF-IDF row, the size of its error a second
one; ``calibration.py`` makes a range of that. Nothing is looked up: no shop's price of today is known here.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Self

from switchboard.errors import BadInput, TooLarge
from switchboard.prices.calibration import COVERAGE, Calibration
from switchboard.prices.features import MAX_CHARACTERS, Features, features_of
from switchboard.prices.ridge import Ridge
from switchboard.prices.vocabulary import Row, Vocabulary
from switchboard.prices.weights import SHIPPED, damaged, load_arrays, save_arrays

if TYPE_CHECKING:
    from switchboard.prices.weights import Arrays

# About one in seven validation items is no more familiar than the first, none is as little as the second.
FAMILIAR = 0.9
HARDLY_FAMILIAR = 0.6
EVIDENCE_ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Word:
    """A word or quantity in lower case, and the factor by which it multiplied the estimate."""

    text: str
    factor: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A price in US dollars with the range that holds it in ``coverage`` of all cases.

    ``words`` are the known words with a factor other than 1, the strongest first. ``baseline``, the price of
    an item of which nothing is known, times all their factors is ``price``, unless ``price`` was held at an
    end of the training prices. ``kind`` is the kind of product that the text names, one of ``kinds.KINDS``.
    ``familiar`` is the share of the text's words that the model knows, 0 to 1; ``unknown`` are the others.
    ``cautions`` are whole sentences on why to trust the estimate less.
    """

    price: float
    low: float
    high: float
    coverage: float
    baseline: float
    words: tuple[Word, ...]
    kind: str | None
    familiar: float
    unknown: tuple[str, ...]
    cautions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PriceModel:
    """The trained model; ``load`` it once and share it, it does not change."""

    vocabulary: Vocabulary
    log_price: Ridge
    log_error: Ridge
    calibration: Calibration

    def estimate(self, text: str) -> Estimate:
        """What the product described by ``text`` costs.

        Raises:
            BadInput: ``text`` has no word or number in it.
            TooLarge: ``text`` is over ``MAX_CHARACTERS``.
        """
        if len(text) > MAX_CHARACTERS:
            raise TooLarge(
                f"The description has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read.",
                "Keep the title and the specification.",
            )
        features = features_of(text)
        if not features.words:
            raise BadInput(
                "There is no word or number to estimate a price from.",
                "Give the product's title and what you know of it: maker, capacity, size, speed.",
            )
        row, familiar = self.vocabulary.row(features), self.vocabulary.familiar(features)
        unknown = self.vocabulary.unknown(features)
        center = _predicted(self.log_price, row)
        half = self.calibration.half_range(_predicted(self.log_error, row), familiar * row.evidence)
        held = min(max(center, self.calibration.low_log), self.calibration.high_log)
        return Estimate(
            price=math.exp(held),
            low=math.exp(held - half),
            high=math.exp(held + half),
            coverage=COVERAGE,
            baseline=math.exp(self.log_price.intercept),
            words=self._words(features, row),
            kind=features.kind,
            familiar=familiar,
            unknown=unknown,
            cautions=(
                *_cautions_on_words(familiar, unknown),
                *_cautions_on_substance(features, row.evidence),
                *_cautions_on_bounds(center, held),
            ),
        )

    def _words(self, features: Features, row: Row) -> tuple[Word, ...]:
        """Each feature's part of the logarithm goes to the words it rests on, in equal shares."""
        parts: dict[str, float] = {}
        for name, column, value in zip(row.names, row.columns, row.values, strict=True):
            rests_on = features.by_name[name].words
            share = value * float(self.log_price.weights[column]) / len(rests_on)
            for word in rests_on:
                parts[word] = parts.get(word, 0.0) + share
        strongest = sorted(parts, key=lambda word: (-abs(parts[word]), word))
        return tuple(Word(features.words[word], math.exp(parts[word])) for word in strongest if parts[word])

    def save(self, folder: Path) -> None:
        """Write the model into ``folder``; ``load`` reads it back."""
        import numpy as np

        numbers = {
            "median_length": self.vocabulary.median_length,
            "price_intercept": self.log_price.intercept,
            "error_intercept": self.log_error.intercept,
            **asdict(self.calibration),
        }
        arrays: Arrays = {
            "names": np.frombuffer("\n".join(self.vocabulary.names).encode(), dtype=np.uint8),
            "feature_weights": np.asarray(self.vocabulary.weights, dtype=np.float32),
            "price": self.log_price.weights.astype(np.float32),
            "error": self.log_error.weights.astype(np.float32),
            **{name: np.asarray(number, dtype=np.float64) for name, number in numbers.items()},
        }
        save_arrays(arrays, folder)

    @classmethod
    def load(cls, folder: Path = SHIPPED) -> Self:
        """The model that ships with the package, or the one that was saved in ``folder``.

        Raises:
            DataDamaged: its files are missing, altered or from another version; the message says how to get
                them back.
        """
        arrays = load_arrays(folder)
        try:
            numbers = {name: float(array) for name, array in arrays.items() if array.ndim == 0}
            names = arrays["names"].tobytes().decode().split("\n")
            vectors = [arrays[name].astype(float) for name in ("feature_weights", "price", "error")]
            if any(vector.shape != (len(names),) for vector in vectors):
                raise damaged("The price model's weights do not belong together.")
            feature_weights, price, error = vectors
            return cls(
                Vocabulary(names, feature_weights.tolist(), numbers["median_length"]),
                Ridge(numbers["price_intercept"], price),
                Ridge(numbers["error_intercept"], error),
                Calibration(**{field.name: numbers[field.name] for field in fields(Calibration)}),
            )
        except (KeyError, TypeError, ValueError) as exc:
            raise damaged("The price model's weights do not fit this version.") from exc


def estimate(text: str, model: PriceModel | None = None) -> Estimate:
    """What the product described by ``text`` costs, by ``model`` or, opened for this call, the shipped one.

    Raises:
        BadInput: ``text`` has no word or number in it.
        TooLarge: ``text`` is over ``MAX_CHARACTERS``.
        DataDamaged: the shipped model's files are missing or altered.
    """
    return (model or PriceModel.load()).estimate(text)


def _predicted(ridge: Ridge, row: Row) -> float:
    weights = ridge.weights
    parts = (value * weights[column] for column, value in zip(row.columns, row.values, strict=True))
    return float(ridge.intercept + math.fsum(parts))


def _cautions_on_words(familiar: float, unknown: Sequence[str]) -> Iterator[str]:
    if familiar < HARDLY_FAMILIAR:
        yield (
            f"Only {familiar:.0%} of these words are known to the model, which learned from PC hardware and"
            " peripherals described in English: this is little more than a guess."
        )
    elif familiar <= FAMILIAR:
        named = ", ".join(word[:30] for word in unknown[:5])
        yield f"The model learned from PC hardware and peripherals. Unknown to it and left out: {named}."


def _cautions_on_substance(features: Features, evidence: float) -> Iterator[str]:
    if evidence < EVIDENCE_ENOUGH:
        yield "There is little to go on: add the maker, the model, the capacity, the size or the speed."
    if features.kind is None:
        yield "No kind of product was recognised: name it, such as monitor, video card or memory kit."


def _cautions_on_bounds(center: float, held: float) -> Iterator[str]:
    if held != center:
        end = f"${math.exp(held):,.2f}"
        yield f"The prices that the model learned from end at {end}: the truth may lie beyond."
