"""Values and derivatives keep their digits far out, around their roots, and near 0: compared with mpmath."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnframe import registry
from nnframe.arrays.stable import refine

pytest.importorskip("mpmath")
from docs.tools import exact_activations as exact  # needs mpmath

TOLERANCE = 1e-6


@pytest.mark.parametrize("dtype", exact.LIMITS)
@pytest.mark.parametrize(("name", "options", "value", "slope"), exact.EXACT)
def test_value_and_derivative_are_right_in_the_tails(
    name: str, options: dict[str, Any], value: Any, slope: Any, dtype: str
) -> None:
    x = exact.far_points(dtype, np.random.default_rng(0), 50)
    y, pullback = registry.activations.create(name, **options).forward(x)
    assert exact.compare(y, x, value)[0] < TOLERANCE
    assert exact.compare(pullback(np.ones_like(x)), x, slope)[0] < TOLERANCE


def test_the_slope_of_exact_gelu_keeps_its_digits_down_to_the_smallest_normal_number() -> None:
    slope = next(slope for name, options, _, slope in exact.EXACT if name == "gelu" and not options)
    x = np.concatenate([np.linspace(-38, -29, 200), [-37.7]])
    _, pullback = registry.activations.create("gelu").forward(x)
    assert exact.compare(pullback(np.ones_like(x)), x, slope)[0] < 1e-10


def test_every_activation_that_treats_its_elements_one_by_one_is_compared() -> None:
    rows = {"softmax", "log_softmax", "glu"}
    assert {name for name, *_ in exact.EXACT} == set(registry.activations.names()) - rows - {"identity"}


@pytest.mark.parametrize("dtype", exact.LIMITS)
def test_the_gates_of_glu_are_right_in_the_tails(dtype: str) -> None:
    b = exact.far_points(dtype, np.random.default_rng(1), 50)
    y, pullback = registry.activations.create("glu").forward(np.stack([np.ones_like(b), b], -1))
    sigmoid, slope = next((value, slope) for name, _, value, slope in exact.EXACT if name == "sigmoid")
    assert exact.compare(y[:, 0], b, sigmoid)[0] < TOLERANCE
    assert exact.compare(pullback(np.ones_like(y))[:, 1], b, slope)[0] < TOLERANCE


@pytest.mark.parametrize("dtype", exact.LIMITS)
def test_softmax_and_its_logarithm_are_right_where_one_class_has_nearly_all(dtype: str) -> None:
    """Of two classes, softmax is the sigmoid of the difference, and log softmax the log sigmoid."""
    x = np.abs(exact.far_points(dtype, np.random.default_rng(2), 50))
    rows, first = np.stack([x, 0 * x], -1), np.array([1, 0], dtype)
    formulas = {name: (value, slope) for name, _, value, slope in exact.EXACT}
    for name, of_two in (("softmax", "sigmoid"), ("log_softmax", "log_sigmoid")):
        y, pullback = registry.activations.create(name).forward(rows)
        assert exact.compare(y[:, 0], x, formulas[of_two][0])[0] < TOLERANCE
        assert exact.compare(pullback(np.broadcast_to(first, rows.shape))[:, 0], x, formulas[of_two][1])[0] < TOLERANCE


@pytest.mark.parametrize("name", ["silu", "gelu"])
def test_digits_are_kept_in_any_order_of_memory(name: str) -> None:
    x = np.linspace(-5, 0, 600, dtype=np.float32).reshape(20, 30)
    ones, activation = np.ones_like(x), registry.activations.create(name)
    turned = activation.forward(np.asfortranarray(x))[1](ones)
    np.testing.assert_allclose(turned, activation.forward(x)[1](ones), rtol=5e-7)


def test_a_refined_array_is_as_it_was_outside_the_ranges() -> None:
    x = np.array([-3.0, 0.5, 0.75, np.nan, 3.0], np.float32)
    np.testing.assert_array_equal(
        refine(x.copy(), x, lambda z: z * 0, (-np.inf, -1.0), (0.6, 0.9)), np.array([0, 0.5, 0, np.nan, 3], np.float32)
    )
