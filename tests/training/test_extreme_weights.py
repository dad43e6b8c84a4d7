"""Weights whose sum a dtype does not hold, and examples of weight 0 that overflow, leave the mean right."""

from __future__ import annotations

import numpy as np
import pytest

from nnframe import Model
from nnframe.errors import DataError
from nnframe.interfaces import Batch, Context
from nnframe.layers import BatchNorm, Dense
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
    with pytest.raises(DataError, match=r"sample_weight.*sum that fits into float64.*1e\+308"):
        line("float64").fit(X, ZEROS, sample_weight=np.full(4, 1e308), progress=False)


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
@pytest.mark.parametrize("micro_batch_size", [None, 2])
def test_an_example_of_weight_zero_that_overflows_has_no_part_in_the_step(micro_batch_size: int | None) -> None:
    """Of y = exp(x) at x = 0 and 1: the loss' slope is 2 exp(x)², times x for the weight, each halved by the mean."""
    model = Model([Dense(1, weight_initializer="ones"), "exponential"], loss="mse", input_shape=(1,))
    model.fit(
        [[0.0], [1.0], [800.0]],
        np.zeros((3, 1)),
        sample_weight=[1, 1, 0],
        optimizer={"name": "sgd", "learning_rate": 0.01},
        shuffle=False,
        batch_size=3,
        micro_batch_size=micro_batch_size,
        epochs=1,
        progress=False,
    )
    assert model.parameters["0.weight"].value.item() == pytest.approx(1 - 0.01 * np.e**2, rel=1e-12)
    assert model.parameters["0.bias"].value.item() == pytest.approx(-0.01 * (1 + np.e**2), rel=1e-12)


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
def test_a_sequence_that_is_all_padding_and_overflows_has_no_part_in_loss_and_gradients() -> None:
    model = Model([Dense(1, weight_initializer="ones"), "exponential"], loss="mse", input_shape=(2, 1))
    x, mask = [[[0.0], [1.0]], [[800.0], [900.0]]], [[True, True], [False, False]]
    loss, gradients = model.loss_and_gradients(x, np.zeros((2, 2, 1)), mask=mask)
    assert loss == pytest.approx((1 + np.e**2) / 2, rel=1e-12)
    assert gradients["0.bias"].item() == pytest.approx(1 + np.e**2, rel=1e-12)


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
def test_running_statistics_are_stored_once_and_without_the_example_that_overflows() -> None:
    model = Model(["exponential", BatchNorm(momentum=0.5)], loss="mse", input_shape=(1,))
    model.train_step([[0.0], [np.log(3)], [800.0]], np.zeros((3, 1)), sample_weight=[1, 1, 0], optimizer="sgd")
    np.testing.assert_allclose(model.parameters["1.running_mean"].value, [0.5 * (1 + 3) / 2])
