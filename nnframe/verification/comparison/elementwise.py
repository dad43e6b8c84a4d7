"""Every element of one variable is compared with a derivative of its own, block after block.

A block is a number of lines that are in memory together: a step for all of them, a second one for those that are open,
much smaller ones where a kink is near, and the whole ladder for what is left. Of a large variable only what is not
right is kept, the worst element, and sums over all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from attrs import define, field

from nnframe.arrays import Array, Integers
from nnframe.verification.budget import BudgetSpent
from nnframe.verification.comparison.block import Block
from nnframe.verification.comparison.evidence import (
    FAILED,
    KINK,
    MOST_LINES,
    UNNOTICED,
    Lines,
    Measurement,
    Tally,
    find_corner,
)
from nnframe.verification.comparison.prediction import LineResult, compute_slope
from nnframe.verification.comparison.variable import Variable
from nnframe.verification.numerical.partition import Partition

__all__ = ["compare_elements"]

BLOCK = 2**13
"""Lines that are compared at once."""


def compare_elements(
    variable: Variable,
    partitions: Sequence[Partition],
    *,
    straight: bool = False,
    groups: Integers | None = None,
) -> Measurement:
    """Compare every element of a gradient with a derivative of its own.

    Args:
        variable: The variable with its gradients.
        partitions: Which of its elements can be moved together: one for each part of the variable.
        straight: The forward is affine in the variable, so that one side is enough.
        groups: Only these groups of the partition; None for all.
    """
    work = _Elementwise(variable, straight)
    for batch in work.split(partitions, groups):
        work.compare(batch)
    return work.conclude(partitions[0])


@define(eq=False)
class _Elementwise:
    """What is known of one variable while its blocks are compared one after another."""

    variable: Variable
    straight: bool
    tally: Tally = field(init=False)
    _kept: list[Lines] = field(init=False, factory=list)
    _largest: tuple[Array, Array] = field(init=False)
    """(upstreams, 1) the largest element of the analytic gradient, and of what was measured so far."""
    _climbed: LineResult | None = field(init=False, default=None)
    """What the whole ladder said last: the noise that it measured judges the blocks that follow."""
    _spent: bool = field(init=False, default=False)

    def __attrs_post_init__(self) -> None:
        excess = np.full(self.variable.size, np.nan, np.float32) if self.variable.pictured else None
        self.tally = Tally(self.variable.shape, excess=excess)
        analytic = np.array([[max(-each.min(), each.max())] for each in self.variable.own_gradients], dtype=np.float64)
        self._largest = analytic, np.zeros_like(analytic)

    def split(self, partitions: Sequence[Partition], groups: Integers | None) -> Iterator[list[Block]]:
        """Yield blocks in batches that are in memory together; that with the largest gradients comes first."""
        jobs = [
            (partition, rows)
            for partition in partitions
            for rows in _split_rows(np.arange(partition.groups) if groups is None else groups, partition.blocks)
        ]
        if sum(len(rows) * partition.blocks for partition, rows in jobs) <= BLOCK:
            yield [self._make(*job) for job in jobs]
            return
        places = [int(np.abs(each).argmax()) for each in self.variable.own_gradients]
        jobs.sort(key=lambda job: not any((job[0].members(job[1]) == place).any() for place in places))
        for job in jobs:
            yield [self._make(*job)]

    def _make(self, partition: Partition, rows: Integers) -> Block:
        return Block(self.variable, partition, rows, self.straight)

    def compare(self, batch: Sequence[Block]) -> None:
        """Compare some blocks, unless the budget is spent; keep what is worth it."""
        try:
            if not self._spent:
                for block in batch:
                    block.measure_first()
                    self._see(block)
                for block in batch:
                    block.largest = np.minimum(*self._largest)
                    self._climbed = block.compare(self._climbed) or self._climbed
        except BudgetSpent:
            self._spent = True
        for block in batch:
            self.tally.add(block.lines)
            self._kept += self._choose(block.lines)

    def _see(self, block: Block) -> None:
        sizes = np.abs(compute_slope(block.rungs[0])) / block.scales
        numeric = np.where(np.isfinite(sizes), sizes, 0.0).max(axis=1, keepdims=True, initial=0.0)
        self._largest = self._largest[0], np.maximum(self._largest[1], numeric)

    def _choose(self, lines: Lines) -> list[Lines]:
        """What is kept of some lines."""
        if self.variable.size <= MOST_LINES:
            return [lines]
        corner = find_corner(self.variable.shape)
        places = np.unravel_index(lines.index, self.variable.shape)
        wanted = np.all([place < part.stop for place, part in zip(places, corner, strict=True)], axis=0)
        bad = np.isin(lines.state, (FAILED, KINK, UNNOTICED))
        room = MOST_LINES - sum(len(each.index) for each in self._kept)
        wanted[np.flatnonzero(bad)[: max(0, room)]] = True
        wanted[lines.excess().argmax()] = True
        return [lines.take(np.flatnonzero(wanted))]

    def conclude(self, partition: Partition) -> Measurement:
        """Return what is known."""
        kept = Lines.join(self._kept, len(self.variable.gradients))
        whole = self.variable.size <= MOST_LINES
        return Measurement(kept, self.tally, partition, whole=whole)


def _split_rows(rows: Integers, blocks: int) -> list[Integers]:
    count = max(1, BLOCK // max(blocks, 1))
    return [rows[start : start + count] for start in range(0, len(rows), count)]
