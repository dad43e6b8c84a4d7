"""The seam to array libraries: NumPy's fast functions are NumPy's, and layers run on other libraries' arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from nnframe.arrays import namespace

XP = namespace(np.ones(1))
SHAPES = st.lists(st.integers(1, 4), min_size=1, max_size=3)


@settings(max_examples=60, deadline=None)
@given(SHAPES, st.data(), st.sampled_from(["float32", "float64"]), st.booleans())
def test_reductions_are_numpys_and_keep_the_dtype(
    shape: list[int], data: st.DataObject, dtype: str, keepdims: bool
) -> None:
    x = np.random.default_rng(0).normal(size=shape).astype(dtype)
    axis = data.draw(st.one_of(st.none(), st.integers(-len(shape), len(shape) - 1)))
    for ours, theirs in ((XP.sum, np.sum), (XP.mean, np.mean), (XP.var, np.var), (XP.max, np.max), (XP.min, np.min)):
        result = ours(x, axis=axis, keepdims=keepdims)
        expected = theirs(x, axis=axis, keepdims=keepdims)
        assert result.dtype == expected.dtype
        assert np.shape(result) == np.shape(expected)
        np.testing.assert_allclose(result, expected, rtol=1e-5 if dtype == "float32" else 1e-12, atol=1e-7)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "bool"])
@pytest.mark.parametrize("shape", [(63, 3), (64, 1), (200, 16), (200, 17), (64, 2, 3), (0, 3), (70,)])
def test_the_largest_of_rows_is_numpys_however_many_there_are(shape: tuple[int, ...], dtype: str) -> None:
    x = np.random.default_rng(0).normal(size=shape).astype(dtype)
    if x.dtype.kind == "f":
        x[1:2] = np.nan
    for keepdims in (False, True):
        for layout in (x, np.asfortranarray(x)):
            found, expected = XP.max(layout, axis=-1, keepdims=keepdims), np.max(x, axis=-1, keepdims=keepdims)
            np.testing.assert_array_equal(found, expected, strict=True)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_mean_of_equal_numbers_is_that_number(dtype: str) -> None:
    for count in range(1, 200):
        for x in (np.ones((2, count), dtype), np.full((count, 2), 3, dtype).T):
            np.testing.assert_array_equal(XP.mean(x, axis=-1), x[:, 0])


@pytest.mark.parametrize("length", [10, 1000, 1024, 1025, 100_000])
def test_sums_and_means_of_rows_err_by_little_however_long_they_are(length: int) -> None:
    x = np.full((3, length), 0.1, np.float32)
    exact = np.sum(x, axis=-1, dtype=np.float64)
    np.testing.assert_allclose(XP.sum(x, axis=-1), exact, rtol=4e-6)
    np.testing.assert_allclose(XP.mean(x, axis=-1), exact / length, rtol=4e-6)


@pytest.mark.parametrize("function", ["exp", "tanh", "sqrt", "square", "abs", "sign"])
def test_elementwise_functions_keep_float32(function: str) -> None:
    x = np.linspace(0.1, 2, 5, dtype=np.float32)
    result = getattr(XP, function)(x)
    assert result.dtype == np.float32
    np.testing.assert_array_equal(result, getattr(np, function)(x))


def test_a_numpy_scalar_is_a_numpy_array_too() -> None:
    assert namespace(np.float64(1.0)) is XP
