"""Abstract initialization: the same parts, with initializers that give an array's shape and take no memory for it."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from math import prod
from typing import Any, TypeVar, cast

import attrs
import numpy as np
from numpy.random import Generator

from nnframe.arrays import Array, Shape
from nnframe.binding import Binding
from nnframe.errors import ShapeError
from nnframe.interfaces import Initializer, Part

__all__ = ["at_most", "outlined"]

_MOST: ContextVar[int | None] = ContextVar("most elements", default=None)

P = TypeVar("P", bound=Part)


def outlined(part: P) -> P:
    """Return a copy of a part in which every initializer, however deep inside, draws nothing.

    >>> from nnframe.layers import Dense
    >>> example = np.empty((0, 64))
    >>> outlined(Dense(10**12)).initialize(example, np.random.default_rng(0)).weight.shape
    (64, 1000000000000)
    """
    copy: P = _outlined(part)
    return copy


def _outlined(value: Any) -> Any:
    """Return the same object where nothing inside it had to be replaced."""
    if isinstance(value, tuple | list):
        members = [_outlined(member) for member in value]
        return value if all(map(_is, members, value)) else type(value)(members)
    if isinstance(value, Mapping):
        table = {key: _outlined(member) for key, member in value.items()}
        return value if all(map(_is, table.values(), value.values())) else table
    if not isinstance(value, Part):
        return value
    cls: type = type(value)
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(cls)
    values = {str(field.alias): getattr(value, field.name) for field in fields if field.init}
    if isinstance(value, Initializer):
        return _silent(cls)(**values)
    copies = {name: _outlined(member) for name, member in values.items()}
    return value if all(map(_is, copies.values(), values.values())) else cls(**copies)


def _is(one: object, other: object) -> bool:
    return one is other


@cache
def _silent(cls: type[Initializer]) -> type[Initializer]:
    """Return a subclass that has the same fields and draws nothing."""
    made = type(cls.__name__, (cls,), {"__call__": _shape_alone, "__module__": cls.__module__, "__slots__": ()})
    return cast("type[Initializer]", attrs.frozen(made))


def at_most(elements: int) -> Binding[int]:
    """Refuse, inside this block, that an initializer of ``outlined`` parts gives an array of more elements.

    The array itself takes no memory, but what a layer makes of it does: an LSTM joins the weights of its gates.
    """
    return Binding(_MOST, elements)


def _shape_alone(self: Initializer, shape: Shape, rng: Generator) -> Array:
    most = _MOST.get()
    if most is not None and prod(map(int, shape)) > most:
        raise ShapeError(f"an array of shape {tuple(shape)!s:.80} would take more memory than all arrays that are here")
    array: Array = np.broadcast_to(np.float64(0.0), shape)
    return array
