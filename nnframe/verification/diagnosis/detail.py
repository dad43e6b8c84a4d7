"""From the evidence on one gradient to its detail: a heatmap, and what the forward does around the worst element."""

from __future__ import annotations

import math

import numpy as np
from attrs import evolve

from nnframe.arrays import Array
from nnframe.errors import VerificationError
from nnframe.verification.comparison.evidence import Evidence
from nnframe.verification.floats.step_scale import element_scales
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.numerical.perturbation import element_bundle
from nnframe.verification.report.detail import CurvePoint, Detail, Details, ProfilePoint
from nnframe.verification.report.finding import Finding, Worst

__all__ = ["detailed", "pooled"]

CELLS = 48
STEPS = range(-1, -48, -3)
SIDE = 12
LARGEST = 1e300


def detailed(finding: Finding, value: Array, evidence: Evidence, probe: Evaluator, details: Details) -> Finding:
    """The finding, with its detail if details are asked for: some fifty forwards, none if the budget is spent."""
    if details is False:
        return finding
    detail = Detail(_heatmap(evidence, value.shape))
    shown = _asked_for(finding, value, evidence, details) or finding.worst
    if shown is not None and not probe.subject.exhausted:
        detail = evolve(
            detail, index=shown.index, analytic=shown.analytic, numeric=shown.numeric, error_bar=shown.error_bar
        )
        curve, profile = _around(finding.path, value, evidence, shown, probe)
        detail = evolve(detail, curve=curve, profile=profile)
    return evolve(finding, detail=detail)


def _asked_for(finding: Finding, value: Array, evidence: Evidence, details: Details) -> Worst | None:
    """The element that was asked for, if it was measured by itself."""
    if isinstance(details, bool) or finding.path not in details:
        return None
    index = tuple(int(each) for each in details[finding.path])
    try:
        element = int(np.ravel_multi_index(index, value.shape)) if value.ndim else 0
    except ValueError as cause:
        raise VerificationError(f"{finding.path} of shape {value.shape} has no element {index}") from cause
    lines = np.flatnonzero((evidence.index == element) & np.isfinite(evidence.numeric).any(0))
    if not lines.size:
        return None
    line = lines[0]
    analytic, numeric, bar = evidence.analytic[0, line], evidence.numeric[0, line], evidence.bar[0, line]
    return Worst(index, float(analytic), float(numeric), float(bar))


def pooled(values: Array, cells: int = CELLS) -> Array:
    """A matrix of at most ``cells`` rows and columns, each the largest of what it stands for; NaN only of NaNs.

    >>> pooled(np.arange(6.0).reshape(2, 3), cells=2)
    array([[0., 2.],
           [3., 5.]])
    """
    filled = np.where(np.isnan(values), -np.inf, values)
    for axis in (0, 1):
        length = filled.shape[axis]
        starts = np.unique(np.arange(min(length, cells)) * length // min(length, cells))
        filled = np.maximum.reduceat(filled, starts, axis=axis)
    return np.where(np.isneginf(filled), np.nan, filled)


def _heatmap(evidence: Evidence, shape: tuple[int, ...]) -> tuple[tuple[float | None, ...], ...]:
    size = math.prod(shape)
    if not size:
        return ()
    excess = np.full(size, np.nan)
    measured = np.isfinite(evidence.numeric).any(0)
    excess[evidence.index[measured]] = np.minimum(evidence.excess()[measured], LARGEST)
    cells = pooled(excess.reshape(-1, shape[-1] if shape else 1))
    return tuple(tuple(None if math.isnan(cell) else float(f"{cell:.4g}") for cell in row) for row in cells.tolist())


def _around(
    path: str, value: Array, evidence: Evidence, worst: Worst, probe: Evaluator
) -> tuple[tuple[CurvePoint, ...], tuple[ProfilePoint, ...]]:
    """Centred differences over the step, and the function itself, for the worst element under its upstream."""
    element = int(np.ravel_multi_index(worst.index, value.shape)) if value.ndim else 0
    line = int(np.flatnonzero(evidence.index == element)[0])
    upstream = probe.upstreams[int(np.abs(evidence.analytic[:, line] - worst.analytic).argmin())].astype(np.float64)
    scales = element_scales(value)
    bundle = element_bundle(path, Partition(value.shape, probe.base.shape), element, scales)
    scale = float(scales[element])

    def change(t: float) -> float:
        output = probe.output(bundle, t)
        if output is None:
            return math.nan
        moved = output.astype(np.float64) - probe.base
        return float(np.vdot(upstream, np.where(np.isfinite(moved), moved, np.nan)))

    curve = []
    for step in (2.0**exponent for exponent in STEPS):
        numeric = (change(step) - change(-step)) / (2 * step * scale)
        if math.isfinite(numeric):
            curve.append(CurvePoint(step * scale, numeric, abs(numeric - worst.analytic)))
    offsets = [number / SIDE for number in range(-SIDE, SIDE + 1)]
    profile = [ProfilePoint(t * scale, change(t) if t else 0.0) for t in offsets]
    return tuple(curve), tuple(point for point in profile if math.isfinite(point.change))
