"""Generic points: faults that hide where the values are special show there.

Zeros hide a missing factor, unique indices a missing accumulation, a symmetric matrix a missing transposition, an
identity a missing product. So the pullback is also asked where the same values stand in other places and are moved,
which breaks all of these, along one random direction for each variable. What is right there needs no more. What is not
is asked at a point close by, and fails on gross errors only: right here, wrong nearby.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from attrs import evolve

from nnframe.arrays import Array, Shape
from nnframe.verification.comparison.adaptive import promise_of, refine
from nnframe.verification.comparison.evidence import FAILED
from nnframe.verification.floats.blocked import CHUNK, Pattern
from nnframe.verification.floats.roundoff import unit_roundoff
from nnframe.verification.floats.sampling import Draws, random_sizes
from nnframe.verification.floats.shifted import Shifted
from nnframe.verification.floats.step_scale import patterned, thinned, usual_scales
from nnframe.verification.function.function import FunctionUnderTest
from nnframe.verification.numerical.evaluator import LEFT_DOMAIN, Evaluator
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.numerical.perturbation import direction_bundle
from nnframe.verification.numerical.step_ladder import ladder_of
from nnframe.verification.preconditions.purity import Preflight, shuffled
from nnframe.verification.report.cause import Cause
from nnframe.verification.report.finding import Finding
from nnframe.verification.report.verdict import Verdict
from nnframe.verification.sparsity.detection import find_partition

__all__ = ["duplicated", "examine_nearby"]

GROSS = 4e-4
FINE = 2.0**-40
PATTERN = 8191
FAR, NEAR, CLOSER = 0.125, 0.0625, 0.25
FIRST = "the pullback gives the gradient of an earlier point: it belongs to another forward than its own"
HINT = (
    "right at this point, wrong at a generic point close by: special values here (zeros, ones, equal or unique "
    "entries, symmetry) hide a mistake; verify at random values"
)


def examine_nearby(
    subject: FunctionUnderTest,
    findings: Sequence[Finding],
    partitions: Mapping[str, Partition],
    seen: Preflight,
    draws: Draws,
) -> list[Finding]:
    """The findings, with those that are right here and grossly wrong nearby turned to FAIL.

    Args:
        subject: The function.
        findings: What was found at its point.
        partitions: How its variables were examined there.
        seen: The output and the gradients there; of a large subject, the output alone.
        draws: Make points and directions.
    """
    paths = [each.path for each in findings if each.path in subject.values and each.verdict.severity < 2]
    paths = [path for path in paths if subject.values[path].size]
    if not subject.large and _right_elsewhere(subject, paths, partitions, seen.output, draws.within("elsewhere")):
        return list(findings)
    wrong: dict[str, bool] = {}
    for share in (1.0, CLOSER):
        candidates = [path for path in paths if share == 1.0 or path in wrong]
        again = (
            _wrong(subject, candidates, partitions, seen.output, draws.within(f"nearby {share}"), share)
            if candidates
            else {}
        )
        wrong = {path: stale for path, stale in again.items() if share == 1.0 or path in wrong}
    if not subject.large:
        wrong |= dict.fromkeys(
            _of_this_point(subject, [path for path in paths if path not in wrong], seen, draws.within("stale")), True
        )
    return [_turned(each, wrong[each.path]) if each.path in wrong else each for each in findings]


def _right_elsewhere(
    subject: FunctionUnderTest, paths: Sequence[str], partitions: Mapping[str, Partition], output: Array, draws: Draws
) -> bool:
    """Whether every gradient is right where the same values are in other places, and moved: then it is close by too.

    No if that point does not show it; one example says nothing of several.
    """
    if _takes_several(subject, output):
        return False
    alone = len(subject.values) == 1
    points = {path: _moved(path, shuffled(value), draws, 1.0, alone) for path, value in subject.values.items()}
    there = subject.at(points, subject.elsewhere)
    looked = _look(
        there, output.shape, random_sizes(0.5, 1.5, output.shape, draws.generator("", "upstream")).astype(output.dtype)
    )
    if looked is None:
        return False
    probe, gradients = looked
    right = all(
        path in gradients and not _gross(probe, path, partitions[path], gradients, draws, GROSS * CLOSER**2)
        for path in paths
    )
    subject.forwards += there.forwards
    subject.pullbacks += there.pullbacks
    return right


def _takes_several(subject: FunctionUnderTest, output: Array) -> bool:
    """Whether there is one example alone, and perhaps room for more."""
    inputs = [path for path in subject.values if path.startswith("input")]
    single = bool(inputs) and all(subject.values[path].shape[:1] == (1,) for path in inputs)
    return single and output.shape[:1] == (1,)


def _turned(finding: Finding, stale: bool) -> Finding:
    cause, hint = (Cause.STALE, FIRST) if stale else (Cause.WRONG_NEARBY, HINT)
    return evolve(finding, verdict=Verdict.FAIL, cause=cause, hint=hint)


def _wrong(
    subject: FunctionUnderTest,
    paths: Sequence[str],
    partitions: Mapping[str, Partition],
    output: Array,
    draws: Draws,
    share: float,
) -> dict[str, bool]:
    """The paths whose gradient is grossly wrong at a generic point, and whether it is still that of the first point."""
    for several in (True, False):
        found = _wrong_there(
            subject, paths, partitions, output, draws.within("several" if several else "one"), share, several
        )
        if found is not None:
            return found
    return {}


def _wrong_there(
    subject: FunctionUnderTest,
    paths: Sequence[str],
    partitions: Mapping[str, Partition],
    output: Array,
    draws: Draws,
    share: float,
    several: bool,
) -> dict[str, bool] | None:
    """The same at one point, with one example more or as many as here; None where the function refuses it."""
    there = _generic(subject, output, draws, share, several)
    if there is None:
        return None
    shape = (2, *output.shape[1:]) if several else output.shape
    looked = _look(there, shape, random_sizes(0.5, 1.5, shape, draws.generator("", "upstream")).astype(output.dtype))
    if looked is None:
        return None
    probe, gradients = looked
    plain = {path: _plain(probe, path) for path in paths} if several else partitions
    asked = [path for path in paths if path in gradients]
    found = [path for path in asked if _gross(probe, path, plain[path], gradients, draws, GROSS * share**2)]
    comparable = found and not several
    first = _real(subject.run(subject.copies())[1](probe.upstreams[0].copy()), subject) if comparable else {}
    subject.forwards += there.forwards
    subject.pullbacks += there.pullbacks
    return {path: path in first and np.array_equal(gradients[path], first[path]) for path in found}


def _of_this_point(subject: FunctionUnderTest, paths: Sequence[str], seen: Preflight, draws: Draws) -> list[str]:
    """The paths whose gradient far away is, to the last bit, that of this point, and grossly wrong there.

    A cache that is never emptied is right at the first point, and near it where the derivative is constant.
    """
    there = subject.at(
        {path: _moved(path, shuffled(value), draws, 1.0, alone=True) for path, value in subject.values.items()}
    )
    looked = _look(there, seen.output.shape, seen.upstreams[-1]) if paths else None
    if looked is None:
        return []
    probe, gradients = looked
    first = _real(seen.gradients[-1], subject)
    same = [path for path in paths if path in gradients and path in first and gradients[path].any()]
    same = [path for path in same if np.array_equal(gradients[path], first[path])]
    found = [path for path in same if _gross(probe, path, _plain(probe, path), gradients, draws, GROSS)]
    subject.forwards += there.forwards
    subject.pullbacks += there.pullbacks
    return found


def _plain(probe: Evaluator, path: str) -> Partition:
    return Partition(probe.work[path].shape, probe.base.shape)


def duplicated(integers: Array) -> Array:
    """Integers with some of them equal to their neighbour: no value is new.

    >>> duplicated(np.array([3, 1, 2, 0]))
    array([3, 3, 2, 2])
    """
    flat = integers.reshape(-1).copy()
    flat[1::2] = flat[: flat.size - 1 : 2] if flat.size % 2 else flat[::2]
    return flat.reshape(integers.shape)


def _generic(
    subject: FunctionUnderTest, output: Array, draws: Draws, share: float, several: bool
) -> FunctionUnderTest | None:
    """A subject close by; with a second example, where there is one alone and the function takes more."""
    if several and not _takes_several(subject, output):
        return None
    alone = len(subject.values) == 1
    points = {path: _moved(path, value, draws, share, alone) for path, value in subject.values.items()}
    if several:
        for path in (path for path in subject.values if path.startswith("input")):
            again = _moved(path, subject.values[path], draws.within("second"), share, alone)
            points[path] = np.concatenate([_array(points[path]), _array(again)])
    return subject.at(points, subject.elsewhere)


def _moved(path: str, value: Array, draws: Draws, share: float, alone: bool) -> Array | Shifted:
    if path.startswith("input") and not alone and _marks(thinned(value)) and _marks(value):
        return value
    few = min(value.size, PATTERN)
    pattern = share * random_sizes(NEAR, FAR, few, draws.generator(path, "point"))
    return Shifted(value, patterned(value.size, pattern, usual_scales(value)))


def _array(point: Array | Shifted) -> Array:
    return point.array() if isinstance(point, Shifted) else point


def _marks(value: Array) -> bool:
    """Whether all values are 0 or 1, and both occur: a mask, or targets."""
    return bool(value.size and np.isin(value, (0.0, 1.0)).all() and value.any() and not value.all())


def _look(there: FunctionUnderTest, shape: Shape, upstream: Array) -> tuple[Evaluator, Mapping[str, Array]] | None:
    """A probe there, and the gradients there; None where the function refuses the point."""
    try:
        base, pull = there.run(there.copies())
    except (*LEFT_DOMAIN, IndexError, TypeError):
        return None
    if base.shape != shape or not np.isfinite(base).all():
        return None
    try:
        found = _real(pull(upstream.copy()), there)
    except (*LEFT_DOMAIN, IndexError, TypeError):
        return None
    return Evaluator(there, base, [upstream], unit_roundoff(base)), found


def _real(gradients: Mapping[str, object], subject: FunctionUnderTest) -> dict[str, Array]:
    arrays = {path: np.asarray(each, dtype=np.float64) for path, each in gradients.items() if each is not None}
    return {
        path: each
        for path, each in arrays.items()
        if path in subject.values and each.shape == subject.values[path].shape and np.isfinite(each).all()
    }


def _gross(
    probe: Evaluator, path: str, partition: Partition, gradients: Mapping[str, Array], draws: Draws, gross: float
) -> bool:
    """Whether one random direction, block by block, shows a gross error that the whole ladder confirms."""
    scales = probe.usual_scales(path)
    few = min(scales.size, PATTERN)
    direction = patterned(scales.size, random_sizes(0.5, 1.0, few, draws.generator(path, "direction")), scales)
    size = _length(direction, gradients[path].reshape(-1))
    bundle = direction_bundle(path, partition, slice(0, partition.groups), direction)
    promise = promise_of([bundle], [gradients], probe.unit, strict=True)
    ladder = ladder_of(probe.unit)
    step = ladder.near[0] if probe.unit < FINE else ladder.main  # few kinks lie within it, and it shows gross errors
    value = probe.slopes(partition, [bundle], step)
    if (np.abs(promise.slope - value) <= gross * (size + np.abs(value))).all():
        return False
    partition = find_partition(probe, path, draws.generator(path, "structure"))
    bundle = direction_bundle(path, partition, slice(0, partition.groups), direction)
    promise = promise_of([bundle], [gradients], probe.unit, strict=True)
    sentence = refine(probe, partition, [bundle], promise)
    far = np.abs(promise.slope - sentence.value) > gross * (size + np.abs(sentence.value)) + 10 * sentence.bar
    return bool(((sentence.state == FAILED) & far.any(0)).any())


def _length(direction: Array | Pattern, gradient: Array) -> float:
    """``√Σ (d_i g_i)²``."""
    chunks = (slice(start, start + CHUNK) for start in range(0, len(direction), CHUNK))
    products = (direction[each] * gradient[each] for each in chunks)
    return float(np.sqrt(sum(float(np.dot(each, each)) for each in products)))
