"""Structure: finds out which elements of a variable move outputs of their own, so that they can be moved together.

A column of ``W`` in ``x @ W`` moves the same column of the output and nothing else. For an axis of the variable and an
axis of the output of the same length ``n``: move the slices whose index has bit ``k`` set, and look whether the outputs
whose index has it clear stay the same to the last bit; then the other way round. Two different indices differ in some
bit, so ``2 log2 n`` forwards prove that slice ``i`` moves slice ``i`` alone, at this point. (The idea of colouring a
Jacobian's columns is that of Curtis, Powell and Reid, 1974, with the pattern found instead of given.)
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from nnframe.arrays import Array, Booleans, Integers, Shape
from nnframe.verification.floats.blocked import CHUNK, Pattern
from nnframe.verification.floats.sampling import random_signs, random_sizes
from nnframe.verification.floats.step_scale import MANY, repeat_scaled
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.numerical.partition import AxisPair, Partition
from nnframe.verification.numerical.perturbation import Bundle, Move

__all__ = ["AMPLITUDES", "find_partition", "find_touched_slices", "is_affine", "may_have_structure"]

AMPLITUDES = (2.0**-4, 2.0**-12)
FEWEST_GROUPS = 8
AFFINE_UNITS = 128.0
PATTERN = 8191
MOST_MOVED = CHUNK


def find_partition(evaluator: Evaluator, path: str, rng: Generator, *, at_any_cost: bool = False) -> Partition:
    """The finest partition of a variable into blocks that move outputs of their own, as far as it pays."""
    shape, output_shape = evaluator.work[path].shape, evaluator.base.shape
    pairs: tuple[AxisPair, ...] = ()
    candidates = _candidates(shape, output_shape)
    if candidates:
        few = min(math.prod(shape), PATTERN)
        pattern = random_sizes(0.5, 1.0, few, rng)
        directions = repeat_scaled(math.prod(shape), pattern, evaluator.scales(path).usual)
    for a, b in candidates:
        taken = any(a == other or b == another for other, another in pairs)
        groups = math.prod(shape) // math.prod(shape[c] for c, _ in pairs)
        worth = 2 * _bits(shape[a]) < 2 * groups * (1 - 1 / shape[a])
        if not taken and (worth or at_any_cost) and _separable(evaluator, path, (a, b), directions):
            pairs = (*pairs, (a, b))
    return Partition(shape, output_shape, pairs)


def is_affine(evaluator: Evaluator, path: str, partition: Partition, rng: Generator) -> bool:
    """Return whether the forward looks affine in a variable: no second difference along a random direction.

    Asked only where it saves something. Nothing is concluded from it: it chooses the cheaper formula.
    """
    if partition.groups < FEWEST_GROUPS:
        return False
    scales = evaluator.scales(path).usual
    direction = repeat_scaled(scales.size, random_signs(min(scales.size, MANY), rng), scales)
    bundle = Bundle((Move(path, slice(None), direction),))
    right, left = evaluator.evaluate(bundle, 2.0**-3), evaluator.evaluate(bundle, -(2.0**-3))
    if right is None or left is None:
        return False
    size = np.abs(evaluator.base) + np.abs(right - evaluator.base)
    bend = np.abs((right - evaluator.base) + (left - evaluator.base))
    return bool(np.all(bend <= AFFINE_UNITS * evaluator.unit * np.maximum(size, size.mean())))


def may_have_structure(evaluator: Evaluator, path: str) -> bool:
    """Whether some axis of a variable is as long as one of the output: without a forward."""
    return bool(_candidates(evaluator.work[path].shape, evaluator.base.shape))


def _candidates(shape: tuple[int, ...], output_shape: tuple[int, ...]) -> list[AxisPair]:
    """Pairs of axes of equal length: the same place counted from the front first, then from the back, then the rest."""
    pairs = [(a, b) for a, n in enumerate(shape) for b, m in enumerate(output_shape) if n == m and n > 1]

    def distance(pair: AxisPair) -> tuple[int, int]:
        front, back = abs(pair[0] - pair[1]), abs(len(shape) - pair[0] - len(output_shape) + pair[1])
        return min(front, back), front

    return sorted(pairs, key=distance)


def _separable(evaluator: Evaluator, path: str, pair: AxisPair, directions: Array | Pattern) -> bool:
    """Whether slice after slice along an axis of the variable moves the same slice of the output alone."""
    a, b = pair
    shape = evaluator.work[path].shape
    return all(_stays(evaluator, move, b, ~side) for move, side in _halves(path, shape, a, directions))


def _halves(path: str, shape: Shape, axis: int, directions: Array | Pattern) -> Iterator[tuple[Move, Booleans]]:
    """Moves of the slices whose index has a bit set, and of the others, bit by bit; and which slices these are."""
    length, inner = shape[axis], math.prod(shape[axis + 1 :])
    index = np.arange(length)
    chosen = _some(shape, axis)
    position = None if chosen is None else chosen // inner % length
    for bit in range(_bits(length)):
        marked = (index >> bit) & 1 == 1
        for side in (marked, ~marked):
            if chosen is None or position is None:  # what moves by nothing stays, and contiguous moves are quicker
                moved = np.asarray(directions[:]).reshape(-1, length, inner) * side[:, None]
                yield Move(path, slice(None), moved.reshape(-1)), side
            else:
                some = chosen[side[position]]
                yield Move(path, some, directions[some]), side


def _some(shape: Shape, axis: int) -> Integers | None:
    """None for all elements; of a large array, the flat indices of those at some places of the other axes."""
    size, length = math.prod(shape), shape[axis]
    inner = math.prod(shape[axis + 1 :])
    others = size // length
    if size <= MOST_MOVED:
        return None
    places = np.unique(np.linspace(0, others - 1, max(2, MOST_MOVED // length)).astype(np.intp))
    outer, within = places // inner, places % inner
    return (outer[:, None] * length * inner + within[:, None] + np.arange(length) * inner).reshape(-1)


def _stays(evaluator: Evaluator, move: Move, axis: int, still: Booleans) -> bool:
    """Whether outputs stay bitwise the same while some elements move."""
    for amplitude in AMPLITUDES:
        output = evaluator.evaluate(Bundle((move,)), amplitude)
        if output is not None:
            return not (find_touched_slices(output != evaluator.base, axis) & still).any()
    return False


def _bits(length: int) -> int:
    return max(1, (length - 1).bit_length())


def find_touched_slices(outputs: Booleans, axis: int) -> Booleans:
    """Which slices of an axis hold some of the outputs.

    >>> find_touched_slices(np.array([[False, True, False], [False, True, False]]), 1)
    array([False,  True, False])
    """
    before, length, inner = math.prod(outputs.shape[:axis]), outputs.shape[axis], math.prod(outputs.shape[axis + 1 :])
    anywhere = np.logical_or.reduce(outputs.reshape(before, length * inner), 0)
    return np.asarray(anywhere.reshape(length, inner).any(1))
