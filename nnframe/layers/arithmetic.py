"""What combinators compute with values whose type they do not know."""

from __future__ import annotations

from typing import cast

from nnframe.arrays import Array, Shape
from nnframe.errors import ShapeError

__all__ = ["added", "as_tuple", "shape_of"]


def added(first: object, second: object) -> object:
    """Return the sum of two gradients, or of two values, of one structure: None + None = None.

    >>> added((None, 1.0), (None, 2.0))
    (None, 3.0)
    """
    if first is None or second is None:
        return first if second is None else second
    if isinstance(first, tuple):
        return tuple(added(a, b) for a, b in zip(first, cast("tuple[object, ...]", second), strict=True))
    return cast("Array", first) + cast("Array", second)


def shape_of(value: object) -> Shape:
    """Return the shape of an array; () for anything else."""
    return tuple(getattr(value, "shape", ()))


def as_tuple(value: object, count: int, what: str) -> tuple[object, ...]:
    """Return a tuple of ``count`` values, or say that it is not one."""
    if isinstance(value, tuple) and len(value) == count:
        return value
    came = f"a tuple of {len(value)}" if isinstance(value, tuple) else type(value).__name__
    raise ShapeError(f"{what} expects a tuple of {count} inputs, one for each layer, and got {came}")
