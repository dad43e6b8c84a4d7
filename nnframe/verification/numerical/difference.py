"""CentralDifference: what one step to both sides of the point shows of some lines, read off the outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

import numpy as np
from attrs import frozen

from nnframe.arrays import Array, Booleans
from nnframe.verification.numerical.partition import Partition

__all__ = ["CentralDifference", "Readout", "put_side_by_side", "read_out"]


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


def put_side_by_side(rungs: Sequence[CentralDifference]) -> CentralDifference:
    """Rungs of one step as one, with the lines of each after those of the one before."""
    if len(rungs) == 1:
        return rungs[0]
    columns = [(each.plus, each.minus, each.quantum, each.still, each.terms) for each in rungs]
    plus, minus, quantum, still, terms = (np.concatenate(column, axis=1) for column in zip(*columns, strict=True))
    return CentralDifference(rungs[0].step, plus, minus, quantum, still, terms, rungs[0].unit)


@frozen(eq=False)
class Readout:
    """The upstreams and the output at the point, arranged as a partition has it: what stays the same from step to step.

    Args:
        partition: What tells the lines apart.
        base: (rest, blocks) the output at the point.
        weights: (upstreams, rest, blocks) the upstreams.
        unit: The unit round-off of the forward.
    """

    partition: Partition
    base: Array
    weights: Array
    unit: float

    @cached_property
    def _sizes(self) -> Array:
        """``|u|``"""
        return np.abs(self.weights)

    @cached_property
    def _products(self) -> tuple[Array, Array]:
        """``|u y|`` in units of the largest of each block; and the largest, (upstreams, 1, blocks)."""
        products = self._sizes * np.abs(self.base)
        largest = products.copy() if len(self.base) == 1 else products.max(1, initial=0.0, keepdims=True)
        np.maximum(largest, np.finfo(np.float64).tiny, out=largest)
        products /= largest
        return products, largest

    @cached_property
    def _total(self) -> Array:
        """(upstreams, 1, blocks) the sum of their squares."""
        products = self._products[0]
        return np.asarray(np.einsum("mrb,mrb->mb", products, products)[:, None])

    def subtract_base(self, outputs: Iterable[Array | None], count: int) -> Array:
        """(count, rest, blocks): how far each output moved, read before the next is asked for; NaN where it is None."""
        moved = np.empty((count, *self.base.shape))
        for row, output in zip(moved, outputs, strict=True):
            if output is None:
                row[...] = np.nan
            else:
                np.subtract(self.partition.arrange(output), self.base, out=row)
        if not np.isfinite(moved.sum()):
            moved[np.isinf(moved)] = np.nan
        return moved

    def compute_slopes(self, step: float, plus: Array, minus: Array) -> Array:
        """(upstreams, lines) the central differences, and nothing of what they may be off by."""
        return self._with(self.weights, plus - minus) / (2 * step)

    def contract(self, step: float, plus: Array, minus: Array | None) -> CentralDifference:
        """What differences on both sides say; of a one-sided rung, on one."""
        right = self._with(self.weights, plus)
        moved = plus != 0 if minus is None else (plus != 0) | (minus != 0)
        if moved.all():
            squares: Array = np.broadcast_to(self._total, (len(self.weights), len(plus), self.base.shape[1]))
            still: Array = np.zeros(right.shape)
        else:
            squares = np.einsum("mrb,lrb->mlb", np.square(self._products[0]), moved)
            still = self._noise(np.maximum(self._total - squares, 0.0))
        quantum = self._noise(squares)
        if minus is None:
            terms = self._with(self._sizes, np.abs(plus))
            return CentralDifference(step, right, np.full_like(right, np.nan), quantum, still, terms, self.unit)
        left = self._with(self.weights, minus)
        apart = np.subtract(plus, minus)
        np.abs(apart, out=apart)
        if np.isnan(left).any():
            apart = np.where(np.isnan(minus), 2 * np.abs(plus), apart)
        return CentralDifference(step, right, left, quantum, still, self._with(self._sizes, apart), self.unit)

    def _with(self, weights: Array, moved: Array) -> Array:
        """(upstreams, lines) weighted sums."""
        return np.asarray(np.einsum("mrb,lrb->mlb", weights, moved).reshape(len(weights), -1))

    def _noise(self, squares: Array) -> Array:
        return np.asarray((self.unit * self._products[1] * np.sqrt(squares)).reshape(len(self.weights), -1))


def read_out(partition: Partition, base: Array, upstreams: Sequence[Array], unit: float) -> Readout:
    """The upstreams and the output at the point, arranged."""
    y = partition.arrange(base).astype(np.float64, copy=False)
    weights = np.stack([partition.arrange(each) for each in upstreams]).astype(np.float64, copy=False)
    return Readout(partition, y, weights, unit)
