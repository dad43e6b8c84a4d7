"""CentralDifference: what one step to both sides of the point shows of some lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from attrs import frozen

from nnframe.arrays import Array, Booleans

__all__ = ["CentralDifference", "side_by_side"]


@frozen(eq=False)
class CentralDifference:
    """The differences of the output at one step on both sides of the point, contracted with each upstream.

    Args:
        step: ``t``, in units of each line's direction.
        plus: (upstreams, lines) ``Σ_o u_o (y_o(+t) - y_o(0))``; NaN where the forward left its domain.
        minus: The same at ``-t``; NaN everywhere in a one-sided rung.
        quantum: ``ε √Σ (u_o y_o)²`` over the outputs that moved: the unit of noise.
        still: The same over those that did not.
        terms: ``Σ_o |u_o| |y_o(+t) - y_o(-t)|``: what cancels in the sum.
        unit: The unit round-off of the forward.
    """

    step: float
    plus: Array
    minus: Array
    quantum: Array
    still: Array
    terms: Array
    unit: float = 2.0**-53

    def at(self, lines: Booleans) -> CentralDifference:
        """The same for some lines."""
        if lines.all():
            return self
        index = np.flatnonzero(lines)
        return self.changed(lambda part: part.take(index, 1))

    def changed(self, change: Callable[[Array], Array]) -> CentralDifference:
        """The same with everything that it holds by line changed."""
        quantum, still, terms = map(change, (self.quantum, self.still, self.terms))
        return CentralDifference(self.step, change(self.plus), change(self.minus), quantum, still, terms, self.unit)


def side_by_side(rungs: Sequence[CentralDifference]) -> CentralDifference:
    """Rungs of one step as one, with the lines of each after those of the one before."""
    if len(rungs) == 1:
        return rungs[0]
    columns = [(each.plus, each.minus, each.quantum, each.still, each.terms) for each in rungs]
    plus, minus, quantum, still, terms = (np.concatenate(column, axis=1) for column in zip(*columns, strict=True))
    return CentralDifference(rungs[0].step, plus, minus, quantum, still, terms, rungs[0].unit)
