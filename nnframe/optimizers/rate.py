"""What every optimizer asks of its learning rate."""

from __future__ import annotations

from typing import Any

import attrs

from nnframe.checks import not_negative
from nnframe.interfaces import Schedule

__all__ = ["learning_rate"]


def learning_rate(instance: object, field: attrs.Attribute[Any], value: float | Schedule) -> None:
    """Refuse anything but a number from 0, or a schedule."""
    if not isinstance(value, Schedule):
        not_negative(instance, field, value)
