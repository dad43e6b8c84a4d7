"""Outline: the same parts, with initializers that give an array's shape and take no memory for its elements."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, cast

import attrs
import numpy as np
from numpy.random import Generator

from nnframe.arrays import Array, Shape
from nnframe.interfaces import Initializer, Part

__all__ = ["outlined"]

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


def _shape_alone(self: Initializer, shape: Shape, rng: Generator) -> Array:
    array: Array = np.broadcast_to(np.float64(0.0), shape)
    return array
