"""Gates by way of the hyperbolic tangent: σ(z) = ½ + ½ tanh(z / 2).

So that one call of tanh serves all gates of a step, the columns of the weights that lead into a sigmoid are halved
beforehand, which is exact; and so are, at the end, their gradients.
"""

from __future__ import annotations

import numpy as np

from nnframe.arrays import Array
from nnframe.layers.recurrent import Recurrence

__all__ = ["halved"]


def halved(weights: Recurrence, sigmoids: int) -> Recurrence:
    """Return the weights with their first ``sigmoids`` columns halved.

    >>> halved(Recurrence(np.ones((1, 2)), np.ones((1, 2)), np.ones(2)), 1).bias
    array([0.5, 1. ])
    """
    factors = np.ones(weights.bias.shape[0], weights.bias.dtype)
    factors[:sigmoids] = 0.5

    def scaled(array: Array) -> Array:
        return array * factors

    return Recurrence(
        scaled(weights.input_weight), scaled(weights.recurrent_weight), scaled(weights.bias), weights.candidate_bias
    )
