"""Evaluator: evaluates the forward along lines through a point, and reads each line off its own outputs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from attrs import define, field

from nnframe.arrays import Array
from nnframe.verification.floats.blocked import CHUNK, split_into_pieces
from nnframe.verification.floats.step_scale import StepScales
from nnframe.verification.function.function import FunctionUnderTest, PointRefused
from nnframe.verification.numerical.difference import CentralDifference, Readout, put_side_by_side, read_out
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.numerical.perturbation import Bundle, Move

__all__ = ["Evaluator"]

MOST_STORED = 2**17
"""Output elements that are kept at once."""


@define(eq=False)
class Evaluator:
    """Evaluates one function around its point.

    Args:
        function: What is verified.
        base: The output at the point.
        upstreams: The upstream gradients that slopes are contracted with.
        unit: The unit round-off of the forward.
        workspace: Copies of the variables that may be used for moving elements; None to make them.

    Attributes:
        work: Contiguous copies of the variables, in which elements are moved and put back.
        seconds: What the fastest forward took.
    """

    function: FunctionUnderTest
    base: Array
    upstreams: Sequence[Array]
    unit: float
    workspace: Mapping[str, Array] | None = field(default=None, repr=False)
    work: dict[str, Array] = field(init=False)
    seconds: float = field(default=float("inf"), init=False)
    _flat: dict[str, Array] = field(init=False)
    _scales: dict[str, StepScales] = field(init=False, factory=dict)
    _readout: Readout | None = field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        copies = self.workspace or {}
        self.work = {
            path: copies[path] if path in copies and copies[path].flags.c_contiguous else np.array(value, order="C")
            for path, value in self.function.values.items()
        }
        self._flat = {path: value.reshape(-1) for path, value in self.work.items()}
        self.workspace = None

    def evaluate(self, bundle: Bundle, t: float) -> Array | None:
        """Return the output at ``t`` along all lines of a bundle; None where the forward refuses."""
        kept = [(self._flat[move.path], move, self._find_original(move)) for move in bundle.moves]
        try:
            for flat, move, before in kept:
                _move(flat, move, before, t)
            started = time.perf_counter()
            output = self.function.compute_output(self.work)
            self.seconds = min(self.seconds, time.perf_counter() - started)
            for flat, _, _ in kept:
                if np.may_share_memory(output, flat):
                    output = output.copy()  # an output may be its input, which moves back below
        except PointRefused:
            return None
        finally:
            for flat, move, before in kept:
                flat[move.index] = before
        return output if output.shape == self.base.shape else None

    def _find_original(self, move: Move) -> Array:
        """What is going to move, as it is: a copy, or of a large part the point itself, which nothing writes to."""
        if not isinstance(move.index, slice):
            return self._flat[move.path][move.index]
        values = self.function.values[move.path]
        part = self._flat[move.path][move.index]
        return values.reshape(-1)[move.index] if part.size > CHUNK and values.flags.c_contiguous else part.copy()

    def scales(self, path: str) -> StepScales:
        """The scale of each element of a variable."""
        if path not in self._scales:
            self._scales[path] = StepScales.of(self.function.values[path])
        return self._scales[path]

    @property
    def size(self) -> int:
        """The elements of all variables and of the output: what a forward reads and writes at least."""
        return self.base.size + sum(value.size for value in self.work.values())

    def count_forwards_left(self) -> float:
        """Return how many forwards the budget still allows; a limit in seconds is shared out by what one takes."""
        budget = self.function.budget
        if budget.seconds < float("inf") and not np.isfinite(self.seconds):
            self.evaluate(Bundle(()), 0.0)
        return budget.count_forwards_left(self.seconds)

    def measure_slopes(self, partition: Partition, bundles: Sequence[Bundle], exponent: int) -> Array:
        """Return (upstreams, lines): the central differences along all lines of some bundles, and nothing else."""
        step = 2.0**exponent
        plus, minus = (self.measure_changes(partition, bundles, t) for t in (step, -step))
        return self.arrange(partition).compute_slopes(step, plus, minus)

    def measure(
        self, partition: Partition, bundles: Sequence[Bundle], exponent: int, *, both: bool = True
    ) -> CentralDifference:
        """Measure one step, on both sides or on one, for all lines of some bundles, which share a partition."""
        step, readout = 2.0**exponent, self.arrange(partition)
        rungs = []
        for chunk in _split(bundles, self.base.size):
            plus = self.measure_changes(partition, chunk, step)
            rungs.append(readout.contract(step, plus, self.measure_changes(partition, chunk, -step) if both else None))
        return put_side_by_side(rungs)

    def measure_changes(self, partition: Partition, bundles: Sequence[Bundle], t: float) -> Array:
        """Return (bundles, rest, blocks): how far each output moved."""
        outputs = (self.evaluate(bundle, t) for bundle in bundles)
        return self.arrange(partition).subtract_base(outputs, len(bundles))

    def arrange(self, partition: Partition) -> Readout:
        """Return how lines are read off the outputs; that of the last partition is kept."""
        if self._readout is None or self._readout.partition is not partition:
            self._readout = read_out(partition, self.base, self.upstreams, self.unit)
        return self._readout


def _move(flat: Array, move: Move, before: Array, t: float) -> None:
    """Move elements by ``t`` times their weight, piece by piece where they are many."""
    if not isinstance(move.index, slice):
        flat[move.index] = before + t * move.weight[:]
        return
    target = flat[move.index]
    for piece in split_into_pieces(target.size):
        np.add(before[piece], t * move.weight[piece], out=target[piece], casting="same_kind")


def _split(bundles: Sequence[Bundle], size: int) -> Iterator[Sequence[Bundle]]:
    count = max(1, MOST_STORED // max(size, 1))
    for start in range(0, len(bundles), count):
        yield bundles[start : start + count]
