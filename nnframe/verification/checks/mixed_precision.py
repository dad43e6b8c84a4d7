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
from attrs import frozen

from nnframe.arrays import Array
from nnframe.verification.comparison.evidence import Charge
from nnframe.verification.floats import tolerance
from nnframe.verification.floats.roundoff import unit_roundoff
from nnframe.verification.floats.step_scale import compute_step_scales
from nnframe.verification.function.function import FunctionUnderTest, PointRefused
from nnframe.verification.report.cause import Cause

__all__ = ["Linearization", "charge_narrow_gradient", "charge_rounded_gradient", "find_unit", "widen"]

FEW_DIGITS = 2.0**-50
NUDGE = 2.0**-30
ROUNDED = "all values are float32 numbers, although everything that goes in is float64: precision is lost on the way"


@frozen(eq=False)
class Linearization:
    """A function at its point, with its output and its gradients there.

    Args:
        function: The function.
        output: Its output.
        upstreams: The upstream gradients.
        gradients: What the pullback gives for each of them, by path: those that can be compared.
    """

    function: FunctionUnderTest
    output: Array
    upstreams: Sequence[Array]
    gradients: Sequence[Mapping[str, Array]]


def widen(narrow: Linearization, *, once: bool) -> Linearization | None:
    """Return the function at the same point in float64; None where it is that already, or does not allow it.

    Args:
        narrow: The function as it is.
        once: Each pullback may be called only once.
    """
    function = narrow.function
    if function.fixed or all(value.dtype.itemsize >= 8 for value in function.values.values()):
        return None
    values: dict[str, Array] = {path: value.astype(np.float64) for path, value in function.values.items()}
    wide = function.at(values)
    upstreams: list[Array] = [each.astype(np.float64) for each in narrow.upstreams]
    found: list[dict[str, Array]] = []
    try:
        output, pull = wide.run_elsewhere(wide.copy_values())
        for number, upstream in enumerate(upstreams):
            pull = wide.run_elsewhere(wide.copy_values())[1] if once and number else pull
            raw = pull(upstream.copy())
            found.append({path: np.array(raw[path]) for path in narrow.gradients[0] if raw.get(path) is not None})
    except PointRefused:
        return None
    if output.shape != narrow.output.shape or not np.isfinite(output).all() or find_unit(wide, output) > FEW_DIGITS:
        return None
    if any(gradient.shape != values[path].shape for each in found for path, gradient in each.items()):
        return None
    return Linearization(wide, output, upstreams, found)


def find_unit(function: FunctionUnderTest, output: Array) -> float:
    """Return the unit round-off of the arithmetic that the output at the point came out of.

    A maximum or a rectifier hands on numbers as they are: their output has the digits of their input, which may be
    float32 numbers kept as float64. So where the output has few digits, it is asked once more at inputs with many.
    """
    unit = unit_roundoff(output)
    if unit <= FEW_DIGITS or output.dtype.itemsize < 8:
        return unit
    rng = np.random.default_rng(output.size)
    values = {path: value * (1 - NUDGE * rng.uniform(0.5, 1.0, value.shape)) for path, value in function.values.items()}
    try:
        nudged = function.compute_output(
            {path: each.astype(function.values[path].dtype) for path, each in values.items()}
        )
    except PointRefused:
        return unit
    return unit_roundoff(nudged) if np.isfinite(nudged).all() else unit


def charge_narrow_gradient(path: str, narrow: Linearization, wide: Linearization) -> Charge | None:
    """Charge a float32 gradient that is wrong although the float64 one is right; None where it is right too."""
    value = narrow.function.values[path]
    unit = max(float(np.finfo(each.dtype).eps) / 2 for each in narrow.function.values.values())
    forward = np.abs(narrow.output.astype(np.float64) - wide.output)
    worse = float(forward.max(initial=0.0)) / max(unit * float(np.abs(wide.output).max(initial=0.0)), 1e-300)
    scales = compute_step_scales(wide.function.values[path]).reshape(value.shape)
    spread = _measure_spread(path, wide, unit)
    for number, gradients in enumerate(narrow.gradients):
        coarse, fine = gradients[path].astype(np.float64), wide.gradients[number][path].astype(np.float64)
        resolution = float(np.linalg.norm(wide.upstreams[number] * wide.output))
        largest = float(np.abs(fine).max(initial=0.0))
        known = largest * max(1.0, worse / 4) + np.abs(fine) + resolution / scales
        allowed = tolerance.TABLE.precision * unit * known + 16 * spread[number] + float(np.finfo(value.dtype).tiny)
        wrong = np.abs(coarse - fine) > allowed
        if wrong.any():
            indices = tuple(tuple(int(i) for i in index) for index in np.argwhere(wrong))
            hint = f"right in float64, wrong in {value.dtype} by more than its arithmetic explains"
            return Charge(path, Cause.LOW_PRECISION, hint, indices, len(indices))
    return None


def charge_rounded_gradient(path: str, at: Linearization, unit: float) -> Charge | None:
    """Charge a float64 gradient that was rounded to float32, although the forward was not.

    A random upstream has 53 bits, so a gradient that depends on it has no 24-bit values by chance, but for 0.
    """
    if unit > FEW_DIGITS or at.output.dtype.itemsize < 8:
        return None
    found = [each[path] for each in at.gradients]
    if any(each.dtype != np.float64 or np.count_nonzero(each) < 2 for each in found):
        return None
    rounded_upstream = any(unit_roundoff(each) > FEW_DIGITS for each in at.upstreams[1:])
    rounded = not rounded_upstream and all(unit_roundoff(each) > FEW_DIGITS for each in found)
    return Charge(path, Cause.LOW_PRECISION, ROUNDED) if rounded else None


def _measure_spread(path: str, wide: Linearization, unit: float) -> list[Array]:
    """How far the float64 gradient moves when everything that goes in is rounded differently."""
    function, rng = wide.function, np.random.default_rng(len(path))
    spread: list[Array] = [np.zeros(function.values[path].shape) for _ in wide.upstreams]
    for _ in range(2):
        values = {name: _jitter(value, unit, rng) for name, value in function.values.items()}
        try:
            for number, upstream in enumerate(wide.upstreams):
                pull = function.run_elsewhere(values)[1]
                other = np.asarray(pull(_jitter(upstream, unit, rng))[path], dtype=np.float64)
                np.maximum(spread[number], np.abs(other - wide.gradients[number][path]), out=spread[number])
        except PointRefused:
            continue
    return spread


def _jitter(value: Array, unit: float, rng: np.random.Generator) -> Array:
    return np.asarray(value * (1 + 2 * unit * rng.choice((-1.0, 1.0), value.shape)))
