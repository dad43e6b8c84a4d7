"""Ties: where several elements are at a kink together, they are also moved together.

At ``max(a, b)`` with ``a = b`` each element by itself has the slopes 0 and 1, so a pullback of zeros lies in both
brackets. Moved together they have the slope 1, and zeros fail.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from nnframe.arrays import Array, Integers
from nnframe.verification.comparison.adaptive import promise_of, refine
from nnframe.verification.comparison.direction import agrees_soon
from nnframe.verification.comparison.evidence import FAILED, KINK, Evidence
from nnframe.verification.comparison.subgradient import ClarkeSubgradients
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.numerical.perturbation import Bundle, Move

__all__ = ["examine_ties"]

MOST_TIES = 8


def examine_ties(
    probe: Evaluator,
    gradients: Sequence[Mapping[str, Array]],
    evidence: Mapping[str, Evidence],
    unit: float,
    limits: ClarkeSubgradients,
) -> None:
    """Move elements at kinks that have the same absolute value together, and fail them where the sum is wrong.

    Args:
        probe: Evaluates the forward.
        gradients: What the pullback gives, one mapping for each upstream.
        evidence: By path; changed in place.
        unit: The unit round-off of the pullback.
        limits: The gradients close by.
    """
    tied = _tied(probe, evidence)
    for members in tied:
        for bundle in _bundles(probe, members):
            if agrees_soon(probe, bundle, gradients, unit):
                continue
            partition = Partition((), probe.base.shape)
            promise = promise_of([bundle], gradients, unit, strict=True)
            sentence = refine(probe, partition, [bundle], promise)
            kink = bool(np.isfinite(sentence.low).any())
            if (sentence.state == FAILED).all() and not (kink and limits.agrees(bundle)):
                _blame(evidence, members, sentence.value[:, 0], promise.slope[:, 0])
                break


def _tied(probe: Evaluator, evidence: Mapping[str, Evidence]) -> list[dict[str, Integers]]:
    """Groups of two or more elements at kinks with one absolute value, across variables; the largest few first."""
    kinks = {path: np.sort(each.index[each.state == KINK]) for path, each in evidence.items()}
    sizes = {path: np.abs(probe.work[path].reshape(-1)[index]).astype(np.float64) for path, index in kinks.items()}
    values, counts = np.unique(np.concatenate([*sizes.values(), np.zeros(0)]), return_counts=True)
    order = np.argsort(-counts[counts > 1], kind="stable")[:MOST_TIES]
    several = [
        {path: index[sizes[path] == size] for path, index in kinks.items()} for size in values[counts > 1][order]
    ]
    return [{path: index for path, index in each.items() if len(index)} for each in several]


def _bundles(probe: Evaluator, members: Mapping[str, Integers]) -> Iterator[Bundle]:
    """All up; and, where some are negative, all away from zero."""
    yield Bundle(tuple(_move(probe, path, index, signed=False) for path, index in members.items()))
    if any((probe.work[path].reshape(-1)[index] < 0).any() for path, index in members.items()):
        yield Bundle(tuple(_move(probe, path, index, signed=True) for path, index in members.items()))


def _move(probe: Evaluator, path: str, index: Integers, *, signed: bool) -> Move:
    values = probe.work[path].reshape(-1)
    weight = probe.scales(path)[index].max() * np.ones(len(index))
    if signed:
        weight = weight * np.where(values[index] < 0, -1.0, 1.0)
    return Move(path, index, weight)


def _blame(evidence: Mapping[str, Evidence], members: Mapping[str, Integers], numeric: Array, analytic: Array) -> None:
    """Mark the tied elements as wrong; the numbers kept are those of the joint move."""
    for path, index in members.items():
        lines = np.isin(evidence[path].index, index)
        evidence[path].state[lines] = FAILED
        count = max(int(lines.sum()), 1)
        evidence[path].numeric[:, lines] = (evidence[path].analytic[:, lines].T + (numeric - analytic) / count).T
