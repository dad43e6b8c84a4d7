"""eˣ - 1 and log(1 + e): right to a few units in the last place, in both dtypes and for short and long arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from nnframe.arrays.stable import exp_less_one, log_of_one_plus

UNITS = 3


def numbers(dtype: str, lowest: float, seed: int, size: int) -> np.ndarray:
    """Numbers of all sizes from ``10 ** lowest`` to 1, and 0."""
    rng = np.random.default_rng(seed)
    return np.append(10 ** rng.uniform(lowest, 0, size), 0).astype(dtype)


@given(seed=st.integers(0, 9999), size=st.sampled_from([1, 100, 1024, 5000]), dtype=st.sampled_from(["f4", "f8"]))
def test_the_logarithm_is_right_to_three_units(seed: int, size: int, dtype: str) -> None:
    e = numbers(dtype, -30, seed, size)
    exact = np.log1p(e.astype(np.longdouble))
    assert np.all(np.abs(log_of_one_plus(e) - exact) <= UNITS * np.finfo(dtype).eps * exact)


@given(seed=st.integers(0, 9999), size=st.sampled_from([1, 100, 1024, 5000]), dtype=st.sampled_from(["f4", "f8"]))
def test_the_exponential_is_right_to_three_units(seed: int, size: int, dtype: str) -> None:
    x = -80 * numbers(dtype, -30, seed, size)
    exact = np.expm1(x.astype(np.longdouble))
    assert np.all(np.abs(exp_less_one(x) - exact) <= UNITS * np.finfo(dtype).eps * np.abs(exact))


@pytest.mark.parametrize("function", [exp_less_one, log_of_one_plus])
def test_arguments_stay_as_they_were_and_nan_stays_nan(function: object) -> None:
    assert callable(function)
    x = np.full(5000, np.nan, np.float32)
    before = x.copy()
    assert np.isnan(function(x)).all()
    np.testing.assert_array_equal(x, before)
    assert function(x[:3]).dtype == np.float32
