"""A class with a logit or log p of -∞ and the target 0 adds nothing to a loss; with another target it makes it ∞."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from nnframe import registry
from nnframe.arrays.stable import weigh

OVER_CLASSES: list[tuple[str, dict[str, Any]]] = [
    ("cross_entropy", {"from_logits": True}),
    ("kl_divergence", {"from_logits": True}),
    ("nll", {}),
    ("categorical_hinge", {}),
]


def forward(name: str, options: dict[str, Any], prediction: Any, target: Any) -> tuple[Any, Any]:
    losses, pullback = registry.losses.create(name, **options).forward(prediction, target)
    return losses, pullback(np.ones_like(losses))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "options"), OVER_CLASSES)
@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 9999), classes=st.integers(2, 5), soft=st.booleans())
def test_a_class_that_cannot_be_may_as_well_be_left_out(
    name: str, options: dict[str, Any], dtype: str, seed: int, classes: int, soft: bool
) -> None:
    rng = np.random.default_rng(seed)
    few = rng.normal(0, 3, (4, classes)).astype(dtype)
    target: Any = rng.integers(0, classes, 4)
    place, wide_target = int(rng.integers(0, classes + 1)), target
    if soft and name != "categorical_hinge":
        target = rng.dirichlet(np.ones(classes), 4).astype(dtype)
        wide_target = np.insert(target, place, 0, 1)
    else:
        wide_target = target + (target >= place)
    losses, gradient = forward(name, options, few, target)
    wide_losses, wide_gradient = forward(name, options, np.insert(few, place, -np.inf, 1), wide_target)
    np.testing.assert_allclose(wide_losses, losses, rtol=1e-6, atol=3e-6 if dtype == "float32" else 1e-13)
    np.testing.assert_allclose(wide_gradient, np.insert(gradient, place, 0, 1), atol=1e-6)


@pytest.mark.parametrize(("name", "options"), OVER_CLASSES)
def test_a_class_that_cannot_be_and_is_the_target_costs_infinitely_much(name: str, options: dict[str, Any]) -> None:
    assert forward(name, options, np.array([[-np.inf, 0.0]]), np.array([0]))[0] == np.inf


FEATUREWISE: list[tuple[str, dict[str, Any], list[float], list[float], float, list[float]]] = [
    ("binary_cross_entropy", {"from_logits": True}, [-np.inf, np.inf], [0, 1], 0.0, [0, 0]),
    ("binary_cross_entropy", {"from_logits": True}, [-np.inf, 0], [0, 0.5], math.log(2) / 2, [0, 0]),
    ("focal", {}, [-np.inf, np.inf], [0, 1], 0.0, [0, 0]),
    ("focal", {"gamma": 0.0}, [-np.inf, np.inf], [0, 1], 0.0, [0, 0]),
    ("poisson", {"from_logarithm": True}, [-np.inf, 0], [0, 2], 0.5, [0, -0.5]),
    ("gaussian_nll", {}, [0, -1000], [0], -500.0, [0, 0.5]),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "options", "prediction", "target", "loss", "slope"), FEATUREWISE)
def test_a_product_of_0_and_infinity_is_0(
    name: str, options: dict[str, Any], prediction: Any, target: Any, loss: float, slope: Any, dtype: str
) -> None:
    losses, gradient = forward(name, options, np.array([prediction], dtype), np.array([target], dtype))
    np.testing.assert_allclose(losses, [loss], rtol=1e-6)
    np.testing.assert_allclose(gradient, [slope], rtol=1e-6)


def test_what_is_not_a_number_stays_so_also_where_the_target_is_0() -> None:
    assert np.isnan(weigh(np.array([0.0, 0.0]), np.array([np.nan, -np.inf]))).tolist() == [True, False]
    assert np.isnan(forward("nll", {}, np.array([[np.nan, -0.1]]), np.array([1]))[0]).all()


@pytest.mark.parametrize("logit", [40.0, 300.0])
@pytest.mark.parametrize("right", [0, 1])
def test_the_slope_of_a_sure_yes_or_no_keeps_its_digits(logit: float, right: int) -> None:
    """σ(z) - 1 = -σ(-z), about -exp(-z)."""
    sign = 1 if right else -1
    gradient = forward("binary_cross_entropy", {"from_logits": True}, np.array([[sign * logit]]), np.array([[right]]))[
        1
    ]
    assert gradient[0, 0] == pytest.approx(-sign * math.exp(-logit), rel=1e-12)


@pytest.mark.parametrize(("dtype", "close"), [("float32", 1e-6), ("float64", 1e-14)])
def test_log_cosh_keeps_the_digits_of_small_errors_and_of_large_ones(dtype: str, close: float) -> None:
    """Near 0, log cosh e = e²/2 - e⁴/12; elsewhere math.cosh is exact, and far out it is |e| - log 2."""
    error = np.array([1e-12, 1e-4, 0.3, 1.2, 1.39, 2.0, 30.0, 1e4], dtype)
    expected = [
        e * e / 2 - e**4 / 12 if e < 0.01 else math.log(math.cosh(e)) if e < 300 else e - math.log(2)
        for e in error.tolist()
    ]
    losses = registry.losses.create("log_cosh").forward(error[:, None], np.zeros_like(error)[:, None])[0]
    np.testing.assert_allclose(losses, expected, rtol=close)
