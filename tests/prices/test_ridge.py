import numpy as np
import pytest

from switchboard.prices.ridge import Ridge, Rows


@pytest.fixture
def dense():
    numbers = np.arange(24, dtype=float).reshape(6, 4) % 5
    numbers[2] = 0.0
    return numbers


@pytest.fixture
def sparse(dense):
    return Rows.of([(np.flatnonzero(row).tolist(), row[row != 0].tolist()) for row in dense], 4)


def test_products_are_those_of_the_dense_matrix(dense, sparse):
    assert sparse.times(np.array([1.0, 2, 3, 4])) == pytest.approx(dense @ [1, 2, 3, 4])
    assert sparse.transposed_times(np.arange(6.0)) == pytest.approx(dense.T @ np.arange(6))


def test_chosen_rows_keep_their_order(dense, sparse):
    chosen = np.array([True, False, True, True, False, True])
    assert sparse.where(chosen).times(np.ones(4)) == pytest.approx(dense[chosen].sum(axis=1))


def test_the_fit_solves_the_weighted_normal_equations(dense, sparse):
    target, importance = np.array([1.0, 4, 2, 8, 5, 7]), np.array([1.0, 0.5, 2, 1, 0.1, 1])
    fit = Ridge.fit(sparse, target, importance, penalty=0.7)
    weighted = dense.T * importance
    expected = np.linalg.solve(weighted @ dense + 0.7 * np.eye(4), weighted @ (target - fit.intercept))
    assert fit.intercept == pytest.approx((importance * target).sum() / importance.sum())
    assert fit.weights == pytest.approx(expected, abs=1e-6)
    assert fit.predict(sparse) == pytest.approx(fit.intercept + dense @ expected, abs=1e-6)


def test_rows_without_entries_predict_the_mean():
    empty = Rows.of([([], []), ([], [])], 3)
    fit = Ridge.fit(empty, np.array([1.0, 3.0]), np.ones(2), 1.0)
    assert fit.predict(empty).tolist() == [2.0, 2.0]
