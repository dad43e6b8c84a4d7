"""The MSE plugin: its formula, its gradient, what it refuses, and its name."""

import numpy as np
import pytest
from nnframe_mse import MeanSquaredError

from nnframe import registry
from nnframe.errors import DataError, ShapeError

rng = np.random.default_rng(0)


def test_the_loss_is_the_mean_square_over_the_last_axis():
    losses, _ = MeanSquaredError().forward(np.array([[3.0, 1.0], [0.0, 2.0]]), np.array([[1.0, 1.0], [1.0, 5.0]]))
    np.testing.assert_array_equal(losses, [2.0, 5.0])


@pytest.mark.parametrize("shape", [(3, 2), (2, 4, 3), (0, 2)])
def test_the_pullback_is_the_centred_difference(shape):
    prediction, target = rng.normal(size=shape), rng.normal(size=shape)
    upstream, direction, h = rng.normal(size=shape[:-1]), rng.normal(size=shape), 1e-5
    loss = MeanSquaredError()
    up, down = (loss.forward(prediction + s * direction, target)[0] for s in (h, -h))
    gradient = loss.forward(prediction, target)[1](upstream)
    assert (gradient * direction).sum() == pytest.approx((upstream * (up - down)).sum() / (2 * h), rel=1e-8, abs=1e-10)


def test_single_precision_stays_single():
    x = np.ones((2, 3), np.float32)
    losses, pullback = MeanSquaredError().forward(x, x)
    assert losses.dtype == pullback(losses).dtype == np.float32


def test_a_flat_target_is_refused_with_the_remedy():
    with pytest.raises(ShapeError, match=r"\(4,\).*\(4, 1\).*y\[:, None\]"):
        MeanSquaredError().forward(np.ones((4, 1)), np.ones(4))
    with pytest.raises(ShapeError, match="agree"):
        MeanSquaredError().check((4, 1), np.ones((4, 2)))


def test_a_target_that_is_not_finite_is_refused_with_its_place():
    with pytest.raises(DataError, match=r"target\[1, 0\] is nan"):
        MeanSquaredError().check((2, 1), np.array([[0.0], [np.nan]]))


def test_the_registry_finds_it_by_name_and_by_alias():
    assert registry.losses.get("mse") is registry.losses.get("mean_squared_error") is MeanSquaredError
