"""From the evidence on one gradient to its detail: a heatmap, and what the forward does around the worst element."""

from __future__ import annotations

import math

import numpy as np
from attrs import evolve

from nnframe.arrays import Array
from nnframe.errors import VerificationError
from nnframe.verification.budget import BudgetSpent
from nnframe.verification.comparison.variable import Variable
from nnframe.verification.diagnosis.finding import Decision, find_worst
from nnframe.verification.numerical.perturbation import move_elements
from nnframe.verification.report.detail import CurvePoint, Detail, Details, ProfilePoint
from nnframe.verification.report.finding import Worst

__all__ = ["make_detail", "pool"]

CELLS = 48
STEPS = range(-1, -48, -3)
SIDE = 12


def make_detail(variable: Variable, decision: Decision, details: Details) -> Detail | None:
    """Make the detail of one gradient, if details are asked for: some fifty forwards, none if the budget is spent."""
    if details is False:
        return None
    detail = Detail(_make_heatmap(variable, decision))
    shown = _find_asked_for(variable, decision, details) or find_worst(decision.lines, variable.shape)
    if shown is None:
        return detail
    try:
        curve, profile = _follow(variable, decision, shown)
    except BudgetSpent:
        return detail
    return evolve(
        detail,
        index=shown.index,
        analytic=shown.analytic,
        numeric=shown.numeric,
        error_bar=shown.error_bar,
        curve=curve,
        profile=profile,
    )


def _find_asked_for(variable: Variable, decision: Decision, details: Details) -> Worst | None:
    """The element that was asked for, if it was measured by itself."""
    if isinstance(details, bool) or variable.path not in details:
        return None
    index, shape = tuple(int(each) for each in details[variable.path]), variable.shape
    try:
        element = int(np.ravel_multi_index(index, shape)) if shape else 0
    except ValueError as cause:
        raise VerificationError(f"{variable.path} of shape {shape} has no element {index}") from cause
    lines = decision.lines
    found = np.flatnonzero((lines.index == element) & np.isfinite(lines.numeric).any(0))
    if not found.size:
        return None
    line = found[0]
    return Worst(index, float(lines.analytic[0, line]), float(lines.numeric[0, line]), float(lines.bar[0, line]))


def pool(values: Array, cells: int = CELLS) -> Array:
    """Return a matrix of at most ``cells`` rows and columns, each the largest of what it stands for; NaN only of NaNs.

    >>> pool(np.arange(6.0).reshape(2, 3), cells=2)
    array([[0., 2.],
           [3., 5.]])
    """
    filled = np.where(np.isnan(values), -np.inf, values)
    for axis in (0, 1):
        length = filled.shape[axis]
        starts = np.unique(np.arange(min(length, cells)) * length // min(length, cells))
        filled = np.maximum.reduceat(filled, starts, axis=axis)
    return np.where(np.isneginf(filled), np.nan, filled)


def _make_heatmap(variable: Variable, decision: Decision) -> tuple[tuple[float | None, ...], ...]:
    excess = decision.measurement.tally.excess
    if not variable.size or excess is None:
        return ()
    cells = pool(excess.astype(np.float64).reshape(-1, variable.shape[-1] if variable.shape else 1))
    return tuple(tuple(None if math.isnan(cell) else float(f"{cell:.4g}") for cell in row) for row in cells.tolist())


def _follow(
    variable: Variable, decision: Decision, shown: Worst
) -> tuple[tuple[CurvePoint, ...], tuple[ProfilePoint, ...]]:
    """Centred differences over the step, and the function itself, for one element under its upstream."""
    evaluator, lines = variable.evaluator, decision.lines
    element = int(np.ravel_multi_index(shown.index, variable.shape)) if variable.shape else 0
    line = int(np.flatnonzero(lines.index == element)[0])
    which = int(np.abs(lines.analytic[:, line] - shown.analytic).argmin())
    upstream = evaluator.upstreams[which].astype(np.float64)
    own = evaluator.scales(variable.path)[np.array([element])]
    bundle, scale = move_elements(variable.path, variable.uncut, element, own), float(own[0])

    def change(t: float) -> float:
        output = evaluator.evaluate(bundle, t)
        if output is None:
            return math.nan
        moved = output.astype(np.float64) - evaluator.base
        return float(np.vdot(upstream, np.where(np.isfinite(moved), moved, np.nan)))

    curve = []
    for step in (2.0**exponent for exponent in STEPS):
        numeric = (change(step) - change(-step)) / (2 * step * scale)
        if math.isfinite(numeric):
            curve.append(CurvePoint(step * scale, numeric, abs(numeric - shown.analytic)))
    offsets = [number / SIDE for number in range(-SIDE, SIDE + 1)]
    profile = [ProfilePoint(t * scale, change(t) if t else 0.0) for t in offsets]
    return tuple(curve), tuple(point for point in profile if math.isfinite(point.change))
