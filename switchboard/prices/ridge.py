"""Ridge regression on sparse rows.

By conjugate gradients on the normal equations (Hestenes and Stiefel, 1952), which needs nothing but numpy.
The intercept is the target's weighted mean, and is not shrunk. Does not choose the penalty.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rows:
    """A sparse matrix: the entries' ``row``, ``column`` and ``value``, rows in ascending order."""

    row: "Integers"
    column: "Integers"
    value: "Floats"
    shape: tuple[int, int]

    @classmethod
    def of(cls, rows: Sequence[tuple[Sequence[int], Sequence[float]]], width: int) -> "Rows":
        """From each row's columns, below ``width``, with their values."""
        import numpy as np

        lengths = [len(columns) for columns, _ in rows]
        return cls(
            np.repeat(np.arange(len(rows)), lengths),
            np.fromiter((column for columns, _ in rows for column in columns), np.int64, sum(lengths)),
            np.fromiter((value for _, values in rows for value in values), np.float64, sum(lengths)),
            (len(rows), width),
        )

    def times(self, weights: "Floats") -> "Floats":
        """The matrix times a vector with one number a column."""
        return _sums(self.row, self.value * weights[self.column], self.shape[0])

    def transposed_times(self, numbers: "Floats") -> "Floats":
        """The transposed matrix times a vector with one number a row."""
        return _sums(self.column, self.value * numbers[self.row], self.shape[1])

    def where(self, chosen: "NDArray[np.bool_]") -> "Rows":
        """The rows at which ``chosen`` is true."""
        import numpy as np

        kept, new_index = chosen[self.row], np.cumsum(chosen) - 1
        return Rows(
            new_index[self.row[kept]],
            self.column[kept],
            self.value[kept],
            (int(chosen.sum()), self.shape[1]),
        )


@dataclass(frozen=True, slots=True)
class Ridge:
    """A fitted regression: ``intercept`` + a row times ``weights``."""

    intercept: float
    weights: "Floats"

    def predict(self, rows: Rows) -> "Floats":
        """One number a row."""
        return self.intercept + rows.times(self.weights)

    @classmethod
    def fit(
        cls, rows: Rows, target: "Floats", importance: "Floats", penalty: float, tolerance: float = 1e-7
    ) -> "Ridge":
        """The weights w that make Σ importance·(row·w + mean − target)² + penalty·|w|² least.

        Stops when the residual of the normal equations is ``tolerance`` of what it was, or after 1,000 steps.
        """
        import numpy as np

        intercept = float(np.average(target, weights=importance))
        weights = np.zeros(rows.shape[1])
        residual = rows.transposed_times(importance * (target - intercept))
        direction = residual.copy()
        size = _dot(residual, residual)
        enough = size * tolerance**2
        for _ in range(1000):
            if size <= enough:
                break
            change = rows.transposed_times(importance * rows.times(direction)) + penalty * direction
            step = size / _dot(direction, change)
            weights += step * direction
            residual -= step * change
            previous, size = size, _dot(residual, residual)
            direction = residual + (size / previous) * direction
        return cls(intercept, weights)


def _sums(index: "Integers", values: "Floats", length: int) -> "Floats":
    """The sum of the values at each index below ``length``."""
    import numpy as np

    # Without any value, bincount counts in integers.
    return np.bincount(index, values, length).astype(np.float64, copy=False)


def _dot(one: "Floats", other: "Floats") -> float:
    # BLAS adds in an order that depends on its threads; the weights shall be the same on every machine.
    return float((one * other).sum())
