"""Parameter: one array of a model, with its gradient and what is to be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np
from attrs import Attribute, define, field

from nnframe.arrays import Array
from nnframe.arrays.conversion import as_numbers, cast_finite, cast_integers
from nnframe.errors import DataError, ShapeError
from nnframe.interfaces import Constraint, Regularizer

__all__ = ["Parameter"]


def _count(parameter: Parameter, attribute: Attribute[bool], trainable: bool) -> bool:
    Parameter.changes += 1
    return trainable


@define(eq=False)
class Parameter:
    """One array of parameters, owned by its model, which works on it in place.

    Attributes:
        path: Where it is, for example ``"0.weight"``.
        trainable: Whether a step moves it.
        statistic: Whether it is a running statistic: replaced by its layer, never moved by a step.
        regularizers, constraints: What the model applies to it.
        changes: How often ``trainable`` of any parameter has been set: who keeps it in mind asks this, and not each.

    >>> from nnframe import Model
    >>> from nnframe.layers import Dense
    >>> bias = Model([Dense(2)], input_shape=(3,)).parameters["0.bias"]
    >>> bias.value = [1.0, 2.0]
    >>> bias.value, bias.trainable
    (array([1., 2.]), True)
    """

    changes: ClassVar[int] = 0

    path: str
    _value: Array
    trainable: bool = field(default=True, on_setattr=_count)
    statistic: bool = False
    regularizers: tuple[Regularizer, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    _read_gradient: Callable[[], Array] = field(default=lambda: np.empty(0), repr=False)

    @property
    def value(self) -> Array:
        """The array itself: what is written into it is what the model computes with."""
        return self._value

    @value.setter
    def value(self, new: object) -> None:
        array = as_numbers(new, self.path)
        if array.shape != self._value.shape:
            raise ShapeError(f"{self.path} has shape {self._value.shape}, and was given {array.shape}")
        if not np.can_cast(array.dtype, self._value.dtype, casting="same_kind"):
            raise DataError(f"{self.path} holds {self._value.dtype}, and was given {array.dtype}")
        cast = cast_finite if self._value.dtype.kind == "f" else cast_integers
        np.copyto(self._value, cast(array, self._value.dtype, self.path))

    @property
    def gradient(self) -> Array:
        """The gradient of the last ``loss_and_gradients`` or training step; zeros before the first."""
        gradient = self._read_gradient()
        return gradient if gradient.shape == self._value.shape else np.zeros_like(self._value)

    @property
    def size(self) -> int:
        """How many elements it has."""
        return self._value.size
