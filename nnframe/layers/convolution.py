"""Convolution: what Conv1D and Conv2D have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array
from nnframe.arrays.sums import sum_columns
from nnframe.arrays.windows import Windows
from nnframe.errors import ShapeError
from nnframe.interfaces import Initializer
from nnframe.layers.correlation import correlate, spread, weight_gradient
from nnframe.layers.depthwise import Depthwise
from nnframe.layers.normalization import rows_of

__all__ = ["Kernel", "check_groups", "convolve", "initialize_weight"]

WeightGradient: TypeAlias = Callable[[Array], Array]
InputGradient: TypeAlias = Callable[[Array], Array]
Map: TypeAlias = tuple[Array, InputGradient, WeightGradient]


@frozen(eq=False)
class Kernel:
    """The parameters of a convolution."""

    weight: Array
    """(*kernel size, channels / groups, filters)"""
    bias: Array | None
    """(filters,); None where the layer has no bias"""


def check_groups(name: str, groups: int, channels: int, filters: int) -> None:
    """Refuse groups that do not divide channels and filters."""
    if channels % groups or filters % groups:
        raise ShapeError(
            f"{name} with {groups} groups needs channels and filters that {groups} divides, and got {channels} "
            f"channels and {filters} filters"
        )


def initialize_weight(
    initializer: Initializer, size: tuple[int, ...], channels: int, filters: int, groups: int, rng: Generator
) -> Array:
    """Return the first weight of a convolution, (*size, channels / groups, filters), drawn group by group.

    A channel feeds only the filters of its group, and so that is the fan-out that an initializer sees.
    """
    shape = (*size, channels // groups, filters // groups)
    return np.concatenate([initializer(shape, rng) for _ in range(groups)], axis=-1)


def convolve(
    x: Array, weight: Array, bias: Array | None, windows: Windows, groups: int
) -> tuple[Array, Callable[[Array, bool], tuple[Array, Array, Array | None]]]:
    """Return the convolution of x (batch, height, width, channels) and its pullback.

    The pullback takes the upstream and whether the input's gradient is wanted; it returns the gradients of x (the
    upstream where it is not wanted), weight and bias.
    """
    y, to_input, to_weight = _linear(x, weight, bias, windows, groups) if len(x) else _nothing(x, weight, windows)

    def pullback(dy: Array, wanted: bool) -> tuple[Array, Array, Array | None]:
        dbias = None if bias is None else sum_columns(rows_of(dy))
        return to_input(dy) if wanted else dy, to_weight(dy), dbias

    return y, pullback


def _nothing(x: Array, weight: Array, windows: Windows) -> Map:
    """No images: shapes flow through here when a model is built, and images cost nothing then."""
    y = np.empty((0, *windows.out, weight.shape[3]), x.dtype)
    return y, lambda dy: np.empty_like(x), lambda dy: np.zeros_like(weight)


def _linear(x: Array, weight: Array, bias: Array | None, windows: Windows, groups: int) -> Map:
    if groups > 1:
        split = _depthwise if groups == x.shape[3] else _grouped
        return split(x, weight, bias, windows, groups)
    return (
        correlate(x, weight, windows, bias),
        lambda dy: spread(dy, weight, windows),
        lambda dy: weight_gradient(x, dy, windows),
    )


def _depthwise(x: Array, weight: Array, bias: Array | None, windows: Windows, groups: int) -> Map:
    """Every channel by itself, with as many filters each as there are."""
    each, kernel = weight.shape[3] // groups, weight[:, :, 0]
    repeated = x if each == 1 else x.repeat(each, 3)
    channels = Depthwise(windows, repeated.shape[3])
    level = np.zeros_like(kernel[0, 0]) if bias is None else bias

    def to_input(dy: Array) -> Array:
        dx = channels.input_gradient(dy, kernel)
        return dx if each == 1 else dx.reshape(*x.shape, each).sum(4)

    y = channels.output(repeated, kernel, level)
    return y, to_input, lambda dy: channels.weight_gradient(repeated, dy)[:, :, None]


def _grouped(x: Array, weight: Array, bias: Array | None, windows: Windows, groups: int) -> Map:
    """Each group of channels by itself."""
    inputs = np.split(x, groups, 3)
    kernels = np.split(weight, groups, 3)
    biases = [None] * groups if bias is None else np.split(bias, groups)
    maps = [_linear(*each, windows, 1) for each in zip(inputs, kernels, biases, strict=True)]

    def to_input(dy: Array) -> Array:
        parts = zip(maps, np.split(dy, groups, 3), strict=True)
        return np.concatenate([back(part) for (_, back, _), part in parts], 3)

    def to_weight(dy: Array) -> Array:
        parts = zip(maps, np.split(dy, groups, 3), strict=True)
        return np.concatenate([back(part) for (_, _, back), part in parts], 3)

    return np.concatenate([y for y, _, _ in maps], 3), to_input, to_weight
