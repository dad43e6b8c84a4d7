"""One direction: whether the slope along it is what the gradients promise, as far as a few steps show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from nnframe.arrays import Array
from nnframe.verification.judge.ladder import Promise, promise_of
from nnframe.verification.judge.quick import agrees_at_once, agrees_at_second
from nnframe.verification.measure.bundle import Bundle
from nnframe.verification.measure.estimate import estimate, stack
from nnframe.verification.measure.partition import Partition
from nnframe.verification.measure.probe import Probe
from nnframe.verification.measure.steps import ladder_of

__all__ = ["agrees_soon"]


def agrees_soon(probe: Probe, bundle: Bundle, gradients: Sequence[Mapping[str, Array]], unit: float) -> bool:
    """Whether one step shows that the promise is kept, or two of those that follow; if not, nothing is said.

    A kink that lies on the way of the larger steps does not lie on that of the smaller ones.
    """
    partition, ladder = Partition((), probe.base.shape), ladder_of(probe.unit)
    promised = promise_of([bundle], gradients, unit)
    promise = Promise(promised.slope, promised.size, np.abs(promised.slope), unit)
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
