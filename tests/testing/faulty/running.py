"""Mistakes in what runs a training: optimizers, schedules, metrics, callbacks."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.interfaces import Callback, Metric, Moment, NoSlots, Optimizer, Progress, Schedule
from tests.samples.largest_distance import LargestDistance

__all__ = ["FAULTY"]

_SEEN: dict[str, float] = {}


@frozen
class Right(Optimizer):
    """θ ← θ - η g."""

    learning_rate: float | Schedule = 0.01

    def initialize(self, value: Array) -> NoSlots:
        return NoSlots()

    def update(self, value: Array, gradient: Array, slots: NoSlots, step: int, learning_rate: float) -> None:
        value -= learning_rate * gradient


@frozen
class Rebinds(Right):
    def update(self, value: Array, gradient: Array, slots: NoSlots, step: int, learning_rate: float) -> None:
        value = value - learning_rate * gradient


@frozen
class OwnRate(Right):
    def update(self, value: Array, gradient: Array, slots: NoSlots, step: int, learning_rate: float) -> None:
        value -= 0.01 * gradient


@frozen
class ClipsGradient(Right):
    def update(self, value: Array, gradient: Array, slots: NoSlots, step: int, learning_rate: float) -> None:
        np.clip(gradient, -0.1, 0.1, out=gradient)
        value -= learning_rate * gradient


@frozen
class CountsItself(Right):
    def update(self, value: Array, gradient: Array, slots: NoSlots, step: int, learning_rate: float) -> None:
        _SEEN["steps"] = _SEEN.get("steps", 0.0) + 1
        value -= learning_rate * gradient * 100 / (100 + _SEEN["steps"])


@frozen
class DividesByGradient(Right):
    def update(self, value: Array, gradient: Array, slots: NoSlots, step: int, learning_rate: float) -> None:
        value -= learning_rate * gradient / np.abs(gradient)


@frozen
class Uphill(Right):
    def update(self, value: Array, gradient: Array, slots: NoSlots, step: int, learning_rate: float) -> None:
        value += learning_rate * gradient


@frozen
class UndeclaredNorm(Right):
    def update(self, value: Array, gradient: Array, slots: NoSlots, step: int, learning_rate: float) -> None:
        norm = max(float(np.linalg.norm(gradient)), 1e-12)
        value -= learning_rate * gradient / norm


@frozen(eq=False)
class Velocity:
    velocity: Array


@frozen
class DoubleSlots(Optimizer[Velocity]):
    learning_rate: float | Schedule = 0.01

    def initialize(self, value: Array) -> Velocity:
        return Velocity(np.zeros(value.shape))

    def update(self, value: Array, gradient: Array, slots: Velocity, step: int, learning_rate: float) -> None:
        slots.velocity[...] = 0.9 * slots.velocity + gradient
        value -= (learning_rate * slots.velocity).astype(value.dtype)


@frozen
class CountsCalls(Schedule):
    def __call__(self, progress: Progress) -> float:
        _SEEN["calls"] = _SEEN.get("calls", 0.0) + 1
        return 0.1 / _SEEN["calls"]


@frozen
class UnknownLength(Schedule):
    def __call__(self, progress: Progress) -> float:
        return 0.1 / (1 + progress.step / progress.steps_per_epoch)


@frozen
class MeanOfMeans(Metric[list[float]]):
    def start(self) -> list[float]:
        return []

    def update(self, state: list[float], prediction: Array, target: object, weight: Array | None) -> list[float]:
        return [*state, float(np.abs(prediction - np.asarray(target)).mean())]

    def value(self, state: list[float]) -> float:
        return float(np.mean(state))


@frozen
class OneStart(Metric[list[float]]):
    counts: tuple[float, float] = (0.0, 0.0)

    def start(self) -> list[float]:
        return _TOTALS

    def update(self, state: list[float], prediction: Array, target: object, weight: Array | None) -> list[float]:
        state[0] += float(np.abs(prediction - np.asarray(target)).sum())
        return state

    def value(self, state: list[float]) -> float:
        return state[0]


_TOTALS = [0.0]


@frozen
class ArrayValue(Metric[Array]):
    def start(self) -> Array:
        return np.zeros(1)

    def update(self, state: Array, prediction: Array, target: object, weight: Array | None) -> Array:
        return np.maximum(state, np.abs(prediction - np.asarray(target)).max())

    def value(self, state: Array) -> float:
        return state  # type: ignore[return-value]


@frozen
class MergesByAdding(LargestDistance):
    def merge(self, one: float, other: float) -> float:
        return one + other


@frozen
class SequencesWithoutWeight(LargestDistance):
    sequences = True

    def update(self, state: float, prediction: Array, target: object, weight: Array | None) -> float:
        return super().update(state, prediction, target, None)


@frozen
class WrongHook(Callback):
    def after_epoch(self, moment: Moment) -> None:  # type: ignore[override]
        moment.logs["seen"] = 1.0


@frozen
class RemembersOnItself(Callback):
    best: float = 0.0

    def after_epoch(self, state: None, moment: Moment) -> None:
        object.__setattr__(self, "best", moment.logs["loss"])


@frozen
class StopsForEver(Callback):
    patience: int = 1

    def after_epoch(self, state: None, moment: Moment) -> None:
        _SEEN["epochs"] = _SEEN.get("epochs", 0.0) + 1
        if _SEEN["epochs"] > 7:
            moment.stop_reason = "seen enough"


FAULTY = [
    ("moves the parameter in place", Rebinds()),
    ("uses the learning rate that it is given", OwnRate()),
    ("leaves the gradient alone", ClipsGradient()),
    ("all that it remembers is in the slots", CountsItself()),
    ("a gradient of zero gives no NaN", DividesByGradient()),
    ("goes downhill", Uphill()),
    ("treats every element alike", UndeclaredNorm()),
    ("remembers in slots of its own", DoubleSlots()),
    ("depends on the progress alone", CountsCalls()),
    ("gives a number at any progress", UnknownLength()),
    ("does not depend on the batches", MeanOfMeans()),
    ("leaves predictions and targets alone", OneStart()),
    ("its value is one number", ArrayValue()),
    ("joins two states", MergesByAdding()),
    ("looks at what counts alone", SequencesWithoutWeight()),
    ("takes part in a training run", WrongHook()),
    ("keeps nothing on itself", RemembersOnItself()),
    ("a second run starts afresh", StopsForEver()),
]
