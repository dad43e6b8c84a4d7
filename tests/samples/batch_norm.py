"""A batch norm: running statistics."""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array
from nnframe.interfaces import Context, Layer, Result, statistic


@frozen(eq=False)
class Moments:
    """scale, shift: (features,); mean, variance: running statistics, (features,)."""

    scale: Array
    shift: Array
    mean: Array = statistic()
    variance: Array = statistic()


@frozen
class SmallBatchNorm(Layer[Moments]):
    """y = scale (x - mean) / sqrt(variance + ε) + shift, over the batch while training."""

    momentum: float = 0.9
    epsilon: float = 1e-3

    def initialize(self, x: Array, rng: Generator) -> Moments:
        features = x.shape[-1]
        return Moments(np.ones(features), np.zeros(features), np.zeros(features), np.ones(features))

    def forward(self, parameters: Moments, x: Array, context: Context) -> Result[Moments]:
        mean, variance = parameters.mean, parameters.variance
        if context.training:
            mean, variance = x.mean(0), x.var(0)
            old, new = self.momentum, 1 - self.momentum
            recorded = {
                "mean": old * parameters.mean + new * mean,
                "variance": old * parameters.variance + new * variance,
            }
            context.record(parameters, attrs.evolve(parameters, **recorded))
        inverse = 1 / np.sqrt(variance + self.epsilon)
        centred = (x - mean) * inverse
        training = context.training

        def pullback(dy: Array) -> tuple[Array, Moments]:
            gradient = Moments((dy * centred).sum(0), dy.sum(0))
            upstream = dy * parameters.scale
            if training:
                upstream = upstream - upstream.mean(0) - centred * (upstream * centred).mean(0)
            return upstream * inverse, gradient

        return parameters.scale * centred + parameters.shift, pullback
