"""The strategy for one variable: each element by itself, random directions, or some elements; chosen by counts.

Nothing here asks how long anything took, so that one seed gives one report. A limit in seconds alone may change what
is looked at, and the report says so.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import evolve

from nnframe.verification.budget import BudgetSpent
from nnframe.verification.comparison.directional import compare_along_direction, is_wrong_along_direction
from nnframe.verification.comparison.elementwise import compare_elements
from nnframe.verification.comparison.evidence import UNDECIDED, Lines, Measurement, Tally
from nnframe.verification.comparison.variable import Variable
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.sparsity.coloring import find_cover
from nnframe.verification.sparsity.detection import find_partition, is_affine, may_have_structure

__all__ = ["compare_variable"]

FORWARDS_A_GROUP = 2.5
MOST_WORK = 2**30
"""Elements that "auto" reads and writes for one variable before it takes directions instead: about a second."""
WORK_A_FORWARD = 2**18
"""What a forward costs beside its own elements: calling it, moving elements, reading the output."""
SMALL = 64
ENORMOUS = 2**20
SAMPLE = 16


def compare_variable(variable: Variable) -> Measurement:
    """Compare the gradient of one variable with derivatives; what the budget does not allow is left undecided."""
    if variable.size == 0:
        return _measure_nothing(variable)
    try:
        return _compare(variable)
    except BudgetSpent:
        nothing = _measure_nothing(variable)
        nothing.tally.counts[UNDECIDED] = variable.size
        return nothing


def _compare(variable: Variable) -> Measurement:
    evaluator, path, draws, strategy = variable.evaluator, variable.path, variable.draws, variable.strategy
    if strategy in ("auto", "search") and may_have_structure(evaluator, path) and _is_enormous(variable):
        found = compare_along_direction(variable, variable.uncut, follow=False)
        if not found.disagree.any():
            return evolve(_measure_nothing(variable), by_directions=variable.size, visible=found.visible)
    partition = find_partition(evaluator, path, draws.generator(path, "structure"))
    cover = (partition,) if strategy == "search" else find_cover(evaluator, path, partition)
    if strategy == "search" or (strategy in ("auto", "sample") and _is_costly(variable, cover)):
        return _compare_by_directions(variable, partition)
    straight = is_affine(evaluator, path, partition, draws.generator(path, "affine"))
    found_each = evolve(compare_elements(variable, cover, straight=straight), partition=partition)
    joint = any(each.blocks > 1 for each in cover)
    if joint and found_each.tally.wrong is not None and not _is_wrong_alone(variable, found_each):
        return compare_elements(variable, (variable.uncut,))
    return found_each


def _is_enormous(variable: Variable) -> bool:
    """Whether even finding the structure costs too much to be done before a direction disagrees."""
    return variable.size >= ENORMOUS or variable.evaluator.size >= 4 * ENORMOUS


def _is_costly(variable: Variable, cover: Sequence[Partition]) -> bool:
    """Whether every element by itself would be more work than ``"auto"`` takes on, or more than the budget allows."""
    groups, evaluator = sum(each.groups for each in cover), variable.evaluator
    affordable = MOST_WORK / (WORK_A_FORWARD + evaluator.size)
    return groups > SMALL and FORWARDS_A_GROUP * groups > min(affordable, evaluator.count_forwards_left())


def _measure_nothing(variable: Variable) -> Measurement:
    analytic = np.zeros((len(variable.gradients), 0))
    return Measurement(Lines(analytic, np.zeros(0, dtype=np.intp)), Tally(variable.shape), variable.uncut)


def _compare_by_directions(variable: Variable, partition: Partition) -> Measurement:
    """Directions for all elements; each by itself those that a search finds, or some."""
    found = compare_along_direction(variable, partition)
    rows = found.rows
    if found.lost or (variable.strategy == "sample" and not found.disagree.any()):
        rng, few = variable.draws.generator(variable.path, "sample"), min(SAMPLE, partition.groups)
        rows = np.sort(rng.choice(partition.groups, few, replace=False))
    measured = compare_elements(variable, (partition,), groups=rows) if len(rows) else _measure_nothing(variable)
    wrong = False
    if found.disagree.any() and measured.tally.wrong is None:
        try:
            wrong = is_wrong_along_direction(variable, partition)
        except BudgetSpent:
            measured.tally.counts[UNDECIDED] += 1  # a direction disagrees, and nobody could say why
    return evolve(
        measured,
        partition=partition,
        by_directions=variable.size,
        visible=found.visible,
        wrong_direction=wrong,
        bisected=len(found.rows) > 0 and not found.lost,
    )


def _is_wrong_alone(variable: Variable, measured: Measurement) -> bool:
    """Whether the worst wrong element is wrong by itself too, when nothing else moves with it."""
    lines = measured.lines
    worst = lines.index[np.where(lines.wrong, lines.excess(), -1.0).argmax()]
    try:
        again = compare_elements(variable, (variable.uncut,), groups=np.array([worst]))
    except BudgetSpent:
        return True
    return again.tally.counts[UNDECIDED] > 0 or bool(again.lines.wrong.all())
