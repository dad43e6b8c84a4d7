"""Penalties: their formulas, and gradients that are their differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnframe import registry
from nnframe.errors import ConfigurationError
from nnframe.regularizers import L1, L1L2, L2

VALUE = np.array([[1.5, -2.0], [0.25, -0.5]])


def test_formulas() -> None:
    assert L1(0.1).penalty(VALUE)[0] == pytest.approx(0.1 * 4.25)
    assert L2(0.1).penalty(VALUE)[0] == pytest.approx(0.1 * (2.25 + 4 + 0.0625 + 0.25))
    assert L1L2(0.1, 0.2).penalty(VALUE)[0] == pytest.approx(L1(0.1).penalty(VALUE)[0] + L2(0.2).penalty(VALUE)[0])


@pytest.mark.parametrize("name", sorted(registry.regularizers.names()))
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_gradient_is_the_centred_difference_and_keeps_its_dtype(name: str, dtype: Any) -> None:
    regularizer = registry.regularizers.create(name)
    penalty, gradient = regularizer.penalty(VALUE.astype(dtype))
    assert isinstance(penalty, float)
    assert gradient.dtype == dtype
    direction, h = np.array([[1.0, -0.5], [2.0, 0.3]]), 1e-6
    up, down = (regularizer.penalty(VALUE + step * direction)[0] for step in (h, -h))
    assert (gradient * direction).sum() == pytest.approx((up - down) / (2 * h), rel=1e-6)


def test_a_negative_strength_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="strength must be a number from 0"):
        L2(-1.0)
