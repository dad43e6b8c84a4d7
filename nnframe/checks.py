"""Checks of options that parts of several kinds share, with messages that fit on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import attrs

__all__ = [
    "finite",
    "fraction",
    "not_negative",
    "positive",
    "rising",
    "truth",
    "whole",
    "whole_from_one",
    "whole_from_zero",
]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def finite(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    """Refuse anything but a finite number."""
    if not _is_number(value) or not abs(value) < float("inf"):
        raise ValueError(f"{field.name} must be a finite number, and is {value!r:.40}")


def positive(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    """Refuse anything but a finite number above 0."""
    if not _is_number(value) or not 0 < value < float("inf"):
        raise ValueError(f"{field.name} must be a positive number, and is {value!r:.40}")


def not_negative(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    """Refuse anything but a finite number from 0."""
    if not _is_number(value) or not 0 <= value < float("inf"):
        raise ValueError(f"{field.name} must be a number from 0, and is {value!r:.40}")


def fraction(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    """Refuse anything but a number in [0, 1)."""
    if not _is_number(value) or not 0 <= value < 1:
        raise ValueError(f"{field.name} must be in [0, 1), and is {value!r:.40}")


def whole(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    """Refuse anything but a whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{field.name} must be a whole number, and is {value!r:.40}")


def whole_from_one(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    """Refuse anything but a whole number from 1."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{field.name} must be a whole number from 1, and is {value!r:.40}")


def whole_from_zero(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    """Refuse anything but a whole number from 0."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{field.name} must be a whole number from 0, and is {value!r:.40}")


def rising(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    """Refuse anything but whole numbers from 1, each larger than the one before."""
    numbers = [0, *value]
    if any(not isinstance(number, int) for number in numbers) or sorted(set(numbers)) != numbers:
        raise ValueError(f"{field.name} must be whole numbers from 1 in rising order, and are {value!r:.60}")


def truth(instance: object, field: attrs.Attribute[Any], value: Any) -> None:
    """Refuse anything but true or false."""
    if not isinstance(value, bool):
        raise ValueError(f"{field.name} must be True or False, and is {value!r:.40}")
