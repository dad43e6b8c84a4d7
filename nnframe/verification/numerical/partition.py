"""Partition: which elements of a variable may be moved together, and which outputs tell them apart."""

from __future__ import annotations

import math
from functools import cached_property

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
    >>> dense.members()
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

    @cached_property
    def is_contiguous(self) -> bool:
        """Whether the elements of a group lie side by side, group after group."""
        first = len(self.shape) - len(self.pairs)
        return not self.strips and [a for a, _ in self.pairs] == list(range(first, len(self.shape)))

    @property
    def _axes(self) -> tuple[AxisPair, ...]:
        """What tells the blocks apart, in order."""
        return (*self.pairs, *(each.axes for each in self.strips))

    def members(self, rows: slice | Integers | int = slice(None)) -> Integers:
        """Return (groups, blocks): the flat index of each block's element in some groups; (blocks,) of one."""
        first, offsets = self._offsets
        return np.asarray(first[rows][..., None] + offsets)

    @cached_property
    def _offsets(self) -> tuple[Integers, Integers]:
        """The flat index of each group's first place, and how far behind it each block's is."""
        strides = [math.prod(self.shape[axis + 1 :]) for axis in range(len(self.shape))]
        places = {a: np.arange(self.shape[a]) for a, _ in self.pairs} | {
            each.axes[0]: each.slices for each in self.strips
        }
        free = [axis for axis in range(len(self.shape)) if axis not in places]
        groups, blocks = np.zeros((1,), dtype=np.intp), np.zeros((1,), dtype=np.intp)
        for axis in free:
            groups = np.add.outer(groups, np.arange(self.shape[axis]) * strides[axis]).reshape(-1)
        for axis, each in places.items():
            blocks = np.add.outer(blocks, each * strides[axis]).reshape(-1)
        return groups, blocks

    def find(self, elements: Integers) -> tuple[Integers, Integers]:
        """Return the group and the block of some elements, of a partition without strips."""
        index = np.unravel_index(elements, self.shape) if self.shape else ()
        cut = [a for a, _ in self.pairs]
        found = []
        for axes in ([axis for axis in range(len(self.shape)) if axis not in cut], cut):
            place = np.zeros(elements.shape, dtype=np.intp)
            for axis in axes:
                place = place * self.shape[axis] + index[axis]
            found.append(place)
        return found[0], found[1]

    def arrange(self, output: Array) -> Array:
        """An output as (rest, blocks): what tells the blocks apart comes last; 0 behind the narrower strips."""
        if self.strips:
            places, behind = self._places
            arranged = output.reshape(-1).take(places)
            if len(behind):
                arranged.reshape(-1)[behind] = 0
            return arranged
        if not self.pairs:
            return output.reshape(-1, 1)
        return output.transpose(self._order).reshape(-1, self.blocks)

    @cached_property
    def _places(self) -> tuple[Integers, Integers]:
        """(rest, blocks): the flat index of each output that a block moves; and which of these are behind a strip."""
        strips = {each.axes[1]: each.outputs.T for each in self.strips}
        parts = [strips.get(axis, np.arange(length)) for axis, length in enumerate(self.output_shape)]
        cut = [b for _, b in self._axes]
        rest = [(axis, 0) for axis in range(len(parts)) if axis in strips or axis not in cut]
        order = [*rest, *((axis, -1) for axis in cut)]  # a strip's axis is two: what is in the strip, and the strips
        inside, outside, behind = np.zeros((), dtype=np.intp), np.zeros((), dtype=np.intp), np.zeros((), dtype=bool)
        for axis, part in enumerate(parts):
            shape = [part.shape[which] if own == axis else 1 for own, which in order]
            offsets = (np.maximum(part, 0) * math.prod(self.output_shape[axis + 1 :])).reshape(shape)
            if axis in strips:
                inside, behind = inside + offsets, behind | (part < 0).reshape(shape)
            else:
                outside = outside + offsets
        if behind.any():
            inside = np.where(behind, -math.prod(self.output_shape), inside)
        index = np.add(inside, outside, order="C").reshape(-1)
        hidden = np.flatnonzero(index < 0) if behind.any() else np.zeros(0, dtype=np.intp)
        index[hidden] = 0
        return index.reshape(-1, self.blocks), hidden
