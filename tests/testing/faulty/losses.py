"""Mistakes in losses, initializers, regularizers and constraints."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, Shape
from nnframe.errors import ShapeError
from nnframe.interfaces import Constraint, Initializer, Loss, Regularizer

__all__ = ["FAULTY"]

Forward = tuple[Array, Callable[[Array], Array]]
_KEPT: dict[Shape, Array] = {}


def _same(prediction: Array, target: Array) -> None:
    if prediction.shape != target.shape:
        raise ShapeError("the shapes differ")


@frozen
class OneNumber(Loss):
    def forward(self, prediction: Array, target: Array) -> Forward:
        _same(prediction, target)
        error = prediction - target
        return np.asarray((error**2).mean()), lambda upstream: upstream * 2 * error / prediction.dtype.type(error.size)


@frozen
class DividesByTheBatch(Loss):
    def forward(self, prediction: Array, target: Array) -> Forward:
        _same(prediction, target)
        error = prediction - target
        count = prediction.dtype.type(max(len(error), 1))
        return (error**2).sum(-1) / count, lambda upstream: 2 * upstream[..., None] * error / count


@frozen
class Broadcasts(Loss):
    def forward(self, prediction: Array, target: Array) -> Forward:
        error = prediction - target
        return (error**2).sum(-1), lambda upstream: 2 * upstream[..., None] * error


@frozen
class HalfTheGradient(Loss):
    def forward(self, prediction: Array, target: Array) -> Forward:
        _same(prediction, target)
        error = prediction - target
        return (error**2).sum(-1), lambda upstream: upstream[..., None] * error


@frozen
class IgnoresItsGenerator(Initializer):
    def __call__(self, shape: Shape, rng: Generator) -> Array:
        return np.random.default_rng().normal(size=shape)


@frozen
class Flat(Initializer):
    def __call__(self, shape: Shape, rng: Generator) -> Array:
        return rng.normal(size=shape[-1])


@frozen
class Cached(Initializer):
    def __call__(self, shape: Shape, rng: Generator) -> Array:
        return _KEPT.setdefault(shape, np.full(shape, 0.5))


@frozen
class TwiceTheSlope(Regularizer):
    def penalty(self, value: Array) -> tuple[float, Array]:
        return 0.5 * float((value**2).sum()), 2 * value


@frozen
class DividesByNorm(Regularizer):
    def penalty(self, value: Array) -> tuple[float, Array]:
        norm = np.linalg.norm(value)
        return float(norm), (value / norm).astype(value.dtype)


@frozen
class ArrayPenalty(Regularizer):
    def penalty(self, value: Array) -> tuple[float, Array]:
        return value**2, 2 * value  # type: ignore[return-value]


@frozen
class WritesPenalty(Regularizer):
    def penalty(self, value: Array) -> tuple[float, Array]:
        penalty = float(np.abs(value).sum())
        np.sign(value, out=value)
        return penalty, value


@frozen
class ClipsInPlace(Constraint):
    def project(self, value: Array) -> Array:
        return np.clip(value, -1, 1, out=value)


@frozen
class Shrinks(Constraint):
    def project(self, value: Array) -> Array:
        return value / 2


@frozen
class UnitNorm(Constraint):
    def project(self, value: Array) -> Array:
        return value / np.linalg.norm(value)


@frozen
class Promotes(Constraint):
    def project(self, value: Array) -> Array:
        return np.maximum(value, np.zeros(value.shape))


FAULTY = [
    ("one loss for each example", OneNumber()),
    ("examples are independent", DividesByTheBatch()),
    ("refuses a target of another shape", Broadcasts()),
    ("gradients are right", HalfTheGradient()),
    ("the same generator gives the same values", IgnoresItsGenerator()),
    ("gives float64 arrays of the shape asked for", Flat()),
    ("every array is new", Cached()),
    ("the gradient of the penalty is right", TwiceTheSlope()),
    ("a parameter of zero gives no NaN", DividesByNorm()),
    ("gives a penalty and its gradient", ArrayPenalty()),
    ("leaves the parameter alone", WritesPenalty()),
    ("leaves the value alone", ClipsInPlace()),
    ("what it gives is allowed", Shrinks()),
    ("a value of zero gives no NaN", UnitNorm()),
    ("keeps shape and dtype", Promotes()),
]
