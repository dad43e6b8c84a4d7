"""Initial values have the distribution that they claim."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import pytest

from nnframe import registry
from nnframe.errors import ConfigurationError, ShapeError
from nnframe.initializers import (
    Constant,
    Identity,
    Normal,
    Orthogonal,
    TruncatedNormal,
    Uniform,
    VarianceScaling,
)

SHAPE = (3, 3, 20, 40)  # fan-in 180, fan-out 360
FAN_IN, FAN_OUT = 180, 360
CUT = 0.87962566103423978  # standard deviation of the standard normal distribution between -2 and 2


def uniform(variance: float) -> tuple[str, float, float]:
    return "uniform", 0.0, sqrt(variance)


def normal(variance: float) -> tuple[str, float, float]:
    return "norm", 0.0, sqrt(variance)


CASES: list[tuple[str, dict[str, Any], tuple[str, float, float]]] = [
    ("uniform", {"epsilon": 0.3}, uniform(0.3**2 / 3)),
    ("normal", {"mean": 1.0, "deviation": 0.2}, ("norm", 1.0, 0.2)),
    ("truncated_normal", {"mean": 1.0, "deviation": 0.2}, ("truncnorm", 1.0, 0.2 * CUT)),
    ("glorot_uniform", {}, uniform(2 / (FAN_IN + FAN_OUT))),
    ("glorot_normal", {}, normal(2 / (FAN_IN + FAN_OUT))),
    ("he_uniform", {}, uniform(2 / FAN_IN)),
    ("he_normal", {}, normal(2 / FAN_IN)),
    ("lecun_uniform", {}, uniform(1 / FAN_IN)),
    ("lecun_normal", {}, normal(1 / FAN_IN)),
    ("variance_scaling", {}, ("truncnorm", 0.0, sqrt(1 / FAN_IN))),
    ("variance_scaling", {"scale": 3.0, "mode": "fan_out", "distribution": "normal"}, normal(3 / FAN_OUT)),
    ("variance_scaling", {"mode": "average", "distribution": "uniform"}, uniform(2 / (FAN_IN + FAN_OUT))),
]


@pytest.mark.parametrize(("name", "options", "claim"), CASES)
def test_moments_and_distribution(name: str, options: Any, claim: tuple[str, float, float]) -> None:
    stats = pytest.importorskip("scipy.stats")
    family, mean, deviation = claim
    values = registry.initializers.create(name, **options)(SHAPE, np.random.default_rng(7))
    assert values.shape == SHAPE
    assert values.dtype == np.float64
    assert values.mean() == pytest.approx(mean, abs=4 * deviation / sqrt(values.size))
    assert values.std() == pytest.approx(deviation, rel=0.02)
    expected = {
        "norm": stats.norm(mean, deviation),
        "uniform": stats.uniform(mean - sqrt(3) * deviation, 2 * sqrt(3) * deviation),
        "truncnorm": stats.truncnorm(-2, 2, mean, deviation / CUT),
    }[family]
    assert stats.kstest(values.ravel(), expected.cdf).pvalue > 0.01


@pytest.mark.parametrize("name", sorted(registry.initializers.names()))
def test_the_seed_decides(name: str) -> None:
    initializer = registry.initializers.create(name, **({"value": 2.0} if name == "constant" else {}))
    a, b = (initializer((4, 5), np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(a, b)
    assert a.dtype == np.float64


@pytest.mark.parametrize("name", sorted(set(registry.initializers.names()) - {"identity", "orthogonal", "constant"}))
@pytest.mark.parametrize("shape", [(), (0,), (3,), (0, 4), (2, 3, 4)])
def test_any_shape_will_do(name: str, shape: tuple[int, ...]) -> None:
    values = registry.initializers.create(name)(shape, np.random.default_rng(0))
    assert np.shape(values) == shape
    assert isinstance(values, np.ndarray)


@pytest.mark.parametrize("shape", [(5, 5), (7, 3), (3, 7), (3, 3, 4, 5)])
def test_orthogonal_matrices_keep_lengths(shape: tuple[int, ...]) -> None:
    matrix = Orthogonal(gain=2.0)(shape, np.random.default_rng(0)).reshape(-1, shape[-1])
    product = matrix.T @ matrix if len(matrix) >= shape[-1] else matrix @ matrix.T
    np.testing.assert_allclose(product, 4 * np.eye(len(product)), atol=1e-12)


def test_orthogonal_matrices_are_spread_evenly() -> None:
    rng = np.random.default_rng(0)
    corners = np.array([Orthogonal()((2, 2), rng)[0] for _ in range(4000)])
    angles = np.arctan2(corners[:, 1], corners[:, 0])
    stats = pytest.importorskip("scipy.stats")
    assert stats.kstest(angles, stats.uniform(-np.pi, 2 * np.pi).cdf).pvalue > 0.01


def test_fixed_values() -> None:
    rng = np.random.default_rng(0)
    np.testing.assert_array_equal(Constant(3)((2,), rng), [3.0, 3.0])
    np.testing.assert_array_equal(Identity(2.0)((2, 2), rng), [[2, 0], [0, 2]])
    np.testing.assert_array_equal(registry.initializers.create("zeros")((2,), rng), [0, 0])
    np.testing.assert_array_equal(registry.initializers.create("ones")((2,), rng), [1, 1])


def test_shapes_and_options_that_do_not_fit_are_refused() -> None:
    rng = np.random.default_rng(0)
    for initializer in (Identity(), Orthogonal()):
        with pytest.raises(ShapeError, match="axes"):
            initializer((3,), rng)
    wrong: list[tuple[Any, dict[str, Any], str]] = [
        (Uniform, {"epsilon": -1.0}, "epsilon must be"),
        (Normal, {"deviation": float("nan")}, "deviation must be"),
        (TruncatedNormal, {"mean": "zero"}, "mean must be"),
        (Constant, {"value": float("inf")}, "value must be a finite number"),
        (VarianceScaling, {"mode": "fan"}, "mode"),
    ]
    for part, options, message in wrong:
        with pytest.raises(ConfigurationError, match=message):
            part(**options)
