"""Constraints: their formulas, that a second time changes nothing, and that what is allowed stays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnframe import registry
from nnframe.constraints import MaxNorm, NonNegative, UnitNorm
from nnframe.errors import ConfigurationError

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("name", sorted(registry.constraints.names()))
@pytest.mark.parametrize("shape", [(), (4,), (3, 5), (2, 2, 3, 4), (0, 3)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_second_time_changes_nothing(name: str, shape: tuple[int, ...], dtype: Any) -> None:
    value = np.asarray(3 * RNG.normal(size=shape)).astype(dtype)
    value.setflags(write=False)
    once = registry.constraints.create(name).project(value)
    assert once.dtype == dtype
    assert once.shape == shape
    np.testing.assert_allclose(registry.constraints.create(name).project(once), once, rtol=1e-6)


def test_units_are_bounded_each_by_itself() -> None:
    value = np.array([[0.3, 3.0], [0.4, 4.0]])
    np.testing.assert_allclose(MaxNorm(2.5).project(value), [[0.3, 1.5], [0.4, 2.0]])
    np.testing.assert_allclose(UnitNorm().project(value), [[0.6, 0.6], [0.8, 0.8]])


def test_a_convolution_is_measured_over_its_whole_window() -> None:
    value = RNG.normal(size=(3, 3, 2, 4))
    norms = np.sqrt((UnitNorm().project(value) ** 2).sum((0, 1, 2)))
    np.testing.assert_allclose(norms, 1)


def test_a_bias_is_measured_as_a_whole() -> None:
    np.testing.assert_allclose(MaxNorm(1.0).project(np.array([3.0, 4.0])), [0.6, 0.8])


def test_zeros_have_no_direction_and_stay() -> None:
    np.testing.assert_array_equal(UnitNorm().project(np.zeros((2, 2))), np.zeros((2, 2)))


def test_negative_values_become_zero() -> None:
    np.testing.assert_array_equal(NonNegative().project(np.array([-1.0, 0.0, 2.0])), [0, 0, 2])


def test_a_limit_of_zero_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="limit must be a positive number"):
        MaxNorm(0.0)
