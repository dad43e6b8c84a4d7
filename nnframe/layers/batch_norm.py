"""BatchNorm: each feature with the mean and the variance of the batch."""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array
from nnframe.arrays.parallel import for_each
from nnframe.checks import fraction, positive
from nnframe.errors import ShapeError
from nnframe.interfaces import Context, Layer, Result, statistic
from nnframe.layers.normalization import pieces, side_by_side, sums_of_places

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
        zeros, ones = np.zeros(x.shape[-1]), np.ones(x.shape[-1])
        return Moments(ones, zeros, zeros.copy(), ones.copy())

    def forward(self, parameters: Moments, x: Array, context: Context) -> Result[Moments]:
        features, count = x.shape[-1], x.size // max(x.shape[-1], 1)
        k = side_by_side(count, features)
        wide = x.reshape(count // k, k * features)
        mean, variance = parameters.running_mean, parameters.running_variance
        learning = context.training and count > 0
        if learning:
            mean = _mean(wide, features)
            variance = _variance(wide, mean, k)
            self._record(parameters, mean, variance, count, context)
        inverse = 1 / np.sqrt(variance + self.epsilon)
        means, slopes, shifts = (np.tile(v, k) for v in (mean, inverse * parameters.scale, parameters.shift))
        y = np.empty_like(wide)

        def fill(some: slice) -> None:
            part = np.subtract(wide[some], means, out=y[some])
            part *= slopes
            part += shifts

        for_each(fill, pieces(wide), x.size)

        def pullback(dy: Array) -> tuple[Array, Moments]:
            upstream = dy.reshape(wide.shape)
            dshift, dscale = _sums(upstream, wide, means, features)
            dscale *= inverse
            level, lean = (
                np.tile(parameters.scale * inverse * v / max(count, 1), k) for v in (dshift, dscale * inverse)
            )
            level -= means * lean
            dx = np.empty_like(wide)

            def pull(some: slice) -> None:
                part = np.multiply(upstream[some], slopes, out=dx[some])
                if learning:
                    part -= level
                    part -= wide[some] * lean

            for_each(pull, pieces(wide), x.size)
            return dx.reshape(x.shape), Moments(dscale, dshift)

        return y.reshape(x.shape), pullback

    def _record(self, parameters: Moments, mean: Array, variance: Array, count: int, context: Context) -> None:
        kept, unbiased = self.momentum, count / max(count - 1, 1)
        running_mean = kept * parameters.running_mean + (1 - kept) * mean
        running_variance = kept * parameters.running_variance + (1 - kept) * unbiased * variance
        context.record(parameters, Moments(parameters.scale, parameters.shift, running_mean, running_variance))


def _mean(wide: Array, features: int) -> Array:
    mean: Array = sums_of_places(wide[None], features)[0] / (wide.size // features)
    return mean


def _variance(wide: Array, mean: Array, k: int) -> Array:
    means = np.tile(mean, k)

    def share(some: slice) -> Array:
        part = wide[some] - means
        squares: Array = np.einsum("nk,nk->k", part, part)
        return squares

    return _added(for_each(share, pieces(wide), wide.size), len(mean)) / (wide.size // len(mean))


def _sums(upstream: Array, wide: Array, means: Array, features: int) -> tuple[Array, Array]:
    """Σ dy and Σ dy (x - μ) of each feature."""

    def share(some: slice) -> Array:
        products: Array = np.einsum("nk,nk->k", wide[some] - means, upstream[some])
        return products

    products = for_each(share, pieces(wide), wide.size)
    return sums_of_places(upstream[None], features)[0], _added(products, features)


def _added(sums: list[Array], features: int) -> Array:
    """Put together what stands side by side, (k · features,) of each piece."""
    total: Array = sum(sums, np.zeros(1, sums[0].dtype)).reshape(-1, features).sum(0) if sums else np.zeros(features)
    return total
