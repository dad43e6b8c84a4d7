"""One direction: whether the slope along it is what the gradients promise, as far as a few steps show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from nnframe.arrays import Array
from nnframe.verification.comparison.adaptive import PredictedSlope, promise_of
from nnframe.verification.comparison.quick import agrees_at_once, agrees_at_second
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.numerical.extrapolation import estimate, stack
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.numerical.perturbation import Bundle
from nnframe.verification.numerical.step_ladder import ladder_of

__all__ = ["agrees_soon"]


def agrees_soon(probe: Evaluator, bundle: Bundle, gradients: Sequence[Mapping[str, Array]], unit: float) -> bool:
    """Whether one step shows that the promise is kept, or two of those that follow; if not, nothing is said.

    A kink that lies on the way of the larger steps does not lie on that of the smaller ones.
    """
    partition, ladder = Partition((), probe.base.shape), ladder_of(probe.unit)
    promised = promise_of([bundle], gradients, unit)
    promise = PredictedSlope(promised.slope, promised.size, np.abs(promised.slope), unit)
    first = probe.rung(partition, [bundle], ladder.main)
    if agrees_at_once(promise, first).all():
        return True
    larger = first
    for exponent in (ladder.second, *ladder.near):
        smaller = probe.rung(partition, [bundle], exponent)
        if agrees_at_second(promise, estimate(stack([larger, smaller]), measured=False), larger, smaller).all():
            return True
        larger = smaller
    return False
