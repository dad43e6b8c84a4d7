"""One variable: chooses how its gradient is examined, by cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.verification.comparison.directional import confirmed, search
from nnframe.verification.comparison.elementwise import examine_elements
from nnframe.verification.comparison.evidence import Evidence
from nnframe.verification.floats.sampling import Draws
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.sparsity.coloring import find_cover
from nnframe.verification.sparsity.detection import find_partition, is_affine, may_have_structure

__all__ = ["Examined", "examine"]

FORWARDS_A_GROUP = 2.5
MOST_WORK = 2**30
"""Elements that "auto" reads and writes for one variable before it searches instead: about a second."""
WORK_A_FORWARD = 2**18
"""What a forward costs beside its own elements: calling it, moving elements, reading the output."""
SMALL = 64
ENORMOUS = 2**20
SAMPLE = 16


@frozen(eq=False)
class Examined:
    """The evidence on one variable, and how it was come by.

    Args:
        evidence: Line by line.
        partition: The structure that was found.
        by_directions: Elements that were covered by directions only.
        visible: The smallest error in one element that the directions would have shown.
        wrong_direction: A direction disagrees, although no single wrong element was found.
        found: The wrong elements were found by bisection, so the others are right.
    """

    evidence: Evidence
    partition: Partition
    by_directions: int = 0
    visible: float = 0.0
    wrong_direction: bool = False
    found: bool = False


def examine(
    probe: Evaluator,
    path: str,
    gradients: Sequence[Mapping[str, Array]],
    unit: float,
    draws: Draws,
    strategy: str,
) -> Examined:
    """Examine the gradient of one variable."""
    value = probe.work[path]
    if value.size == 0:
        return Examined(_nothing(len(gradients)), Partition(value.shape, probe.base.shape))
    if strategy in ("auto", "search") and may_have_structure(probe, path) and _enormous(probe, value.size):
        plain = Partition(value.shape, probe.base.shape)
        found = search(probe, path, plain, gradients, unit, draws, follow=False)
        if not found.disagree.any():
            return Examined(_nothing(len(gradients)), plain, by_directions=value.size, visible=found.visible)
    partition = find_partition(probe, path, draws.generator(path, "structure"))
    cover = (partition,) if strategy == "search" else find_cover(probe, path, partition)
    if strategy == "search" or (strategy in ("auto", "sample") and _costly(probe, cover)):
        return _searched(probe, path, partition, gradients, unit, draws, sample=strategy == "sample")
    straight = is_affine(probe, path, partition, draws.generator(path, "affine"))
    evidence = examine_elements(probe, path, cover, gradients, unit, straight=straight)
    plain = Partition(value.shape, probe.base.shape)
    joint = any(each.blocks > 1 for each in cover)
    if joint and evidence.wrong.any() and not _confirmed(probe, path, plain, gradients, unit, evidence):
        partition = plain
        evidence = examine_elements(probe, path, (plain,), gradients, unit)
    return Examined(evidence, partition)


def _enormous(probe: Evaluator, size: int) -> bool:
    """Whether even finding the structure costs too much to be done before a direction disagrees."""
    return size >= ENORMOUS or probe.size >= 4 * ENORMOUS


def _nothing(upstreams: int) -> Evidence:
    return Evidence(np.zeros((upstreams, 0)), np.zeros(0, dtype=np.intp))


def _costly(probe: Evaluator, cover: Sequence[Partition]) -> bool:
    """Whether every element by itself would be more work than ``"auto"`` takes on, or more than the budget allows."""
    groups = sum(each.groups for each in cover)
    forwards = FORWARDS_A_GROUP * groups
    affordable = MOST_WORK / (WORK_A_FORWARD + probe.size)
    return groups > SMALL and forwards > min(affordable, probe.forwards_left)


def _searched(
    probe: Evaluator,
    path: str,
    partition: Partition,
    gradients: Sequence[Mapping[str, Array]],
    unit: float,
    draws: Draws,
    *,
    sample: bool,
) -> Examined:
    """Directions for all elements; one by one those that a search finds, or some."""
    found = search(probe, path, partition, gradients, unit, draws)
    rows = found.rows
    if found.lost or (sample and not found.disagree.any()):
        rows = np.sort(
            draws.generator(path, "sample").choice(partition.groups, min(SAMPLE, partition.groups), replace=False)
        )
    evidence = _nothing(len(gradients))
    if len(rows):
        evidence = examine_elements(probe, path, (partition,), gradients, unit, groups=rows)
    missed = found.disagree.any() and not evidence.wrong.any()
    wrong = bool(missed and confirmed(probe, path, partition, gradients, unit, draws))
    total = probe.work[path].size
    return Examined(
        evidence,
        partition,
        by_directions=total,
        visible=found.visible,
        wrong_direction=wrong,
        found=len(found.rows) > 0 and not found.lost,
    )


def _confirmed(
    probe: Evaluator,
    path: str,
    alone: Partition,
    gradients: Sequence[Mapping[str, Array]],
    unit: float,
    evidence: Evidence,
) -> bool:
    """Whether the worst wrong element is wrong by itself too, when nothing else moves with it."""
    worst = evidence.index[np.where(evidence.wrong, evidence.excess(), -1.0).argmax()]
    again = examine_elements(probe, path, (alone,), gradients, unit, groups=np.array([worst]))
    return bool(again.wrong.all())
