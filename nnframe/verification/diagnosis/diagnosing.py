"""From evidence to a case: gathers what the hypotheses about a wrong gradient need."""

from __future__ import annotations

import numpy as np
from attrs import evolve

from nnframe.arrays import Array
from nnframe.verification.comparison.evidence import FAILED, Evidence
from nnframe.verification.comparison.strategy import Examined
from nnframe.verification.diagnosis.case import Case
from nnframe.verification.diagnosis.diagnose import diagnose
from nnframe.verification.floats.step_scale import element_scales
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.numerical.perturbation import element_bundle
from nnframe.verification.numerical.step_ladder import ladder_of
from nnframe.verification.report.cause import Cause
from nnframe.verification.report.finding import Finding

__all__ = ["explained"]

MOST_ENTRIES = 2**21
MOST_FORWARDS = 4096
_FOUND = (
    "{:,} of {:,} elements are wrong; bisection found them, and a random direction through all agrees for the others"
)


def explained(finding: Finding, value: Array, examined: Examined, probe: Evaluator) -> Finding:
    """A finding of a wrong gradient, with the mistake where the numbers bear one out."""
    if examined.found:
        return evolve(finding, cause=Cause.SPARSE_ELEMENTS, hint=_FOUND.format(finding.wrong_count, value.size))
    explanation = diagnose(_case(finding.path, value, examined, probe))
    if explanation is None:
        return finding
    return evolve(
        finding,
        cause=explanation.cause,
        hint=explanation.hint or finding.hint,
        factor=explanation.factor,
        residual=explanation.residual,
    )


def _case(path: str, value: Array, examined: Examined, probe: Evaluator) -> Case:
    evidence, partition = examined.evidence, examined.partition
    wrong = np.zeros(value.size, dtype=bool)
    wrong[evidence.index] = evidence.state == FAILED
    return Case(
        path,
        value,
        _whole(evidence, evidence.analytic, value),
        _whole(evidence, evidence.numeric, value),
        _whole(evidence, evidence.bar, value),
        wrong.reshape(value.shape),
        np.stack(list(probe.upstreams)).astype(np.float64),
        probe.base.astype(np.float64),
        lambda: _jacobian(path, value, probe, partition),
    )


def _whole(evidence: Evidence, values: Array, value: Array) -> Array:
    full = np.full((len(values), value.size), np.nan)
    full[:, evidence.index] = values
    return full.reshape(len(values), *value.shape)


def _jacobian(path: str, value: Array, probe: Evaluator, partition: Partition) -> Array | None:
    """(outputs, elements) by central differences; None where it would be too large or cost too much."""
    if value.size * probe.base.size > MOST_ENTRIES or 2 * partition.groups > MOST_FORWARDS or probe.subject.exhausted:
        return None
    step = 2.0 ** (ladder_of(probe.unit).main - 3)
    scales = element_scales(value)
    jacobian = np.zeros((probe.base.size, value.size))
    places = np.arange(probe.base.size, dtype=np.float64).reshape(probe.base.shape)
    outputs = partition.arrange(places).astype(np.intp)
    for group in range(partition.groups):
        bundle = element_bundle(path, partition, group, scales)
        change = probe.differences(partition, [bundle], step) - probe.differences(partition, [bundle], -step)
        elements = partition.members[group]
        jacobian[outputs, elements] = change[0] / (2 * step * scales[elements])
    return jacobian if np.isfinite(jacobian).all() else None
