"""Optimization: an optimizer at work on a model, with what it remembers of every parameter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from attrs import define, field

from nnframe.arrays import Array
from nnframe.composition import Parameter
from nnframe.interfaces import Optimizer, Progress, Schedule

__all__ = ["Optimization"]


@define(eq=False)
class Optimization:
    """An optimizer at work.

    Attributes:
        optimizer: The rule.
        parameters: The parameters it moves, in the order of their gradients; frozen ones are left alone.
        slots: What the rule remembers of each of them.
        progress: How far training has come; schedules read it.
    """

    optimizer: Optimizer[Any]
    parameters: Sequence[Parameter]
    slots: list[object] = field(init=False)
    progress: Progress = field(factory=Progress)
    _values: list[Array] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._values = [parameter.value for parameter in self.parameters]  # the arrays that the model owns, for good
        self.slots = [self.optimizer.initialize(value) for value in self._values]

    @property
    def learning_rate(self) -> float:
        """η of the next step."""
        rate = self.optimizer.learning_rate
        return rate(self.progress) if isinstance(rate, Schedule) else rate

    def step(self, gradients: Sequence[Array]) -> None:
        """Move every trainable parameter once, then bring it back into its constraints."""
        rate, number = self.learning_rate, self.progress.step + 1
        update = self.optimizer.update
        for parameter, value, gradient, slots in zip(self.parameters, self._values, gradients, self.slots, strict=True):
            if parameter.trainable:
                update(value, gradient, slots, number, rate)
                for constraint in parameter.constraints:
                    value[...] = constraint.project(value)
        done = self.progress
        self.progress = Progress(number, done.epoch, done.steps_per_epoch, done.monitored)

    def end_epoch(self, monitored: float) -> None:
        """Count an epoch, and remember the value that schedules may look at."""
        done = self.progress
        seen = (*cast("tuple[float, ...]", tuple(done.monitored)), monitored)
        self.progress = Progress(done.step, done.epoch + 1, done.steps_per_epoch, seen)
