"""Functions that are exact also where their result is tiny, and quick in float32.

NumPy's ``expm1`` and ``log1p`` take four times as long as its ``exp``, ``log`` and ``tanh`` in float32. So there, for
arrays that are worth it, ``eˣ - 1 = 2 t / (1 - t)`` with ``t = tanh(x / 2)``; and ``log(1 + e)`` is ``log u``, for
``u = 1 + e`` as it was rounded, plus what the rounding lost, ``(e - (u - 1)) / u`` (Goldberg 1991, theorem 4, uses the
same remainder). Both are right to three units in the last place.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

import numpy as np

from nnframe.arrays.namespace import namespace
from nnframe.arrays.types import Array

__all__ = ["exp_less_one", "log_of_one_plus", "logistic", "logistic_pair", "refine", "replace", "weigh"]

_LONG = 1024
_FAR = 80.0
"""From here on 1 / (1 + e⁻ˣ) is 1; eˣ is finite, in float32 too."""


def exp_less_one(x: Array) -> Array:
    """Return ``eˣ - 1`` for x of at most 0.

    >>> exp_less_one(np.array([-1.0, -1e-20])).tolist()
    [-0.6321205588285577, -1e-20]
    """
    xp = namespace(x)
    if not _is_quick(x):
        return xp.expm1(x)
    t = x * 0.5
    np.tanh(t, out=t)
    below = 1 - t
    t /= below
    t += t
    return t


def log_of_one_plus(e: Array) -> Array:
    """Return ``log(1 + e)`` for e from 0 to 1.

    >>> log_of_one_plus(np.array([1.0, 1e-20])).tolist()
    [0.6931471805599453, 1e-20]
    """
    xp = namespace(e)
    if not _is_quick(e):
        return xp.log1p(e)
    u = e + 1
    lost = u - 1
    np.subtract(e, lost, out=lost)
    lost /= u
    lost += np.log(u, out=u)
    return lost


def logistic(x: Array) -> Array:
    """Return ``1 / (1 + e⁻ˣ)``, which has all its digits wherever it is a normal number.

    >>> logistic(np.array([-700.0, 0.0])).tolist()
    [9.85967654375977e-305, 0.5]
    """
    xp = namespace(x)
    e = xp.exp(xp.minimum(x, _FAR))
    e /= e + 1
    return e


def logistic_pair(x: Array) -> tuple[Array, Array]:
    """Return ``1 / (1 + e⁻ˣ)`` and ``1 / (1 + eˣ)``, of which neither is 1 minus the other, which would lose digits.

    >>> logistic_pair(np.array([0.0, 700.0]))
    (array([0.5, 1. ]), array([5.00000000e-01, 1.80485139e-35]))
    """
    xp = namespace(x)
    e = xp.exp(xp.minimum(x, _FAR))
    rest = 1 / (e + 1)
    e *= rest
    return e, rest


def weigh(weights: Array | float, values: Array) -> Array:
    """Return ``weights · values``, where a weight of 0 makes 0 of -∞ too, as in t log p.

    Args:
        weights: From 0; of the shape of values, or one number.
        values: Numbers, or -∞; what is not a number stays so.

    >>> weigh(np.array([0.0, 0.5]), np.array([-np.inf, -2.0])).tolist()
    [0.0, -1.0]
    """
    xp = namespace(values)
    if math.prod(values.shape) and not xp.min(values) > -math.inf:
        values = xp.where((weights == 0) & (values == -math.inf), 0.0, values)
    return weights * values


def refine(y: Array, x: Array, formula: Callable[[Array], Array], *ranges: tuple[float, float]) -> Array:
    """Return y, computed again in float64 where x lies in a range in which float32 loses digits.

    Args:
        y: formula(x) as it was computed; changed in place. Only float32 arrays of NumPy are.
        x: The arguments.
        formula: The function, element by element.
        ranges: Lower and upper ends, which do not count.

    >>> x = np.array([1.0, 5.0], np.float32)
    >>> refine(x + 1, x, lambda x: x * 2, (4.0, 6.0)).tolist()
    [2.0, 10.0]
    """
    return replace(y, x, formula, *ranges) if type(y) is np.ndarray and y.dtype.char == "f" else y


def replace(y: Array, x: Array, formula: Callable[[Array], Array], *ranges: tuple[float, float]) -> Array:
    """Return y, with another formula in float64 where x lies in a range; as ``refine``, and float64 arrays too.

    >>> x = np.array([1.0, 5.0])
    >>> replace(x + 1, x, lambda x: x * 2, (4.0, 6.0)).tolist()
    [2.0, 10.0]
    """
    if type(y) is not np.ndarray:
        return y
    found = [x < highest if lowest == -math.inf else (x > lowest) & (x < highest) for lowest, highest in ranges]
    places = np.flatnonzero(functools.reduce(np.logical_or, found))  # the mask itself would take five times as long
    if places.size:
        y.flat[places] = formula(x.take(places).astype(np.float64))
    return y


def _is_quick(x: Array) -> bool:
    return type(x) is np.ndarray and x.dtype.char == "f" and x.size > _LONG
