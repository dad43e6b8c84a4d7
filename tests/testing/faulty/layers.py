"""Mistakes in layers: one right layer, and a class for each thing that is changed in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import attrs
import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array
from nnframe.interfaces import AnyLayer, AnyResult, Builder, Context, Function, Layer, Result, statistic

__all__ = ["FAULTY"]


@frozen(eq=False)
class Affine:
    weight: Array
    bias: Array


@frozen
class Right(Layer[Affine]):
    """y = x W + b."""

    def initialize(self, x: Array, rng: Generator) -> Affine:
        return Affine(rng.normal(size=(x.shape[-1], 3)), rng.normal(size=3))

    def forward(self, parameters: Affine, x: Array, context: Context) -> Result[Affine]:
        def pullback(dy: Array) -> tuple[Array, Affine]:
            return dy @ parameters.weight.T, self.gradient(parameters, x.reshape(-1, x.shape[-1]), dy.reshape(-1, 3))

        return x @ parameters.weight + parameters.bias, pullback

    def gradient(self, parameters: Affine, x: Array, dy: Array) -> Affine:
        return Affine(x.T @ dy, dy.sum(0))


@frozen
class Transposed(Right):
    def initialize(self, x: Array, rng: Generator) -> Affine:
        return Affine(rng.normal(size=(3, x.shape[-1])), np.zeros(3))


@frozen
class Float32Parameters(Right):
    def initialize(self, x: Array, rng: Generator) -> Affine:
        return Affine(rng.normal(size=(x.shape[-1], 3)).astype(np.float32), np.zeros(3))


@frozen
class OneArrayTwice(Right):
    def initialize(self, x: Array, rng: Generator) -> Affine:
        zeros = np.zeros((x.shape[-1], 3))
        return Affine(zeros, zeros[0])


@frozen
class GlobalSeed(Right):
    def initialize(self, x: Array, rng: Generator) -> Affine:
        return Affine(np.random.normal(size=(x.shape[-1], 3)), np.zeros(3))  # noqa: NPY002


@frozen
class BatchInParameters(Layer[Affine]):
    def initialize(self, x: Array, rng: Generator) -> Affine:
        return Affine(rng.normal(size=x.shape), np.zeros(x.shape[-1]))

    def forward(self, parameters: Affine, x: Array, context: Context) -> Result[Affine]:
        def pullback(dy: Array) -> tuple[Array, Affine]:
            return dy * parameters.weight, Affine(dy * x, dy.reshape(-1, x.shape[-1]).sum(0))

        return x * parameters.weight + parameters.bias, pullback


@frozen
class BiasAveraged(Right):
    def gradient(self, parameters: Affine, x: Array, dy: Array) -> Affine:
        return Affine(x.T @ dy, dy.mean(0))


@frozen
class ParameterAsGradient(Right):
    def gradient(self, parameters: Affine, x: Array, dy: Array) -> Affine:
        return Affine(x.T @ dy, parameters.bias)


@frozen
class ForgottenGradient(Right):
    def gradient(self, parameters: Affine, x: Array, dy: Array) -> Affine:
        return Affine(x.T @ dy, cast("Array", None))


@frozen
class Clipped(Right):
    def gradient(self, parameters: Affine, x: Array, dy: Array) -> Affine:
        return Affine(np.clip(x.T @ dy, -1, 1), dy.sum(0))


@frozen
class NeedsManyAxes(Right):
    def initialize(self, x: Array, rng: Generator) -> Affine:
        *_, features = x.shape[5:]
        return Affine(np.zeros((features, 3)), np.zeros(3))


@frozen
class FeaturesFirst(Function):
    def apply(self, x: Array, context: Context) -> tuple[Array, Callable[[Array], Array]]:
        return np.moveaxis(x, -1, 0), lambda dy: np.moveaxis(dy, 0, -1)


@frozen
class AlwaysRandom(Function):
    def apply(self, x: Array, context: Context) -> tuple[Array, Callable[[Array], Array]]:
        kept = (context.rng.random(x.shape) < 0.5).astype(x.dtype)
        return x * kept, lambda dy: dy * kept


@frozen
class BreaksInTraining(Function):
    def apply(self, x: Array, context: Context) -> tuple[Array, Callable[[Array], Array]]:
        scale = x.dtype.type(context.generator.random() if context.training else 1)  # type: ignore[attr-defined]
        return x * scale, lambda dy: dy * scale


@frozen
class StopsEarly(Right):
    def forward(self, parameters: Affine, x: Array, context: Context) -> Result[Affine]:
        y, pullback = super().forward(parameters, x, context)
        zero = Affine(np.zeros_like(parameters.weight), np.zeros_like(parameters.bias))
        return y, pullback if context.input_gradient else lambda dy: (dy, zero)


@frozen(eq=False)
class Mean:
    running: Array = statistic()


@frozen
class RecordsAlways(Layer[Mean]):
    """y = x - mean of all batches so far."""

    def initialize(self, x: Array, rng: Generator) -> Mean:
        return Mean(np.zeros(x.shape[-1]))

    def forward(self, parameters: Mean, x: Array, context: Context) -> Result[Mean]:
        new = parameters.running / 2 + x.reshape(-1, x.shape[-1]).mean(0) / 2
        context.record(parameters, attrs.evolve(parameters, running=new))
        return x - parameters.running, lambda dy: (dy, Mean())


@frozen
class UndeclaredBatchStatistics(Function):
    def apply(self, x: Array, context: Context) -> tuple[Array, Callable[[Array], Array]]:
        if not context.training:
            return x, lambda dy: dy
        return x - x.mean(0), lambda dy: dy - dy.mean(0)


@frozen
class RawErrors(AnyLayer):
    """A structure of its own, which says nothing about what it cannot take."""

    def build(self, x: object, builder: Builder) -> tuple[object, object]:
        array = cast("Array", x)
        return (), array[..., :1]

    def run(self, parameters: object, x: object, context: Context) -> AnyResult:
        array = cast("Array", x)

        def pullback(upstream: object) -> tuple[object, object]:
            gradient = np.zeros_like(array)
            gradient[..., :1] = upstream
            return gradient, ()

        return array[..., :1], pullback


FAULTY = [
    ("forward takes what initialize took", Transposed()),
    ("initial parameters are float64 arrays of their own", Float32Parameters()),
    ("initial parameters are float64 arrays of their own", OneArrayTwice()),
    ("the same seed gives the same numbers", GlobalSeed()),
    ("parameters do not depend on the batch", BatchInParameters()),
    ("gradients are right", BiasAveraged()),
    ("gradients are arrays of their own", ParameterAsGradient()),
    ("gradients fit what they are gradients of", ForgottenGradient()),
    ("the pullback is linear in the upstream", Clipped()),
    ("takes an example input", NeedsManyAxes()),
    ("takes one example, and many", FeaturesFirst()),
    ("inference draws no random numbers", AlwaysRandom()),
    ("runs in training and in inference", BreaksInTraining()),
    ("the input gradient may go unread", StopsEarly()),
    ("statistics are recorded in training only", RecordsAlways()),
    ("examples are independent", UndeclaredBatchStatistics()),
    ("bad input gets an error of nnframe", RawErrors()),
]
