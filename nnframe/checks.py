"""Checks of options that parts of several kinds share, with messages that fit on one line.

A number may be any library's: an integer of NumPy's, say, comes out of ``np.prod(shape)``. It is kept as the Python
number that it equals, so that parts compare, print and are saved alike.
"""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from nnframe.errors import ConfigurationError
from nnframe.text import quote

if TYPE_CHECKING:
    import attrs

__all__ = [
    "finite",
    "fraction",
    "not_nan",
    "not_negative",
    "plain",
    "positive",
    "require_bool",
    "require_positive_int",
    "rising",
    "truth",
    "whole",
    "whole_from_one",
    "whole_from_zero",
]


def plain(value: object) -> object:
    """Return a number, or a truth value, as Python's own int, float or bool; anything else as it is.

    >>> import numpy as np
    >>> plain(np.int64(3)), plain(np.float32(0.5)), plain("3")
    (3, 0.5, '3')
    """
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, np.timedelta64) or not isinstance(value, Real):  # a time is an Integral to NumPy
        return value
    try:
        return int(value) if isinstance(value, Integral) else float(value)
    except OverflowError:
        return value


def require_positive_int(value: object, name: str) -> int:
    """Return an argument that must be a whole number from 1, as Python's int.

    Raises:
        ConfigurationError: It is something else.

    >>> require_positive_int(2.5, "batch_size")
    Traceback (most recent call last):
    nnframe.errors.ConfigurationError: batch_size must be a whole number from 1, and is 2.5
    """
    number = value if type(value) is int else plain(value)
    if type(number) is not int or number < 1:
        raise ConfigurationError(f"{name} must be a whole number from 1, and is {quote(value)}")
    return number


def require_bool(value: object, name: str) -> bool:
    """Return an argument that must be True or False, as Python's bool.

    Raises:
        ConfigurationError: It is something else.
    """
    if not isinstance(value, bool | np.bool_):
        raise ConfigurationError(f"{name} must be True or False, and is {quote(value)}")
    return bool(value)


def _is_number(value: object) -> bool:
    return type(value) in (int, float)


def _kept(instance: object, field: attrs.Attribute[Any], value: Any) -> Any:
    """Keep a number as Python's own, and return it."""
    number = plain(value)
    if type(number) is not type(value):
        object.__setattr__(instance, field.name, number)
    return number


def finite(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    """Refuse anything but a finite number."""
    number = _kept(instance, field, value)
    if not _is_number(number) or not abs(number) < float("inf"):
        raise ValueError(f"{field.name} must be a finite number, and is {value!r:.40}")


def positive(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    """Refuse anything but a finite number above 0."""
    number = _kept(instance, field, value)
    if not _is_number(number) or not 0 < number < float("inf"):
        raise ValueError(f"{field.name} must be a positive number, and is {value!r:.40}")


def not_negative(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    """Refuse anything but a finite number from 0."""
    number = _kept(instance, field, value)
    if not _is_number(number) or not 0 <= number < float("inf"):
        raise ValueError(f"{field.name} must be a number from 0, and is {value!r:.40}")


def fraction(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    """Refuse anything but a number in [0, 1)."""
    number = _kept(instance, field, value)
    if not _is_number(number) or not 0 <= number < 1:
        raise ValueError(f"{field.name} must be in [0, 1), and is {value!r:.40}")


def whole(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    """Refuse anything but a whole number."""
    if type(_kept(instance, field, value)) is not int:
        raise ValueError(f"{field.name} must be a whole number, and is {value!r:.40}")


def whole_from_one(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    """Refuse anything but a whole number from 1."""
    number = _kept(instance, field, value)
    if type(number) is not int or number < 1:
        raise ValueError(f"{field.name} must be a whole number from 1, and is {value!r:.40}")


def whole_from_zero(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    """Refuse anything but a whole number from 0."""
    number = _kept(instance, field, value)
    if type(number) is not int or number < 0:
        raise ValueError(f"{field.name} must be a whole number from 0, and is {value!r:.40}")


def rising(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    """Refuse anything but whole numbers from 1, each larger than the one before."""
    numbers = [0, *value]
    if any(not isinstance(number, int) for number in numbers) or sorted(set(numbers)) != numbers:
        raise ValueError(f"{field.name} must be whole numbers from 1 in rising order, and are {value!r:.60}")


def not_nan(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    """Refuse anything but a number, infinity among them."""
    number = _kept(instance, field, value)
    if not _is_number(number) or math.isnan(cast("float", number)):
        raise ValueError(f"{field.name} must be a number, and is {value!r:.40}")


def truth(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    """Refuse anything but true or false."""
    if not isinstance(_kept(instance, field, value), bool):
        raise ValueError(f"{field.name} must be True or False, and is {value!r:.40}")
