"""Dropout: hides elements at random while training."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.checks import fraction
from nnframe.interfaces import Context
from nnframe.layers.linear import LinearFunction

__all__ = ["Dropout"]


@frozen
class Dropout(LinearFunction):
    """y = x m / (1 - rate), each m being 0 with probability ``rate`` and else 1; in inference y = x.

    Source: Srivastava et al. 2014, in the inverted form, which needs no scaling in inference.

    Args:
        rate: The probability that an element is hidden, in [0, 1).

    >>> import numpy as np
    >>> y, _ = Dropout(0.5).apply(np.ones(4), Context(training=True, rng=np.random.default_rng(0)))
    >>> sorted(set(y.tolist()))
    [0.0, 2.0]
    """

    rate: float = attrs.field(validator=fraction)

    def apply(self, x: Array, context: Context) -> tuple[Array, Callable[[Array], Array]]:
        if not context.training or self.rate == 0:
            return x, lambda dy: dy
        kept = context.rng.random(x.shape, dtype=np.float32) >= self.rate
        scale = kept.astype(x.dtype)
        scale /= 1 - self.rate
        return x * scale, lambda dy: dy * scale
