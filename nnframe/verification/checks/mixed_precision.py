"""Lower precision: a float32 pullback is verified as the same pullback in float64, then held against that.

Steps and slopes of a float32 forward carry three or four digits. The function itself, run on the same numbers as
float64, carries sixteen; what remains to ask of the float32 gradient is that it differs from the float64 one by no
more than float32 arithmetic explains. How much that is, is measured: the float64 pullback at inputs rounded
differently (a backward error in the sense of Higham, "Accuracy and Stability of Numerical Algorithms", section 1.5),
and the error of the float32 forward.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from attrs import evolve

from nnframe.arrays import Array
from nnframe.verification.floats.roundoff import unit_roundoff
from nnframe.verification.floats.step_scale import element_scales
from nnframe.verification.function.function import FunctionUnderTest
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.preconditions.purity import Preflight
from nnframe.verification.report.cause import Cause
from nnframe.verification.report.finding import Finding
from nnframe.verification.report.verdict import Verdict

__all__ = ["ROUNDED", "compare_precisions", "rounded_midway", "shadow_of", "unit_at"]

UNITS = 256.0
FEW_DIGITS = 2.0**-50
NUDGE = 2.0**-30


def shadow_of(subject: FunctionUnderTest, before: Preflight) -> tuple[FunctionUnderTest, Preflight] | None:
    """The same function at the same point in float64; None where it is that already, or does not allow it."""
    if subject.fixed or all(value.dtype.itemsize >= 8 for value in subject.values.values()):
        return None
    values: dict[str, Array] = {path: value.astype(np.float64) for path, value in subject.values.items()}
    shadow = FunctionUnderTest(
        values, subject.call, subject.optional, budget=subject.budget, fragile=subject.fragile, steps=subject.steps
    )
    try:
        output, pull = shadow.run(shadow.copies())
        upstreams: list[Array] = [each.astype(np.float64) for each in before.upstreams]
        raw = [pull(upstreams[0].copy())]
        for upstream in upstreams[1:]:
            pull = shadow.run(shadow.copies())[1] if before.findings else pull
            raw.append(pull(upstream.copy()))
    except (TypeError, ValueError, ArithmeticError):
        return None
    same = output.shape == before.output.shape and bool(np.isfinite(output).all())
    if not same or unit_at(shadow, output) > FEW_DIGITS:
        return None
    seen = Preflight(output, upstreams)
    for each in raw:
        gradients = {path: np.array(each[path]) for path in before.gradients[0] if each.get(path) is not None}
        if any(gradient.shape != values[path].shape for path, gradient in gradients.items()):
            return None
        seen.gradients.append(gradients)
    return shadow, seen


def unit_at(subject: FunctionUnderTest, output: Array) -> float:
    """The unit round-off of the arithmetic that the output at the point came out of.

    A maximum or a rectifier hands on numbers as they are: their output has the digits of their input, which may be
    float32 numbers kept as float64. So where the output has few digits, it is asked once more at inputs with many.
    """
    unit = unit_roundoff(output)
    if unit <= FEW_DIGITS or output.dtype.itemsize < 8:
        return unit
    rng = np.random.default_rng(output.size)
    values = {path: value * (1 - NUDGE * rng.uniform(0.5, 1.0, value.shape)) for path, value in subject.values.items()}
    try:
        nudged = subject.output({path: each.astype(subject.values[path].dtype) for path, each in values.items()})
    except (TypeError, ValueError, ArithmeticError):
        return unit
    return unit_roundoff(nudged) if np.isfinite(nudged).all() else unit


def compare_precisions(
    finding: Finding,
    path: str,
    subject: FunctionUnderTest,
    before: Preflight,
    shadow: FunctionUnderTest,
    seen: Preflight,
) -> Finding | None:
    """The finding that a float32 gradient is wrong although the float64 one is right; None where it is right too."""
    unit = float(np.finfo(subject.values[path].dtype).eps) / 2
    unit = max(unit, *(float(np.finfo(each.dtype).eps) / 2 for each in subject.values.values()))
    forward = np.abs(before.output.astype(np.float64) - seen.output)
    worse = float(forward.max(initial=0.0)) / max(unit * float(np.abs(seen.output).max(initial=0.0)), 1e-300)
    scales = element_scales(shadow.values[path]).reshape(shadow.values[path].shape)
    spread = _spread(path, shadow, seen, unit)
    for number, gradients in enumerate(before.gradients):
        coarse, fine = gradients[path].astype(np.float64), seen.gradients[number][path].astype(np.float64)
        resolution = float(np.linalg.norm(seen.upstreams[number] * seen.output))
        largest = float(np.abs(fine).max(initial=0.0))
        allowed = (
            UNITS * unit * (largest * max(1.0, worse / 4) + np.abs(fine) + resolution / scales) + 16 * spread[number]
        )
        allowed += float(np.finfo(subject.values[path].dtype).tiny)
        wrong = np.abs(coarse - fine) > allowed
        if wrong.any():
            indices = tuple(tuple(int(i) for i in index) for index in np.argwhere(wrong))
            hint = f"right in float64, wrong in {subject.values[path].dtype} by more than its arithmetic explains"
            return evolve(
                finding,
                verdict=Verdict.FAIL,
                cause=Cause.LOW_PRECISION,
                hint=hint,
                wrong=indices,
                wrong_count=len(indices),
            )
    return None


ROUNDED = "all values are float32 numbers, although everything that goes in is float64: precision is lost on the way"


def rounded_midway(probe: Evaluator, gradients: Sequence[Mapping[str, Array]], path: str) -> bool:
    """Whether a float64 gradient was rounded to float32, although the forward was not.

    A random upstream has 53 bits, so a gradient that depends on it has no 24-bit values by chance, but for 0.
    """
    if probe.unit > 2.0**-50 or probe.base.dtype.itemsize < 8:
        return False
    found = [each[path] for each in gradients]
    if any(each.dtype != np.float64 or np.count_nonzero(each) < 2 for each in found):
        return False
    rounded_upstream = any(unit_roundoff(each) > 2.0**-50 for each in probe.upstreams[1:])
    return not rounded_upstream and all(unit_roundoff(each) > 2.0**-50 for each in found)


def _spread(path: str, shadow: FunctionUnderTest, seen: Preflight, unit: float) -> list[Array]:
    """How far the float64 gradient moves when everything that goes in is rounded differently."""
    rng = np.random.default_rng(len(path))
    spread: list[Array] = [np.zeros(shadow.values[path].shape) for _ in seen.upstreams]
    for _ in range(2):
        values = {name: _jittered(value, unit, rng) for name, value in shadow.values.items()}
        try:
            for number, upstream in enumerate(seen.upstreams):
                pull = shadow.run(values)[1]
                other = np.asarray(pull(_jittered(upstream, unit, rng))[path], dtype=np.float64)
                np.maximum(spread[number], np.abs(other - seen.gradients[number][path]), out=spread[number])
        except (ValueError, ArithmeticError):
            continue
    return spread


def _jittered(value: Array, unit: float, rng: np.random.Generator) -> Array:
    return np.asarray(value * (1 + 2 * unit * rng.choice((-1.0, 1.0), value.shape)))
