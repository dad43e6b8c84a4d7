"""Partition: which elements of a variable may be moved together, and which outputs tell them apart."""

from __future__ import annotations

import math
from functools import cached_property
from itertools import chain

import numpy as np
from attrs import field, frozen

from nnframe.arrays import Array, Integers, Shape

__all__ = ["AxisPair", "Partition", "Strips"]

AxisPair = tuple[int, int]
"""An axis of a variable, and the axis of the output that it moves slice by slice."""


@frozen(eq=False)
class Strips:
    """Some slices of a variable's axis that move strips of an output's axis, no two of them the same slice.

    Args:
        axes: The axis of the variable, and that of the output.
        slices: (count,) which slices of the variable's axis.
        outputs: (count, widest) which slices of the output's axis each of them moves; -1 behind a narrower strip.
    """

    axes: AxisPair
    slices: Integers
    outputs: Integers


@frozen(eq=False)
class Partition:
    """A variable, or a part of one, cut into blocks, each of which moves outputs of its own.

    Args:
        shape: Of the variable.
        output_shape: Of the output.
        pairs: The separable axes: slice ``j`` of the variable's axis moves slice ``j`` of the output's, and no other.
        strips: Axes of which only some slices are in this part, and what they move.

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
    strips: tuple[Strips, ...] = ()
    blocks: int = field(init=False)
    groups: int = field(init=False)
    _order: tuple[int, ...] = field(init=False)

    @blocks.default
    def _blocks(self) -> int:
        return math.prod(self.shape[a] for a, _ in self.pairs) * math.prod(len(each.slices) for each in self.strips)

    @groups.default
    def _groups(self) -> int:
        cut = {a for a, _ in self._axes}
        return math.prod(length for a, length in enumerate(self.shape) if a not in cut)

    @_order.default
    def _output_order(self) -> tuple[int, ...]:
        axes = [b for _, b in self.pairs]
        return (*(b for b in range(len(self.output_shape)) if b not in axes), *axes)

    @property
    def is_whole(self) -> bool:
        """Whether it is not cut at all: every group is one element, and all outputs are its."""
        return not self._axes

    @property
    def _axes(self) -> tuple[AxisPair, ...]:
        """What tells the blocks apart, in order."""
        return (*self.pairs, *(each.axes for each in self.strips))

    @cached_property
    def members(self) -> Integers:
        """(groups, blocks): the flat index of each block's element in each group."""
        index = np.arange(math.prod(self.shape))
        if self.is_whole:
            return index[:, None]
        axes = [a for a, _ in self._axes]
        free = [a for a in range(len(self.shape)) if a not in axes]
        index = index.reshape(self.shape)
        for each in self.strips:
            index = index.take(each.slices, each.axes[0])
        return index.transpose(*free, *axes).reshape(self.groups, self.blocks)

    def arrange(self, output: Array) -> Array:
        """An output as (rest, blocks): what tells the blocks apart comes last; 0 behind the narrower strips."""
        if self.strips:
            return np.append(output, output.dtype.type(0))[self._places]
        if not self.pairs:
            return output.reshape(-1, 1)
        return output.transpose(self._order).reshape(-1, self.blocks)

    @cached_property
    def _places(self) -> Integers:
        """(rest, blocks): the flat index of each output that a block moves; -1 behind the narrower strips."""
        index = np.arange(math.prod(self.output_shape)).reshape(self.output_shape)
        shape = [(length,) for length in self.output_shape]
        for each in self.strips:
            axis = each.axes[1]
            edge = [(0, int(axis == other)) for other in range(index.ndim)]
            index = np.pad(index, edge, constant_values=-1).take(each.outputs.reshape(-1), axis)
            shape[axis] = each.outputs.shape
        first = np.cumsum([0, *map(len, shape)])
        blocks = [int(first[b]) for _, b in self._axes]
        rest = [axis for axis in range(int(first[-1])) if axis not in blocks]
        return index.reshape(tuple(chain(*shape))).transpose(*rest, *blocks).reshape(-1, self.blocks)
