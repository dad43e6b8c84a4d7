"""The parameters of a layer: an attrs class of arrays, which is also the type of their gradient."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array

__all__ = ["NO_PARAMETERS", "NoParameters", "constant_parameter", "is_statistic", "statistic"]

_STATISTIC = "nnframe.statistic"
_ABSENT = np.empty(0)


@frozen(eq=False)
class NoParameters:
    """The parameters of a layer that has none."""


NO_PARAMETERS = NoParameters()
"""The one instance of ``NoParameters`` that layers without parameters hand around."""


def statistic() -> Array:
    """Declare a field of a parameter class as a running statistic.

    A statistic is read from the parameters and replaced by ``context.record``; it has no gradient, so a gradient is
    made without it, and no optimizer moves it.

    >>> @frozen(eq=False)
    ... class Moments:
    ...     scale: Array
    ...     running_mean: Array = statistic()
    >>> gradient = Moments(scale=np.ones(3))     # no gradient for the statistic
    """
    field: Array = attrs.field(default=_ABSENT, metadata={_STATISTIC: True})
    return field


def constant_parameter(value: float, features: int) -> Array:
    """Return initial values that are all alike: (features,), read-only, and of the memory of one.

    A file may promise any number of features. The model copies what ``initialize`` gives it.

    >>> constant_parameter(1.0, 3)
    array([1., 1., 1.])
    """
    array: Array = np.broadcast_to(np.float64(value), (features,))
    return array


def is_statistic(field: attrs.Attribute[Any]) -> bool:
    """Say whether a field of a parameter class was declared with ``statistic()``."""
    return bool(field.metadata.get(_STATISTIC, False))
