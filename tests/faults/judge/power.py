"""The power run: faults put into right cases, gradient by gradient, to show that none passes for free."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from attrs import asdict, evolve, frozen

from nnframe.verification import Finding, Verdict, VerificationReport
from tests.faults.case import Case, Point
from tests.faults.fault import changed
from tests.faults.judge.outcome import verified

__all__ = ["INJECTIONS", "Injected", "PowerFigures", "inject", "power_figures"]

INJECTIONS = {"zero": 0.0, "sign": -1.0, "factor 2": 2.0, "factor 1.01": 1.01, "factor 1.0001": 1.0001}
BARS = 10


@frozen(eq=False)
class Injected:
    """One gradient of one right case, times a factor.

    Args:
        name: ``"case/path/injection"``.
        kind: Of the injection.
        must: Whether it must fail.
        excused: Why it need not, if so.
        failed: Whether it failed.
        seconds: How long it took.
    """

    name: str
    kind: str
    must: bool
    excused: str
    failed: bool
    seconds: float


@frozen
class PowerFigures:
    """How many injected faults failed, by kind, and which did not though they must."""

    count: int
    failed: dict[str, int]
    required: dict[str, int]
    total: dict[str, int]
    passed_for_free: tuple[str, ...]
    zero_by_claim: tuple[str, ...]
    seconds: float

    def as_dict(self) -> dict[str, object]:
        """Plain data."""
        return asdict(self)


def inject(case: Case, report: VerificationReport, kinds: Sequence[str] = tuple(INJECTIONS)) -> list[Injected]:
    """Every injection into every gradient of a case that the verifier has passed."""
    found = []
    for path in case.build().variables():
        if path in case.kinks:
            continue
        size = max([float(np.abs(gradient).max(initial=0)) for gradient in _gradients(case.build(), path)])
        for kind in kinds:
            factor = INJECTIONS[kind]
            if size == 0:
                continue
            point = case.build()
            wrong = evolve(point, function=changed(_times(path, factor))(point.function))
            answer, error, seconds = verified(wrong)
            excuse = _excuse(report, path, abs(factor - 1) * size, kind)
            failed = not error and answer is not None and answer.failed
            found.append(Injected(f"{case.name}/{path}/{kind}", kind, not excuse, excuse, failed, seconds))
    return found


def power_figures(injected: Sequence[Injected]) -> PowerFigures:
    """Count."""

    def by_kind(chosen: Sequence[Injected]) -> dict[str, int]:
        return {kind: sum(each.kind == kind for each in chosen) for kind in INJECTIONS}

    return PowerFigures(
        count=len(injected),
        failed=by_kind([each for each in injected if each.failed]),
        required=by_kind([each for each in injected if each.must]),
        total=by_kind(injected),
        passed_for_free=tuple(each.name for each in injected if each.must and not each.failed),
        zero_by_claim=tuple(
            each.name for each in injected if each.excused == "numerically zero" and each.kind == "sign"
        ),
        seconds=sum(each.seconds for each in injected),
    )


def _times(path: str, factor: float) -> Any:
    def change(p: Any, x: Any, u: Any, g: dict[str, Any]) -> dict[str, Any]:
        right = np.asarray(g[path])
        return {path: right * right.dtype.type(factor)}

    return change


def _gradients(point: Point, path: str) -> list[Any]:
    return [np.asarray(point.gradients(upstream)[path], dtype=np.float64) for upstream in point.upstreams()]


def _excuse(report: VerificationReport, path: str, error: float, kind: str) -> str:
    """Why an injection need not fail: the verifier said beforehand that the gradient is zero, or what it can see."""
    finding = next((each for each in report.findings if each.path == path), None)
    if finding is None:
        return ""
    if finding.numerically_zero:
        return "numerically zero"
    if finding.verdict in (Verdict.INCONCLUSIVE, Verdict.KINK):
        return finding.verdict.value
    if kind in ("zero", "sign"):
        return ""
    return "" if error > BARS * _bar(finding) else "below ten error bars"


def _bar(finding: Finding) -> float:
    bars = [finding.worst.error_bar] if finding.worst else []
    bars += [finding.coverage.smallest_visible] if finding.coverage else []
    return max(bars, default=0.0)
