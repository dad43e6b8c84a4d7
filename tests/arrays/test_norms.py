"""Norms of numbers whose squares are infinite or 0: directions, constraints, clipping, cosines and normalisations."""

from __future__ import annotations

import math
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from nnframe.arrays.norms import find_factors, unit_vectors
from nnframe.constraints import MaxNorm, UnitNorm
from nnframe.interfaces import AnyLayer, Context
from nnframe.layers import BatchNorm, GroupNorm, LayerNorm, RMSNorm
from nnframe.losses import CosineSimilarity
from nnframe.training.clipping import Clipping

POWERS = st.one_of(
    st.tuples(st.just("float32"), st.integers(-115, 115)), st.tuples(st.just("float64"), st.integers(-1000, 1000))
)
CLOSE = {"float32": 2e-6, "float64": 1e-13}


def draw(seed: int, shape: tuple[int, ...], dtype: str) -> Any:
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


@settings(deadline=None)
@given(power=POWERS, seed=st.integers(0, 999))
def test_directions_do_not_depend_on_the_size(power: tuple[str, int], seed: int) -> None:
    dtype, exponent = power
    x = draw(seed, (5, 3), dtype)
    exact = np.array([[math.hypot(*column) for column in x.T.tolist()]])
    unit, norms = unit_vectors(np.ldexp(x, exponent), 0)
    np.testing.assert_allclose(unit, x / exact, rtol=CLOSE[dtype])
    np.testing.assert_allclose(np.ldexp(norms.astype(float), -exponent), exact, rtol=CLOSE[dtype])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_factors_bring_every_size_to_1_and_leave_those_that_have_squares(dtype: Any) -> None:
    number = np.finfo(dtype)
    sizes = np.array([number.max, number.tiny, number.smallest_subnormal, 1e5, 1.0, 0.0], dtype)
    scaled = sizes * find_factors(sizes)
    assert np.all(scaled[:2] >= 0.2)
    assert np.all(scaled[:2] <= 1)
    assert 0 < scaled[2] <= 1
    assert scaled[3:].tolist() == sizes[3:].tolist()


@settings(deadline=None)
@given(power=POWERS, seed=st.integers(0, 999))
def test_constraints_hold_at_every_size(power: tuple[str, int], seed: int) -> None:
    dtype, exponent = power
    weight = np.ldexp(draw(seed, (2, 3, 4), dtype), exponent)
    lengths = np.sqrt((UnitNorm().project(weight).astype(float) ** 2).sum((0, 1)))
    np.testing.assert_allclose(lengths, 1, rtol=CLOSE[dtype])
    limited = np.sqrt((MaxNorm(2.0).project(weight).astype(float) ** 2).sum((0, 1)))
    if exponent > 10:
        np.testing.assert_allclose(limited, 2, rtol=CLOSE[dtype])
    elif exponent < -10:
        np.testing.assert_array_equal(MaxNorm(2.0).project(weight), weight)


def test_a_weight_of_zeros_stays_one_beside_a_huge_one() -> None:
    weight = np.array([[3e30, 0.0], [4e30, 0.0]], np.float32)
    np.testing.assert_allclose(UnitNorm().project(weight), [[0.6, 0], [0.8, 0]], rtol=1e-6)
    np.testing.assert_allclose(MaxNorm(5.0).project(weight), [[3, 0], [4, 0]], rtol=1e-6)


@settings(deadline=None)
@given(powers=st.tuples(POWERS, st.integers(-60, 60)), seed=st.integers(0, 999))
def test_the_cosine_does_not_depend_on_lengths(powers: Any, seed: int) -> None:
    (dtype, exponent), other = powers
    a, b = draw(seed, (4, 3), dtype), draw(seed + 1, (4, 3), dtype)
    loss = CosineSimilarity(epsilon=float(np.finfo(dtype).tiny))
    losses, pullback = loss.forward(np.ldexp(a, exponent), np.ldexp(b, other))
    exact = [
        1 - math.fsum(x * y for x, y in zip(p, q, strict=True)) / math.hypot(*p) / math.hypot(*q)
        for p, q in zip(a.tolist(), b.tolist(), strict=True)
    ]
    np.testing.assert_allclose(losses, exact, atol=CLOSE[dtype])
    slope = CosineSimilarity().forward(a, b)[1](np.ones(4, dtype))
    found = np.ldexp(pullback(np.ones(4, dtype)).astype(float), exponent)
    np.testing.assert_allclose(found, slope, atol=10 * CLOSE[dtype])


@settings(deadline=None)
@given(power=POWERS, seed=st.integers(0, 999), limit=st.sampled_from([0.5, 1.0, 5.0]))
def test_gradients_are_clipped_to_the_norm_that_was_asked_for(power: tuple[str, int], seed: int, limit: float) -> None:
    dtype, exponent = power
    gradients = [np.ldexp(draw(seed, shape, dtype), exponent) for shape in ((3, 4), (5,))]
    clipped = Clipping(global_norm=limit).clipped(gradients)
    before = math.hypot(*(float(each) for array in gradients for each in array.flat))
    after = math.hypot(*(float(each) for array in clipped for each in array.flat))
    assert after == pytest.approx(min(limit, before), rel=CLOSE[dtype])


def test_a_norm_that_has_no_number_is_clipped_too() -> None:
    largest = np.full(9, np.finfo(float).max)
    for limits in (Clipping(global_norm=3.0), Clipping(norm=3.0)):
        np.testing.assert_allclose(limits.clipped([largest])[0], 1.0)
    np.testing.assert_allclose(Clipping(global_norm=3.0).clipped([np.full(9, 3e38, np.float32)])[0], 1.0, rtol=1e-6)


def test_the_norm_of_a_million_equal_numbers_keeps_its_digits() -> None:
    gradient = np.full(1_000_000, 0.1, np.float32)
    assert Clipping(norm=1.0).clipped([gradient])[0][0] == pytest.approx(1e-3, rel=1e-6)


def test_what_is_not_finite_is_left_to_others() -> None:
    clipped = Clipping(global_norm=1.0).clipped([np.array([np.inf, 1.0]), np.array([np.nan])])
    assert not np.isfinite(clipped[0][0])
    assert np.isnan(clipped[1][0])


def in_dtype(parameters: Any, dtype: str) -> Any:
    values = attrs.asdict(parameters, recurse=False)
    return type(parameters)(**{name: value.astype(dtype) for name, value in values.items()})


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize(("dtype", "exponent"), [("float32", 60), ("float32", 100), ("float64", 660), ("float64", 990)])
@pytest.mark.parametrize("layer", [LayerNorm(), RMSNorm(), BatchNorm(), GroupNorm(2), GroupNorm(4)])
@pytest.mark.parametrize("shape", [(6, 8), (20, 15, 15, 4)])
def test_normalisations_give_numbers_of_size_1_whatever_the_size(
    layer: Any, shape: tuple[int, ...], dtype: str, exponent: int
) -> None:
    """x times a power of two has the same z, without ε, and the input's gradient is divided by the power."""
    x, dy = draw(0, shape, dtype), draw(1, shape, dtype)
    parameters = layer.initialize(x.astype(float), np.random.default_rng(0))
    plain = attrs.evolve(layer, epsilon=1e-30)
    y, pullback = plain.forward(parameters, x.astype(float), Context(training=True))
    expected = (y, attrs.astuple(pullback(dy.astype(float))[1])[0], pullback(dy.astype(float))[0])
    y, pullback = layer.forward(in_dtype(parameters, dtype), np.ldexp(x, exponent), Context(training=True))
    dx, gradient = pullback(dy)
    found = (y, attrs.astuple(gradient)[0], np.ldexp(dx.astype(float), exponent))
    for each, exact in zip(found, expected, strict=True):
        np.testing.assert_allclose(each, exact, atol=1e-4 if dtype == "float32" else 1e-11)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("layer", [LayerNorm(), RMSNorm(), GroupNorm(2)])
def test_a_huge_example_leaves_the_others_alone(layer: AnyLayer) -> None:
    x = draw(0, (300, 60), "float32")
    parameters = in_dtype(layer.initialize(x.astype(float), np.random.default_rng(0)), "float32")
    huge = x.copy()
    huge[0] *= np.float32(1e30)
    found = layer.forward(parameters, huge, Context())[0]
    np.testing.assert_allclose(found[1:], layer.forward(parameters, x, Context())[0][1:], atol=1e-6)


def test_constant_huge_rows_become_the_shift() -> None:
    layer, x = LayerNorm(), np.full((2, 4), 1e30, np.float32)
    parameters = in_dtype(layer.initialize(x.astype(float), np.random.default_rng(0)), "float32")
    assert layer.forward(parameters, x, Context())[0].tolist() == np.zeros((2, 4)).tolist()
