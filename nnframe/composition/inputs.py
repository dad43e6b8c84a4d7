"""Inputs: the shapes and dtypes that a model takes, and the check of data against them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from attrs import frozen
from numpy.typing import DTypeLike

from nnframe.arrays import Array, Integers
from nnframe.arrays.conversion import as_numbers, cast_finite, cast_integers
from nnframe.composition.examples import Examples
from nnframe.errors import ConfigurationError, DtypeError, ShapeError
from nnframe.text import quote

__all__ = ["InputShape", "Inputs", "read_dtype"]

InputShape: TypeAlias = Sequence[int | None] | Sequence[Sequence[int | None]]
"""The shape of one example, without the batch axis, None for any length; or one such shape for each input."""

_ANY = 3
_EXAMPLES = 2
_LONGEST_DTYPE = 100


@frozen
class Inputs:
    """What a model takes: one array, or a tuple of arrays, each with a batch axis in front.

    Attributes:
        shapes: The shape of one example of each input; None for any length.
        dtypes: The dtype of each input.
        single: Whether the model takes one array and not a tuple.

    >>> Inputs.of((64,), None, np.dtype("float64")).prepare([[0] * 64]).dtype
    dtype('float64')
    """

    shapes: tuple[tuple[int | None, ...], ...]
    dtypes: tuple[np.dtype[Any], ...]
    single: bool

    @classmethod
    def of(cls, shape: InputShape, dtype: DTypeLike | Sequence[DTypeLike] | None, default: np.dtype[Any]) -> Inputs:
        """Read ``input_shape`` and ``input_dtype`` as a user wrote them."""
        if isinstance(shape, str | int) or not isinstance(shape, Sequence):
            raise ConfigurationError(f"input_shape must be the shape of one example, like (64,); got {quote(shape)}")
        single = not any(isinstance(length, Sequence) for length in shape)
        shapes = tuple(_shape(part) for part in ([shape] if single else shape))
        listed: list[Any] = list(dtype) if isinstance(dtype, list | tuple) else [dtype] * len(shapes)
        if len(listed) != len(shapes):
            raise ConfigurationError(f"input_dtype names {len(listed)} dtypes for {len(shapes)} inputs")
        return cls(shapes, tuple(_dtype(part, default) for part in listed), single)

    def example(self, dtype: np.dtype[Any], count: int = _EXAMPLES) -> object:
        """Make two examples, or ``count``: random numbers where real ones are taken, zeros where integers are."""
        rng = np.random.default_rng(0)
        made = []
        for shape, kind in zip(self.shapes, self.dtypes, strict=True):
            full = (count, *(_ANY if length is None else length for length in shape))
            real = np.issubdtype(kind, np.floating)
            made.append(rng.uniform(0.5, 1.0, full).astype(dtype) if real else np.zeros(full, kind))
        return made[0] if self.single else tuple(made)

    def prepare(self, x: object, what: str = "x") -> Examples:
        """Return data as the model takes it, or say why it cannot: shape, dtype, or values that it cannot hold."""
        if self.single:
            return _prepared(x, self.shapes[0], self.dtypes[0], what)
        if not isinstance(x, tuple | list) or len(x) != len(self.shapes):
            raise ShapeError(f"{what} must be a tuple of {len(self.shapes)} arrays, and is {type(x).__name__}")
        kinds = zip(self.shapes, self.dtypes, strict=True)
        arrays = tuple(
            _prepared(x[index], shape, dtype, f"{what}[{index}]") for index, (shape, dtype) in enumerate(kinds)
        )
        if len({len(array) for array in arrays}) > 1:
            raise ShapeError(f"the inputs have different numbers of examples: {[len(array) for array in arrays]}")
        return arrays


def _shape(shape: object) -> tuple[int | None, ...]:
    if not isinstance(shape, Sequence):
        raise ConfigurationError(f"input_shape mixes lengths and shapes: {quote(shape)}")
    for length in shape:
        if length is not None and (isinstance(length, bool) or not isinstance(length, int | np.integer) or length < 1):
            raise ConfigurationError(f"input_shape holds lengths from 1, or None for any; got {quote(length)}")
    return tuple(None if length is None else int(length) for length in shape)


def _dtype(dtype: DTypeLike | None, default: np.dtype[Any]) -> np.dtype[Any]:
    if dtype is None:
        return default
    kind = read_dtype(dtype, "input_dtype must be an integer or a floating dtype")
    if np.issubdtype(kind, np.floating):
        return default
    if not np.issubdtype(kind, np.integer):
        raise ConfigurationError(f"input_dtype must be an integer or a floating dtype, and is {quote(dtype)}")
    return kind


def read_dtype(dtype: DTypeLike, expected: str) -> np.dtype[Any]:
    """Return a dtype as NumPy reads it.

    Raises:
        ConfigurationError: It is none; the message says what was expected.
    """
    try:
        if isinstance(dtype, str) and len(dtype) > _LONGEST_DTYPE:
            raise ValueError("NumPy would take seconds to read it")
        return np.dtype(dtype)
    except Exception as cause:  # NumPy raises TypeError, ValueError, SyntaxError and others.
        raise ConfigurationError(f"{expected}, and is {quote(dtype)}") from cause


def _prepared(x: object, shape: tuple[int | None, ...], dtype: np.dtype[Any], what: str) -> Array | Integers:
    array = as_numbers(x, what, dtype)
    if dtype.kind != "f" and array.dtype.kind == "f" and array.size:
        raise DtypeError(f"{what} must hold {dtype} numbers, and holds {array.dtype}")
    if array.ndim != len(shape) + 1 or any(
        expected not in (None, length) for expected, length in zip(shape, array.shape[1:], strict=True)
    ):
        raise ShapeError(_wrong_shape(what, shape, array.shape))
    return cast_finite(array, dtype, what) if dtype.kind == "f" else cast_integers(array, dtype, what)


def _wrong_shape(what: str, shape: tuple[int | None, ...], came: tuple[int, ...]) -> str:
    expected = ", ".join(["batch", *("any" if length is None else str(length) for length in shape)])
    message = f"{what} must have shape ({expected}), and has {came}"
    if len(came) == len(shape):
        message += f"; for one example write {what}[None]"
    return message
