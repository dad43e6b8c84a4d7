"""Clipping: gradients that are too large are made smaller before a step."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.errors import ConfigurationError
from nnframe.text import quote

__all__ = ["Clipping", "as_clipping"]


def _limit(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    if value is None or (isinstance(value, int | float) and value is not True and 0 < value < math.inf):
        return
    raise ConfigurationError(f"Clipping: {field.name} must be a positive number, or None, and is {value!r:.40}")


@frozen
class Clipping:
    """Limits of the gradients of a step, applied in this order.

    Pascanu, Mikolov and Bengio 2013 for the global norm, which keeps the gradient's direction.

    Args:
        value: Each element is brought into [-value, value].
        norm: A parameter's gradient g whose ‖g‖ is larger becomes g · norm / ‖g‖.
        global_norm: The same for all gradients as one vector.

    >>> Clipping(global_norm=5.0).clipped([np.array([6.0]), np.array([8.0])])
    [array([3.]), array([4.])]
    """

    value: float | None = attrs.field(default=None, validator=_limit)
    norm: float | None = attrs.field(default=None, validator=_limit)
    global_norm: float | None = attrs.field(default=None, validator=_limit)

    def clipped(self, gradients: Sequence[Array], left_out: Sequence[bool] = ()) -> list[Array]:
        """Return gradients inside the limits; the given ones are not changed.

        Args:
            gradients: Of all parameters.
            left_out: True for gradients that do not count, because nothing is moved by them.
        """
        found = list(gradients)
        if self.value is not None:
            found = [np.clip(each, -self.value, self.value) for each in found]
        if self.norm is not None:
            found = [_shorten([each], self.norm, [each])[0] for each in found]
        if self.global_norm is not None:
            counted = [each for index, each in enumerate(found) if not (left_out and left_out[index])]
            found = _shorten(found, self.global_norm, counted)
        return found


def as_clipping(limits: Clipping | Mapping[str, float] | None) -> Clipping | None:
    """Return the clipping that a user described, ``{"global_norm": 1.0}``.

    Raises:
        ConfigurationError: There is no such limit, or it is no positive number.
    """
    if limits is None or isinstance(limits, Clipping):
        return limits
    names = [field.name for field in attrs.fields(Clipping)]
    if not isinstance(limits, Mapping) or not limits or not set(limits) <= set(names):
        raise ConfigurationError(f"clipping must name one or more of {', '.join(names)}, and is {quote(limits)}")
    return Clipping(**limits)


def _shorten(gradients: list[Array], limit: float, counted: Sequence[Array]) -> list[Array]:
    """Return gradients as they are, or shorter; what is not finite stays so, for others to find."""
    norm = math.hypot(*map(_norm, counted))
    if not norm > limit:
        return gradients
    if norm < _HUGE:
        return [each * (limit / norm) for each in gradients]
    largest = max((float(np.abs(each).max(initial=0)) for each in counted), default=0.0)
    if largest == math.inf:
        return gradients
    power = 2.0 ** -math.frexp(largest)[1]  # limit / norm has lost its digits in float32, or norm is infinite
    norm = math.hypot(*(_norm(each * power) for each in counted))
    return [each * power * (limit / norm) for each in gradients]


_HUGE, _LONG = 1e30, 1024


def _norm(gradient: Array) -> float:
    """Return the Euclidean norm, also of numbers whose squares are out of range."""
    flat = gradient.ravel()
    with np.errstate(over="ignore", under="ignore"):
        norm = math.sqrt(_sum_squares(flat))
    if 1e-100 < norm < math.inf and (gradient.dtype == np.float64 or norm > 1e-15):
        return norm
    largest = float(np.abs(flat).max(initial=0.0))
    if not 0 < largest < math.inf:
        return largest
    return largest * math.sqrt(_sum_squares(flat.astype(np.float64) / largest))


def _sum_squares(flat: Array) -> float:
    """By BLAS, a thousand at a time, since it errs as their number does."""
    if flat.size <= _LONG:
        return float(flat.dot(flat))
    whole = flat.size // _LONG * _LONG
    rows, rest = flat[:whole].reshape(-1, _LONG), flat[whole:]
    return float(np.vecdot(rows, rows).sum(dtype=np.float64)) + float(rest.dot(rest))
