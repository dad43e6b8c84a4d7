"""A nearby generic point: faults that hide where the values are special show there.

Zeros hide a missing factor, unique indices a missing accumulation, a symmetric matrix a missing transposition, an identity a
missing product. So the pullback is also asked at a point close by that breaks all of these, along one random direction for
each variable, and fails there on gross errors only: right here, wrong nearby.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from attrs import evolve
from numpy.random import Generator

from nnframe.arrays import Array
from nnframe.verification.bundle import direction_bundle
from nnframe.verification.cause import Cause
from nnframe.verification.finding import Finding
from nnframe.verification.ladder import promise_of
from nnframe.verification.noise import unit_roundoff
from nnframe.verification.partition import Partition
from nnframe.verification.probe import LEFT_DOMAIN, Probe, Rung
from nnframe.verification.quick import central
from nnframe.verification.steps import element_scales, ladder_of
from nnframe.verification.subject import Subject
from nnframe.verification.verdict import Verdict

__all__ = ["duplicated", "examine_nearby"]

GROSS = 1e-3
FAR, NEAR = 0.125, 0.0625
HINT = (
    "right at this point, wrong at a generic point close by: special values here (zeros, ones, equal or unique "
    "entries, symmetry) hide a mistake; verify at random values"
)


def examine_nearby(
    subject: Subject, findings: Sequence[Finding], partitions: Mapping[str, Partition], output: Array, rng: Generator
) -> list[Finding]:
    """The findings, with those that are right here and grossly wrong nearby turned to FAIL."""
    paths = [each.path for each in findings if each.path in subject.values and each.verdict.severity < 2]
    paths = [path for path in paths if subject.values[path].size]
    there = _generic(subject, rng)
    try:
        probe, gradients = _look(there, output, rng)
    except (*LEFT_DOMAIN, IndexError, TypeError):
        probe, gradients = None, {}
    wrong: set[str] = set()
    if probe is not None:
        wrong = {path for path in paths if path in gradients and _gross(probe, path, partitions[path], gradients, rng)}
    subject.forwards += there.forwards
    subject.pullbacks += there.pullbacks
    return [
        evolve(each, verdict=Verdict.FAIL, cause=Cause.WRONG_NEARBY, hint=HINT) if each.path in wrong else each
        for each in findings
    ]


def duplicated(integers: Array) -> Array:
    """Integers with some of them equal to their neighbour: no value is new.

    >>> duplicated(np.array([3, 1, 2, 0]))
    array([3, 3, 2, 2])
    """
    flat = integers.reshape(-1).copy()
    flat[1::2] = flat[: flat.size - 1 : 2] if flat.size % 2 else flat[::2]
    return flat.reshape(integers.shape)


def _generic(subject: Subject, rng: Generator) -> Subject:
    values = {path: _moved(path, value, rng) for path, value in subject.values.items()}
    call = subject.elsewhere or subject.call
    return Subject(values, call, subject.optional, budget=subject.budget, fragile=subject.fragile)


def _moved(path: str, value: Array, rng: Generator) -> Array:
    if path.startswith("input") and value.size and np.isin(value, (0.0, 1.0)).all() and value.any() and not value.all():
        return value
    scales = element_scales(value).reshape(value.shape)
    factor = rng.uniform(NEAR, FAR, value.shape) * rng.choice((-1.0, 1.0), value.shape)
    return np.asarray(value + scales * factor).astype(value.dtype)


def _look(there: Subject, output: Array, rng: Generator) -> tuple[Probe | None, Mapping[str, Array]]:
    base, pull = there.run(there.copies())
    if base.shape != output.shape or not np.isfinite(base).all():
        return None, {}
    upstream = (rng.uniform(0.5, 1.5, base.shape) * rng.choice((-1.0, 1.0), base.shape)).astype(base.dtype)
    found = {path: np.asarray(each, dtype=np.float64) for path, each in pull(upstream.copy()).items() if each is not None}
    usable = {
        path: each
        for path, each in found.items()
        if path in there.values and each.shape == there.values[path].shape and np.isfinite(each).all()
    }
    return Probe(there, base, [upstream], unit_roundoff(base)), usable


def _gross(
    probe: Probe, path: str, partition: Partition, gradients: Mapping[str, Array], rng: Generator
) -> bool:
    """Whether one random direction, block by block, shows a gross error: a slope outside all that were measured.

    From large steps to small ones, on both sides: a noisy forward widens the bracket, and a gross error lies far out.
    """
    scales = element_scales(probe.work[path])
    signs = rng.choice((-1.0, 1.0), scales.size)
    bundle = direction_bundle(path, partition, slice(0, partition.groups), signs, scales)
    promise = promise_of([bundle], [gradients], probe.unit, strict=True)
    size = np.linalg.norm(gradients[path].reshape(-1) * scales)
    ladder = ladder_of(probe.unit)
    slopes = [_slopes(probe.rung(partition, [bundle], each)) for each in (ladder.main, ladder.second)]
    apart = np.abs(promise.slope - slopes[1][0])
    if (apart <= GROSS * (size + np.abs(slopes[1][0]))).all():
        return False
    slopes += [_slopes(probe.rung(partition, [bundle], ladder.main + more)) for more in (3, 6, 9)]
    every = np.concatenate(slopes)
    low, high = np.nanmin(every, axis=0), np.nanmax(every, axis=0)
    margin = GROSS * (size + np.maximum(np.abs(low), np.abs(high)))
    return bool(((promise.slope < low - margin) | (promise.slope > high + margin)).any())


def _slopes(rung: Rung) -> Array:
    """(3, upstreams, lines): central, to the right, and to the left."""
    return np.stack([central(rung), rung.plus / rung.step, -rung.minus / rung.step])
