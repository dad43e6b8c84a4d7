"""The ReLU plugin: its two halves, its kink, and its name."""

import numpy as np
import pytest
from nnframe_relu import ReLU

from nnframe import registry


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_positive_inputs_pass_and_others_give_zero(dtype):
    x = np.array([-np.inf, -2, 0, 3, np.inf], dtype)
    y, pullback = ReLU().forward(x)
    dx = pullback(np.full_like(x, 5))
    assert y.dtype == dx.dtype == dtype
    np.testing.assert_array_equal(y, [0, 0, 0, 3, np.inf])
    np.testing.assert_array_equal(dx, [0, 0, 0, 5, 5])


def test_a_missing_number_stays_missing():
    assert np.isnan(ReLU().forward(np.array([np.nan]))[0]).all()


def test_the_registry_finds_it_by_name():
    assert registry.activations.get("relu") is ReLU
