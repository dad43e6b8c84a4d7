"""Binary cross-entropy: formula, gradient, stability, and what it refuses."""

import math

import numpy as np
import pytest
from nnframe_cross_entropy import BinaryCrossEntropy

from nnframe import registry
from nnframe.errors import ConfigurationError, DataError, ShapeError

LOGITS = np.random.default_rng(0).normal(size=(3, 2))
TARGETS = np.array([[0.0, 1.0], [1.0, 0.25], [0.0, 0.0]])
PROBABILITIES = 1 / (1 + np.exp(-LOGITS))


def test_the_loss_is_the_mean_over_the_last_axis():
    losses, _ = BinaryCrossEntropy().forward(np.array([[0.25, 0.5]]), np.array([[1.0, 0.0]]))
    np.testing.assert_allclose(losses, [-(math.log(0.25) + math.log(0.5)) / 2])


@pytest.mark.parametrize("s", [0.0, 0.2])
def test_logits_and_probabilities_agree(s):
    a, _ = BinaryCrossEntropy(True, s).forward(LOGITS, TARGETS)
    b, _ = BinaryCrossEntropy(False, s).forward(PROBABILITIES, TARGETS)
    np.testing.assert_allclose(a, b, rtol=1e-13)


def test_smoothing_moves_targets_towards_one_half():
    a, _ = BinaryCrossEntropy(label_smoothing=0.2).forward(PROBABILITIES, np.ones((3, 2)))
    b, _ = BinaryCrossEntropy().forward(PROBABILITIES, np.full((3, 2), 0.9))
    np.testing.assert_allclose(a, b)


@pytest.mark.parametrize("s", [0.0, 0.2])
@pytest.mark.parametrize(("from_logits", "prediction"), [(True, LOGITS), (False, PROBABILITIES)])
def test_the_pullback_is_the_centred_difference(from_logits, prediction, s):
    loss, rng, h = BinaryCrossEntropy(from_logits, s), np.random.default_rng(3), 1e-6
    upstream, direction = rng.normal(size=3), 0.1 * rng.normal(size=(3, 2))
    up, down = (loss.forward(prediction + step * direction, TARGETS)[0] for step in (h, -h))
    gradient = loss.forward(prediction, TARGETS)[1](upstream)
    assert (gradient * direction).sum() == pytest.approx((upstream * (up - down)).sum() / (2 * h), rel=1e-7)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_huge_logits_give_exact_losses_in_their_own_dtype(dtype):
    z, t = np.array([[1e4], [-1e4], [1e4]], dtype), np.array([[0], [1], [1]], dtype)
    losses, pullback = BinaryCrossEntropy(True).forward(z, t)
    gradient = pullback(np.ones(3, dtype))
    assert losses.dtype == gradient.dtype == dtype
    np.testing.assert_array_equal(losses, [1e4, 1e4, 0])
    np.testing.assert_allclose(gradient, [[1], [-1], [0]], atol=1e-37)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_probability_of_zero_or_one_gives_a_finite_loss(dtype):
    losses, pullback = BinaryCrossEntropy().forward(np.array([[0], [1]], dtype), np.array([[1], [0]], dtype))
    assert np.isfinite(losses).all()
    assert np.isfinite(pullback(np.ones(2, dtype))).all()


def test_bad_predictions_and_targets_are_refused():
    with pytest.raises(DataError, match=r"sigmoid.*from_logits=True"):
        BinaryCrossEntropy().forward(np.array([[3.0]]), np.array([[1.0]]))
    with pytest.raises(ShapeError, match=r"y\[:, None\]"):
        BinaryCrossEntropy().forward(np.ones((4, 1)), np.ones(4))
    with pytest.raises(DataError, match=r"between 0 and 1, and target\[1, 0\] is 2"):
        BinaryCrossEntropy().check((2, 1), np.array([[1.0], [2.0]]))
    with pytest.raises(ConfigurationError, match="label_smoothing"):
        BinaryCrossEntropy(label_smoothing=-0.1)


def test_the_registry_finds_it_by_name():
    assert registry.losses.create("binary_cross_entropy", from_logits=True) == BinaryCrossEntropy(from_logits=True)
