"""What schedules count: steps or epochs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, cast

import attrs

from nnframe.checks import not_negative, plain
from nnframe.interfaces import Progress, Schedule

__all__ = ["Unit", "elapsed", "later", "milestones", "not_negative_rate", "rate_at", "unit"]

Unit = Literal["step", "epoch"]
unit = attrs.validators.in_(("step", "epoch"))


def elapsed(progress: Progress, unit: Unit) -> int:
    """Return how many steps, or whole epochs, are done.

    >>> elapsed(Progress(step=250, epoch=2), "epoch")
    2
    """
    return progress.step if unit == "step" else progress.epoch


def later(progress: Progress, start: int, unit: Unit) -> Progress:
    """Return the progress as a schedule sees it whose clock began ``start`` steps, or epochs, after training did.

    >>> later(Progress(step=250, epoch=2, steps_per_epoch=100), 1, "epoch").step
    150
    """
    length = progress.steps_per_epoch
    steps = start if unit == "step" else start * length
    epochs = start if unit == "epoch" else start // length if length else 0
    return Progress(progress.step - steps, progress.epoch - epochs, length, progress.monitored[epochs:])


def rate_at(rate: float | Schedule, progress: Progress) -> float:
    """Return the learning rate that a number or a schedule gives."""
    return rate(progress) if isinstance(rate, Schedule) else rate


def not_negative_rate(instance: object, field: attrs.Attribute[Any], value: float | Schedule) -> None:
    """Refuse anything but a number from 0, or a schedule."""
    if not isinstance(value, Schedule):
        not_negative(instance, field, value)


def milestones(times: Iterable[int]) -> tuple[int, ...]:
    """Return times in the form that parts keep them in."""
    return cast("tuple[int, ...]", tuple(map(plain, times)))
