"""Weights whose sum a dtype does not hold, and examples of weight 0 that overflow, leave the mean right."""

from __future__ import annotations

import numpy as np
import pytest

from nnframe import Model
from nnframe.errors import DataError
from nnframe.interfaces import Batch, Context
from nnframe.layers import Dense
from nnframe.training.pieces import compute_in_pieces

X = np.array([[1.0], [2.0], [3.0], [5.0]])
ZEROS = np.zeros((4, 1))


def line(dtype: str = "float32") -> Model:
    return Model([Dense(1, weight_initializer="ones")], loss="mse", input_shape=(1,), dtype=dtype)


@pytest.mark.parametrize("scale", [1e38, 3e38, 1e-44])
def test_one_weight_for_all_is_no_weight_at_all(scale: float) -> None:
    """Of y = x the loss is mean x² = 39 / 4, and its slopes are 2 mean x² and 2 mean x."""
    loss, gradients = line().loss_and_gradients(X, ZEROS, sample_weight=np.full(4, scale))
    assert loss == pytest.approx(9.75, rel=1e-6)
    assert gradients["0.weight"].item() == pytest.approx(19.5, rel=1e-6)
    assert gradients["0.bias"].item() == pytest.approx(5.5, rel=1e-6)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pieces_of_large_weights_make_the_mean_of_the_batch(size: int) -> None:
    weight = np.array([1e38, 3e38, 2e38, 1e38], np.float32)
    exact = np.average(X[:, 0] ** 2, weights=[1, 3, 2, 1])
    batch = Batch(X.astype(np.float32), ZEROS.astype(np.float32), weight)
    loss, gradients, _, _ = compute_in_pieces(line(), batch, Context(True), size)
    assert loss == pytest.approx(exact, rel=1e-6)
    assert gradients[0].item() == pytest.approx(2 * exact, rel=1e-6)


def test_weights_whose_sum_float64_does_not_hold_are_refused_by_name() -> None:
    with pytest.raises(DataError, match="sample_weight.*sum that fits into float64.*1e\\+308"):
        line("float64").fit(X, ZEROS, sample_weight=np.full(4, 1e308), progress=False)
