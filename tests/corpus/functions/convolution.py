"""Convolutions and pooling, by windows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tests.corpus.case import Gradients, Result, right
from tests.corpus.data import normal, spaced


@right("conv1d", normal(2, 3, 7), kernel=normal(4, 3, 3), bias=normal(4))
def conv1d(p: Any, x: Any) -> Result:
    """Correlation along one axis; (batch, channels, length)."""
    kernel = p["kernel"]
    windows = sliding_window_view(x, kernel.shape[2], axis=2)

    def pullback(upstream: Any) -> Gradients:
        of_x = np.zeros_like(x)
        for offset in range(kernel.shape[2]):
            of_x[:, :, offset : offset + upstream.shape[2]] += np.einsum("bot,oc->bct", upstream, kernel[:, :, offset])
        return of_x, {"kernel": np.einsum("bot,bctk->ock", upstream, windows), "bias": upstream.sum(axis=(0, 2))}

    return np.einsum("bctk,ock->bot", windows, kernel) + p["bias"][:, None], pullback


@right("conv2d", normal(2, 2, 5, 5), kernel=normal(3, 2, 3, 3), bias=normal(3))
def conv2d(p: Any, x: Any) -> Result:
    """Correlation along two axes; (batch, channels, height, width)."""
    kernel = p["kernel"]
    windows = sliding_window_view(x, kernel.shape[2:], axis=(2, 3))

    def pullback(upstream: Any) -> Gradients:
        height, width = upstream.shape[2:]
        of_x = np.zeros_like(x)
        for row in range(kernel.shape[2]):
            for column in range(kernel.shape[3]):
                spread = np.einsum("bohw,oc->bchw", upstream, kernel[:, :, row, column])
                of_x[:, :, row : row + height, column : column + width] += spread
        return of_x, {"kernel": np.einsum("bohw,bchwij->ocij", upstream, windows), "bias": upstream.sum(axis=(0, 2, 3))}

    return np.einsum("bchwij,ocij->bohw", windows, kernel) + p["bias"][:, None, None], pullback


@right("conv2d_padded_strided", normal(2, 2, 5, 5), kernel=normal(2, 2, 3, 3))
def conv2d_padded_strided(p: Any, x: Any) -> Result:
    """Padding one, stride two."""
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    kernel = p["kernel"]
    windows = sliding_window_view(padded, (3, 3), axis=(2, 3))[:, :, ::2, ::2]

    def pullback(upstream: Any) -> Gradients:
        height, width = upstream.shape[2:]
        spread = np.zeros_like(padded)
        for row in range(3):
            for column in range(3):
                part = np.einsum("bohw,oc->bchw", upstream, kernel[:, :, row, column])
                spread[:, :, row : row + 2 * height : 2, column : column + 2 * width : 2] += part
        return spread[:, :, 1:-1, 1:-1], {"kernel": np.einsum("bohw,bchwij->ocij", upstream, windows)}

    return np.einsum("bchwij,ocij->bohw", windows, kernel), pullback


@right("depthwise", normal(3, 4, 6), kernel=normal(4, 3))
def depthwise(p: Any, x: Any) -> Result:
    """A kernel of its own for each channel."""
    kernel = p["kernel"]
    windows = sliding_window_view(x, 3, axis=2)

    def pullback(upstream: Any) -> Gradients:
        of_x = np.zeros_like(x)
        for offset in range(3):
            of_x[:, :, offset : offset + upstream.shape[2]] += upstream * kernel[:, offset, None]
        return of_x, {"kernel": np.einsum("bct,bctk->ck", upstream, windows)}

    return np.einsum("bctk,ck->bct", windows, kernel), pullback


@right("transposed_conv1d", normal(2, 3, 4), kernel=normal(3, 2, 3))
def transposed_conv1d(p: Any, x: Any) -> Result:
    """The adjoint of a correlation with stride two."""
    kernel = p["kernel"]
    length = x.shape[2]
    output = np.zeros((x.shape[0], 2, 2 * length + 1), dtype=x.dtype)
    for offset in range(3):
        output[:, :, offset : offset + 2 * length : 2] += np.einsum("bct,co->bot", x, kernel[:, :, offset])

    def pullback(upstream: Any) -> Gradients:
        parts = np.stack([upstream[:, :, offset : offset + 2 * length : 2] for offset in range(3)], axis=-1)
        return np.einsum("botk,cok->bct", parts, kernel), {"kernel": np.einsum("botk,bct->cok", parts, x)}

    return output, pullback


@right("max_pool2d", spaced(2, 2, 4, 4))
def max_pool2d(p: Any, x: Any) -> Result:
    """Largest of each 2 by 2 window."""
    batch, channels, height, width = x.shape
    blocks = x.reshape(batch, channels, height // 2, 2, width // 2, 2).transpose(0, 1, 2, 4, 3, 5)
    flat = blocks.reshape(batch, channels, height // 2, width // 2, 4)
    chosen = flat.argmax(axis=-1)[..., None]

    def pullback(upstream: Any) -> Gradients:
        spread = np.zeros_like(flat)
        np.put_along_axis(spread, chosen, upstream[..., None], axis=-1)
        grid = spread.reshape(batch, channels, height // 2, width // 2, 2, 2).transpose(0, 1, 2, 4, 3, 5)
        return grid.reshape(x.shape), {}

    return np.take_along_axis(flat, chosen, axis=-1)[..., 0], pullback


@right("average_pool2d", normal(2, 2, 4, 4), scale=normal(2))
def average_pool2d(p: Any, x: Any) -> Result:
    """Scaled mean of each 2 by 2 window."""
    batch, channels, height, width = x.shape
    mean = x.reshape(batch, channels, height // 2, 2, width // 2, 2).mean(axis=(3, 5))
    scale = p["scale"][:, None, None]

    def pullback(upstream: Any) -> Gradients:
        of_x = (scale * upstream / 4).repeat(2, axis=2).repeat(2, axis=3)
        return of_x, {"scale": (upstream * mean).sum(axis=(0, 2, 3))}

    return scale * mean, pullback


@right("max_pool1d_overlapping", spaced(2, 3, 7))
def max_pool1d_overlapping(p: Any, x: Any) -> Result:
    """Largest of windows of three that overlap; one element may win twice."""
    windows = sliding_window_view(x, 3, axis=2)
    chosen = windows.argmax(axis=-1) + np.arange(windows.shape[2])

    def pullback(upstream: Any) -> Gradients:
        of_x = np.zeros_like(x)
        batch, channel, _ = np.indices(upstream.shape)
        np.add.at(of_x, (batch, channel, chosen), upstream)
        return of_x, {}

    return windows.max(axis=-1), pullback


@right("global_average", normal(3, 2, 3, 4), weight=normal(2, 3))
def global_average(p: Any, x: Any) -> Result:
    """Mean over the plane, then a dense map."""
    mean = x.mean(axis=(2, 3))

    def pullback(upstream: Any) -> Gradients:
        inner = upstream @ p["weight"].T / (x.shape[2] * x.shape[3])
        return np.broadcast_to(inner[:, :, None, None], x.shape).copy(), {"weight": mean.T @ upstream}

    return mean @ p["weight"], pullback
