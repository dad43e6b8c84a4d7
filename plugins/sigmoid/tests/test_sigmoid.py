"""The sigmoid plugin: its formula, its derivative, its far ends, and its name."""

import numpy as np
import pytest
from nnframe_sigmoid import Sigmoid

from nnframe import registry

X = np.linspace(-30, 30, 121)


def test_the_value_is_the_logistic_function():
    y, _ = Sigmoid().forward(np.array([-np.log(3), 0.0, np.log(3)]))
    np.testing.assert_allclose(y, [1 / 4, 1 / 2, 3 / 4], rtol=1e-15)


def test_the_value_is_the_shifted_hyperbolic_tangent():
    np.testing.assert_allclose(Sigmoid().forward(X)[0], (1 + np.tanh(X / 2)) / 2, atol=1e-15)


def test_the_pullback_is_the_centred_difference():
    h = 1e-5
    difference = (Sigmoid().forward(X + h)[0] - Sigmoid().forward(X - h)[0]) / (2 * h)
    np.testing.assert_allclose(Sigmoid().forward(X)[1](np.full_like(X, 2.0)), 2 * difference, atol=1e-10)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_far_inputs_saturate_without_a_warning_and_keep_their_dtype(dtype):
    x = np.array([-np.inf, -1e4, 1e4, np.inf], dtype)
    y, pullback = Sigmoid().forward(x)
    dx = pullback(np.ones_like(x))
    assert y.dtype == dx.dtype == dtype
    np.testing.assert_allclose(y, [0, 0, 1, 1], atol=1e-37)
    np.testing.assert_allclose(dx, 0, atol=1e-37)


def test_the_registry_finds_it_by_name():
    assert registry.activations.get("sigmoid") is Sigmoid
