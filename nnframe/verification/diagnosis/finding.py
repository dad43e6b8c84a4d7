"""From all evidence on one path to its finding. Everything here is a pure function: no evidence is changed.

Element by element, in this order: accused together with others (wrong), excused (right at a kink), and else as
measured. For the path as a whole: what a precondition says, then wrong elements or a wrong direction with the mistake
in them, then what another precision and another point say, then what is undecided, kinks, and what is unnoticed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import frozen

from nnframe.arrays import Array, Booleans, Integers, Shape
from nnframe.verification.comparison.evidence import (
    FAILED,
    KINK,
    PASSED,
    UNDECIDED,
    UNNOTICED,
    ZERO,
    Accusal,
    Charge,
    Excuse,
    Lines,
    Measurement,
)
from nnframe.verification.diagnosis.case import Explanation
from nnframe.verification.report.detail import Detail
from nnframe.verification.report.finding import MOST_INDICES, Coverage, Finding, Index, Worst
from nnframe.verification.report.verdict import Verdict

__all__ = ["Decision", "PathEvidence", "decide", "find_worst", "merge"]

HIDDEN = "noise in the forward would have hidden a gradient of zero"
SPENT = "the budget was spent before an element was decided"
UNASKED = "the budget was spent before every check was made"
DIRECTION = "along a random direction the slope is not what the gradient promises"
AT_KINK = "at a kink: the gradient lies between the slopes on both sides"
NOTHING_MOVES = "numerically zero: over the variable's whole scale the output does not change by what it can resolve"


@frozen(eq=False)
class Decision:
    """What is known of each element of one gradient, once all evidence on single elements is in.

    Args:
        measurement: What was measured.
        lines: What is kept of single elements, with what was decided about each.
        counts: How many elements have each state.
        wrong: Which elements are wrong; None where none is.
    """

    measurement: Measurement
    lines: Lines
    counts: Integers
    wrong: Booleans | None

    @property
    def failed(self) -> bool:
        """Whether a gradient is wrong by what was measured."""
        return bool(self.counts[FAILED]) or self.measurement.wrong_direction


@frozen(eq=False)
class PathEvidence:
    """Everything that is known about one path.

    Args:
        path: Which.
        shape: Of the variable; None where the path is none.
        preconditions: Charges before any derivative was measured.
        decision: What was decided about its elements; None where nothing was measured.
        explanation: The mistake, where something failed and one explains it.
        others: Charges of checks that are asked only where nothing else is wrong.
        detail: What a picture shows.
        spent: The budget did not allow to ask everything.
    """

    path: str
    shape: Shape | None = None
    preconditions: Sequence[Charge] = ()
    decision: Decision | None = None
    explanation: Explanation | None = None
    others: Sequence[Charge] = ()
    detail: Detail | None = None
    spent: bool = False


def decide(measurement: Measurement, excuses: Sequence[Excuse] = (), accusals: Sequence[Accusal] = ()) -> Decision:
    """Decide about every element: accused together with others, excused, or as measured, in this order."""
    before = measurement.lines
    if not excuses and not accusals:
        return Decision(measurement, before, measurement.tally.counts, measurement.tally.wrong)
    lines = before.take(np.arange(len(before.index)))
    for excuse in excuses:
        lines.state[np.isin(lines.index, excuse.elements)] = excuse.state
    for accusal in accusals:
        order = np.argsort(accusal.elements)
        where = np.flatnonzero(np.isin(lines.index, accusal.elements))
        found = order[np.searchsorted(accusal.elements, lines.index[where], sorter=order)]
        lines.state[where] = FAILED
        lines.numeric[:, where] = lines.analytic[:, where] + accusal.off[:, found]
    counts = measurement.tally.counts - np.bincount(before.state, minlength=6) + np.bincount(lines.state, minlength=6)
    wrong = np.zeros(int(np.prod(measurement.tally.shape)), bool)
    if measurement.tally.wrong is not None:
        wrong |= measurement.tally.wrong
    wrong[lines.index] = lines.wrong
    return Decision(measurement, lines, counts, wrong if wrong.any() else None)


def merge(evidence: PathEvidence) -> Finding:
    """Make the one finding of a path."""
    known = _describe(evidence)
    for charge in (*evidence.preconditions, *(() if known.verdict is Verdict.FAIL else evidence.others)):
        return _accuse(known, charge)
    return known


def _accuse(known: Finding, charge: Charge) -> Finding:
    wrong = (charge.wrong, charge.wrong_count) if charge.wrong and not known.wrong else (known.wrong, known.wrong_count)
    return Finding(
        path=known.path,
        verdict=Verdict.FAIL,
        cause=charge.cause,
        hint=charge.hint,
        wrong=wrong[0],
        wrong_count=wrong[1] or charge.wrong_count,
        worst=known.worst,
        coverage=known.coverage,
        relative_difference=known.relative_difference,
        detail=known.detail,
    )


def _describe(evidence: PathEvidence) -> Finding:
    """The finding by what was measured alone."""
    if evidence.decision is None or evidence.shape is None:
        verdict, hint = (Verdict.INCONCLUSIVE, SPENT) if evidence.spent else (Verdict.PASS, "")
        coverage = None if evidence.shape is None else Coverage(0, 0, int(np.prod(evidence.shape)))
        return Finding(evidence.path, verdict, hint=hint, coverage=coverage if evidence.spent else None)
    decision, mistake = evidence.decision, evidence.explanation
    verdict, zero, hint = _judge(decision)
    if evidence.spent and verdict.severity < Verdict.INCONCLUSIVE.severity:
        verdict, zero, hint = Verdict.INCONCLUSIVE, False, UNASKED
    wrong = np.zeros(0, dtype=np.intp) if decision.wrong is None else np.flatnonzero(decision.wrong)[:MOST_INDICES]
    indices: tuple[Index, ...] = ((),) * min(len(wrong), 1)
    if evidence.shape:
        indices = tuple(zip(*(axis.tolist() for axis in np.unravel_index(wrong, evidence.shape)), strict=True))
    return Finding(
        evidence.path,
        verdict,
        cause=None if mistake is None else mistake.cause,
        factor=None if mistake is None else mistake.factor,
        hint=hint if mistake is None else mistake.hint or hint,
        wrong=indices,
        wrong_count=int(decision.counts[FAILED]),
        worst=find_worst(decision.lines, evidence.shape),
        coverage=_cover(decision),
        relative_difference=_compute_relative_difference(decision.measurement),
        residual=None if mistake is None else mistake.residual,
        numerically_zero=zero,
        detail=evidence.detail,
    )


def _judge(decision: Decision) -> tuple[Verdict, bool, str]:
    """The verdict by what was measured, whether the gradient is numerically zero, and a sentence."""
    counts, measurement = decision.counts, decision.measurement
    total, dead = int(counts.sum()), not measurement.tally.moves
    zero = dead or bool(counts[ZERO] == total)
    cases: tuple[tuple[bool, Verdict, bool, str], ...] = (
        (measurement.wrong_direction, Verdict.FAIL, False, DIRECTION),
        (counts[FAILED] > 0, Verdict.FAIL, False, f"{int(counts[FAILED]):,} of {total:,} elements are wrong"),
        (counts[UNDECIDED] > 0, Verdict.INCONCLUSIVE, False, SPENT),
        (not total and measurement.by_directions > 0, Verdict.PASS, False, ""),
        (counts[KINK] > 0, Verdict.KINK, False, AT_KINK),
        (counts[PASSED] > 0 and not dead, Verdict.PASS, False, ""),
        (counts[UNNOTICED] > 0, Verdict.INCONCLUSIVE, False, HIDDEN),
        (True, Verdict.PASS, zero, NOTHING_MOVES),
    )
    return next((verdict, zero, hint) for holds, verdict, zero, hint in cases if holds)


def _compute_relative_difference(measurement: Measurement) -> float | None:
    """``‖a − n‖ / (‖a‖ + ‖n‖)`` over the elements that were measured, under the first upstream."""
    tally = measurement.tally
    if not tally.measured:
        return None
    total = tally.analytic + tally.numeric
    return tally.difference / total if total > 0 else 0.0


def find_worst(lines: Lines, shape: Shape) -> Worst | None:
    """Return the element that is furthest from its derivative in error bars; of those that are not right, if any."""
    if not lines.state.size or not np.isfinite(lines.numeric).any():
        return None
    excess = lines.excess()
    for state in (FAILED, UNNOTICED, KINK):
        if (lines.state == state).any():
            excess = np.where(lines.state == state, excess, -1.0)
            break
    line = int(excess.argmax())
    error = np.abs(lines.analytic[:, line] - lines.numeric[:, line])
    m = int(np.argmax(np.nan_to_num(error / np.maximum(lines.bar[:, line], np.finfo(np.float64).tiny))))
    sides = (float(lines.low[m, line]), float(lines.high[m, line]))
    index = tuple(int(each) for each in np.unravel_index(int(lines.index[line]), shape)) if shape else ()
    return Worst(
        index,
        _to_float(lines.analytic, m, line),
        _to_float(lines.numeric, m, line),
        _to_float(lines.bar, m, line),
        None if np.isnan(sides[0]) else sides,
    )


def _to_float(values: Array, upstream: int, line: int) -> float:
    return float(values[upstream, line])


def _cover(decision: Decision) -> Coverage:
    measurement = decision.measurement
    total = int(np.prod(measurement.tally.shape))
    decided = min(total, int(decision.counts.sum() - decision.counts[UNDECIDED]))
    visible = max(measurement.tally.visible, measurement.visible)
    return Coverage(decided, measurement.by_directions, total, visible)
