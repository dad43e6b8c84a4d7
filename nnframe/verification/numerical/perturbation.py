"""Bundle: straight lines through the point that one pair of forwards explores together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from attrs import frozen

from nnframe.arrays import Array, Integers
from nnframe.verification.floats.blocked import CHUNK, Pattern, Signs
from nnframe.verification.numerical.partition import Partition

__all__ = ["Bundle", "Move", "move_elements", "move_groups"]


@frozen(eq=False)
class Move:
    """Elements of one variable, and how far each of them moves per unit of the line's parameter ``t``."""

    path: str
    index: Integers | slice
    weight: Array | Pattern | Signs


@frozen(eq=False)
class Bundle:
    """One line for each block of a partition: ``θ + t d``, where block after block is read off its own outputs.

    Args:
        moves: What moves; the elements of a move are ordered (members, blocks).
        lines: The number of blocks.
    """

    moves: tuple[Move, ...]
    lines: int = 1

    def predict_slopes(self, gradients: Mapping[str, Array]) -> tuple[Array, Array]:
        """Return the slope that a gradient predicts, line by line, ``Σ_i d_i g_i``; and ``Σ_i |d_i g_i|``."""
        slope, size = np.zeros(self.lines), np.zeros(self.lines)
        for move in self.moves:
            moved = gradients[move.path].reshape(-1)[move.index]
            rows = max(1, CHUNK // self.lines) * self.lines
            for start in range(0, moved.size, rows):
                products = (moved[start : start + rows] * move.weight[start : start + rows]).reshape(-1, self.lines)
                slope += products.sum(0)
                size += np.abs(products, out=products).sum(0)
        return slope, size


def move_elements(path: str, partition: Partition, group: int, scales: Array) -> Bundle:
    """One element in each block: a group of a partition.

    Args:
        path: The variable.
        partition: Its blocks.
        group: Which group.
        scales: (blocks,) how far each element moves.
    """
    blocks = partition.blocks
    index = slice(group * blocks, (group + 1) * blocks) if partition.is_contiguous else partition.members(group)
    return Bundle((Move(path, index, scales),), blocks)


def move_groups(path: str, partition: Partition, rows: slice, direction: Array | Pattern | Signs) -> Bundle:
    """Many elements in each block at once: a random direction over some groups of a partition.

    Args:
        path: The variable.
        partition: Its blocks.
        rows: Which groups.
        direction: How far every element of the variable moves (flat).
    """
    first, last = rows.start, rows.stop
    if partition.is_contiguous:
        index: Integers | slice = slice(first * partition.blocks, last * partition.blocks)
    else:
        index = partition.members(rows).reshape(-1)
    whole = isinstance(index, slice) and (index.start, index.stop) == (0, len(direction))
    return Bundle((Move(path, index, direction if whole else direction[index]),), partition.blocks)
