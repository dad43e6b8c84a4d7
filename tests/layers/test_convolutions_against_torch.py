"""Convolutions, forwards and backwards, against torch, over shapes and options that are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st

from nnframe.interfaces import Context
from nnframe.layers import Conv1D, Conv2D, ConvTranspose2D
from tests.layers.harness import hold_against_torch

torch = pytest.importorskip("torch")
F = torch.nn.functional
DTYPES = st.sampled_from(["float64", "float32"])
PAIRS = st.tuples(st.integers(1, 3), st.integers(1, 3))
GROUPS = st.sampled_from([(1, 2, 3), (1, 1, 4), (2, 4, 2), (3, 3, 3), (2, 2, 4), (1, 33, 2)])
"""(groups, channels, filters); from 32 channels on the input gradient is computed in another way."""


_CONTEXT = Context()


def first(x: Any) -> Any:
    return x.movedim(-1, 1)


def last(x: Any) -> Any:
    return x.movedim(1, -1)


@settings(max_examples=60, deadline=None)
@given(
    size=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    batch=st.integers(1, 3),
    kernel=PAIRS,
    stride=PAIRS,
    dilation=PAIRS,
    pad=st.tuples(st.tuples(st.integers(0, 3), st.integers(0, 3)), st.tuples(st.integers(0, 3), st.integers(0, 3))),
    channels=GROUPS,
    bias=st.booleans(),
    dtype=DTYPES,
)
def test_conv2d_agrees_with_torch(
    size: Any, batch: int, kernel: Any, stride: Any, dilation: Any, pad: Any, channels: Any, bias: bool, dtype: str
) -> None:
    for axis in (0, 1):
        assume(size[axis] + sum(pad[axis]) > dilation[axis] * (kernel[axis] - 1))
    groups, into, filters = channels
    layer = Conv2D(filters, kernel, stride, pad, dilation=dilation, groups=groups, use_bias=bias)

    def reference(p: Mapping[str, Any], x: Any) -> Any:
        padded = F.pad(first(x), (*pad[1], *pad[0]))
        weight = p["weight"].permute(3, 2, 0, 1).contiguous()
        return last(F.conv2d(padded, weight, p.get("bias"), stride, 0, dilation, groups))

    x = np.random.default_rng(0).normal(size=(batch, *size, into))
    hold_against_torch(layer, x, reference, dtype)


@settings(max_examples=40, deadline=None)
@given(
    length=st.integers(1, 12),
    kernel=st.integers(1, 4),
    stride=st.integers(1, 3),
    dilation=st.integers(1, 3),
    pad=st.tuples(st.integers(0, 4), st.integers(0, 4)),
    channels=GROUPS,
    dtype=DTYPES,
)
def test_conv1d_agrees_with_torch(
    length: int, kernel: int, stride: int, dilation: int, pad: Any, channels: Any, dtype: str
) -> None:
    assume(length + sum(pad) > dilation * (kernel - 1))
    groups, into, filters = channels
    layer = Conv1D(filters, kernel, stride, pad, dilation=dilation, groups=groups)

    def reference(p: Mapping[str, Any], x: Any) -> Any:
        weight = p["weight"].permute(2, 1, 0).contiguous()
        return last(F.conv1d(F.pad(first(x), pad), weight, p["bias"], stride, 0, dilation, groups))

    hold_against_torch(layer, np.random.default_rng(0).normal(size=(2, length, into)), reference, dtype)


@settings(max_examples=40, deadline=None)
@given(
    size=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    kernel=PAIRS,
    stride=PAIRS,
    dilation=PAIRS,
    pad=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    extra=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    into=st.sampled_from([1, 3, 5]),
    filters=st.sampled_from([1, 2, 33]),
    dtype=DTYPES,
)
def test_conv_transpose2d_agrees_with_torch(
    size: Any, kernel: Any, stride: Any, dilation: Any, pad: Any, extra: Any, into: int, filters: int, dtype: str
) -> None:
    assume(all(extra[axis] < stride[axis] for axis in (0, 1)))
    for axis in (0, 1):
        reach = (size[axis] - 1) * stride[axis] + dilation[axis] * (kernel[axis] - 1) + 1
        assume(reach - 2 * pad[axis] + extra[axis] >= 1)
    layer = ConvTranspose2D(filters, kernel, stride, pad, dilation=dilation, output_padding=extra)

    def reference(p: Mapping[str, Any], x: Any) -> Any:
        weight = p["weight"].permute(2, 3, 0, 1).contiguous()
        return last(F.conv_transpose2d(first(x), weight, p["bias"], stride, pad, extra, 1, dilation))

    hold_against_torch(layer, np.random.default_rng(0).normal(size=(2, *size, into)), reference, dtype)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.filterwarnings("ignore:Using padding='same':UserWarning")
@pytest.mark.parametrize(("kernel", "dilation"), [((3, 3), 1), ((2, 4), 1), ((3, 2), 2)])
def test_same_padding_of_stride_one_is_that_of_torch(kernel: Any, dilation: int, dtype: str) -> None:
    layer = Conv2D(3, kernel, padding="same", dilation=dilation)

    def reference(p: Mapping[str, Any], x: Any) -> Any:
        return last(F.conv2d(first(x), p["weight"].permute(3, 2, 0, 1).contiguous(), p["bias"], 1, "same", dilation))

    hold_against_torch(layer, np.random.default_rng(0).normal(size=(2, 6, 7, 2)), reference, dtype)


@pytest.mark.parametrize(("size", "stride", "out"), [(7, 2, 4), (8, 2, 4), (8, 3, 3), (5, 1, 5), (2, 4, 1)])
def test_same_padding_gives_a_place_for_every_stride(size: int, stride: int, out: int) -> None:
    x = np.ones((1, size, size, 1))
    layer = Conv2D(1, 3, stride, "same")
    assert layer.forward(layer.initialize(x, np.random.default_rng(0)), x, _CONTEXT)[0].shape == (1, out, out, 1)


def test_a_transposed_convolution_is_the_adjoint_of_the_convolution() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 8, 8, 3)), rng.normal(size=(2, 4, 4, 5))
    there, back = Conv2D(5, 3, 2, "same", use_bias=False), ConvTranspose2D(3, 3, 2, "same", use_bias=False)
    weights = there.initialize(x, rng)
    turned = type(weights)(weights.weight.swapaxes(2, 3), None)
    left = (there.forward(weights, x, _CONTEXT)[0] * y).sum()
    assert (back.forward(turned, y, _CONTEXT)[0] * x).sum() == pytest.approx(left)


def test_a_causal_convolution_does_not_see_what_comes() -> None:
    layer, rng = Conv1D(2, 3, padding="causal", dilation=2), np.random.default_rng(0)
    x = rng.normal(size=(1, 9, 2))
    parameters, later = layer.initialize(x, rng), x.copy()
    later[:, 5:] += 1
    before, after = (layer.forward(parameters, each, _CONTEXT)[0] for each in (x, later))
    np.testing.assert_array_equal(before[:, :5], after[:, :5])
    assert (before[:, 5:] != after[:, 5:]).all()
