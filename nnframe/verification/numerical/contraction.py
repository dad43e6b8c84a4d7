"""Readout: reads the lines of a partition off the outputs, under each upstream."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.verification.numerical.difference import CentralDifference
from nnframe.verification.numerical.partition import Partition

__all__ = ["Readout", "contraction_of"]


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

    def slopes(self, step: float, plus: Array, minus: Array) -> Array:
        """(upstreams, lines) the central differences, and nothing of what they may be off by."""
        return self._with(self.weights, plus - minus) / (2 * step)

    def rung(self, step: float, plus: Array, minus: Array | None) -> CentralDifference:
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


def contraction_of(partition: Partition, base: Array, upstreams: Sequence[Array], unit: float) -> Readout:
    """The upstreams and the output at the point, arranged."""
    y = partition.arrange(base).astype(np.float64, copy=False)
    weights = np.stack([partition.arrange(each) for each in upstreams]).astype(np.float64, copy=False)
    return Readout(partition, y, weights, unit)
