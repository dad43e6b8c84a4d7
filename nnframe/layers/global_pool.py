"""GlobalAveragePool and GlobalMaxPool: one number for each channel."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from attrs import frozen

from nnframe.arrays import Array, Booleans, namespace
from nnframe.arrays.sums import sum_columns
from nnframe.errors import ShapeError
from nnframe.interfaces import Context, Function

__all__ = ["GlobalAveragePool", "GlobalMaxPool"]


@frozen
class GlobalAveragePool(Function):
    """y[n, c] = mean of x[n, ..., c] over all places; padded steps of a sequence (``context.mask``) are left out.

    (batch, ..., channels) -> (batch, channels), for sequences and for images. Where all steps are padding, y = 0.

    >>> y, pull = GlobalAveragePool().apply(np.array([[[1.0], [3.0]]]), Context())
    >>> y, pull(y).ravel()
    (array([[2.]]), array([1., 1.]))
    """

    def apply(self, x: Array, context: Context) -> tuple[Array, Callable[[Array], Array]]:
        xp, mask = namespace(x), _mask(context, x)
        flat = _flat(self, x)
        if not len(x):  # No example, no places: shapes flow through here when a model is built.
            return flat[:, 0], lambda dy: x
        if mask is None:
            weights = np.full((1, flat.shape[1]), 1 / flat.shape[1], x.dtype)
            y = sum_columns(flat) / flat.shape[1]
        else:
            weights = _shares(mask, x.dtype)
            y = sum_columns(flat, weights)
        return y, lambda dy: xp.reshape(weights[:, :, None] * dy[:, None], x.shape)


@frozen
class GlobalMaxPool(Function):
    """y[n, c] = max of x[n, ..., c] over all places; of equal elements the first gets the gradient.

    (batch, ..., channels) -> (batch, channels), for sequences and for images. Padded steps of a sequence
    (``context.mask``) are left out; where all are padding, y = 0.

    >>> y, pull = GlobalMaxPool().apply(np.array([[[1.0], [3.0]]]), Context())
    >>> y, pull(y).ravel()
    (array([[3.]]), array([0., 3.]))
    """

    def apply(self, x: Array, context: Context) -> tuple[Array, Callable[[Array], Array]]:
        mask, flat = _mask(context, x), _flat(self, x)
        if mask is not None:
            flat = np.where(mask[:, :, None], flat, x.dtype.type(-math.inf))
        largest: Array = np.maximum.reduce(flat, 1)
        y = largest if mask is None else np.where(mask.any(1, keepdims=True), largest, x.dtype.type(0))

        def pull(dy: Array) -> Array:
            first = np.argmax(flat == largest[:, None], 1)
            if mask is not None:
                dy = np.where(mask.any(1, keepdims=True), dy, x.dtype.type(0))
            dx = np.zeros_like(flat)
            np.put_along_axis(dx, first[:, None], dy[:, None], 1)
            return dx.reshape(x.shape)

        return y, pull


def _flat(layer: Function, x: Array) -> Array:
    """(batch, places, channels)."""
    if x.ndim < 3:
        name = type(layer).__qualname__
        raise ShapeError(f"{name} expects (batch, ..., channels) with places between, got {x.shape}: leave it out")
    return namespace(x).reshape(x, (x.shape[0], math.prod(x.shape[1:-1]), x.shape[-1]))


def _mask(context: Context, x: Array) -> Booleans | None:
    """The mask, where there is one and it is of the steps of x."""
    mask = context.mask
    return mask if mask is not None and x.ndim == 3 and mask.shape == x.shape[:2] else None


def _shares(mask: Booleans, dtype: np.dtype[np.floating]) -> Array:
    """What each step counts, (batch, steps)."""
    live = mask.astype(dtype)
    shares: Array = live / np.maximum(live.sum(1, keepdims=True), 1)
    return shares
