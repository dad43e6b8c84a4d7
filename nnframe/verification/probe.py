"""Probe: evaluates the forward along lines, and reads each line off its own outputs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from attrs import define, field, frozen

from nnframe.arrays import Array, Booleans
from nnframe.verification.bundle import Bundle, Move
from nnframe.verification.partition import Partition
from nnframe.verification.pattern import CHUNK
from nnframe.verification.subject import Subject

__all__ = ["Probe", "Rung"]

LEFT_DOMAIN = (ValueError, ArithmeticError)
"""What a forward may raise outside its domain (``math.log(-1)``): such a step is not usable."""
MOST_STORED = 2**20
LARGE = 2**20


@frozen(eq=False)
class Rung:
    """The differences of the output at one step on both sides of the point, contracted with each upstream.

    Args:
        step: ``t``, in units of each line's direction.
        plus: (upstreams, lines) ``Σ_o u_o (y_o(+t) - y_o(0))``; NaN where the forward left its domain.
        minus: The same at ``-t``; NaN everywhere in a one-sided rung.
        quantum: ``ε √Σ (u_o y_o)²`` over the outputs that moved: the unit of noise.
        still: The same over those that did not.
        terms: ``Σ_o |u_o| |y_o(+t) - y_o(-t)|``: what cancels in the sum.
        unit: The unit round-off of the forward.
    """

    step: float
    plus: Array
    minus: Array
    quantum: Array
    still: Array
    terms: Array
    unit: float = 2.0**-53

    def at(self, lines: Booleans) -> Rung:
        """The same for some lines."""
        if lines.all():
            return self
        index = np.flatnonzero(lines)
        return self.changed(lambda part: part.take(index, 1))

    def changed(self, change: Callable[[Array], Array]) -> Rung:
        """The same with everything that it holds by line changed."""
        quantum, still, terms = map(change, (self.quantum, self.still, self.terms))
        return Rung(self.step, change(self.plus), change(self.minus), quantum, still, terms, self.unit)


@define(eq=False)
class Probe:
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

    subject: Subject
    base: Array
    upstreams: Sequence[Array]
    unit: float
    work: dict[str, Array] = field(init=False)
    seconds: float = float("inf")
    _flat: dict[str, Array] = field(init=False)
    _originals: dict[str, Array] = field(init=False, factory=dict)

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
            if any(np.may_share_memory(output, flat) for flat, _, _ in kept):
                output = output.copy()  # an output may be its input, which moves back below
        except LEFT_DOMAIN:
            return None
        finally:
            for flat, move, before in kept:
                flat[move.index] = before
        return output if output.shape == self.base.shape else None

    def _kept(self, move: Move) -> Array:
        """A copy of what is going to move; of a large part, the original, which nothing writes to."""
        part = self._flat[move.path][move.index]
        if not isinstance(move.index, slice):
            return part
        if part.size < LARGE:
            return part.copy()
        if move.path not in self._originals:
            self._originals[move.path] = self.subject.values[move.path].reshape(-1)
        return self._originals[move.path][move.index]

    def timed(self) -> float:
        """How long a forward takes at the point, in seconds."""
        self.output(Bundle(()), 0.0)
        return self.seconds

    def rung(self, partition: Partition, bundles: Sequence[Bundle], exponent: int, *, both: bool = True) -> Rung:
        """One rung of the ladder for all lines of some bundles, which share a partition."""
        weights = np.stack([partition.arrange(each) for each in self.upstreams]).astype(np.float64, copy=False)
        parts = [
            self._contract(partition, weights, chunk, 2.0**exponent, both) for chunk in _chunks(bundles, self.base.size)
        ]
        joined = [np.concatenate(column, axis=1) for column in zip(*parts, strict=True)] if len(parts) > 1 else parts[0]
        right, left, quantum, still, terms = joined
        return Rung(2.0**exponent, right, left, quantum, still, terms, self.unit)

    def _contract(
        self, partition: Partition, weights: Array, bundles: Sequence[Bundle], step: float, both: bool
    ) -> tuple[Array, ...]:
        base = partition.arrange(self.base).astype(np.float64, copy=False)
        plus = self.differences(partition, bundles, base, step)
        minus = self.differences(partition, bundles, base, -step) if both else plus
        moved = (plus != 0) | (minus != 0)
        sizes = np.abs(weights * base)
        largest = np.maximum(sizes.max(1, initial=0.0), np.finfo(np.float64).tiny)
        squares = (sizes / largest[:, None]) ** 2
        count = len(self.upstreams)
        units = self.unit * largest[:, None]
        quantum = (units * np.sqrt(np.einsum("mrb,lrb->mlb", squares, moved))).reshape(count, -1)
        still = (units * np.sqrt(np.einsum("mrb,lrb->mlb", squares, ~moved))).reshape(count, -1)
        terms = np.einsum(
            "mrb,lrb->mlb",
            np.abs(weights),
            np.where(np.isfinite(minus), np.abs(plus - minus), 2 * np.abs(plus)) if both else np.abs(plus),
        )
        right = np.einsum("mrb,lrb->mlb", weights, plus).reshape(count, -1)
        left = np.einsum("mrb,lrb->mlb", weights, minus).reshape(count, -1) if both else np.full_like(right, np.nan)
        return right, left, quantum, still, terms.reshape(count, -1)

    def differences(self, partition: Partition, bundles: Sequence[Bundle], base: Array, t: float) -> Array:
        """(bundles, rest, blocks): how far each output moved."""
        moved = np.empty((len(bundles), *base.shape))
        for row, bundle in zip(moved, bundles, strict=True):
            output = self.output(bundle, t)
            if output is None:
                row[...] = np.nan
            else:
                np.subtract(partition.arrange(output), base, out=row)
        moved[np.isinf(moved)] = np.nan
        return moved


def _shift(flat: Array, move: Move, before: Array, t: float) -> None:
    """Move elements by ``t`` times their weight, piece by piece where they lie side by side."""
    if not isinstance(move.index, slice) or before.size <= CHUNK:
        flat[move.index] = before + t * move.weight[:]
        return
    target = flat[move.index]
    for start in range(0, before.size, CHUNK):
        piece = slice(start, start + CHUNK)
        np.add(before[piece], t * move.weight[piece], out=target[piece], casting="same_kind")


def _chunks(bundles: Sequence[Bundle], size: int) -> Iterator[Sequence[Bundle]]:
    count = max(1, MOST_STORED // max(size, 1))
    for start in range(0, len(bundles), count):
        yield bundles[start : start + count]
