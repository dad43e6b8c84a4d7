"""OnPlateau: down when the loss, or another number, no longer gets better."""

from __future__ import annotations

from functools import lru_cache
from math import inf, isfinite

import attrs
from attrs import frozen

from nnframe.checks import fraction, not_negative, whole_from_zero
from nnframe.interfaces import Mode, Progress, Schedule

__all__ = ["OnPlateau"]


@frozen
class OnPlateau(Schedule):
    """η is multiplied by ``factor`` when more than ``patience`` epochs in a row have not been better than the best.

    The monitored value is better when it is lower, or higher, by ``threshold`` of its size. In ``progress.monitored``
    it is turned so that lower is better.

    Args:
        base: The first learning rate.
        factor: What it is multiplied with.
        patience: How many epochs without progress are borne.
        threshold: Which part of the best value counts as progress.
        pause: For how many epochs after a change nothing is counted.
        lowest: Where η ends.
        monitor: The number: ``"val_accuracy"``, for example; by default the validation loss, or else the loss.
        mode: Whether better is lower, ``"min"``, or higher, ``"max"``; ``"auto"`` asks the metric.

    >>> schedule = OnPlateau(0.8, factor=0.5, patience=1)
    >>> [schedule(Progress(epoch=n, monitored=(1.0, 0.5, 0.6, 0.7)[:n])) for n in (2, 3, 4)]
    [0.8, 0.8, 0.4]
    """

    base: float = attrs.field(validator=not_negative)
    factor: float = attrs.field(default=0.1, validator=fraction)
    patience: int = attrs.field(default=10, validator=whole_from_zero)
    threshold: float = attrs.field(default=1e-4, validator=not_negative)
    pause: int = attrs.field(default=0, validator=whole_from_zero)
    lowest: float = attrs.field(default=0.0, validator=not_negative)
    monitor: str | None = attrs.field(
        default=None, validator=attrs.validators.optional(attrs.validators.instance_of(str))
    )
    mode: Mode = attrs.field(default="auto", validator=attrs.validators.in_(("auto", "min", "max")))

    def __call__(self, progress: Progress) -> float:
        return _replay(self, tuple(progress.monitored))


@lru_cache(maxsize=16)
def _replay(schedule: OnPlateau, monitored: tuple[float, ...]) -> float:
    """Go through all epochs again: nothing is kept from step to step, so that training can be resumed."""
    rate, best, waited, paused = schedule.base, inf, 0, 0
    for value in monitored:
        if value < (best - schedule.threshold * abs(best) if isfinite(best) else best):
            best, waited = value, 0
        else:
            waited += 1
        if paused:
            paused, waited = paused - 1, 0
        if waited > schedule.patience:
            rate, paused, waited = max(rate * schedule.factor, schedule.lowest), schedule.pause, 0
    return rate
