"""Sums over many rows keep their digits in float32, wherever the framework adds rows up: the reference is math.fsum."""

from __future__ import annotations

import math
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from nnframe.arrays import Array, namespace
from nnframe.arrays.sums import sum_columns
from nnframe.composition.reduction import mean_loss
from nnframe.interfaces import AnyLayer, Context
from nnframe.layers import BatchNorm, Conv1D, Conv2D, Dense, GlobalAveragePool, GroupNorm, LayerNorm, PReLU, RMSNorm

CLOSE = 2e-6
MANY = 200_000
TENTH = float(np.float32(0.1))


def exact_sums(rows: Array) -> Array:
    """Σ over the rows of (rows, features), without any rounding but the last."""
    return np.array([math.fsum(column) for column in rows.T.tolist()])


@settings(deadline=None, max_examples=40)
@given(
    count=st.one_of(st.integers(0, 1200), st.integers(1200, 40_000)),
    features=st.integers(1, 5),
    batch=st.integers(0, 3),
    weighted=st.booleans(),
    seed=st.integers(0, 99),
)
def test_columns_are_added_up_to_the_last_digits(
    count: int, features: int, batch: int, weighted: bool, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.5, 1, (batch, count, features)).astype(np.float32)
    weights = rng.uniform(0.5, 1, (batch, count)).astype(np.float32) if weighted else None
    found = sum_columns(x, weights)
    assert (found.shape, found.dtype) == ((batch, features), np.float32)
    factors = np.ones((batch, count)) if weights is None else weights
    for rows, factor, sums in zip(x, factors, found, strict=True):
        np.testing.assert_allclose(sums, exact_sums(rows.astype(float) * factor[:, None]), rtol=CLOSE)


@pytest.mark.parametrize("axis", [0, 1, (0, 1), (0, 2), 2, -1, None])
@pytest.mark.parametrize("keepdims", [False, True])
def test_sums_and_means_over_any_axes_are_those_of_numpy(axis: Any, keepdims: bool) -> None:
    x = np.random.default_rng(0).uniform(0.5, 1, (30, 700, 3)).astype(np.float32)
    xp, exact = namespace(x), x.astype(np.float64)
    np.testing.assert_allclose(
        xp.sum(x, axis=axis, keepdims=keepdims), exact.sum(axis, keepdims=keepdims), rtol=CLOSE, strict=False
    )
    assert xp.sum(x, axis=axis, keepdims=keepdims).shape == exact.sum(axis, keepdims=keepdims).shape
    np.testing.assert_allclose(
        xp.mean(x, axis=axis, keepdims=keepdims), exact.mean(axis, keepdims=keepdims), rtol=CLOSE
    )


LAYERS: list[tuple[AnyLayer, tuple[int, ...], str]] = [
    (Dense(2), (MANY, 2), "bias"),
    (LayerNorm(), (MANY, 2), "shift"),
    (BatchNorm(), (MANY, 2), "shift"),
    (BatchNorm(), (2, MANY // 2, 2), "shift"),
    (GroupNorm(1), (MANY, 2), "shift"),
    (GroupNorm(2), (1, MANY, 2), "shift"),
    (Conv1D(2, 1), (1, MANY, 2), "bias"),
    (Conv2D(2, 1), (5, 200, 200, 2), "bias"),
]


def in_single(parameters: Any) -> Any:
    values = attrs.asdict(parameters, recurse=False)
    return type(parameters)(**{name: None if value is None else value.astype("f4") for name, value in values.items()})


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize(("layer", "shape", "name"), LAYERS)
def test_what_is_added_to_an_output_has_the_sum_of_the_upstream_as_its_gradient(
    layer: AnyLayer, shape: tuple[int, ...], name: str
) -> None:
    x = np.random.default_rng(0).normal(1, 1, shape).astype(np.float32)
    parameters = in_single(layer.initialize(x.astype(float), np.random.default_rng(0)))
    y, pullback = layer.forward(parameters, x, Context(training=True))
    gradient = getattr(pullback(np.full_like(y, 0.1))[1], name)
    np.testing.assert_allclose(gradient, TENTH * y.size / y.shape[-1], rtol=CLOSE)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("layer", [LayerNorm(), RMSNorm(), BatchNorm(), GroupNorm(1), PReLU()])
def test_the_gradient_of_a_scale_is_that_of_float64(layer: AnyLayer) -> None:
    x = np.random.default_rng(0).normal(-1, 1, (MANY, 3))
    double = layer.initialize(x, np.random.default_rng(0))
    expected = attrs.astuple(layer.forward(double, x, Context(training=True))[1](np.full_like(x, 0.1))[1])[0]
    single, upstream = x.astype("f4"), np.full(x.shape, 0.1, "f4")
    found = attrs.astuple(layer.forward(in_single(double), single, Context(training=True))[1](upstream)[1])[0]
    np.testing.assert_allclose(found, expected, rtol=0, atol=CLOSE * 0.1 * MANY)


@pytest.mark.parametrize("masked", [False, True])
def test_a_global_average_keeps_its_digits(masked: bool) -> None:
    x = np.random.default_rng(0).uniform(0.5, 1, (2, MANY, 2)).astype(np.float32)
    mask = np.arange(MANY) % 3 > 0 if masked else np.ones(MANY, bool)
    found = GlobalAveragePool().apply(x, Context(mask=np.stack([mask, mask]) if masked else None))[0]
    expected = [exact_sums(rows[mask]) / mask.sum() for rows in x.astype(float)]
    np.testing.assert_allclose(found, expected, rtol=CLOSE)


@pytest.mark.parametrize("weighted", [False, True])
def test_the_mean_of_a_million_losses_keeps_its_digits(weighted: bool) -> None:
    losses = np.full(1_000_000, 0.1, np.float32)
    weight = np.linspace(0.5, 1.5, len(losses)).astype(np.float32) if weighted else None
    assert mean_loss(losses, weight)[0] == pytest.approx(TENTH, rel=CLOSE)
