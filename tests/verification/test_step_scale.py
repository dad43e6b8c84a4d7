"""The scale of each element: a power of two, near the element or near the median."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays

from nnframe.verification.floats.step_scale import LARGEST, SMALLEST, TINY_AGAINST_MEDIAN, compute_step_scales

FLOATS = arrays(np.float64, (7,), elements={"allow_nan": False, "allow_infinity": False})


@given(FLOATS)
@settings(deadline=None)
def test_it_is_a_power_of_two_just_below_the_element_or_the_median(values: Any) -> None:
    before, size = values.copy(), np.abs(values)
    scales = compute_step_scales(values)
    assert (np.frexp(scales)[0] == 0.5).all()
    nonzero = np.sort(size[size > 0])
    median = nonzero[len(nonzero) // 2] if len(nonzero) else 1.0
    near = np.where(size < median * TINY_AGAINST_MEDIAN, median, size).clip(SMALLEST, LARGEST)
    assert ((scales <= near) & (near < 2 * scales)).all()
    assert (values == before).all()


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_narrow_numbers_have_the_scales_of_the_same_numbers_in_float64(dtype: str) -> None:
    values = np.random.default_rng(0).normal(size=50).astype(dtype)
    np.testing.assert_array_equal(compute_step_scales(values), compute_step_scales(values.astype(np.float64)))


def test_what_is_no_number_has_a_finite_scale() -> None:
    assert np.isfinite(compute_step_scales(np.array([np.nan, np.inf, 1.0]))).all()
