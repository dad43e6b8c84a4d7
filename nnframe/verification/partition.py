"""Partition: which elements of a variable may be moved together, and which outputs tell them apart."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
from attrs import field, frozen

from nnframe.arrays import Array, Integers, Shape

__all__ = ["AxisPair", "Partition"]

AxisPair = tuple[int, int]
"""An axis of a variable, and the axis of the output that it moves slice by slice."""


@frozen(eq=False)
class Partition:
    """A variable cut into blocks, each of which moves outputs of its own.

    Args:
        shape: Of the variable.
        output_shape: Of the output.
        pairs: The separable axes: slice ``j`` of the variable's axis moves slice ``j`` of the output's, and no other.

    >>> dense = Partition((3, 2), (5, 2), ((1, 1),))          # the weight of a dense layer: column by column
    >>> dense.blocks, dense.groups
    (2, 3)
    >>> dense.members
    array([[0, 1],
           [2, 3],
           [4, 5]])
    """

    shape: Shape
    output_shape: Shape
    pairs: tuple[AxisPair, ...] = ()
    blocks: int = field(init=False)
    groups: int = field(init=False)
    _order: tuple[int, ...] = field(init=False)

    @blocks.default
    def _blocks(self) -> int:
        return math.prod(self.shape[a] for a, _ in self.pairs)

    @groups.default
    def _groups(self) -> int:
        return math.prod(self.shape) // max(self.blocks, 1)

    @_order.default
    def _output_order(self) -> tuple[int, ...]:
        axes = [b for _, b in self.pairs]
        return (*(b for b in range(len(self.output_shape)) if b not in axes), *axes)

    @cached_property
    def members(self) -> Integers:
        """(groups, blocks): the flat index of each block's element in each group."""
        index = np.arange(math.prod(self.shape))
        if not self.pairs:
            return index[:, None]
        axes = [a for a, _ in self.pairs]
        free = [a for a in range(len(self.shape)) if a not in axes]
        return index.reshape(self.shape).transpose(*free, *axes).reshape(self.groups, self.blocks)

    def arrange(self, output: Array) -> Array:
        """An output as (rest, blocks): what tells the blocks apart comes last."""
        if not self.pairs:
            return output.reshape(-1, 1)
        return output.transpose(self._order).reshape(-1, self.blocks)
