"""How fast a run goes, how long it will take, and an epoch on one line."""

from __future__ import annotations

from attrs import define

from nnframe.interfaces import Moment
from nnframe.text import make_printable

__all__ = ["Pace", "describe_epoch", "describe_measures", "describe_stop", "duration", "part_of_epoch"]

_SHOWN_ELSEWHERE = ("learning_rate", "seconds")


@define
class Pace:
    """The speed of a run, by a clock that its user reads.

    Attributes:
        rate: Steps a second in the last epoch, all that is done beside them included.
        left: Seconds until the last epoch is done, if each takes as long as those of this run so far.
    """

    rate: float = 0.0
    left: float = 0.0
    _began: float = 0.0
    _first: int = 0
    _epoch_began: float = 0.0
    _steps_before: int = 0

    def start(self, moment: Moment, now: float) -> None:
        """Begin to count, perhaps in the middle of a run that goes on from a checkpoint."""
        self._began = self._epoch_began = now
        self._first, self._steps_before = moment.epoch, moment.step

    def end_epoch(self, moment: Moment, now: float) -> None:
        """Count an epoch that is done."""
        seconds = now - self._epoch_began
        self.rate = (moment.step - self._steps_before) / seconds if seconds > 0 else 0.0
        self._epoch_began, self._steps_before = now, 0
        self.left = (now - self._began) / max(moment.epoch - self._first, 1) * (moment.epochs - moment.epoch)

    def during(self, moment: Moment, now: float) -> str:
        """Return the time left, in the middle of an epoch, as text; empty where it cannot be known."""
        part = part_of_epoch(moment)
        done = moment.epoch - self._first + part
        if done <= 0:
            return ""
        return f"{duration((now - self._began) / done * (moment.epochs - moment.epoch - part))} left"


def part_of_epoch(moment: Moment) -> float:
    """Return how much of the present epoch is done, from 0 to 1."""
    return moment.step / moment.steps_per_epoch if moment.steps_per_epoch else 0.0


def describe_epoch(moment: Moment, pace: Pace) -> str:
    """Write one epoch on one line: its number, its measures, steps a second, the time left.

    >>> from nnframe import Model
    >>> moment = Moment(Model(["tanh"], input_shape=(1,)), epochs=3, epoch=1, step=50, logs={"loss": 0.123456})
    >>> describe_epoch(moment, Pace(rate=100.0, left=75.0))
    'epoch 1/3  loss 0.1235  100 steps/s  1:15 left'
    """
    going_on = moment.epoch < moment.epochs and not moment.stop_reason
    return describe_measures(moment, pace) + (f"  {duration(pace.left)} left" if going_on else "")


def describe_measures(moment: Moment, pace: Pace) -> str:
    """Write one epoch on one line, without the time left; before the first is done, the loss of the last step."""
    measures = [f"{name} {value:.4g}" for name, value in moment.logs.items() if name not in _SHOWN_ELSEWHERE]
    rate = f"{pace.rate:,.0f} steps/s" if pace.rate >= 10 else f"{pace.rate:.2g} steps/s"
    number = f"epoch {moment.epoch:{len(str(moment.epochs))}}/{moment.epochs}"
    return make_printable("  ".join([number, *measures, *([rate] if pace.rate else [])]))


def describe_stop(moment: Moment) -> str:
    """Say when and why a run stopped before its last epoch."""
    return make_printable(f"stopped after {moment.epoch} of {moment.epochs} epochs: {moment.stop_reason}")


def duration(seconds: float) -> str:
    """Write a time as minutes and seconds, with hours and days where it has them.

    >>> duration(0.2), duration(75), duration(3725), duration(90_000)
    ('0:00', '1:15', '1:02:05', '1 day 1:00:00')
    """
    whole = round(seconds)
    days, hours, minutes = whole // 86_400, whole // 3600 % 24, whole // 60 % 60
    clock = f"{hours}:{minutes:02}:{whole % 60:02}" if whole >= 3600 else f"{minutes}:{whole % 60:02}"
    return f"{days} day{'s' * (days > 1)} {clock}" if days else clock
