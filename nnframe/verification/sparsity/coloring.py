"""Cover: parts of a variable that overlap in no output, found where elements move a few neighbouring outputs each.

A pixel of an image moves the windows it is in. The slices of an axis are moved one after the other, to see which strip
of the output's axis each of them moves; slices whose strips do not overlap are then moved together, as in the colouring
of a Jacobian's columns (Curtis, Powell and Reid, 1974). With a kernel of three that makes three parts for an axis of
any length.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from nnframe.arrays import Array, Booleans, Integers, Shape
from nnframe.verification.floats.blocked import Pattern
from nnframe.verification.floats.sampling import Draws, random_sizes
from nnframe.verification.floats.step_scale import MANY, repeat_scaled
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.numerical.partition import AxisPair, Partition, Strips
from nnframe.verification.numerical.perturbation import Bundle, Move
from nnframe.verification.sparsity.detection import AMPLITUDES, find_touched_slices

__all__ = ["find_cover"]

FEW = 16
FEWEST_SLICES = 3


def find_cover(evaluator: Evaluator, path: str, partition: Partition) -> tuple[Partition, ...]:
    """Partitions of parts of a variable, which together are the variable; the one given where that saves nothing."""
    free = [a for a in range(len(partition.shape)) if a not in {a for a, _ in partition.pairs}]
    left, cut, groups = _free_outputs(partition), [], partition.groups
    directions = _directions(evaluator.scales(path).usual) if groups > FEW and left else np.zeros(0)
    for a in sorted(free, key=lambda a: -partition.shape[a]):
        length = partition.shape[a]
        if groups <= FEW or not left or not FEWEST_SLICES <= length <= _affordable(evaluator, groups):
            continue
        parts = _parts_of_axis(evaluator, path, a, left, directions)
        if parts is not None and 2 * len(parts) <= length:
            cut.append(parts)
            left.remove(parts[0].axes[1])
            groups = groups * len(parts) // length
    return tuple(Partition(partition.shape, partition.output_shape, partition.pairs, each) for each in product(*cut))


def _affordable(evaluator: Evaluator, groups: int) -> float:
    """How many forwards may be spent on an axis: half as many as there are groups, and a quarter of what is left."""
    return min(groups / 2, evaluator.count_forwards_left() / 4)


def _parts_of_axis(
    evaluator: Evaluator, path: str, a: int, left: Sequence[int], directions: Array | Pattern
) -> list[Strips] | None:
    """The slices of an axis in parts; None where the one in the middle moves more than half of each output axis."""
    shape = evaluator.work[path].shape
    middle = _moved(evaluator, path, _index_slice(shape, a, shape[a] // 2), directions)
    strips = {b: _strip(middle, b) for b in left}
    b = min(left, key=lambda b: float(strips[b].mean()))
    if 2 * strips[b].sum() > len(strips[b]):
        return None
    return _parts((a, b), np.stack(list(_measure_strips(evaluator, path, (a, b), directions))))


def _measure_strips(evaluator: Evaluator, path: str, axes: AxisPair, directions: Array | Pattern) -> Iterator[Booleans]:
    shape, (a, b) = evaluator.work[path].shape, axes
    for place in range(shape[a]):
        yield _strip(_moved(evaluator, path, _index_slice(shape, a, place), directions), b)


def _index_slice(shape: Shape, axis: int, place: int) -> Integers:
    """The flat indices of one slice."""
    inner = math.prod(shape[axis + 1 :])
    outer = np.arange(math.prod(shape[:axis])) * shape[axis] * inner + place * inner
    return (outer[:, None] + np.arange(inner)).reshape(-1)


def _free_outputs(partition: Partition) -> list[int]:
    taken = {b for _, b in partition.pairs}
    return [b for b, length in enumerate(partition.output_shape) if b not in taken and length >= FEWEST_SLICES]


def _directions(scales: Array) -> Array | Pattern:
    """How far each element moves: generic, so that no two moves cancel."""
    rng = Draws(0).generator("", "cover")
    return repeat_scaled(scales.size, random_sizes(0.5, 1.0, min(scales.size, MANY), rng), scales)


def _moved(evaluator: Evaluator, path: str, index: Integers, directions: Array | Pattern) -> Booleans:
    """Which outputs move with one slice of the variable; all, where that cannot be seen."""
    bundle = Bundle((Move(path, index, directions[index]),))
    for amplitude in AMPLITUDES:
        output = evaluator.evaluate(bundle, amplitude)
        if output is not None:
            return np.asarray(output != evaluator.base)
    return np.ones(evaluator.base.shape, dtype=bool)


def _strip(outputs: Booleans, b: int) -> Booleans:
    """The slices of an axis of the output from the first to the last that moves."""
    moved = np.flatnonzero(find_touched_slices(outputs, b))
    strip = np.zeros(outputs.shape[b], dtype=bool)
    if len(moved):
        strip[moved[0] : moved[-1] + 1] = True
    return strip


def _parts(axes: AxisPair, moved: Booleans) -> list[Strips]:
    """The slices of an axis, shared out to parts whose strips do not overlap."""
    chosen: list[list[int]] = []
    covered: list[Booleans] = []
    for number, strip in enumerate(moved):
        part = next((part for part, before in enumerate(covered) if not (before & strip).any()), len(covered))
        if part == len(covered):
            chosen.append([])
            covered.append(np.zeros_like(strip))
        chosen[part].append(number)
        covered[part] = covered[part] | strip
    return [Strips(axes, np.array(each), _columns(moved[each])) for each in chosen]


def _columns(moved: Booleans) -> Integers:
    """(slices, widest): where each row is true; -1 behind."""
    columns = np.full((len(moved), max(int(moved.sum(1).max()), 1)), -1)
    for row, strip in zip(columns, moved, strict=True):
        where = np.flatnonzero(strip)
        row[: len(where)] = where
    return columns
