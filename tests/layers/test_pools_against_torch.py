"""Pools against torch, over shapes and options that are drawn; and what they do with ties and padding."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st

from nnframe.errors import ConfigurationError
from nnframe.interfaces import Context
from nnframe.layers import (
    AveragePool1D,
    AveragePool2D,
    GlobalAveragePool,
    GlobalMaxPool,
    MaxPool1D,
    MaxPool2D,
)
from tests.layers.harness import hold_against_torch

torch = pytest.importorskip("torch")
F = torch.nn.functional
PAIRS = st.tuples(st.integers(1, 3), st.integers(1, 3))
OPTIONS = settings(max_examples=40, deadline=None)


def drawn(*shape: int, ties: bool = False) -> Any:
    rng = np.random.default_rng(0)
    return rng.integers(0, 3, shape).astype("float64") if ties else rng.normal(size=shape)


@OPTIONS
@given(
    size=st.tuples(st.integers(1, 8), st.integers(1, 8)),
    kernel=PAIRS,
    stride=PAIRS,
    pad=st.tuples(st.integers(0, 1), st.integers(0, 1)),
    average=st.booleans(),
    ties=st.booleans(),
    dtype=st.sampled_from(["float64", "float32"]),
)
def test_pools_of_images_agree_with_torch_also_at_ties(
    size: Any, kernel: Any, stride: Any, pad: Any, average: bool, ties: bool, dtype: str
) -> None:
    assume(all(2 * pad[axis] <= kernel[axis] and size[axis] + 2 * pad[axis] >= kernel[axis] for axis in (0, 1)))
    layer = (AveragePool2D if average else MaxPool2D)(kernel, stride, pad)

    def reference(_: object, x: Any) -> Any:
        moved = x.movedim(-1, 1)
        if average:
            return F.avg_pool2d(moved, kernel, stride, pad, count_include_pad=False).movedim(1, -1)
        return F.max_pool2d(moved, kernel, stride, pad).movedim(1, -1)

    hold_against_torch(layer, drawn(2, *size, 3, ties=ties), reference, dtype)


@OPTIONS
@given(
    length=st.integers(1, 12),
    kernel=st.integers(1, 4),
    stride=st.integers(1, 4),
    average=st.booleans(),
    dtype=st.sampled_from(["float64", "float32"]),
)
def test_pools_of_sequences_agree_with_torch(length: int, kernel: int, stride: int, average: bool, dtype: str) -> None:
    assume(length >= kernel)
    layer = (AveragePool1D if average else MaxPool1D)(kernel, stride)

    def reference(_: object, x: Any) -> Any:
        pool = F.avg_pool1d if average else F.max_pool1d
        return pool(x.movedim(-1, 1), kernel, stride).movedim(1, -1)

    hold_against_torch(layer, drawn(2, length, 3), reference, dtype)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("shape", [(2, 5, 3), (2, 3, 4, 3), (2, 1, 1, 1)])
def test_global_pools_agree_with_torch(shape: tuple[int, ...], dtype: str) -> None:
    axes = tuple(range(1, len(shape) - 1))
    hold_against_torch(GlobalAveragePool(), drawn(*shape), lambda _, x: x.mean(axes), dtype)
    hold_against_torch(GlobalMaxPool(), drawn(*shape), lambda _, x: x.amax(axes), dtype)


def test_of_equal_elements_the_first_of_all_gets_the_gradient_of_a_global_max() -> None:
    y, pull = GlobalMaxPool().apply(np.ones((1, 2, 2, 1)), Context())
    np.testing.assert_array_equal(pull(y).ravel(), [1, 0, 0, 0])


def test_padding_does_not_win_and_does_not_count() -> None:
    x = np.full((1, 2, 2, 1), -5.0)
    for pool in (MaxPool2D(2, 1, 1), AveragePool2D(2, 1, 1)):
        np.testing.assert_array_equal(pool.apply(x, Context())[0], np.full((1, 3, 3, 1), -5.0))


def test_global_pools_leave_padded_steps_out() -> None:
    x = np.array([[[1.0], [3.0], [90.0]], [[5.0], [-5.0], [8.0]]])
    context = Context(mask=np.array([[True, True, False], [False, False, False]]))
    mean, pull_mean = GlobalAveragePool().apply(x, context)
    largest, pull_largest = GlobalMaxPool().apply(x, context)
    np.testing.assert_array_equal(mean, [[2.0], [0.0]])
    np.testing.assert_array_equal(largest, [[3.0], [0.0]])
    np.testing.assert_array_equal(pull_mean(np.ones((2, 1)))[..., 0], [[0.5, 0.5, 0.0], [0.0, 0.0, 0.0]])
    np.testing.assert_array_equal(pull_largest(np.ones((2, 1)))[..., 0], [[0, 1, 0], [0, 0, 0]])


def test_a_window_that_could_see_padding_only_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="padding must be less than the window"):
        MaxPool2D(2, padding=2)


def test_average_pools_of_large_windows_keep_their_digits_in_float32() -> None:
    """The mean of equal numbers is that number; a pixel that n windows of n places see gets the mean of their dy."""
    x = np.full((1, 5000, 2), 0.1, np.float32)
    y, pull = AveragePool1D(2000, stride=1).apply(x, Context())
    assert y.dtype == np.float32
    np.testing.assert_allclose(y, np.float32(0.1), rtol=2e-7)
    dx = pull(y)
    assert dx.dtype == np.float32
    np.testing.assert_allclose(dx[:, 2000:3000], np.float32(0.1), rtol=2e-7)
