"""ClarkeSubgradients: at a kink, a value outside the one-sided slopes is right if it is a limit of gradients close by.

Of three equal numbers that are sorted, the middle one's gradient is neither that of the first nor that of the last; a
rectifier whose derivative at 0 is 0 may switch off all terms of a sum at once, which no single element does. Such a
value is a limit of gradients (Clarke 1975). So it passes where it is the pullback's value at some point close by, and
the pullback is right there and at other points close by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np
from attrs import define, frozen

from nnframe.arrays import Array, Booleans, Integers
from nnframe.verification.comparison.adaptive import promise_of, refine
from nnframe.verification.comparison.evidence import FAILED, KINK, PASSED, ZERO, Evidence
from nnframe.verification.floats.sampling import random_signs, random_sizes
from nnframe.verification.function.function import FunctionUnderTest
from nnframe.verification.numerical.evaluator import LEFT_DOMAIN, Evaluator
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.numerical.perturbation import Bundle, Move

__all__ = ["ClarkeSubgradients"]

RANDOM = 24
SEVERAL = 4
MATCH = 64.0
WITHIN = 4


@frozen(eq=False)
class _Sample:
    """A point close by: a probe there, and the gradients there under each upstream."""

    probe: Evaluator
    gradients: list[dict[str, Array]]


@define(eq=False, slots=False)
class ClarkeSubgradients:
    """Gradients at points close to one point.

    Args:
        probe: At the point.
        gradients: The gradients there, one mapping for each upstream.
        unit: The unit round-off of the pullback.
    """

    probe: Evaluator
    gradients: Sequence[Mapping[str, Array]]
    unit: float

    def allow(self, evidence: Mapping[str, Evidence]) -> None:
        """Take back what was called wrong for being outside the one-sided slopes, where it is a limit."""
        for path, each in evidence.items():
            lines = np.flatnonzero((each.state == FAILED) & np.isfinite(each.low).any(0))
            if len(lines) and not self.probe.subject.fixed:
                each.state[lines[self._limit(path, each, lines)]] = KINK

    def agrees(self, bundle: Bundle) -> bool:
        """Whether what is promised along one line is a limit of what is right along it at points close by."""
        if self.probe.subject.fixed:
            return False
        promised = [bundle.promised(each)[0][0] for each in self.gradients]
        sizes = [bundle.promised(each)[1][0] for each in self.gradients]

        def same(sample: _Sample) -> bool:
            there = [bundle.promised(each)[0][0] for each in sample.gradients]
            return bool(
                all(abs(a - b) <= self._match * size for a, b, size in zip(there, promised, sizes, strict=True))
            )

        found = [each for each in self._samples if same(each)]
        right = bool(found) and all(self._right(each, bundle) for each in self._several)
        return right and any(self._right(each, bundle) for each in found)

    @property
    def _distance(self) -> float:
        return float(2.0 ** round(0.43 * np.log2(self.probe.unit)))

    @property
    def _match(self) -> float:
        return MATCH * self._distance

    def _limit(self, path: str, evidence: Evidence, lines: Integers) -> Booleans:
        """(lines,) which values are those at points close by, the pullback being right there along these lines."""
        index, given = evidence.index[lines], evidence.analytic[:, lines]
        size = np.maximum(np.abs(given), np.abs(evidence.analytic).max(1, keepdims=True))
        limit = np.zeros(len(lines), dtype=bool)
        bundle = self._direction(path, index)
        if not all(self._right(each, bundle) for each in self._several):
            return limit
        for sample in self._samples:
            there = np.stack([each[path].reshape(-1)[index] for each in sample.gradients])
            same = (np.abs(there - given) <= self._match * size).all(0)
            if (same & ~limit).any() and self._right(sample, self._direction(path, index[same])):
                limit |= same
        return limit

    def _direction(self, path: str, index: Integers) -> Bundle:
        scales = self.probe.scales(path)[index]
        return Bundle((Move(path, index, scales * random_signs(len(index), np.random.default_rng(0))),))

    def _right(self, sample: _Sample, bundle: Bundle) -> bool:
        promise = promise_of([bundle], sample.gradients, self.unit, strict=True)
        partition = Partition((), sample.probe.base.shape)
        if not promise.size.any():
            rung = sample.probe.rung(partition, [bundle], round(np.log2(self._distance)) - WITHIN)
            if not (rung.plus.any() or rung.minus.any()):
                return True
        sentence = refine(sample.probe, partition, [bundle], promise)
        return bool(np.isin(sentence.state, (PASSED, ZERO, KINK)).all())

    @property
    def _several(self) -> list[_Sample]:
        return self._samples[-SEVERAL:]

    @cached_property
    def _samples(self) -> list[_Sample]:
        return [each for each in map(self._sample, self._points()) if each is not None]

    def _points(self) -> Iterator[dict[str, Array]]:
        """All of one variable up, and down; and random points."""
        rng = np.random.default_rng(0)
        scales = {
            path: self._distance * self.probe.scales(path).reshape(value.shape)
            for path, value in self.probe.work.items()
        }
        for path, value in self.probe.work.items():
            for sign in (1.0, -1.0):
                yield {**self.probe.work, path: (value + sign * scales[path]).astype(value.dtype)}
        for _ in range(RANDOM):
            yield {
                path: (value + scales[path] * random_sizes(0.5, 1.0, value.shape, rng))
                .astype(value.dtype)
                for path, value in self.probe.work.items()
            }  # fmt: skip

    def _sample(self, values: dict[str, Array]) -> _Sample | None:
        """The gradients at a point; None where the function refuses it."""
        subject = self.probe.subject
        there = FunctionUnderTest(
            values, subject.call, subject.optional, budget=subject.budget, fragile=subject.fragile
        )
        found = []
        try:
            for upstream in self.probe.upstreams:
                base, pull = there.run(there.copies())
                found.append({path: _real(each) for path, each in pull(upstream.copy()).items() if each is not None})
        except (*LEFT_DOMAIN, IndexError, TypeError):
            return None
        subject.forwards += there.forwards
        subject.pullbacks += there.pullbacks
        shaped = all(
            path in each and each[path].shape == gradient.shape
            for each in found
            for path, gradient in self.gradients[0].items()
        )
        usable = base.shape == self.probe.base.shape and np.isfinite(base).all() and shaped
        return _Sample(Evaluator(there, base, self.probe.upstreams, self.probe.unit), found) if usable else None


def _real(gradient: object) -> Array:
    return np.asarray(gradient, dtype=np.float64)
