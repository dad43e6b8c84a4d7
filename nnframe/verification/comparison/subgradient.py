"""At kinks a gradient may be any subgradient: who is excused there, and who is accused together.

Of three equal numbers that are sorted, the middle one's gradient is neither that of the first nor that of the last; a
rectifier whose derivative at 0 is 0 may switch off all terms of a sum at once, which no single element does. Such a
value is a limit of gradients (Clarke 1975, "Generalized gradients and applications"). So it is excused where it is the
pullback's value at some point close by, and the pullback is right there and at other points close by.

At ``max(a, b)`` with ``a = b`` each element by itself has the slopes 0 and 1, so a pullback of zeros lies between them.
Moved together they have the slope 1, and zeros are accused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from attrs import define, field, frozen

from nnframe.arrays import Array, Booleans, Integers
from nnframe.verification.budget import BudgetSpent
from nnframe.verification.comparison.adaptive import agrees_along, refine
from nnframe.verification.comparison.evidence import (
    FAILED,
    KINK,
    PASSED,
    UNDECIDED,
    ZERO,
    Accusal,
    Excuse,
    Lines,
    Measurement,
)
from nnframe.verification.comparison.prediction import predict
from nnframe.verification.floats import tolerance
from nnframe.verification.floats.blocked import CHUNK
from nnframe.verification.floats.sampling import Draws, random_signs, random_sizes
from nnframe.verification.function.function import PointRefused
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.numerical.perturbation import Bundle, Move

__all__ = ["ClarkeSubgradients", "find_accusals", "find_excuses"]

RANDOM = 24
SEVERAL = 4
WITHIN = 4
MOST_TIES = 8


def find_excuses(limits: ClarkeSubgradients, measurements: Mapping[str, Measurement]) -> list[Excuse]:
    """Excuse elements that were called wrong for being outside the slopes on both sides, and are limits."""
    found = []
    for path, each in measurements.items():
        lines = each.lines
        outside = np.flatnonzero(lines.wrong & np.isfinite(lines.low).any(0))
        if len(outside) and not limits.evaluator.function.fixed:
            try:
                limit = limits.find_limits(path, lines, outside)
                found.append(Excuse(path, lines.index[outside[limit]], KINK))
            except BudgetSpent:
                found.append(Excuse(path, lines.index[outside], UNDECIDED))
    return found


def find_accusals(
    limits: ClarkeSubgradients, measurements: Mapping[str, Measurement], excuses: Iterable[Excuse]
) -> list[Accusal]:
    """Move elements at kinks that have the same absolute value together, and accuse them where the sum is wrong."""
    evaluator, found = limits.evaluator, []
    for members in _find_tied(evaluator, measurements, excuses):
        for bundle in _move_together(evaluator, members):
            result = agrees_along(evaluator, bundle, limits.gradients, limits.unit)
            if result is None or not (result.state == FAILED).all():
                continue
            if not (np.isfinite(result.low).any() and limits.contain(bundle)):
                predicted = predict([bundle], limits.gradients, limits.unit).slope[:, 0]
                off = (result.value[:, 0] - predicted)[:, None]
                for move, (path, index) in zip(bundle.moves, members.items(), strict=True):
                    found.append(Accusal(path, index, off / (len(index) * move.weight[:])))
                break
    return found


@frozen(eq=False)
class _Sample:
    """A point close by: an evaluator there, and the gradients there under each upstream."""

    evaluator: Evaluator
    gradients: list[dict[str, Array]]


@define(eq=False)
class ClarkeSubgradients:
    """Gradients at points close to one point.

    Args:
        evaluator: At the point.
        gradients: The gradients there, one mapping for each upstream.
        unit: The unit round-off of the pullback.
        draws: Make the points.
    """

    evaluator: Evaluator
    gradients: Sequence[Mapping[str, Array]]
    unit: float
    draws: Draws
    _cached: list[_Sample] | None = field(default=None, init=False)

    def contain(self, bundle: Bundle) -> bool:
        """Return whether what is predicted along one line is a limit of what is right along it at points close by."""
        if self.evaluator.function.fixed:
            return False
        here = [bundle.predict_slopes(each) for each in self.gradients]

        def same(sample: _Sample) -> bool:
            there = [bundle.predict_slopes(each)[0][0] for each in sample.gradients]
            return bool(all(abs(a - b[0]) <= self._match * size[0] for a, (b, size) in zip(there, here, strict=True)))

        samples = list(self._sample())
        found = [each for each in samples if same(each)]
        right = bool(found) and all(self._is_right(each, bundle) for each in samples[-SEVERAL:])
        return right and any(self._is_right(each, bundle) for each in found)

    def find_limits(self, path: str, lines: Lines, which: Integers) -> Booleans:
        """Return (which,): the value is one at a point close by, the pullback being right there along these lines."""
        index, given = lines.index[which], lines.analytic[:, which]
        size = np.maximum(np.abs(given), np.abs(lines.analytic).max(1, keepdims=True))
        limit = np.zeros(len(which), dtype=bool)
        bundle = self._direct(path, index)
        samples = list(self._sample())
        if not all(self._is_right(each, bundle) for each in samples[-SEVERAL:]):
            return limit
        for sample in samples:
            there = np.stack([each[path].reshape(-1)[index] for each in sample.gradients])
            same = (np.abs(there - given) <= self._match * size).all(0)
            if (same & ~limit).any() and self._is_right(sample, self._direct(path, index[same])):
                limit |= same
        return limit

    @property
    def _distance(self) -> float:
        return float(2.0 ** round(0.43 * np.log2(self.evaluator.unit)))

    @property
    def _match(self) -> float:
        return tolerance.TABLE.limit * self._distance

    def _direct(self, path: str, index: Integers) -> Bundle:
        scales = self.evaluator.scales(path)[index]
        return Bundle((Move(path, index, scales * random_signs(len(index), self.draws.generator(path, "kink"))),))

    def _is_right(self, sample: _Sample, bundle: Bundle) -> bool:
        predicted = predict([bundle], sample.gradients, self.unit, strict=True)
        partition = Partition((), sample.evaluator.base.shape)
        if not predicted.size.any():
            rung = sample.evaluator.measure(partition, [bundle], round(np.log2(self._distance)) - WITHIN)
            if not (rung.plus.any() or rung.minus.any()):
                return True
        result = refine(sample.evaluator, partition, [bundle], predicted)
        return bool(np.isin(result.state, (PASSED, ZERO, KINK)).all())

    def _sample(self) -> Iterator[_Sample]:
        """The points close by; of a large function they are not kept."""
        if self._cached is not None:
            yield from self._cached
            return
        points = (self._visit(values) for values in self._make_points())
        samples = (each for each in points if each is not None)
        if sum(value.size for value in self.evaluator.work.values()) > CHUNK:
            yield from samples
            return
        self._cached = list(samples)
        yield from self._cached

    def _make_points(self) -> Iterator[dict[str, Array]]:
        """All of one variable up, and down; and random points."""
        work = self.evaluator.work
        scales = {
            path: self._distance * self.evaluator.scales(path)[:].reshape(value.shape) for path, value in work.items()
        }
        for path, value in work.items():
            for sign in (1.0, -1.0):
                yield {**work, path: (value + sign * scales[path]).astype(value.dtype)}
        rng = self.draws.generator("", "close by")
        for _ in range(RANDOM):
            yield {
                path: (value + scales[path] * random_sizes(0.5, 1.0, value.shape, rng)).astype(value.dtype)
                for path, value in work.items()
            }

    def _visit(self, values: dict[str, Array]) -> _Sample | None:
        """The gradients at a point; None where the function refuses it."""
        there = self.evaluator.function.at(values)
        found: list[dict[str, Array]] = []
        try:
            for upstream in self.evaluator.upstreams:
                base, pull = there.run_elsewhere(there.copy_values())
                gradients = pull(upstream.copy())
                known = {path: np.asarray(each) for path, each in gradients.items()}
                found.append(
                    {path: each.astype(np.float64) for path, each in known.items() if each.dtype.kind in "fiu"}
                )
        except PointRefused:
            return None
        shaped = all(
            path in each and each[path].shape == gradient.shape
            for each in found
            for path, gradient in self.gradients[0].items()
        )
        if base.shape != self.evaluator.base.shape or not np.isfinite(base).all() or not shaped:
            return None
        return _Sample(Evaluator(there, base, self.evaluator.upstreams, self.evaluator.unit), found)


def _find_tied(
    evaluator: Evaluator, measurements: Mapping[str, Measurement], excuses: Iterable[Excuse]
) -> list[dict[str, Integers]]:
    """Groups of two or more elements at kinks with one absolute value, across variables; the largest few first."""
    kinks = {path: [each.lines.index[each.lines.state == KINK]] for path, each in measurements.items()}
    for excuse in excuses:
        if excuse.state == KINK:
            kinks[excuse.path].append(excuse.elements)
    index = {path: np.sort(np.concatenate(several)) for path, several in kinks.items()}
    sizes = {path: np.abs(evaluator.work[path].reshape(-1)[each]).astype(np.float64) for path, each in index.items()}
    values, counts = np.unique(np.concatenate([*sizes.values(), np.zeros(0)]), return_counts=True)
    order = np.argsort(-counts[counts > 1], kind="stable")[:MOST_TIES]
    tied = [{path: each[sizes[path] == size] for path, each in index.items()} for size in values[counts > 1][order]]
    return [{path: each for path, each in members.items() if len(each)} for members in tied]


def _move_together(evaluator: Evaluator, members: Mapping[str, Integers]) -> Iterator[Bundle]:
    """All up; and, where some are negative, all away from zero."""
    yield Bundle(tuple(_move(evaluator, path, index, signed=False) for path, index in members.items()))
    if any((evaluator.work[path].reshape(-1)[index] < 0).any() for path, index in members.items()):
        yield Bundle(tuple(_move(evaluator, path, index, signed=True) for path, index in members.items()))


def _move(evaluator: Evaluator, path: str, index: Integers, *, signed: bool) -> Move:
    values = evaluator.work[path].reshape(-1)
    weight = evaluator.scales(path)[index].max() * np.ones(len(index))
    if signed:
        weight = weight * np.where(values[index] < 0, -1.0, 1.0)
    return Move(path, index, weight)
