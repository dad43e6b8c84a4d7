"""Upstream gradients to verify a pullback with."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from nnframe.arrays import Array
from nnframe.verification.floats.sampling import random_sizes

__all__ = ["draw_upstreams"]


def draw_upstreams(output: Array, rng: Generator, captured: Array | None = None) -> list[Array]:
    """Two upstream gradients for an output: the captured one, or a random one, and a random one.

    Of random signs, and of sizes between a half and one and a half, so that no output is drowned by the others. Some
    mistakes show only under one of them. A single number as output gets 1 and another number.

    >>> [float(each) for each in draw_upstreams(np.array(3.0), np.random.default_rng(0))]
    [1.0, -1.5684808436607272]
    """
    dtype, usable = output.dtype, captured is not None and bool(captured.any())
    if output.size == 1:
        other = -1.0 - rng.uniform(0.25, 0.75)
        chosen = [np.ones(output.shape, dtype), np.full(output.shape, other).astype(dtype)]
    else:
        chosen = [random_sizes(0.5, 1.5, output.shape, rng).astype(dtype) for _ in range(2 - usable)]
    return [np.array(captured), chosen[-1]] if usable else chosen
