"""Evaluator: evaluates the forward along lines, and reads each line off its own outputs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import numpy as np
from attrs import define, field

from nnframe.arrays import Array
from nnframe.verification.floats.blocked import CHUNK
from nnframe.verification.floats.shifted import Shifted, pieces
from nnframe.verification.function.function import FunctionUnderTest
from nnframe.verification.numerical.contraction import Readout, contraction_of
from nnframe.verification.numerical.difference import CentralDifference, side_by_side
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.numerical.perturbation import Bundle, Move

__all__ = ["Evaluator"]

LEFT_DOMAIN = (ValueError, ArithmeticError)
"""What a forward may raise outside its domain (``math.log(-1)``): such a step is not usable."""
MOST_STORED = 2**20
LARGE = 2**20


@define(eq=False)
class Evaluator:
    """Evaluates one subject around its point.

    Attributes:
        subject: What is verified.
        base: The output at the point.
        upstreams: The upstream gradients that slopes are contracted with.
        unit: The unit round-off of the forward.
        seconds: What the fastest forward took.
        work: Contiguous copies of the variables, in which elements are moved and put back; of a large subject, those
            that it lends.
    """

    subject: FunctionUnderTest
    base: Array
    upstreams: Sequence[Array]
    unit: float
    work: dict[str, Array] = field(init=False)
    seconds: float = float("inf")
    _flat: dict[str, Array] = field(init=False)
    _originals: dict[str, Array] = field(init=False, factory=dict)
    _contraction: Readout | None = field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        lent = self.subject.lent
        spare = lent is not None and not self.subject.fragile and all(each.flags.c_contiguous for each in lent.values())
        self.work = lent if lent is not None and spare else self.subject.copies("C")
        self._flat = {path: value.reshape(-1) for path, value in self.work.items()}

    def output(self, bundle: Bundle, t: float) -> Array | None:
        """The output at ``t`` along all lines of a bundle; None where the forward refuses."""
        kept = [(self._flat[move.path], move, self._kept(move)) for move in bundle.moves]
        try:
            for flat, move, before in kept:
                _shift(flat, move, before, t)
            started = time.perf_counter()
            output = self.subject.output(self.work)
            self.seconds = min(self.seconds, time.perf_counter() - started)
            for flat, _, _ in kept:
                if np.may_share_memory(output, flat):
                    output = output.copy()  # an output may be its input, which moves back below
        except LEFT_DOMAIN:
            return None
        finally:
            for flat, move, before in kept:
                _put_back(flat, move, before)
        return output if output.shape == self.base.shape else None

    def _kept(self, move: Move) -> Array | Shifted:
        """A copy of what is going to move; of a large part, the original, which nothing writes to, or how it came."""
        part = self._flat[move.path][move.index]
        if not isinstance(move.index, slice):
            return part
        if part.size < LARGE:
            return part.copy()
        if move.path in self.subject.origins:
            return self.subject.origins[move.path].part(move.index)
        if move.path not in self._originals:
            self._originals[move.path] = self.subject.values[move.path].reshape(-1)
        return self._originals[move.path][move.index]

    def scales(self, path: str) -> Array:
        """The scale of each element of a variable (``element_scales``)."""
        return self.subject.scales(path)

    def usual_scales(self, path: str) -> Array:
        """The scale of each element of a variable; one for all where there are very many."""
        return self.subject.usual_scales(path)

    @property
    def size(self) -> int:
        """The elements of all variables and of the output: what a forward reads and writes at least."""
        return self.base.size + sum(value.size for value in self.work.values())

    @property
    def forwards_left(self) -> float:
        """How many forwards the budget still allows; a limit in seconds is shared out by what a forward took."""
        budget = self.subject.budget
        left = budget.forwards - self.subject.forwards
        if budget.seconds < float("inf"):
            if not np.isfinite(self.seconds):
                self.output(Bundle(()), 0.0)
            left = min(left, budget.seconds / max(self.seconds, 1e-9) / 2)
        return left

    def slopes(self, partition: Partition, bundles: Sequence[Bundle], exponent: int) -> Array:
        """(upstreams, lines) the central differences along all lines of some bundles, and nothing else."""
        step = 2.0**exponent
        plus, minus = (self.differences(partition, bundles, t) for t in (step, -step))
        return self.contraction(partition).slopes(step, plus, minus)

    def rung(
        self, partition: Partition, bundles: Sequence[Bundle], exponent: int, *, both: bool = True
    ) -> CentralDifference:
        """One rung of the ladder for all lines of some bundles, which share a partition."""
        step, contraction = 2.0**exponent, self.contraction(partition)
        rungs = []
        for chunk in _chunks(bundles, self.base.size):
            plus = self.differences(partition, chunk, step)
            rungs.append(contraction.rung(step, plus, self.differences(partition, chunk, -step) if both else None))
        return side_by_side(rungs)

    def differences(self, partition: Partition, bundles: Sequence[Bundle], t: float) -> Array:
        """(bundles, rest, blocks): how far each output moved."""
        outputs = (self.output(bundle, t) for bundle in bundles)
        return self.contraction(partition).differences(outputs, len(bundles))

    def contraction(self, partition: Partition) -> Readout:
        """How lines are read off the outputs; that of the last partition is kept."""
        if self._contraction is None or self._contraction.partition is not partition:
            self._contraction = contraction_of(partition, self.base, self.upstreams, self.unit)
        return self._contraction


def _shift(flat: Array, move: Move, before: Array | Shifted, t: float) -> None:
    """Move elements by ``t`` times their weight, piece by piece where they lie side by side."""
    if not isinstance(before, Shifted) and not isinstance(move.index, slice):
        flat[move.index] = before + t * move.weight[:]
        return
    target = flat[move.index]
    if not isinstance(before, Shifted) and before.size <= CHUNK:
        np.add(before, t * move.weight[:], out=target, casting="same_kind")
        return
    for piece in pieces(target.size):
        np.add(before[piece], t * move.weight[piece], out=target[piece], casting="same_kind")


def _put_back(flat: Array, move: Move, before: Array | Shifted) -> None:
    """Undo a move."""
    if not isinstance(before, Shifted):
        flat[move.index] = before
        return
    target = flat[move.index]
    for piece in pieces(target.size):
        target[piece] = before[piece]


def _chunks(bundles: Sequence[Bundle], size: int) -> Iterator[Sequence[Bundle]]:
    count = max(1, MOST_STORED // max(size, 1))
    for start in range(0, len(bundles), count):
        yield bundles[start : start + count]
