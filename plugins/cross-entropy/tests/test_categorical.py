"""Categorical cross-entropy: formula, gradient, stability, targets of both forms, and what it refuses."""

import math

import numpy as np
import pytest
from nnframe_cross_entropy import CrossEntropy

from nnframe import registry
from nnframe.errors import ConfigurationError, DataError, ShapeError

LOGITS = np.random.default_rng(0).normal(size=(2, 4, 3))
LABELS = np.random.default_rng(1).integers(0, 3, size=(2, 4))
ONE_HOT = np.eye(3)[LABELS]
SHARES = np.random.default_rng(2).dirichlet(np.ones(3), size=(2, 4))
PROBABILITIES = np.exp(LOGITS) / np.exp(LOGITS).sum(-1, keepdims=True)


def test_the_loss_is_minus_the_logarithm_of_the_right_class():
    losses, _ = CrossEntropy().forward(np.array([[0.25, 0.75], [1.0, 0.0]]), np.array([1, 0]))
    np.testing.assert_allclose(losses, [-math.log(0.75), 0], atol=1e-15)


@pytest.mark.parametrize("s", [0.0, 0.1])
def test_labels_and_one_hot_rows_logits_and_probabilities_agree(s):
    expected, _ = CrossEntropy(label_smoothing=s).forward(PROBABILITIES, ONE_HOT)
    for from_logits, prediction in ((True, LOGITS), (False, PROBABILITIES)):
        for target in (LABELS, ONE_HOT):
            losses, _ = CrossEntropy(from_logits, s).forward(prediction, target)
            np.testing.assert_allclose(losses, expected, rtol=1e-13)


def test_smoothing_mixes_in_the_uniform_distribution():
    losses, _ = CrossEntropy(label_smoothing=0.3).forward(np.array([[0.5, 0.5]]), np.array([0]))
    np.testing.assert_allclose(losses, math.log(2))
    losses, _ = CrossEntropy(label_smoothing=0.5).forward(np.array([[0.9, 0.1]]), np.array([0]))
    np.testing.assert_allclose(losses, -0.75 * math.log(0.9) - 0.25 * math.log(0.1))


@pytest.mark.parametrize("s", [0.0, 0.1])
@pytest.mark.parametrize("target", [LABELS, ONE_HOT, SHARES, 3 * SHARES])
@pytest.mark.parametrize(("from_logits", "prediction"), [(True, LOGITS), (False, PROBABILITIES)])
def test_the_pullback_is_the_centred_difference(from_logits, prediction, target, s):
    loss, rng, h = CrossEntropy(from_logits, s), np.random.default_rng(3), 1e-6
    upstream, direction = rng.normal(size=(2, 4)), 0.1 * rng.normal(size=(2, 4, 3))
    up, down = (loss.forward(prediction + step * direction, target)[0] for step in (h, -h))
    gradient = loss.forward(prediction, target)[1](upstream)
    assert (gradient * direction).sum() == pytest.approx((upstream * (up - down)).sum() / (2 * h), rel=1e-7)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_huge_logits_give_exact_losses_in_their_own_dtype(dtype):
    losses, pullback = CrossEntropy(True).forward(np.array([[1e4, 0], [0, 1e4]], dtype), np.array([1, 1]))
    gradient = pullback(np.ones(2, dtype))
    assert losses.dtype == gradient.dtype == dtype
    np.testing.assert_array_equal(losses, [1e4, 0])
    np.testing.assert_array_equal(gradient, [[1, -1], [0, 0]])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_probability_of_zero_gives_a_finite_loss(dtype):
    losses, pullback = CrossEntropy().forward(np.array([[0, 1]], dtype), np.array([0]))
    assert np.isfinite(losses).all()
    assert np.isfinite(pullback(np.ones(1, dtype))).all()


def test_what_is_no_probability_is_refused_with_the_remedy():
    with pytest.raises(DataError, match=r"softmax.*from_logits=True"):
        CrossEntropy().forward(LOGITS, LABELS)


def test_a_label_out_of_range_is_named_with_its_place():
    for label in (3, -1):
        with pytest.raises(DataError, match=rf"label {label} at target\[1\].*classes 0 to 2"):
            CrossEntropy().check((2, 3), np.array([0, label]))
        with pytest.raises(DataError, match=f"label {label}"):
            CrossEntropy(True).forward(np.ones((2, 3)), np.array([0, label]))


def test_other_bad_targets_are_refused():
    with pytest.raises(ShapeError, match=r"y\[:, 0\]"):
        CrossEntropy().check((4, 3), np.zeros((4, 1), int))
    with pytest.raises(ShapeError, match=r"\(4, 3\)"):
        CrossEntropy().check((4, 3), np.zeros((5, 3)))
    with pytest.raises(DataError, match="integers"):
        CrossEntropy().check((2, 3), np.array([0.0, 1.0]))
    with pytest.raises(DataError, match=r"sum to 1.*target\[1\]"):
        CrossEntropy().check((2, 2), np.array([[0.0, 1.0], [1.0, 1.0]]))
    with pytest.raises(DataError, match=r"between 0 and 1.*target\[0, 1\]"):
        CrossEntropy().check((1, 2), np.array([[0.0, np.nan]]))


def test_a_smoothing_out_of_range_is_refused():
    with pytest.raises(ConfigurationError, match="label_smoothing"):
        CrossEntropy(label_smoothing=1.0)


def test_the_registry_finds_it_by_name():
    assert registry.losses.create("cross_entropy", from_logits=True) == CrossEntropy(from_logits=True)
