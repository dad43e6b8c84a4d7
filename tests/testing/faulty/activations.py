"""Mistakes in activations: their mathematics, their precision, and what they share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.interfaces import Activation, Elementwise

__all__ = ["FAULTY"]

Forward = tuple[Array, Callable[[Array], Array]]
_LAST: dict[str, Array] = {}


@frozen
class WrongDerivative(Elementwise):
    def value(self, x: Array) -> Array:
        return np.tanh(x)

    def derivative(self, x: Array, y: Array) -> Array:
        return 1 + y * y


@frozen
class WrongOnOneSide(Elementwise):
    def value(self, x: Array) -> Array:
        return np.where(x > 0, x, x.dtype.type(0.01) * x)

    def derivative(self, x: Array, y: Array) -> Array:
        return (x > 0).astype(x.dtype)


@frozen
class InPlace(Activation):
    def forward(self, x: Array) -> Forward:
        mask = x > 0
        x *= mask
        return x, lambda dy: dy * mask


@frozen
class InPlaceUpstream(Activation):
    def forward(self, x: Array) -> Forward:
        def pullback(dy: Array) -> Array:
            dy *= x > 0
            return dy

        return np.maximum(x, 0), pullback


@frozen
class NaiveSoftmax(Activation):
    def forward(self, x: Array) -> Forward:
        e = np.exp(x)
        y = e / e.sum(-1, keepdims=True)
        return y, lambda dy: y * (dy - (dy * y).sum(-1, keepdims=True))


@frozen
class UpstreamIgnored(Activation):
    def forward(self, x: Array) -> Forward:
        return np.tanh(x), lambda dy: 1 - np.tanh(x) ** 2


@frozen
class Promotes(Elementwise):
    def value(self, x: Array) -> Array:
        return np.sqrt(2.0) * x

    def derivative(self, x: Array, y: Array) -> Array:
        return np.sqrt(2.0) + 0 * x


@frozen
class KeepsLastInput(Activation):
    def forward(self, x: Array) -> Forward:
        _LAST["tanh"] = np.tanh(x)
        return _LAST["tanh"], lambda dy: dy * (1 - _LAST["tanh"] ** 2)


@frozen
class WorksOutside(Activation):
    """y = 2x: right, as long as nobody else computes at the same time."""

    def forward(self, x: Array) -> Forward:
        _LAST["y"] = 2 * x
        for _ in range(20):
            _LAST["y"] = np.negative(_LAST["y"])
        return _LAST["y"], lambda dy: 2 * dy


@frozen
class DropsAnAxis(Activation):
    def forward(self, x: Array) -> Forward:
        return x.mean(-1), lambda dy: np.broadcast_to(dy[..., None] / x.dtype.type(x.shape[-1]), x.shape).copy()


@frozen
class OverTheBatch(Activation):
    def forward(self, x: Array) -> Forward:
        return x - x.mean(0), lambda dy: dy - dy.mean(0)


@frozen
class RowByRow(Activation):
    def forward(self, x: Array) -> Forward:
        return np.stack([np.tanh(row) for row in x]), lambda dy: dy * (1 - np.tanh(x) ** 2)


@frozen
class GlobalNoise(Activation):
    def forward(self, x: Array) -> Forward:
        return x + np.random.normal(size=x.shape).astype(x.dtype), lambda dy: dy  # noqa: NPY002


@frozen
class SummedGradient(Activation):
    def forward(self, x: Array) -> Forward:
        return 2 * x, lambda dy: 2 * dy.sum(0)


@frozen
class Accumulates(Activation):
    def forward(self, x: Array) -> Forward:
        total = np.zeros_like(x)

        def pullback(dy: Array) -> Array:
            nonlocal total
            total += 2 * dy
            return total

        return 2 * x, pullback


FAULTY = [
    ("gradients are right", WrongDerivative()),
    ("gradients are right", WrongOnOneSide()),
    ("leaves its arguments alone", InPlace()),
    ("leaves its arguments alone", InPlaceUpstream()),
    ("large inputs give no NaN", NaiveSoftmax()),
    ("the pullback is linear in the upstream", UpstreamIgnored()),
    ("keeps float32 and float64", Promotes()),
    ("the pullback belongs to its forward", KeepsLastInput()),
    ("several threads can use it at once", WorksOutside()),
    ("the output has the shape of the input", DropsAnAxis()),
    ("examples are independent", OverTheBatch()),
    ("takes an empty batch in inference", RowByRow()),
    ("the same seed gives the same numbers", GlobalNoise()),
    ("gradients fit what they are gradients of", SummedGradient()),
    ("the pullback can be called twice", Accumulates()),
]
