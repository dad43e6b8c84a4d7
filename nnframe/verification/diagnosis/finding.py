"""From the evidence on one gradient to its finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from nnframe.arrays import Array
from nnframe.verification.comparison.evidence import FAILED, KINK, PASSED, UNDECIDED, UNNOTICED, ZERO, Evidence
from nnframe.verification.comparison.strategy import Examined
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.report.finding import MOST_INDICES, Coverage, Finding, Worst
from nnframe.verification.report.verdict import Verdict

__all__ = ["finding_from", "relative_difference"]

HIDDEN = "noise in the forward would have hidden a gradient of zero"
SPENT = "the budget was spent before an element was decided"
_RIGHT = (Verdict.PASS, False, "")


def finding_from(
    path: str, value: Array, examined: Examined, probe: Evaluator, gradients: Sequence[Mapping[str, Array]]
) -> Finding:
    """The finding on one gradient, with the mistake where there is one."""
    evidence = examined.evidence
    verdict, zero, hint = _verdict(evidence) if evidence.state.size or not examined.by_directions else _RIGHT
    if examined.wrong_direction:
        verdict, zero, hint = (
            Verdict.FAIL,
            False,
            "along a random direction the slope is not what the gradient promises",
        )
    wrong = np.flatnonzero(evidence.wrong)
    flat = np.sort(evidence.index[wrong][:MOST_INDICES])
    indices = (
        tuple(zip(*(axis.tolist() for axis in np.unravel_index(flat, value.shape)), strict=True)) if value.ndim else ()
    )
    return Finding(
        path,
        verdict,
        hint=hint,
        wrong=indices if value.ndim else ((),) * min(len(wrong), 1),
        wrong_count=len(wrong),
        worst=_worst(evidence, value.shape),
        coverage=_coverage(examined, value.size),
        relative_difference=relative_difference(evidence),
        numerically_zero=zero,
    )


def relative_difference(evidence: Evidence) -> float | None:
    """``‖a − n‖ / (‖a‖ + ‖n‖)`` over the elements that were measured, under the first upstream."""
    known = np.isfinite(evidence.numeric[0])
    analytic, numeric = evidence.analytic[0][known], evidence.numeric[0][known]
    largest = max(float(np.abs(analytic).max(initial=0.0)), float(np.abs(numeric).max(initial=0.0)))
    if not known.any():
        return None
    if largest == 0:
        return 0.0
    a, n = analytic / largest, numeric / largest
    return float(np.linalg.norm(a - n) / (np.linalg.norm(a) + np.linalg.norm(n)))


def _verdict(evidence: Evidence) -> tuple[Verdict, bool, str]:
    state = evidence.state
    if (state == FAILED).any():
        return Verdict.FAIL, False, f"{int((state == FAILED).sum()):,} of {state.size:,} elements are wrong"
    if (state == KINK).any():
        return Verdict.KINK, False, "at a kink: the gradient lies between the slopes on both sides"
    dead = not evidence.analytic.any() and not np.nan_to_num(evidence.numeric, nan=1.0).any()
    if (state == PASSED).any() and not dead:
        return Verdict.PASS, False, ""
    for undecided, why in ((UNNOTICED, HIDDEN), (UNDECIDED, SPENT)):
        if (state == undecided).any():
            return Verdict.INCONCLUSIVE, False, why
    zero = "numerically zero: over the variable's whole scale the output does not change by what it can resolve"
    return Verdict.PASS, dead or bool((state == ZERO).all()), zero


def _worst(evidence: Evidence, shape: tuple[int, ...]) -> Worst | None:
    if not evidence.state.size or not np.isfinite(evidence.numeric).any():
        return None
    excess = evidence.excess()
    for state in (FAILED, UNNOTICED, KINK):
        if (evidence.state == state).any():
            excess = np.where(evidence.state == state, excess, -1.0)
            break
    line = int(excess.argmax())
    error = np.abs(evidence.analytic[:, line] - evidence.numeric[:, line])
    m = int(np.argmax(np.nan_to_num(error / np.maximum(evidence.bar[:, line], np.finfo(np.float64).tiny))))
    sides = (float(evidence.low[m, line]), float(evidence.high[m, line]))
    index = tuple(int(each) for each in np.unravel_index(int(evidence.index[line]), shape)) if shape else ()
    return Worst(
        index,
        float(evidence.analytic[m, line]),
        float(evidence.numeric[m, line]),
        float(evidence.bar[m, line]),
        None if np.isnan(sides[0]) else sides,
    )


def _coverage(examined: Examined, total: int) -> Coverage:
    evidence = examined.evidence
    decided = evidence.state != UNDECIDED
    bars = evidence.bar[:, decided]
    visible = float(np.nanmax(bars)) if bars.size and np.isfinite(bars).any() else 0.0
    return Coverage(int(decided.sum()), examined.by_directions, total, max(visible, examined.visible))
