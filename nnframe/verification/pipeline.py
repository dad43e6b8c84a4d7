"""The engine: what is done, in which order, to verify one subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from attrs import evolve, frozen

from nnframe.arrays import Array
from nnframe.verification.checks.generic_point import examine_nearby
from nnframe.verification.checks.mixed_precision import ROUNDED, compare_precisions, rounded_midway, shadow_of, unit_at
from nnframe.verification.comparison.evidence import Evidence
from nnframe.verification.comparison.recurrent import examine_steps
from nnframe.verification.comparison.strategy import Examined, examine
from nnframe.verification.comparison.subgradient import ClarkeSubgradients
from nnframe.verification.comparison.ties import examine_ties
from nnframe.verification.diagnosis.detail import detailed
from nnframe.verification.diagnosis.diagnosing import explained
from nnframe.verification.diagnosis.finding import finding_from
from nnframe.verification.floats.sampling import Draws
from nnframe.verification.function.function import FunctionUnderTest
from nnframe.verification.function.lending import reads_behind, take_back
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.preconditions.cotangents import upstreams_for
from nnframe.verification.preconditions.purity import Preflight, preflight
from nnframe.verification.preconditions.sparing import preflight_sparingly
from nnframe.verification.report.cause import Cause
from nnframe.verification.report.finding import Finding
from nnframe.verification.report.verdict import Verdict

__all__ = ["Outcome", "verify_subject"]

STOPS = (Cause.NOT_DETERMINISTIC, Cause.NON_FINITE)


@frozen(eq=False)
class Outcome:
    """What the engine hands back: findings, the evidence behind them by path, and whether there is no doubt in them."""

    findings: tuple[Finding, ...]
    evidence: Mapping[str, Evidence]
    sure: bool = True


def verify_subject(
    subject: FunctionUnderTest, draws: Draws, *, strategy: str = "auto", upstream: Array | None = None
) -> Outcome:
    """Verify one function and its pullback: pre-flight, every variable, a nearby point.

    Args:
        subject: The function at its point.
        draws: Make upstreams and directions.
        strategy: As in ``GradientVerifier``.
        upstream: The upstream gradient that was captured in a model; None where there is none.

    Where parameters are lent and something is wrong that copies of them could change, all is done again in copies.
    """
    if subject.lent is None:
        return _verified(subject, draws, strategy, upstream)
    lent = subject.lent
    sparing = _verified(subject, draws, strategy, upstream)
    if sparing.sure and not (_fails(sparing) and not subject.exhausted and reads_behind(subject, lent)):
        return sparing
    take_back(subject, lent)
    ordinary = _verified(subject, draws, strategy, upstream)
    if sparing.sure or _fails(ordinary):
        return ordinary
    seen = {each.path: each for each in sparing.findings}
    return evolve(ordinary, findings=tuple(seen.get(each.path, each) for each in ordinary.findings))


def _verified(subject: FunctionUnderTest, draws: Draws, strategy: str, upstream: Array | None) -> Outcome:
    """What is found in copies; or in parameters that are lent, as long as there is no doubt that this does no harm."""
    output = subject.run(subject.copies())[0]
    if not np.isfinite(output).all():
        return Outcome((_not_finite(output),), {})
    upstreams = upstreams_for(output, draws.generator("", "upstreams"), upstream)
    if subject.lent is not None:
        sparing = preflight_sparingly(subject, output, upstreams)
        if sparing is None or sparing.findings:
            return Outcome(() if sparing is None else tuple(sparing.findings), {}, sure=False)
        return _verify_values(subject, sparing, draws, strategy)
    before = preflight(subject, output, upstreams)
    if any(each.path == "forward" for each in before.findings):
        return Outcome(tuple(before.findings), {})
    return _verify_values(subject, before, draws, strategy)


def _fails(outcome: Outcome) -> bool:
    return any(each.verdict is Verdict.FAIL for each in outcome.findings)


def _verify_values(subject: FunctionUnderTest, before: Preflight, draws: Draws, strategy: str) -> Outcome:
    shadow = shadow_of(subject, before)
    exact, seen = (subject, before) if shadow is None else shadow
    findings = list(before.findings)
    examined = _examined(subject, before, exact, seen, findings, draws, strategy)
    if subject.large:  # What is needed at one point need not be in memory together with what is at another.
        before.forget()
        seen.forget()
        subject.lent = exact.lent = None
    if not subject.fixed and not subject.exhausted and not before.findings:
        partitions = {path: each.partition for path, each in examined.items()}
        findings = examine_nearby(exact, findings, partitions, seen, draws)
    if shadow is not None:
        subject.forwards += exact.forwards
        subject.pullbacks += exact.pullbacks
    return Outcome(tuple(findings), {path: each.evidence for path, each in examined.items()})


def _examined(
    subject: FunctionUnderTest,
    before: Preflight,
    exact: FunctionUnderTest,
    seen: Preflight,
    findings: list[Finding],
    draws: Draws,
    strategy: str,
) -> dict[str, Examined]:
    """Examine every variable at the point, and add what was found to the findings."""
    gradients = [{path: each.astype(np.float64, copy=False) for path, each in one.items()} for one in seen.gradients]
    probe = Evaluator(exact, seen.output, seen.upstreams, unit_at(exact, seen.output))
    paths = [path for path in exact.values if gradients and path in gradients[0] and path not in before.broken]
    units = {path: _unit_of(exact.values[path], seen.gradients, path) for path in paths}
    proved = examine_steps(probe, gradients, units, draws, strategy)
    examined = {
        path: proved.get(path) or examine(probe, path, gradients, units[path], draws, strategy) for path in paths
    }
    evidence = {path: each.evidence for path, each in examined.items()}
    unit = max(units.values(), default=0.0)
    limits = ClarkeSubgradients(probe, gradients, unit)
    limits.allow(evidence)
    examine_ties(probe, gradients, evidence, unit, limits)
    for path in paths:
        value = exact.values[path]
        finding = finding_from(path, value, examined[path], probe, gradients)
        if finding.verdict is Verdict.FAIL and not any(each.path == path for each in findings):
            finding = explained(finding, value, examined[path], probe)
        if exact is not subject and finding.verdict is not Verdict.FAIL:
            finding = compare_precisions(finding, path, subject, before, exact, seen) or finding
        if exact is subject and finding.verdict is not Verdict.FAIL and rounded_midway(probe, seen.gradients, path):
            finding = evolve(finding, verdict=Verdict.FAIL, cause=Cause.LOW_PRECISION, hint=ROUNDED)
        _merge(findings, detailed(finding, value, examined[path].evidence, probe, subject.details))
    return examined


def _unit_of(value: Array, gradients: Sequence[Mapping[str, Array]], path: str) -> float:
    """The unit round-off of a pullback: that of the variable, or of the gradient where that is coarser."""
    types = [value.dtype, *(each[path].dtype for each in gradients)]
    return max(float(np.finfo(each).eps) / 2 for each in types if each.kind == "f")


def _merge(findings: list[Finding], finding: Finding) -> None:
    """One finding for each path: what the pre-flight said about it comes first."""
    for number, each in enumerate(findings):
        if each.path == finding.path:
            findings[number] = Finding(
                path=each.path,
                verdict=Verdict.FAIL,
                cause=each.cause,
                hint=each.hint,
                factor=finding.factor,
                wrong=finding.wrong or each.wrong,
                wrong_count=finding.wrong_count or each.wrong_count,
                worst=finding.worst,
                coverage=finding.coverage,
                relative_difference=finding.relative_difference,
                detail=finding.detail,
            )
            return
    findings.append(finding)


def _not_finite(output: Array) -> Finding:
    count = int((~np.isfinite(output)).sum())
    hint = f"{count} of {output.size} outputs are infinite or NaN: there is nothing to differentiate"
    return Finding("forward", Verdict.FAIL, Cause.NON_FINITE, hint=hint)
