"""What holds for every loss, formulas at chosen points, and what losses refuse."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from nnframe import registry
from nnframe.errors import ConfigurationError, DataError, NNFrameError, ShapeError
from nnframe.losses import CategoricalHinge, CosineSimilarity, Huber, KLDivergence, LogCosh

RNG = np.random.default_rng(0)
REAL = RNG.normal(size=(2, 3, 4))
SHARES = RNG.dirichlet(np.ones(4), size=(2, 3))
OTHER = RNG.dirichlet(np.full(4, 5.0), size=(2, 3))
LABELS = RNG.integers(0, 4, size=(2, 3))
SIGNS = RNG.choice([-1.0, 1.0], size=(2, 3, 4))
COUNTS = RNG.poisson(2.0, size=(2, 3, 4)).astype(float)
CASES: list[tuple[str, dict[str, Any], Any, Any]] = [
    *((name, {}, REAL + 3, REAL[::-1] + 2.5) for name in ("mse", "mae", "huber", "log_cosh", "mape", "msle")),
    ("poisson", {}, np.exp(REAL), COUNTS),
    ("poisson", {"from_logarithm": True}, REAL, COUNTS),
    ("hinge", {}, REAL, SIGNS),
    ("squared_hinge", {}, REAL, SIGNS),
    ("focal", {}, REAL, SHARES),
    ("focal", {"gamma": 0.0, "alpha": 0.5}, REAL, SHARES),
    ("focal", {"gamma": 0.5}, REAL, (SIGNS + 1) / 2),
    ("gaussian_nll", {}, np.concatenate([REAL, OTHER], -1), REAL[::-1]),
    ("binary_cross_entropy", {}, OTHER, SHARES),
    ("binary_cross_entropy", {"from_logits": True}, REAL, SHARES),
    ("cross_entropy", {}, OTHER, LABELS),
    ("cross_entropy", {"from_logits": True}, REAL, SHARES),
    ("nll", {}, REAL, LABELS),
    ("nll", {}, REAL, SHARES),
    ("categorical_hinge", {}, REAL, LABELS),
    ("kl_divergence", {}, OTHER, SHARES),
    ("kl_divergence", {}, OTHER, LABELS),
    ("kl_divergence", {"from_logits": True}, REAL, SHARES),
    ("cosine_similarity", {}, REAL, SHARES),
]
every_loss = pytest.mark.parametrize(("name", "options", "prediction", "target"), CASES)


def test_every_registered_loss_is_tested_here() -> None:
    assert set(registry.losses.names()) == {name for name, *_ in CASES}


@every_loss
def test_the_pullback_is_the_centred_difference(name: str, options: Any, prediction: Any, target: Any) -> None:
    loss, rng, h = registry.losses.create(name, **options), np.random.default_rng(1), 1e-6
    upstream, direction = rng.normal(size=(2, 3)), rng.normal(size=prediction.shape) * np.minimum(np.abs(prediction), 1)
    up, down = (loss.forward(prediction + step * direction, target)[0] for step in (h, -h))
    gradient = loss.forward(prediction, target)[1](upstream)
    assert (gradient * direction).sum() == pytest.approx((upstream * (up - down)).sum() / (2 * h), rel=1e-6)


@every_loss
def test_there_is_one_loss_an_example_and_the_dtype_is_kept(
    name: str, options: Any, prediction: Any, target: Any
) -> None:
    single = target.astype(np.float32) if target.dtype.kind == "f" else target
    losses, pullback = registry.losses.create(name, **options).forward(prediction.astype(np.float32), single)
    gradient = pullback(np.ones_like(losses))
    assert losses.shape == (2, 3)
    assert gradient.shape == prediction.shape
    assert losses.dtype == gradient.dtype == np.float32


@every_loss
def test_good_targets_pass_and_others_are_refused(name: str, options: Any, prediction: Any, target: Any) -> None:
    loss = registry.losses.create(name, **options)
    loss.check(prediction.shape, target)
    with pytest.raises(ShapeError):
        loss.check((2, 4, prediction.shape[-1]), target)
    with pytest.raises(ShapeError):
        loss.forward(prediction, target[:, :2])
    if target.dtype.kind == "f":
        spoiled = target.copy()
        spoiled[1, 0, 2] = np.nan
        with pytest.raises(DataError, match=r"target\[1, 0(, 2)?\]"):
            loss.check(prediction.shape, spoiled)


@every_loss
def test_an_empty_batch_has_no_losses(name: str, options: Any, prediction: Any, target: Any) -> None:
    losses, pullback = registry.losses.create(name, **options).forward(prediction[:0], target[:0])
    assert losses.shape == (0, 3)
    assert pullback(losses).shape == prediction[:0].shape


@pytest.mark.parametrize("name", ["mae", "huber", "log_cosh", "mape", "hinge", "focal", "categorical_hinge", "nll"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_far_predictions_give_finite_losses(name: str, dtype: Any) -> None:
    target = np.array([0, 1]) if name in ("categorical_hinge", "nll") else np.ones((2, 2), dtype)
    losses, pullback = registry.losses.create(name).forward(np.array([[1e15, -1e15], [1e15, 1e15]], dtype), target)
    assert np.isfinite(losses).all()
    assert np.isfinite(pullback(np.ones(2, dtype))).all()


def one(loss: Any, prediction: Any, target: Any) -> float:
    return float(loss.forward(np.array([prediction], float), np.array([target]))[0][0])


def test_formulas_at_chosen_points() -> None:
    assert one(Huber(2.0), [5.0], [1.0]) == 2 * (4 - 1)
    assert one(Huber(2.0), [2.0], [1.0]) == 0.5
    assert one(LogCosh(), [1.5], [0.2]) == pytest.approx(math.log(math.cosh(1.3)))
    assert one(LogCosh(), [1e-6], [0.0]) == pytest.approx(5e-13, rel=1e-8)
    assert one(KLDivergence(), [0.5, 0.5], [0.9, 0.1]) == pytest.approx(0.9 * math.log(1.8) + 0.1 * math.log(0.2))
    assert one(CosineSimilarity(), [1.0, 1.0], [0.0, 3.0]) == pytest.approx(1 - math.sqrt(0.5))
    assert one(CategoricalHinge(), [1.0, 0.2, 3.0], 0) == 3.0
    assert one(CategoricalHinge(), [1.0, 0.2, 3.0], 2) == 0.0


def test_focal_without_focus_is_half_the_cross_entropy() -> None:
    focal = registry.losses.create("focal", gamma=0.0, alpha=0.5)
    whole = registry.losses.create("binary_cross_entropy", from_logits=True)
    np.testing.assert_allclose(focal.forward(REAL, SHARES)[0], whole.forward(REAL, SHARES)[0] / 2)


def test_tied_wrong_classes_share_the_derivative() -> None:
    gradient = CategoricalHinge().forward(np.array([[2.0, 2.0, 0.0]]), np.array([2]))[1](np.ones(1))
    np.testing.assert_array_equal(gradient, [[0.5, 0.5, -1.0]])


def test_a_vector_of_length_zero_has_a_finite_gradient() -> None:
    gradient = CosineSimilarity().forward(np.zeros((1, 2)), np.ones((1, 2)))[1](np.ones(1))
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize(
    ("name", "prediction", "target", "error", "message"),
    [
        ("mae", (4, 1), np.zeros(4), ShapeError, r"y\[:, None\]"),
        ("hinge", (2, 1), np.array([[1.0], [0.0]]), DataError, r"2 \* y - 1.*target\[1, 0\] is 0"),
        ("poisson", (1, 1), np.array([[-1.0]]), DataError, "not be negative"),
        ("msle", (1, 1), np.array([[-1.0]]), DataError, "not be negative"),
        ("focal", (1, 1), np.array([[2.0]]), DataError, "between 0 and 1"),
        ("nll", (2, 3), np.array([0, 3]), DataError, r"from 0 to 2.*target\[1\] is 3"),
        ("nll", (2, 3), np.array([[0], [1]]), ShapeError, r"y\[:, 0\]"),
        ("nll", (2, 3), np.array([0.0, 1.0]), DataError, r"astype\(int\)"),
        ("kl_divergence", (1, 2), np.array([[0.5, 0.6]]), DataError, "sum to 1"),
        ("gaussian_nll", (2, 3), np.zeros((2, 3)), ShapeError, "two outputs"),
    ],
)
def test_bad_targets_are_refused_with_their_place(
    name: str, prediction: tuple[int, ...], target: Any, error: type[NNFrameError], message: str
) -> None:
    with pytest.raises(error, match=message):
        registry.losses.create(name).check(prediction, target)


def test_options_are_checked() -> None:
    with pytest.raises(ConfigurationError, match="delta must be"):
        Huber(-1.0)
