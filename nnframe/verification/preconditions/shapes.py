"""Shapes and dtypes of gradients: what can be compared at all."""

from __future__ import annotations

import numpy as np

from nnframe.arrays import Array, Booleans
from nnframe.verification.comparison.evidence import Charge
from nnframe.verification.report.cause import Cause
from nnframe.verification.report.finding import MOST_INDICES

__all__ = ["check_shape"]


def check_shape(path: str, value: Array, gradient: object, output: Array) -> Charge | None:
    """Return what keeps a gradient from being compared with the derivative of its variable; None if nothing does."""
    if gradient is None:
        return _charge(path, Cause.MISSING_GRADIENT, f"the pullback returns no gradient for {path}", value)
    array = np.asarray(gradient)
    if array.dtype.kind != "f" and not (isinstance(gradient, int) and not isinstance(gradient, bool)):
        hint = f"expected real numbers as the gradient of {path}, got dtype {array.dtype}"
        return _charge(path, Cause.WRONG_DTYPE, hint, value)
    if array.shape != value.shape:
        return _charge_shape(path, value, array, output)
    if array.dtype.kind == "f" and array.dtype.itemsize < min(value.dtype.itemsize, output.dtype.itemsize):
        hint = f"the gradient of {path} is {array.dtype}, {path} itself {value.dtype}: precision is lost on the way"
        return _charge(path, Cause.WRONG_DTYPE, hint, value)
    if not np.isfinite(array).all():
        count = int((~np.isfinite(array)).sum())
        hint = f"{count} of {array.size} elements of the gradient of {path} are infinite or NaN"
        return _charge(path, Cause.NON_FINITE, hint, value, ~np.isfinite(array))
    return None


def _charge_shape(path: str, value: Array, array: Array, output: Array) -> Charge:
    sentence = f"the gradient of {path} has shape {array.shape}, {path} itself {value.shape}"
    if array.ndim >= value.ndim and array.size > value.size and _broadcasts(value.shape, array.shape):
        hint = f"{sentence}: the forward broadcasts {path}, so its pullback has to sum over the axes that were added"
        return _charge(path, Cause.MISSING_BROADCAST_SUM, hint, value)
    if array.ndim > 1 and array.shape == value.shape[::-1]:
        return _charge(path, Cause.WRONG_SHAPE, f"{sentence}: it looks transposed", value)
    return _charge(path, Cause.WRONG_SHAPE, sentence, value)


def _broadcasts(small: tuple[int, ...], large: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(small, large) == large
    except ValueError:
        return False


def _charge(path: str, cause: Cause, hint: str, value: Array, where: Booleans | None = None) -> Charge:
    """A charge with the wrong elements: all of them, unless it is said where."""
    wrong = np.ones(value.shape, dtype=bool) if where is None else where
    indices = np.argwhere(wrong)[:MOST_INDICES].tolist() if value.ndim else [()]
    return Charge(path, cause, hint, tuple(map(tuple, indices)), int(wrong.sum()))
