"""Near a kink and at one: a few small steps settle what is right; what is wrong climbs the whole ladder."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnframe import Model
from nnframe.layers import Conv2D, Dense, Flatten, MaxPool2D
from nnframe.verification import GradientVerifier, Verdict, verify_pullback

N = 3000
LADDER = 56
"""Two sides of 14 steps, for the measurement and for a second look."""


def rectifier(slope: float) -> Any:
    """max(0, x), whose pullback gives ``slope`` at 0."""

    def function(p: Any, x: Any) -> Any:
        derivative = np.where(x == 0, slope, x > 0)
        return np.maximum(x, 0.0), lambda dy: (dy * derivative, {})

    return function


def points(special: float) -> Any:
    x = np.random.default_rng(0).normal(size=N)
    x[:100] = special
    return x


@pytest.mark.parametrize("slope", [0.0, 0.5, 1.0])
def test_every_value_between_the_slopes_is_right_and_soon_known(slope: float) -> None:
    report = verify_pullback(rectifier(slope), {}, points(0.0))
    assert report["input"].verdict is Verdict.KINK
    structure = verify_pullback(rectifier(slope), {}, points(0.5)).forwards
    assert report.forwards < structure + LADDER


@pytest.mark.parametrize("slope", [-0.01, 1.01, 2.0])
def test_a_value_outside_the_slopes_is_wrong(slope: float) -> None:
    finding = verify_pullback(rectifier(slope), {}, points(0.0))["input"]
    assert finding.verdict is Verdict.FAIL
    assert finding.wrong_count == 100


@pytest.mark.parametrize("distance", [1e-5, -1e-5, 3e-6, -3e-6, 1e-6, 1e-9, -1e-9])
def test_beside_a_kink_the_slope_of_that_side_counts(distance: float) -> None:
    right = rectifier(0.0)
    assert verify_pullback(right, {}, points(distance))["input"].verdict is Verdict.PASS

    def halfway(p: Any, x: Any) -> Any:
        y, pull = right(p, x)
        return y, lambda dy: (np.where(x == distance, 0.5 * dy, pull(dy)[0]), {})

    finding = verify_pullback(halfway, {}, points(distance))["input"]
    assert finding.verdict is Verdict.FAIL
    assert finding.wrong_count == 100


def test_ties_of_a_pool_take_few_forwards() -> None:
    model = Model([MaxPool2D(2)], loss="mse", input_shape=(12, 12, 3))
    verifier = GradientVerifier(strategy="every-element")
    ties = np.maximum(np.random.default_rng(0).normal(size=(2, 12, 12, 3)), 0.0)
    distinct = ties + np.arange(ties.size).reshape(ties.shape)
    target = np.zeros((2, 6, 6, 3))
    report = verifier.verify(model, ties, target)
    assert report["0.input"].verdict is Verdict.KINK
    assert report.forwards < verifier.verify(model, distinct, target).forwards + 2 * LADDER  # of four parts


def test_kinks_cost_hardly_any_forward_whatever_the_seed() -> None:
    layers = [Conv2D(4, (3, 3)), "relu", MaxPool2D(2), Flatten(), Dense(5)]
    model = Model(layers, loss="mse", input_shape=(14, 14, 1), seed=1)
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(8, 14, 14, 1)), rng.normal(size=(8, 5))
    reports = [GradientVerifier(strategy="every-element", seed=seed).verify(model, x, y) for seed in range(5)]
    assert all(each.passed for each in reports)
    forwards = [each.forwards for each in reports]
    assert max(forwards) - min(forwards) < LADDER // 4, forwards  # one ladder that nobody needs is half of one at least


def test_a_curve_is_no_kink() -> None:
    def function(p: Any, x: Any) -> Any:
        return np.abs(x) ** 1.5, lambda dy: (dy * 1.5 * np.sign(x) * np.sqrt(np.abs(x)), {})

    assert verify_pullback(function, {}, points(0.0))["input"].verdict is not Verdict.KINK
