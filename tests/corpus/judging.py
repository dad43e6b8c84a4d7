"""What the verifier says about one case, and whether that is so."""

from __future__ import annotations

import math
import time
import warnings
from typing import Any

import numpy as np
from attrs import evolve, field, frozen

from nnframe.verification import Finding, Verdict, VerificationReport, verify_pullback
from tests.corpus.case import Case, Point, gradients_at, paths_of
from tests.corpus.catalogue import truth
from tests.corpus.fault import Fault, Truth
from tests.corpus.independent import upstreams_of
from tests.corpus.mutations import changed_at, times

__all__ = ["Injected", "Judged", "inject", "judge_case", "judge_fault", "verify"]

NOT_ABOUT_ELEMENTS = {"NOT_LINEAR_IN_UPSTREAM", "UPSTREAM_IGNORED", "STALE", "WRONG_SHAPE", "WRONG_DTYPE"}
BARS = 10.0
FACTORS = {"zero": 0.0, "sign": -1.0, "doubled": 2.0, "one_percent": 1.01, "one_in_ten_thousand": 1.0001}


@frozen
class Judged:
    """One report, compared with the truth.

    Args:
        name: Of the case or fault.
        verdict: PASS, KINK, INCONCLUSIVE, FAIL or ERROR.
        expected: "correct", "visible", "behaviour", "hidden" or "faint".
        excused: A missed fault is smaller than the error bar that was stated.
        tensors: Whether the failing paths are the wrong ones; None where that is not judged.
        elements: For each judged path, whether the wrong elements were named.
        causes: For each wrong path that was named, "right", "true", "false" or "none".
        said: What the findings say.
    """

    name: str
    verdict: str
    expected: str
    excused: bool = False
    tensors: bool | None = None
    elements: dict[str, bool] = field(factory=dict)
    causes: dict[str, str] = field(factory=dict)
    said: tuple[str, ...] = ()
    forwards: int = 0
    seconds: float = 0.0

    @property
    def missed(self) -> bool:
        """A fault that should fail, and does not."""
        return self.expected in ("visible", "behaviour") and self.verdict != "FAIL" and not self.excused


@frozen
class Injected:
    """A mistake put into one gradient of a right case.

    Args:
        name: Case, path and mistake.
        state: "seen", "missed", "zero" (the gradient is zero), "excused" (below ten error bars), or "free" (at a kink).
    """

    name: str
    state: str
    said: str = ""


def verify(point: Point) -> VerificationReport:
    """Run the verifier; warnings of the functions are not its business."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return verify_pullback(point.function, point.parameters, point.x)


def judge_case(case: Case) -> Judged:
    """Verify a right function."""
    return _run(case.name, case.build(), "correct")[0]


def judge_fault(fault: Fault) -> Judged:
    """Verify a mistake, and compare what was said with what is wrong."""
    known = truth(fault.name)
    expected = "hidden" if fault.hidden else "behaviour" if fault.behaviour else "visible" if known.visible else "faint"
    judged, report = _run(fault.name, fault.build(), expected)
    if report is None:
        return judged
    failing: dict[str, Finding] = {}
    for finding in report.findings:
        if finding.verdict is Verdict.FAIL:
            failing.setdefault(finding.path, finding)
    if not failing:
        return evolve(judged, excused=expected == "visible" and _below_the_bar(report, known))
    return evolve(
        judged,
        tensors=None if fault.hidden else _tensors(fault, known, set(failing)),
        elements=_elements(fault, known, failing) if expected == "visible" else {},
        causes=_causes(fault, known, failing) if not fault.hidden else {},
    )


def _run(name: str, point: Point, expected: str) -> tuple[Judged, VerificationReport | None]:
    started = time.perf_counter()
    try:
        report = verify(point)
    except Exception as error:
        return Judged(name, "ERROR", expected, said=(f"{type(error).__name__}: {error}",)), None
    said = tuple(map(_sentence, (each for each in report.worst_first() if each.verdict is not Verdict.PASS)))
    seconds = time.perf_counter() - started
    return Judged(name, report.verdict.name, expected, said=said, forwards=report.forwards, seconds=seconds), report


def _sentence(finding: Finding) -> str:
    cause = f" {finding.cause.name}" if finding.cause else ""
    return f"{finding.path} {finding.verdict.name}{cause}: {finding.hint}"


def _below_the_bar(report: VerificationReport, known: Truth) -> bool:
    """Whether every visible error is smaller than the error bar stated for its array."""
    for path in known.visible:
        worst = report[path].worst
        if worst is None or not known.sizes[path] * max(abs(worst.numeric), 0.0) < worst.error_bar:
            return False
    return True


def _tensors(fault: Fault, known: Truth, failing: set[str]) -> bool:
    if fault.behaviour:
        return failing <= fault.paths | known.touched
    return known.visible <= failing <= known.touched | fault.paths


def _elements(fault: Fault, known: Truth, failing: dict[str, Finding]) -> dict[str, bool]:
    if fault.causes & NOT_ABOUT_ELEMENTS:
        return {}
    found = {}
    for path in known.visible & failing.keys():
        finding, surely, possibly = failing[path], known.surely[path], known.possibly[path]
        named = set(finding.wrong)
        cut = max(finding.wrong_count, len(named)) > len(named)
        right = named <= possibly and (cut or surely <= named)
        found[path] = right and len(surely) <= max(finding.wrong_count, len(named)) <= len(possibly)
    return found


def _causes(fault: Fault, known: Truth, failing: dict[str, Finding]) -> dict[str, str]:
    acceptable = set(fault.causes)
    found = {}
    for path in sorted((known.visible or fault.paths) & failing.keys()) or sorted(failing):
        cause = failing[path].cause
        name = cause.name if cause is not None else "none"
        found[path] = (
            "right" if name in acceptable else "true" if name in fault.also else "none" if name == "none" else "false"
        )
    return found


def inject(case: Case) -> list[Injected]:
    """Put mistakes into one gradient after another of a right case."""
    point = case.build()
    found = []
    for path in paths_of(point):
        gradients = [gradients_at(case.build(), upstream)[path] for upstream in upstreams_of(case.build(), 2)]
        zero = all(gradient is None or not np.any(np.asarray(gradient)) for gradient in gradients)
        for name, factor in FACTORS.items():
            label = f"{case.name}/{path}/{name}"
            if zero or path in case.free:
                found.append(Injected(label, "zero" if zero else "free"))
            else:
                found.append(_injected(case, path, label, factor))
    return found


def _injected(case: Case, path: str, label: str, factor: float) -> Injected:
    fresh = case.build()
    try:
        report = verify(Point(changed_at(path, times(factor))(fresh.function), fresh.parameters, fresh.x))
    except Exception as error:
        return Injected(label, "missed", f"{type(error).__name__}: {error}")
    if any(each.path == path and each.verdict is Verdict.FAIL for each in report.findings):
        return Injected(label, "seen")
    finding = next((each for each in report.findings if each.path == path), None)
    said = "no finding" if finding is None else f"{finding.verdict.name}: {finding.worst} {finding.hint}"
    if not resolvable(case, path):
        return Injected(label, "zero", said)
    if factor not in (0.0, -1.0) and finding is not None and _within(finding, factor):
        return Injected(label, "excused", said)
    return Injected(label, "missed", said)


def resolvable(case: Case, path: str) -> bool:
    """Whether a gradient moves the output by more than its last digits, over the whole scale of the variable."""
    point = case.build()
    output = np.asarray(point.function(point.parameters, point.x)[0])
    digits = float(np.finfo(output.dtype).eps) * float(np.abs(output).max(initial=0.0))
    scale = float(np.abs(paths_of(point)[path]).max(initial=0.0)) or 1.0
    upstream = np.ones_like(output)
    gradient = np.asarray(gradients_at(point, upstream)[path], dtype=np.float64)
    random = np.asarray(gradients_at(point, upstreams_of(point, 1)[0])[path], dtype=np.float64)
    return float(max(np.abs(gradient).max(initial=0.0), np.abs(random).max(initial=0.0))) * scale > digits


def _within(finding: Finding, factor: float) -> bool:
    """Whether a factor moves the worst element by less than ten of its error bars."""
    worst: Any = finding.worst
    if worst is None:
        return False
    moved = abs(factor - 1) * abs(worst.numeric)
    return not math.isfinite(moved) or moved <= BARS * worst.error_bar
