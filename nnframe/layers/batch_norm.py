"""BatchNorm: each feature with the mean and the variance of the batch."""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array
from nnframe.checks import fraction, positive
from nnframe.errors import ShapeError
from nnframe.interfaces import Context, Layer, Result, statistic
from nnframe.interfaces.parameters import constant_parameter
from nnframe.layers.columns import columns_of
from nnframe.layers.moments import Measured, measure_columns

__all__ = ["BatchNorm", "Moments"]


@frozen(eq=False)
class Moments:
    """The parameters of BatchNorm: each (features,)."""

    scale: Array
    shift: Array
    running_mean: Array = statistic()
    running_variance: Array = statistic()


@frozen
class BatchNorm(Layer[Moments]):
    """y = scale · (x - μ) / √(σ² + ε) + shift, with μ and σ² of each feature over all other axes.

    In training μ and σ² are those of the batch; in inference the running ones, which after each step are
    momentum · old + (1 - momentum) · new, the new variance being the unbiased one (divided by n - 1).
    Source: Ioffe and Szegedy 2015. (batch, ..., features) -> the same.

    Args:
        momentum: How much of the running statistics a step keeps, in [0, 1).
        epsilon: ε.

    >>> layer = BatchNorm()
    >>> parameters = layer.initialize(np.ones((2, 1)), np.random.default_rng(0))
    >>> layer.forward(parameters, np.array([[1.0], [3.0]]), Context(training=True))[0].round(3)
    array([[-1.],
           [ 1.]])
    """

    momentum: float = attrs.field(default=0.9, validator=fraction)
    epsilon: float = attrs.field(default=1e-5, validator=positive)

    @property
    def batch_independent(self) -> bool:
        return False

    def initialize(self, x: Array, rng: Generator) -> Moments:
        if x.ndim < 2:
            raise ShapeError(f"BatchNorm expects (batch, ..., features), got {x.shape}: flatten or reshape the input")
        return Moments(*(constant_parameter(value, x.shape[-1]) for value in (1.0, 0.0, 0.0, 1.0)))

    def forward(self, parameters: Moments, x: Array, context: Context) -> Result[Moments]:
        count = x.size // max(x.shape[-1], 1)
        learning = context.training and count > 0
        if learning:
            found = measure_columns(x, 1, x.shape[-1], self.epsilon, parameters.scale)
            self._record(parameters, found, count, context)
        else:
            mean, variance = parameters.running_mean[None], parameters.running_variance[None]
            found = Measured(columns_of(x, 1, parameters.scale), mean, variance, 1 / np.sqrt(variance + self.epsilon))
        columns, mean, inverse = found.columns, found.mean, found.inverse
        slope = inverse * parameters.scale
        y = columns.rescaled(mean, slope, parameters.shift[None])

        def pullback(dy: Array) -> tuple[Array, Moments]:
            dshift, products = columns.products(dy, mean)
            share = slope / max(count, 1) if learning else np.zeros_like(slope)
            dx = columns.pulled(dy, mean, slope, share * dshift, share * products * inverse * inverse)
            return found.enlarge(dx).reshape(x.shape), Moments((products * inverse)[0], dshift[0])

        return y.reshape(x.shape), pullback

    def _record(self, parameters: Moments, found: Measured, count: int, context: Context) -> None:
        kept, unbiased = self.momentum, count / max(count - 1, 1)
        mean, variance = (each[0] for each in found.moments())
        running_mean = kept * parameters.running_mean + (1 - kept) * mean
        running_variance = kept * parameters.running_variance + (1 - kept) * unbiased * variance
        context.record(parameters, Moments(parameters.scale, parameters.shift, running_mean, running_variance))
