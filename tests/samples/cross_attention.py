"""A cross-attention: a tuple of inputs, a gradient for each."""

from __future__ import annotations

import math

import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array
from nnframe.interfaces import Context, Layer, Result

Pair = tuple[Array, Array]


@frozen(eq=False)
class Projections:
    """query, key, value: (features, width)."""

    query: Array
    key: Array
    value: Array


@frozen
class SmallCrossAttention(Layer[Projections, Pair]):
    """softmax(Q Kᵀ / √width) V, with Q from the first input, K and V from the second; each (batch, time, features)."""

    width: int

    def initialize(self, x: Pair, rng: Generator) -> Projections:
        first, second = (part.shape[-1] for part in x)
        return Projections(*(rng.normal(size=(n, self.width)) / math.sqrt(n) for n in (first, second, second)))

    def forward(self, parameters: Projections, x: Pair, context: Context) -> Result[Projections, Pair]:
        first, second = x
        query, key, value = first @ parameters.query, second @ parameters.key, second @ parameters.value
        scores = query @ key.mT / math.sqrt(self.width)
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)

        def pullback(dy: Array) -> tuple[Pair, Projections]:
            dweights = dy @ value.mT
            dscores = weights * (dweights - (weights * dweights).sum(-1, keepdims=True)) / math.sqrt(self.width)
            dquery, dkey, dvalue = dscores @ key, dscores.mT @ query, weights.mT @ dy
            dsecond = dkey @ parameters.key.T + dvalue @ parameters.value.T
            gradient = Projections(_outer(first, dquery), _outer(second, dkey), _outer(second, dvalue))
            return (dquery @ parameters.query.T, dsecond), gradient

        return weights @ value, pullback


def _outer(x: Array, dy: Array) -> Array:
    return x.reshape(-1, x.shape[-1]).T @ dy.reshape(-1, dy.shape[-1])
