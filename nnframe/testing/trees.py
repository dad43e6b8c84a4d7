"""Arrays in tuples and attrs classes: by name, changed, and compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import attrs
import numpy as np
from numpy.random import Generator

from nnframe.arrays import Array
from nnframe.composition.tree import convert
from nnframe.interfaces import is_statistic

__all__ = ["Arrays", "cast_floats", "close", "copied", "first_difference", "named", "random_like", "rows", "same"]

Arrays = dict[str, Array]
"""Arrays by path."""


def named(tree: object, root: str = "", *, statistics: bool = True) -> Arrays:
    """Return every array of a tree by its path.

    >>> named((np.zeros(2), (None, np.ones(1))), "input")
    {'input.0': array([0., 0.]), 'input.1.1': array([1.])}
    """
    if isinstance(tree, np.ndarray | np.generic):
        return {root: cast("Array", np.asarray(tree))}
    found: Arrays = {}
    for step, member in _members(tree, statistics):
        found |= named(member, f"{root}.{step}".strip("."), statistics=statistics)
    return found


def _members(tree: object, statistics: bool) -> list[tuple[str, object]]:
    if isinstance(tree, tuple):
        return [(str(index), member) for index, member in enumerate(tree)]
    if tree is None or not attrs.has(type(tree)):
        return []
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(cast("type[attrs.AttrsInstance]", type(tree)))
    return [(each.name, getattr(tree, each.name)) for each in fields if statistics or not is_statistic(each)]


def rows(tree: object, index: slice | list[int]) -> object:
    """Return some examples of every array."""
    return convert(tree, lambda array: array[index])


def cast_floats(tree: object, dtype: str) -> object:
    """Return a tree with its real numbers in another precision; integers stay."""
    return convert(tree, lambda array: array.astype(dtype) if array.dtype.kind == "f" else array)


def copied(tree: object) -> object:
    """Return a tree with arrays of its own."""
    return convert(tree, lambda array: array.copy())


def random_like(tree: object, rng: Generator) -> Any:
    """Return a tree of random numbers, of the shapes and dtypes of another one."""
    if isinstance(tree, tuple):
        return tuple(random_like(member, rng) for member in tree)
    array = np.asarray(tree)
    return rng.normal(size=array.shape).astype(array.dtype)


def same(one: Mapping[str, Array], other: Mapping[str, Array]) -> bool:
    """Whether two sets of arrays are the same to the last bit."""
    return first_difference(one, other) is None


def first_difference(one: Mapping[str, Array], other: Mapping[str, Array]) -> str | None:
    """Return the path of the first array that differs in a bit; None where all are the same."""
    for path, array in one.items():
        if path not in other or not _identical(array, other[path]):
            return path
    return next((path for path in other if path not in one), None)


def _identical(one: Array, other: Array) -> bool:
    return one.shape == other.shape and one.dtype == other.dtype and one.tobytes() == other.tobytes()


def close(one: Array, other: Array, scale: float | None = None) -> bool:
    """Whether two arrays are equal up to round-off of numbers of their size, or of ``scale``.

    >>> close(np.array([0.1 + 0.2]), np.array([0.3])), close(np.array([0.3]), np.array([0.3001]))
    (True, False)
    """
    if one.shape != other.shape:
        return False
    if not one.size:
        return True
    size = max(float(np.abs(one).max()), float(np.abs(other).max()), scale or 0.0)
    unit = max(float(np.finfo(array.dtype).eps) for array in (one, other) if array.dtype.kind == "f")
    return bool(np.all(np.abs(one - other) <= 2e5 * unit * size))
