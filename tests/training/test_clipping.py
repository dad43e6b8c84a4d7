"""Clipping brings gradients inside their limits, as torch does."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays

from nnframe.arrays import Array
from nnframe.errors import ConfigurationError
from nnframe.training import Clipping

NUMBERS = st.floats(-1e3, 1e3)
GRADIENTS = st.lists(arrays(np.float64, st.integers(1, 5), elements=NUMBERS), min_size=1, max_size=4)
LIMITS = st.floats(1e-3, 1e3)


@given(GRADIENTS, LIMITS)
def test_the_global_norm_is_not_exceeded_and_the_direction_is_kept(gradients: list[Array], limit: float) -> None:
    before = [each.copy() for each in gradients]
    clipped = np.concatenate(Clipping(global_norm=limit).clipped(gradients))
    whole = np.concatenate(before)
    assert np.linalg.norm(clipped) <= limit * (1 + 1e-12)
    np.testing.assert_allclose(clipped, whole * min(1.0, limit / max(np.linalg.norm(whole), 1e-300)), rtol=1e-12)
    for gradient, same in zip(gradients, before, strict=True):
        np.testing.assert_array_equal(gradient, same)


@given(GRADIENTS, LIMITS)
def test_value_and_norm_limit_elements_and_parameters(gradients: list[Array], limit: float) -> None:
    for gradient, clipped in zip(gradients, Clipping(value=limit).clipped(gradients), strict=True):
        np.testing.assert_array_equal(clipped, np.minimum(np.maximum(gradient, -limit), limit))
    for clipped in Clipping(norm=limit).clipped(gradients):
        assert np.linalg.norm(clipped) <= limit * (1 + 1e-12)


@pytest.mark.parametrize(("dtype", "size"), [(np.float32, 1e30), (np.float32, 1e-30), (np.float64, 1e250)])
def test_norms_whose_squares_are_out_of_range_are_right(dtype: Any, size: float) -> None:
    gradient = np.array([3 * size, 4 * size], dtype)
    (clipped,) = Clipping(norm=size).clipped([gradient])
    np.testing.assert_allclose(clipped / dtype(size), [0.6, 0.8], rtol=1e-6)
    assert clipped.dtype == dtype


def test_what_is_not_moved_does_not_count() -> None:
    gradients = [np.array([3.0]), np.array([1e9]), np.array([4.0])]
    clipped = Clipping(global_norm=5.0).clipped(gradients, [False, True, False])
    assert [clipped[0].item(), clipped[2].item()] == [3.0, 4.0]


def test_what_is_not_finite_stays_so() -> None:
    (clipped,) = Clipping(global_norm=1.0).clipped([np.array([math.nan, 1.0])])
    assert math.isnan(clipped[0])


@pytest.mark.parametrize("limits", [{"value": 0.0}, {"norm": -1.0}, {"global_norm": math.nan}, {"norm": "1"}])
def test_a_limit_is_a_positive_number(limits: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(limits))):
        Clipping(**limits)


@pytest.mark.parametrize("limit", [0.1, 3.0, 1e4])
def test_it_agrees_with_torch(limit: float) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    gradients = [rng.normal(size=(4, 3)), rng.normal(size=3)]
    for ours, theirs in (
        (Clipping(global_norm=limit), torch.nn.utils.clip_grad_norm_),
        (Clipping(value=limit), torch.nn.utils.clip_grad_value_),
    ):
        parameters = [torch.nn.Parameter(torch.zeros(each.shape, dtype=torch.float64)) for each in gradients]
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = torch.tensor(gradient)
        theirs(parameters, limit)
        for clipped, parameter in zip(ours.clipped(gradients), parameters, strict=True):
            np.testing.assert_allclose(clipped, parameter.grad.numpy(), rtol=1e-5)  # torch divides by norm + 1e-6
