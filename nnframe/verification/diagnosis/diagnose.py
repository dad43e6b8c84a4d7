"""From the evidence against a gradient to the mistake in it: the first hypothesis that the numbers bear out."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from nnframe.arrays import Array
from nnframe.verification.budget import BudgetSpent
from nnframe.verification.comparison.evidence import FAILED, find_corner
from nnframe.verification.comparison.variable import Variable
from nnframe.verification.diagnosis.case import Case, Explanation
from nnframe.verification.diagnosis.finding import Decision
from nnframe.verification.diagnosis.layout import permuted, through_transposed, transposed
from nnframe.verification.diagnosis.localized import FEW, elementwise_derivative, some_elements
from nnframe.verification.diagnosis.reduction import not_accumulated, slice_weights, wrong_axis
from nnframe.verification.diagnosis.scaling import scaled, zero
from nnframe.verification.diagnosis.terms import another_term, coupling_forgotten, upstream_itself
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.numerical.perturbation import move_elements
from nnframe.verification.numerical.step_ladder import choose_ladder
from nnframe.verification.report.cause import Cause

__all__ = ["HYPOTHESES", "diagnose", "explain"]

HYPOTHESES: tuple[Callable[[Case], Explanation | None], ...] = (
    zero,
    scaled,
    transposed,
    wrong_axis,
    elementwise_derivative,
    not_accumulated,
    slice_weights,
    coupling_forgotten,
    permuted,
    some_elements,
    upstream_itself,
    another_term,
    through_transposed,
)
"""In the order of asking: those with the fewest free parameters first."""

MOST_ENTRIES = 2**21
MOST_FORWARDS = 4096
FOUND = (
    "{:,} of {:,} elements are wrong; bisection found them, and a random direction through all agrees for the others"
)


def diagnose(case: Case) -> Explanation | None:
    """Return the mistake that explains a wrong gradient, or None: a false cause is worse than none."""
    for hypothesis in HYPOTHESES:
        explanation = hypothesis(case)
        if explanation is not None:
            return explanation
    return None


def explain(variable: Variable, decision: Decision) -> Explanation | None:
    """Return the mistake in a gradient that failed, where the numbers bear one out."""
    if decision.measurement.bisected:
        hint = FOUND.format(int(decision.counts[FAILED]), variable.size)
        return Explanation(Cause.SPARSE_ELEMENTS, hint)
    if decision.measurement.whole:
        return diagnose(_make_case(variable, decision, tuple(slice(0, length) for length in variable.shape)))
    wrong = decision.wrong
    if wrong is not None and wrong.sum() < FEW * wrong.size:
        nothing = np.zeros((1, 0))
        value = variable.evaluator.function.values[variable.path]
        mask = wrong.reshape(value.shape)
        return some_elements(Case(variable.path, value, nothing, nothing, nothing, mask, nothing, nothing))
    return diagnose(_make_case(variable, decision, find_corner(variable.shape)))


def _make_case(variable: Variable, decision: Decision, corner: tuple[slice, ...]) -> Case:
    """The case of a gradient, or of a corner of a large one."""
    evaluator, lines = variable.evaluator, decision.lines
    value = evaluator.function.values[variable.path][corner]
    places = np.unravel_index(lines.index, variable.shape) if variable.shape else ()
    inside = np.ones(len(lines.index), dtype=bool)
    for place, part in zip(places, corner, strict=True):
        inside &= place < part.stop
    index = np.zeros(int(inside.sum()), dtype=np.intp)
    for place, part in zip(places, corner, strict=True):
        index = index * part.stop + place[inside]

    def fill(values: Array) -> Array:
        full = np.full((len(values), math.prod(value.shape)), np.nan)
        full[:, index] = values[:, inside]
        return full.reshape(len(values), *value.shape)

    wrong = np.zeros(value.size, dtype=bool)
    wrong[index] = (lines.state == FAILED)[inside]
    whole = value.shape == variable.shape
    return Case(
        variable.path,
        value,
        fill(lines.analytic),
        fill(lines.numeric),
        fill(lines.bar),
        wrong.reshape(value.shape),
        np.stack(list(evaluator.upstreams)).astype(np.float64),
        evaluator.base.astype(np.float64),
        lambda: _measure_jacobian(variable, decision.measurement.partition) if whole else None,
    )


def _measure_jacobian(variable: Variable, partition: Partition) -> Array | None:
    """(outputs, elements) by central differences; None where it would be too large or cost too much."""
    evaluator = variable.evaluator
    if variable.size * evaluator.base.size > MOST_ENTRIES or 2 * partition.groups > MOST_FORWARDS:
        return None
    step = 2.0 ** (choose_ladder(evaluator.unit).main - 3)
    scales = evaluator.scales(variable.path)
    jacobian = np.zeros((evaluator.base.size, variable.size))
    places = np.arange(evaluator.base.size, dtype=np.float64).reshape(evaluator.base.shape)
    outputs = partition.arrange(places).astype(np.intp)
    try:
        for group in range(partition.groups):
            elements = partition.members(group)
            bundle = move_elements(variable.path, partition, group, scales[elements])
            change = evaluator.measure_changes(partition, [bundle], step)
            change -= evaluator.measure_changes(partition, [bundle], -step)
            jacobian[outputs, elements] = change[0] / (2 * step * scales[elements])
    except BudgetSpent:
        return None
    return jacobian if np.isfinite(jacobian).all() else None
