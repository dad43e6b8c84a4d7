"""Convolutions and pools; images are (batch, channels, height, width)."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tests.faults.case import Gradients, Parameters, Result, right
from tests.faults.draws import Array, apart, normal


def spread(u: Array, kernel: Array, into: Array, stride: int = 1, dilation: int = 1) -> Array:
    """Adds ``u`` times a kernel to every window of an image: the transpose of a convolution."""
    high, wide = u.shape[2:]
    for row in range(kernel.shape[2]):
        for column in range(kernel.shape[3]):
            down, right_ = row * dilation, column * dilation
            part = into[:, :, down : down + stride * high : stride, right_ : right_ + stride * wide : stride]
            part += np.einsum("bohw,oi->bihw", u, kernel[:, :, row, column])
    return into


def patches(x: Array, high: int, wide: int, stride: int = 1, dilation: int = 1) -> Array:
    """All windows: (batch, channels, rows, columns, high, wide)."""
    size = (high - 1) * dilation + 1, (wide - 1) * dilation + 1
    view = sliding_window_view(x, size, axis=(2, 3))
    return np.asarray(view[:, :, ::stride, ::stride, ::dilation, ::dilation])


@right(normal(2, 2, 6), kernel=normal(3, 2, 3), bias=normal(3))
def conv1d(p: Parameters, x: Array) -> Result:
    """A convolution in one dimension."""
    view = sliding_window_view(x, 3, axis=2)

    def pullback(u: Array) -> Gradients:
        of_x = np.zeros_like(x)
        for tap in range(3):
            of_x[:, :, tap : tap + 4] += np.einsum("bow,oi->biw", u, p["kernel"][:, :, tap])
        return of_x, {"kernel": np.einsum("bow,biwk->oik", u, view), "bias": u.sum(axis=(0, 2))}

    return np.einsum("biwk,oik->bow", view, p["kernel"]) + p["bias"][:, None], pullback


@right(normal(2, 2, 4, 4), kernel=normal(2, 2, 2, 3), bias=normal(2))
def conv2d(p: Parameters, x: Array) -> Result:
    """A convolution in two dimensions."""
    view = patches(x, 2, 3)

    def pullback(u: Array) -> Gradients:
        of_kernel = np.einsum("bohw,bihwkl->oikl", u, view)
        return spread(u, p["kernel"], np.zeros_like(x)), {"kernel": of_kernel, "bias": u.sum(axis=(0, 2, 3))}

    return np.einsum("bihwkl,oikl->bohw", view, p["kernel"]) + p["bias"][:, None, None], pullback


@right(normal(1, 2, 5, 5), kernel=normal(2, 2, 3, 3))
def conv2d_strided(p: Parameters, x: Array) -> Result:
    """A convolution with stride 2."""
    view = patches(x, 3, 3, stride=2)

    def pullback(u: Array) -> Gradients:
        of_x = spread(u, p["kernel"], np.zeros_like(x), stride=2)
        return of_x, {"kernel": np.einsum("bohw,bihwkl->oikl", u, view)}

    return np.einsum("bihwkl,oikl->bohw", view, p["kernel"]), pullback


@right(normal(1, 1, 5, 5), kernel=normal(2, 1, 2, 2))
def conv2d_dilated(p: Parameters, x: Array) -> Result:
    """A convolution with gaps in its kernel."""
    view = patches(x, 2, 2, dilation=2)

    def pullback(u: Array) -> Gradients:
        of_x = spread(u, p["kernel"], np.zeros_like(x), dilation=2)
        return of_x, {"kernel": np.einsum("bohw,bihwkl->oikl", u, view)}

    return np.einsum("bihwkl,oikl->bohw", view, p["kernel"]), pullback


@right(normal(1, 2, 3, 3), kernel=normal(2, 2, 2))
def depthwise(p: Parameters, x: Array) -> Result:
    """A kernel of its own for each channel."""
    view = patches(x, 2, 2)

    def pullback(u: Array) -> Gradients:
        of_x = np.zeros_like(x)
        for row in range(2):
            for column in range(2):
                of_x[:, :, row : row + 2, column : column + 2] += u * p["kernel"][:, row, column, None, None]
        return of_x, {"kernel": np.einsum("bchw,bchwkl->ckl", u, view)}

    return np.einsum("bchwkl,ckl->bchw", view, p["kernel"]), pullback


@right(normal(1, 2, 2, 3), kernel=normal(2, 2, 2, 2))
def conv2d_transposed(p: Parameters, x: Array) -> Result:
    """The transpose of a convolution with stride 2."""
    output = spread(x, p["kernel"], np.zeros((1, 2, 4, 6), dtype=x.dtype), stride=2)

    def pullback(u: Array) -> Gradients:
        view = patches(u, 2, 2, stride=2)
        of_x = np.einsum("bihwkl,oikl->bohw", view, p["kernel"])
        return of_x, {"kernel": np.einsum("bohw,bihwkl->oikl", x, view)}

    return output, pullback


@right(apart(2, 1, 4, 4))
def max_pool(p: Parameters, x: Array) -> Result:
    """The largest of each two by two."""
    blocks = x.reshape(2, 1, 2, 2, 2, 2)
    output = blocks.max(axis=(3, 5), keepdims=True)

    def pullback(u: Array) -> Gradients:
        return ((blocks == output) * u[:, :, :, None, :, None]).reshape(x.shape), {}

    return output[:, :, :, 0, :, 0], pullback


@right(apart(2, 7))
def max_pool_overlapping(p: Parameters, x: Array) -> Result:
    """The largest of three with stride 2: windows share elements."""
    where = sliding_window_view(x, 3, axis=1)[:, ::2].argmax(axis=2) + 2 * np.arange(3)
    rows = np.arange(2)[:, None]

    def pullback(u: Array) -> Gradients:
        of_x = np.zeros_like(x)
        np.add.at(of_x, (rows, where), u)
        return of_x, {}

    return x[rows, where], pullback


@right(normal(2, 2, 4, 4))
def average_pool(p: Parameters, x: Array) -> Result:
    """The mean of each two by two."""

    def pullback(u: Array) -> Gradients:
        return u.repeat(2, axis=2).repeat(2, axis=3) / 4, {}

    return x.reshape(2, 2, 2, 2, 2, 2).mean(axis=(3, 5)), pullback


@right(normal(2, 3, 2, 2))
def global_average(p: Parameters, x: Array) -> Result:
    """The mean of each channel."""
    return x.mean(axis=(2, 3)), lambda u: (np.repeat(u / 4, 4, axis=1).reshape(x.shape), {})
