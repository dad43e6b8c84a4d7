"""One variable: chooses how its gradient is examined, by cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array
from nnframe.verification.elements import examine_elements
from nnframe.verification.evidence import Evidence
from nnframe.verification.partition import Partition
from nnframe.verification.probe import Probe
from nnframe.verification.structure import find_partition, is_affine

__all__ = ["Examined", "examine"]


@frozen(eq=False)
class Examined:
    """The evidence on one variable, and how it was come by.

    Args:
        evidence: Line by line.
        partition: The structure that was found.
        by_directions: Elements that were covered by directions only.
        visible: The smallest error in one element that the directions would have shown.
    """

    evidence: Evidence
    partition: Partition
    by_directions: int = 0
    visible: float = 0.0


def examine(
    probe: Probe,
    path: str,
    gradients: Sequence[Mapping[str, Array]],
    unit: float,
    rng: Generator,
    strategy: str,
) -> Examined:
    """Examine the gradient of one variable."""
    value = probe.work[path]
    if value.size == 0:
        partition = Partition(value.shape, probe.base.shape)
        return Examined(Evidence(np.zeros((len(gradients), 0)), np.zeros(0, dtype=np.intp)), partition)
    partition = find_partition(probe, path, rng)
    straight = is_affine(probe, path, partition, rng)
    evidence = examine_elements(probe, path, partition, gradients, unit, straight=straight)
    if partition.pairs and evidence.wrong.any() and not _confirmed(probe, path, partition, gradients, unit, evidence):
        partition = Partition(value.shape, probe.base.shape)
        evidence = examine_elements(probe, path, partition, gradients, unit)
    return Examined(evidence, partition)


def _confirmed(
    probe: Probe,
    path: str,
    partition: Partition,
    gradients: Sequence[Mapping[str, Array]],
    unit: float,
    evidence: Evidence,
) -> bool:
    """Whether the worst wrong element is wrong by itself too, when nothing else moves with it."""
    worst = evidence.index[np.where(evidence.wrong, evidence.excess(), -1.0).argmax()]
    alone = Partition(partition.shape, partition.output_shape)
    again = examine_elements(probe, path, alone, gradients, unit, groups=np.array([worst]))
    return bool(again.wrong.all())
