"""Contraction: reads the lines of a partition off the outputs, under each upstream."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from attrs import field, frozen

from nnframe.arrays import Array
from nnframe.verification.partition import Partition
from nnframe.verification.rung import Rung

__all__ = ["Contraction", "contraction_of"]


@frozen(eq=False)
class Contraction:
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
    _sizes: Array = field(init=False)
    """``|u|``"""
    _largest: Array = field(init=False)
    """(upstreams, 1, blocks) of ``|u y|``"""
    _squares: Array = field(init=False)
    """``(u y)²``, in units of the largest"""
    _total: Array = field(init=False)
    """(upstreams, 1, blocks) their sum"""

    @_sizes.default
    def _weigh(self) -> Array:
        return np.abs(self.weights)

    @_largest.default
    def _measure(self) -> Array:
        products = self._sizes * np.abs(self.base)
        largest = products[:, :1] if products.shape[1] == 1 else products.max(1, initial=0.0, keepdims=True)
        return np.asarray(np.maximum(largest, np.finfo(np.float64).tiny))

    @_squares.default
    def _square(self) -> Array:
        return np.asarray(np.square(self._sizes * np.abs(self.base) / self._largest))

    @_total.default
    def _add_up(self) -> Array:
        return np.asarray(self._squares.sum(1, keepdims=True))

    def differences(self, outputs: Iterable[Array | None], count: int) -> Array:
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

    def rung(self, step: float, plus: Array, minus: Array | None) -> Rung:
        """What differences on both sides say; of a one-sided rung, on one."""
        right = self._with(self.weights, plus)
        moved = plus != 0 if minus is None else (plus != 0) | (minus != 0)
        if moved.all():
            squares: Array = np.broadcast_to(self._total, (len(self.weights), len(plus), self.base.shape[1]))
            still: Array = np.zeros(right.shape)
        else:
            squares = np.einsum("mrb,lrb->mlb", self._squares, moved)
            still = self._noise(np.maximum(self._total - squares, 0.0))
        quantum = self._noise(squares)
        if minus is None:
            terms = self._with(self._sizes, np.abs(plus))
            return Rung(step, right, np.full_like(right, np.nan), quantum, still, terms, self.unit)
        left = self._with(self.weights, minus)
        apart = np.subtract(plus, minus)
        np.abs(apart, out=apart)
        if np.isnan(left).any():
            apart = np.where(np.isnan(minus), 2 * np.abs(plus), apart)
        return Rung(step, right, left, quantum, still, self._with(self._sizes, apart), self.unit)

    def _with(self, weights: Array, moved: Array) -> Array:
        """(upstreams, lines) weighted sums."""
        return np.asarray(np.einsum("mrb,lrb->mlb", weights, moved).reshape(len(weights), -1))

    def _noise(self, squares: Array) -> Array:
        return np.asarray((self.unit * self._largest * np.sqrt(squares)).reshape(len(self.weights), -1))


def contraction_of(partition: Partition, base: Array, upstreams: Sequence[Array], unit: float) -> Contraction:
    """The upstreams and the output at the point, arranged."""
    weights = np.stack([partition.arrange(each) for each in upstreams]).astype(np.float64, copy=False)
    return Contraction(partition, partition.arrange(base).astype(np.float64, copy=False), weights, unit)
