"""Arrays from what a user gives: real numbers of any library become plain arrays, the rest is refused by name."""

from __future__ import annotations

from decimal import Decimal
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nnframe.arrays.types import Array, Booleans, Integers
from nnframe.errors import DataError, DtypeError, ShapeError

__all__ = ["ElementError", "as_numbers", "cast_finite", "cast_integers", "refuse_elements"]

_KINDS = "fiub"
_NUMBERS = frozenset({float, int})
_NESTED = (list, tuple)
_DEEPEST = 64
"""How many axes an array of NumPy has at most."""


class ElementError(DataError):
    """One element of an array cannot be used.

    >>> print(ElementError.at("x", (2, 0), "is not finite", "nan"))
    x is not finite: x[2, 0] is nan
    """

    parts: tuple[str, tuple[int, ...], str, str]

    @classmethod
    def at(cls, array: str, index: tuple[int, ...], problem: str, came: str) -> Self:
        """Make the error of one element.

        Args:
            array: What the user calls the array, such as ``"x"``.
            index: Where the element is.
            problem: What is wrong with the array.
            came: What stands there, and what to do.
        """
        error = cls(f"{array} {problem}: {array}{_bracket(index)} is {came}")
        error.parts = array, index, problem, came
        return error

    def renumber(self, rows: Integers) -> ElementError:
        """Return the same error for the array of which these rows were taken."""
        array, index, problem, came = self.parts
        return ElementError.at(array, (int(rows[index[0]]), *index[1:]), problem, came)


def as_numbers(value: object, what: str, wanted: object = "numbers") -> NDArray[Any]:
    """Return real numbers as a plain array: nested lists, arrays of any library, data frames, objects that are numbers.

    Args:
        value: What the user gave.
        what: What messages call it.
        wanted: What messages say that it must hold: a text, or a dtype.

    Raises:
        ShapeError: Rows have different lengths.
        DtypeError: Something is no real number.
        DataError: An element is masked, or the library that holds the data does not give them.

    >>> as_numbers([[1, 2.5]], "x")
    array([[1. , 2.5]])
    >>> as_numbers(["low", "high"], "y")
    Traceback (most recent call last):
    nnframe.errors.DtypeError: y must hold numbers, and holds <U4
    """
    if type(value) is np.ndarray and value.dtype.kind in _KINDS:
        return value
    try:
        array = np.asarray(value)
    except ValueError as cause:
        raise ShapeError(f"{what} is ragged: its rows have different lengths") from cause
    except Exception as cause:  # whatever the library of the data raises
        raise DataError(f"{what} cannot be made an array: {type(cause).__name__}: {cause!s:.200}") from cause
    if array.dtype.kind not in _KINDS:
        array = _as_plain(array, what, f"{wanted} numbers" if isinstance(wanted, np.dtype) else str(wanted))
    masked = _find_masked(value)
    if masked is not None:
        raise ElementError.at(what, masked, "has masked elements", "masked: fill them, or leave their rows out")
    return array


def cast_finite(array: NDArray[Any], dtype: np.dtype[Any], what: str) -> Array:
    """Return numbers in a floating dtype in which all of them are finite.

    Raises:
        DataError: A number is not finite, or too large for the dtype.

    >>> cast_finite(np.array([1.0, 1e39]), np.dtype("float32"), "x")
    Traceback (most recent call last):
    nnframe.arrays.conversion.ElementError: x does not fit into float32: x[1] is 1e+39
    """
    cast: Array = array
    if array.dtype != dtype:
        with np.errstate(over="ignore", invalid="ignore"):
            cast = array.astype(dtype)
    if array.dtype.kind == "f":
        finite = np.isfinite(cast)
        if not finite.all():
            index = _find_first(~finite)
            problem = f"does not fit into {dtype}" if np.isfinite(array[index]) else "is not finite"
            raise ElementError.at(what, index, problem, str(array[index]))
    return cast


def cast_integers(array: NDArray[Any], dtype: np.dtype[Any], what: str) -> Integers:
    """Return integers in another integer dtype.

    Raises:
        DataError: A number is out of the dtype's range.

    >>> cast_integers(np.array([0, 257]), np.dtype("uint8"), "x")
    Traceback (most recent call last):
    nnframe.arrays.conversion.ElementError: x does not fit into uint8, 0 to 255: x[1] is 257
    """
    if array.dtype == dtype:
        return array
    if not np.can_cast(array.dtype, dtype):
        limits = np.iinfo(dtype)
        outside = (array < limits.min) | (array > limits.max)
        refuse_elements(outside, array, what, f"does not fit into {dtype}, {limits.min} to {limits.max}")
    cast: Integers = array.astype(dtype)
    return cast


def refuse_elements(wrong: Booleans, array: NDArray[Any], what: str, problem: str) -> None:
    """Refuse an array of which some elements are wrong, naming the first.

    Raises:
        DataError: Something is wrong.
    """
    if wrong.any():
        index = _find_first(wrong)
        raise ElementError.at(what, index, problem, str(array[index]))


def _as_plain(objects: NDArray[Any], what: str, wanted: str) -> NDArray[Any]:
    """Return an array of objects that are real numbers as int64 where all of them are integers, else as float64."""
    if objects.dtype.kind != "O":
        raise DtypeError(f"{what} must hold {wanted}, and holds {objects.dtype!s:.40}")
    for index, element in np.ndenumerate(objects):
        if not isinstance(element, Real | Decimal | np.bool_):
            came = f"{element!r:.40}" if isinstance(element, str | bytes | None) else f"a {type(element).__name__}"
            raise DtypeError(f"{what} must hold {wanted}, and holds objects: {what}{_bracket(index)} is {came}")
    whole = all(isinstance(element, Integral | np.bool_) and abs(int(element)) < 2**63 for element in objects.flat)
    try:
        return objects.astype(np.int64 if whole else np.float64)
    except (OverflowError, ValueError) as cause:
        raise DataError(f"{what} holds a number that does not fit into float64: {cause!s:.100}") from cause


def _find_masked(value: object, place: tuple[int, ...] = ()) -> tuple[int, ...] | None:
    """Return where the first masked element is; None where there is none."""
    if isinstance(value, _NESTED):
        if _NUMBERS.issuperset(map(type, value)) or len(place) == _DEEPEST:
            return None
        for number, part in enumerate(value):
            found = _find_masked(part, (*place, number))
            if found is not None:
                return found
    elif isinstance(value, np.ma.MaskedArray):
        mask = np.ma.getmaskarray(value)
        return (*place, *_find_first(mask)) if mask.any() else None
    return None


def _find_first(wrong: Booleans) -> tuple[int, ...]:
    return tuple(int(index) for index in np.unravel_index(int(wrong.argmax()), wrong.shape))


def _bracket(index: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, index))}]" if index else ""
