"""Optimization: an optimizer at work on a model, with what it remembers of every parameter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
from attrs import define, evolve, field

from nnframe.arrays import Array
from nnframe.composition import Parameter
from nnframe.errors import ConfigurationError
from nnframe.interfaces import Direction, Optimizer, Progress, Schedule
from nnframe.schedules import OnPlateau
from nnframe.training.clipping import Clipping
from nnframe.training.monitor import find_direction, read_monitored
from nnframe.training.segment import Segment, segments_of

__all__ = ["Optimization"]


@define(eq=False)
class Optimization:
    """An optimizer at work.

    Attributes:
        optimizer: The rule.
        parameters: The parameters it moves, in the order of their gradients; frozen ones are left alone.
        clipping: What is done to the gradients before each step.
        slots: What the rule remembers of each of them.
        segments: The same, those that one update moves put together.
    """

    optimizer: Optimizer[Any]
    parameters: Sequence[Parameter]
    clipping: Clipping | None = None
    slots: list[object] = field(init=False)
    _steps: int = field(default=0, init=False)
    _epochs: int = field(default=0, init=False)
    _progress: Progress = field(factory=Progress, init=False)
    _seen: list[float] = field(factory=list, init=False)
    _frozen: list[bool] = field(init=False)
    _changes: int = field(init=False)
    segments: list[Segment] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.slots = [self.optimizer.initialize(parameter.value) for parameter in self.parameters]
        self._arrange()

    def _arrange(self) -> None:
        """Put small parameters together, so that one update moves many; their slots become views of joint ones."""
        self._changes = Parameter.changes
        self._frozen = [not parameter.trainable for parameter in self.parameters]
        self.segments = segments_of(self.optimizer, self.parameters, self.slots)

    def _rearrange(self) -> None:
        """Arrange again, if one of these parameters was frozen or freed."""
        self._changes = Parameter.changes
        if [not parameter.trainable for parameter in self.parameters] != self._frozen:
            self._arrange()

    def remember(self, slots: Sequence[object]) -> None:
        """Go on with what an earlier run remembered of each parameter."""
        self.slots = list(slots)
        self._arrange()

    @property
    def progress(self) -> Progress:
        """How far training has come; schedules read it."""
        known = self._progress
        if (known.step, known.epoch) != (self._steps, self._epochs):
            self._progress = evolve(known, step=self._steps, epoch=self._epochs, monitored=self._seen)
        return self._progress

    @progress.setter
    def progress(self, progress: Progress) -> None:
        self._seen, self._steps, self._epochs = list(progress.monitored), progress.step, progress.epoch
        self._progress = evolve(progress, monitored=self._seen)

    @property
    def learning_rate(self) -> float:
        """η of the next step."""
        rate = self.optimizer.learning_rate
        return rate(self.progress) if isinstance(rate, Schedule) else rate

    def step(self, gradients: Sequence[Array]) -> None:
        """Move every trainable parameter once, then bring it back into its constraints."""
        if self._changes != Parameter.changes:
            self._rearrange()
        if self.clipping is not None:
            gradients = self.clipping.clipped(gradients, self._frozen)
        rate = self.optimizer.learning_rate
        if type(rate) is not float:  # asked first: whether something is a schedule takes longer to find out
            rate = self.learning_rate
        self._steps += 1
        for segment in self.segments:
            segment.move(gradients, self._steps, rate)

    def read_monitored(self, logs: Mapping[str, float], better: Mapping[str, Direction]) -> float:
        """Return the number of an epoch that schedules look at, turned so that lower is better.

        It is what ``OnPlateau`` monitors: by default the validation loss, or else the loss.
        """
        rate = self.optimizer.learning_rate
        if type(rate) is float or not isinstance(rate, Schedule):  # the first is a tenth as long
            return logs.get("val_loss", logs["loss"])
        wanted = {(each.monitor, each.mode) for each in _find_plateaus(rate)}
        if len(wanted) > 1:
            raise ConfigurationError(
                f"schedules of one run must monitor one number, and monitor {sorted(map(str, wanted))}"
            )
        name, mode = wanted.pop() if wanted else (None, "auto")
        name = name or ("val_loss" if "val_loss" in logs else "loss")
        return read_monitored(logs, name, find_direction(name, better, mode))

    def end_epoch(self, monitored: float) -> None:
        """Count an epoch, and remember the value that schedules may look at; lower is better."""
        self._seen.append(monitored)
        self._epochs += 1


def _find_plateaus(rate: object) -> Iterator[OnPlateau]:
    """Iterate over the plateaus in a schedule, whatever schedules they are put together with."""
    if isinstance(rate, OnPlateau):
        yield rate
    elif isinstance(rate, tuple | list):
        for member in rate:
            yield from _find_plateaus(member)
    elif isinstance(rate, Schedule):
        cls: type = type(rate)
        fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(cls)
        for field_ in fields:
            yield from _find_plateaus(getattr(rate, field_.name))
