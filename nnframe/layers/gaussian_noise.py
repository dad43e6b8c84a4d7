"""GaussianNoise: adds noise while training."""

from __future__ import annotations

from collections.abc import Callable

import attrs
from attrs import frozen

from nnframe.arrays import Array
from nnframe.checks import not_negative
from nnframe.interfaces import Context, Function

__all__ = ["GaussianNoise"]


@frozen
class GaussianNoise(Function):
    """y = x + ε with ε ~ N(0, deviation²), drawn for each element; in inference y = x.

    Source: Bishop 1995, "Training with noise is equivalent to Tikhonov regularization".

    Args:
        deviation: The standard deviation of the noise.

    >>> import numpy as np
    >>> y, pull = GaussianNoise(0.1).apply(np.zeros(3), Context(training=True, rng=np.random.default_rng(0)))
    >>> bool(0 < abs(y).max() < 1), pull(np.ones(3))
    (True, array([1., 1., 1.]))
    """

    deviation: float = attrs.field(default=0.1, validator=not_negative)

    def apply(self, x: Array, context: Context) -> tuple[Array, Callable[[Array], Array]]:
        if not context.training or self.deviation == 0:
            return x, lambda dy: dy
        noise = context.rng.standard_normal(x.shape, dtype=x.dtype.type)
        noise *= self.deviation
        noise += x
        return noise, lambda dy: dy
