"""Checks of options that several layers share, with messages that fit on one line."""

from __future__ import annotations

from typing import Any

import attrs

__all__ = ["at_least_one", "fraction"]


def at_least_one(instance: object, field: attrs.Attribute[Any], value: object) -> None:
    """Refuse anything but a whole number from 1."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{field.name} must be a whole number from 1, and is {value!r:.40}")


def fraction(instance: object, field: attrs.Attribute[Any], value: object) -> None:
    """Refuse anything but a number in [0, 1)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1:
        raise ValueError(f"{field.name} must be in [0, 1), and is {value!r:.40}")
