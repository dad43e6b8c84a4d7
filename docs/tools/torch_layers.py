"""The rows of layers in the table of agreement with torch: each expression computes what the layer does.

x is the input, channel-last, and p the parameters by their names; ``first`` and ``last`` move the channels to where
torch has them and back. Dropout and GaussianNoise draw random numbers, and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import attrs
import numpy as np
import torch
from attrs import field, frozen

from nnframe import registry
from nnframe.interfaces import Builder, Context, is_statistic

__all__ = ["LAYERS", "Row", "layer_differences"]

DRAWS = 20
F = torch.nn.functional

KERNEL2D = "p.weight.permute(3, 2, 0, 1)"
KERNEL1D = "p.weight.permute(2, 1, 0)"
DENSE = {"name": "dense", "units": 3}


@frozen
class Row:
    """A layer, with options; the shape of its input; and the same in torch."""

    name: str
    options: Mapping[str, Any]
    shape: tuple[int, ...]
    expression: str
    below: int = field(default=0, kw_only=True)
    """Above 0 the input is integers below this."""
    training: bool = field(default=False, kw_only=True)


IMAGE, SEQUENCE, ROWS = (2, 6, 7, 4), (2, 7, 6), (5, 6)

LAYERS = [
    Row("dense", {"units": 3}, ROWS, "F.linear(x, p.weight.T, p.bias)"),
    Row("conv1d", {"filters": 3}, SEQUENCE, f"last(F.conv1d(first(x), {KERNEL1D}, p.bias))"),
    Row(
        "conv1d",
        {"filters": 3, "padding": "causal", "dilation": 2},
        SEQUENCE,
        f"last(F.conv1d(F.pad(first(x), (4, 0)), {KERNEL1D}, p.bias, dilation=2))",
    ),
    Row("conv2d", {"filters": 3}, IMAGE, f"last(F.conv2d(first(x), {KERNEL2D}, p.bias))"),
    Row(
        "conv2d",
        {"filters": 3, "padding": "same"},
        IMAGE,
        f"last(F.conv2d(first(x), {KERNEL2D}, p.bias, padding='same'))",
    ),
    Row(
        "conv2d",
        {"filters": 3, "kernel_size": (3, 2), "stride": (2, 1), "padding": 1},
        IMAGE,
        f"last(F.conv2d(first(x), {KERNEL2D}, p.bias, (2, 1), 1))",
    ),
    Row(
        "conv2d",
        {"filters": 8, "dilation": 2, "groups": 4},
        IMAGE,
        f"last(F.conv2d(first(x), {KERNEL2D}, p.bias, dilation=2, groups=4))",
    ),
    Row(
        "conv_transpose2d",
        {"filters": 3, "stride": 2, "padding": 1},
        IMAGE,
        "last(F.conv_transpose2d(first(x), p.weight.permute(2, 3, 0, 1), p.bias, 2, 1))",
    ),
    Row("max_pool1d", {"pool_size": 3, "stride": 2}, SEQUENCE, "last(F.max_pool1d(first(x), 3, 2))"),
    Row("max_pool2d", {"pool_size": 2}, IMAGE, "last(F.max_pool2d(first(x), 2))"),
    Row("average_pool1d", {"pool_size": 3, "stride": 2}, SEQUENCE, "last(F.avg_pool1d(first(x), 3, 2))"),
    Row(
        "average_pool2d",
        {"pool_size": 3, "stride": 2, "padding": 1},
        IMAGE,
        "last(F.avg_pool2d(first(x), 3, 2, 1, count_include_pad=False))",
    ),
    Row("global_max_pool", {}, IMAGE, "F.adaptive_max_pool2d(first(x), 1)[:, :, 0, 0]"),
    Row("global_average_pool", {}, IMAGE, "F.adaptive_avg_pool2d(first(x), 1)[:, :, 0, 0]"),
    Row(
        "batch_norm",
        {},
        IMAGE,
        "last(F.batch_norm(first(x), None, None, p.scale, p.shift, training=True))",
        training=True,
    ),
    Row(
        "batch_norm",
        {},
        IMAGE,
        "last(F.batch_norm(first(x), p.running_mean, p.running_variance, p.scale, p.shift))",
    ),
    Row("layer_norm", {}, SEQUENCE, "F.layer_norm(x, x.shape[-1:], p.scale, p.shift)"),
    Row("group_norm", {"groups": 2}, IMAGE, "last(F.group_norm(first(x), 2, p.scale, p.shift))"),
    Row("rms_norm", {}, SEQUENCE, "F.rms_norm(x, x.shape[-1:], p.scale, 1e-6)"),
    Row("embedding", {"vocabulary": 9, "units": 5}, (4, 6), "F.embedding(x, p.weight)", below=9),
    Row(
        "simple_rnn",
        {"units": 4, "return_sequences": True},
        SEQUENCE,
        "torch.rnn_tanh(x, zeros(1, x, 4), rows(p, 0), True, 1, 0.0, False, False, True)[0]",
    ),
    Row(
        "lstm",
        {"units": 4, "return_sequences": True},
        SEQUENCE,
        "torch.lstm(x, [zeros(1, x, 4)] * 2, rows(p, 0, 1, 3, 2), True, 1, 0.0, False, False, True)[0]",
    ),
    Row(
        "lstm",
        {"units": 4},
        SEQUENCE,
        "torch.lstm(x, [zeros(1, x, 4)] * 2, rows(p, 0, 1, 3, 2), True, 1, 0.0, False, False, True)[1][0]",
    ),
    Row(
        "gru",
        {"units": 4, "return_sequences": True},
        SEQUENCE,
        "torch.gru(x, zeros(1, x, 4), rows(p, 0, 1, 2), True, 1, 0.0, False, False, True)[0]",
    ),
    Row(
        "bidirectional",
        {"layer": {"name": "gru", "units": 4, "return_sequences": True}},
        SEQUENCE,
        "torch.gru(x, zeros(2, x, 4), rows(p[0], 0, 1, 2) + rows(p[1], 0, 1, 2), True, 1, 0.0, False, True, True)[0]",
    ),
    Row("time_distributed", {"layer": DENSE}, SEQUENCE, "F.linear(x, p.weight.T, p.bias)"),
    Row(
        "multi_head_attention",
        {"heads": 2, "causal": True},
        SEQUENCE,
        "joined(F.scaled_dot_product_attention(*split(x, p, 2), is_causal=True)) @ p.output_weight + p.output_bias",
    ),
    Row(
        "multi_head_attention",
        {"heads": 3},
        SEQUENCE,
        "joined(F.scaled_dot_product_attention(*split(x, p, 3))) @ p.output_weight + p.output_bias",
    ),
    Row("prelu", {}, IMAGE, "last(F.prelu(first(x), p.slope))"),
    Row("activation", {"activation": "tanh"}, ROWS, "torch.tanh(x)"),
    Row("flatten", {}, IMAGE, "torch.flatten(x, 1)"),
    Row("reshape", {"shape": (3, -1)}, SEQUENCE, "x.reshape(len(x), 3, -1)"),
    Row("permute", {"axes": (2, 1)}, SEQUENCE, "x.permute(0, 2, 1)"),
    Row("up_sampling1d", {"size": 3}, SEQUENCE, "last(F.interpolate(first(x), scale_factor=3))"),
    Row("up_sampling2d", {"size": (2, 3)}, IMAGE, "last(F.interpolate(first(x), scale_factor=(2, 3)))"),
    Row("zero_padding1d", {"padding": (2, 1)}, SEQUENCE, "F.pad(x, (0, 0, 2, 1))"),
    Row("zero_padding2d", {"padding": 1}, IMAGE, "F.pad(x, (0, 0, 1, 1, 1, 1))"),
    Row("sequential", {"layers": [DENSE, "tanh"]}, ROWS, "torch.tanh(F.linear(x, p[0].weight.T, p[0].bias))"),
    Row("residual", {"layers": ["tanh"]}, ROWS, "x + torch.tanh(x)"),
    Row("add", {"layers": ["tanh", "identity"]}, ROWS, "torch.tanh(x) + x"),
    Row("multiply", {"layers": ["tanh", "identity"]}, ROWS, "torch.tanh(x) * x"),
    Row("concatenate", {"layers": ["tanh", "identity"]}, ROWS, "torch.cat([torch.tanh(x), x], -1)"),
]


def first(x: Any) -> Any:
    """(batch, ..., channels) -> (batch, channels, ...)."""
    return x.movedim(-1, 1)


def last(x: Any) -> Any:
    """(batch, channels, ...) -> (batch, ..., channels)."""
    return x.movedim(1, -1)


def zeros(count: int, x: Any, units: int) -> Any:
    """The first states of recurrent layers."""
    return torch.zeros(count, len(x), units, dtype=x.dtype)


def rows(p: Any, *order: int) -> list[Any]:
    """The weights of a recurrent layer as torch keeps them: each gate's as rows, in this order, and two biases."""

    def arranged(array: Any) -> Any:
        parts = torch.chunk(array, len(order), dim=-1)
        return torch.cat([parts[gate] for gate in order], dim=-1).movedim(0, -1).contiguous()

    hidden = torch.zeros_like(p.bias)
    if p.candidate_bias is not None:
        hidden = torch.cat([hidden[: -len(p.candidate_bias)], p.candidate_bias])
    return [arranged(p.input_weight), arranged(p.recurrent_weight), arranged(p.bias), hidden]


def split(x: Any, p: Any, heads: int) -> list[Any]:
    """Queries, keys and values, (batch, heads, length, head size) each."""
    projected = (
        x @ p.query_weight + p.query_bias,
        x @ p.key_weight + p.key_bias,
        x @ p.value_weight + p.value_bias,
    )
    return [each.unflatten(-1, (heads, -1)).transpose(1, 2) for each in projected]


def joined(mixed: Any) -> Any:
    """(batch, heads, length, head size) -> (batch, length, width)."""
    return mixed.transpose(1, 2).flatten(2)


NAMES = {"torch": torch, "F": F} | {each.__name__: each for each in (first, last, zeros, rows, split, joined)}


def layer_differences(dtype: str) -> Iterator[tuple[str, Mapping[str, Any], str, float]]:
    """Compare output and all gradients of each layer, over draws of parameters, input and upstream."""
    for row in LAYERS:
        worst = max(_difference(row, dtype, seed) for seed in range(DRAWS))
        yield row.name, row.options, row.expression, worst


def _difference(row: Row, dtype: str, seed: int) -> float:
    rng = np.random.default_rng(seed)
    x: Any = rng.integers(row.below, size=row.shape) if row.below else rng.normal(size=row.shape).astype(dtype)
    layer = registry.layers.create(row.name, **row.options)
    built, _ = layer.build(x, Builder(rng))
    parameters = _drawn(built, rng, dtype)
    ours: Any = layer.run(parameters, x, Context(training=row.training))
    upstream = rng.normal(size=ours[0].shape).astype(dtype)
    dx, gradient = ours[1](upstream)

    leaves: list[Any] = []
    given = torch.tensor(x, requires_grad=not row.below)
    expected = eval(row.expression, NAMES, {"x": given, "p": _tensors(parameters, leaves)})
    expected = expected.reshape(upstream.shape)
    expected.backward(torch.tensor(upstream))
    pairs = [(ours[0], expected.detach()), *zip(_arrays(gradient), (leaf.grad for leaf in leaves), strict=True)]
    pairs += [] if row.below else [(dx, given.grad)]
    return max(_distance(mine, theirs.numpy()) for mine, theirs in pairs)


def _distance(ours: Any, theirs: Any) -> float:
    """The largest difference, as a part of the largest element, or of 0.1: a key's bias has no gradient at all."""
    return float(np.abs(ours - theirs).max() / max(np.abs(theirs).max(), 0.1))


def _drawn(tree: Any, rng: np.random.Generator, dtype: str) -> Any:
    """The same structure with values at which nothing is special; variances stay positive."""
    if tree is None:
        return None
    if isinstance(tree, tuple):
        return tuple(_drawn(member, rng, dtype) for member in tree)
    values = {}
    for each in attrs.fields(type(tree)):
        value = getattr(tree, each.name)
        if value is not None:
            value = (value + 0.3 * rng.normal(size=value.shape)).astype(dtype)
        values[each.name] = np.abs(value) + np.asarray(0.5, dtype) if each.name == "running_variance" else value
    return type(tree)(**values)


def _tensors(tree: Any, leaves: list[Any]) -> Any:
    """Parameters as tensors, by the same names; those that have a gradient are added to the leaves, in order."""
    if isinstance(tree, tuple):
        return tuple(_tensors(member, leaves) for member in tree)
    found: dict[str, Any] = {}
    for each in attrs.fields(type(tree)):
        value = getattr(tree, each.name)
        tensor: Any = None if value is None else torch.tensor(value)
        if tensor is not None and not is_statistic(each):
            leaves.append(tensor.requires_grad_())
        found[each.name] = tensor
    return SimpleNamespace(**found)


def _arrays(tree: Any) -> list[Any]:
    if isinstance(tree, tuple):
        return [array for member in tree for array in _arrays(member)]
    names = [each.name for each in attrs.fields(type(tree)) if not is_statistic(each)]
    return [getattr(tree, name) for name in names if getattr(tree, name) is not None]
