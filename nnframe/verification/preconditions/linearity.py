"""Linearity: a pullback is linear in its upstream gradient, which can be seen with a single forward.

Scale one upstream by -2^10, add two of them: the gradients must follow. Where they do not, but for one and the same
constant, a term was added that does not depend on the upstream.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from nnframe.arrays import Array
from nnframe.verification.comparison.evidence import Charges
from nnframe.verification.floats import tolerance
from nnframe.verification.floats.blocked import split_into_pieces
from nnframe.verification.floats.roundoff import unit_roundoff
from nnframe.verification.floats.step_scale import compute_step_scales, thin
from nnframe.verification.function.function import FunctionUnderTest, Gradients, Pull
from nnframe.verification.preconditions.purity import CARRIED, call_again, find_different
from nnframe.verification.report.cause import Cause

__all__ = ["check_linearity"]

FEW = 0.25
MANY = 2**17
ODD = 9


def check_linearity(
    function: FunctionUnderTest, upstreams: Sequence[Array], gradients: Sequence[Mapping[str, Array]], charges: Charges
) -> None:
    """Check that gradients are linear in the upstream.

    Args:
        function: The function.
        upstreams: Two upstream gradients.
        gradients: What they gave.
        charges: What is known already, and where charges are added. Where there are any, a pullback is called once.
    """
    one, two = upstreams
    factor = _choose_factor(one)
    once = bool(charges)
    output, pull = function.run(function.copy_values())
    wide = all(each.dtype.itemsize >= 8 for each in (*gradients[0].values(), one, two))
    if wide and not once and _follows_both(pull, upstreams, gradients, float(factor)):
        return
    if not once:
        carried = find_different(gradients[0], call_again(pull, one))
        for path in carried:
            charges.add(path, Cause.SECOND_CALL_DIFFERS, CARRIED)
        once = bool(carried)
    samples = [{path: _sample(each) for path, each in several.items()} for several in gradients]
    samples.append(_call(pull, one * factor))
    if once:
        pull = function.run(function.copy_values())[1]
    samples.append(_call(pull, one + two))
    for path, first in samples[0].items():
        several = [each.get(path) for each in samples]
        if first.dtype.kind == "f" and first.size and all(_alike(first, each) for each in several):
            slack = partial(_compute_slack, function.values[path], upstreams, output)
            arrays = [each for each in several if each is not None]
            problem = _explain(path, arrays, float(factor), slack, unit_roundoff(output))
            if problem is not None:
                charges.add(path, *problem)


def _follows_both(
    pull: Pull, upstreams: Sequence[Array], gradients: Sequence[Mapping[str, Array]], factor: float
) -> bool:
    """Whether one upstream scaled and another one, added, give what they should: both tests in one call."""
    one, two = upstreams
    both = call_again(pull, one * one.dtype.type(factor) + two)
    for path, first in gradients[0].items():
        given = both.get(path)
        if first.dtype.kind != "f" or not isinstance(given, np.ndarray) or not _alike(first, given):
            return False
        largest, error = 0.0, 0.0
        flat = [each.reshape(-1) for each in (first, gradients[1][path], given)]
        for piece in split_into_pieces(first.size):
            expected = flat[0][piece] * factor + flat[1][piece]
            off = np.abs(flat[2][piece] - expected).max(initial=0.0)
            error = float(np.fmax(error, off)) if np.isfinite(off) else float("inf")
            largest = max(largest, float(np.abs(expected).max(initial=0.0)))
        if not error <= tolerance.TABLE.linear * float(np.finfo(first.dtype).eps) * largest:
            return False
    return True


def _choose_factor(upstream: Array) -> np.floating[Any]:
    """What an upstream gradient is scaled by: a power of two, within the range of its dtype."""
    factor: np.floating[Any] = upstream.dtype.type(-1024.0 if upstream.dtype.itemsize > 2 else -4.0)
    return factor


def _call(pull: Pull, upstream: Array) -> dict[str, Array]:
    gradients: Gradients = call_again(pull, upstream)
    return {path: np.array(_sample(np.asarray(each))) for path, each in gradients.items() if each is not None}


def _sample(gradient: Array) -> Array:
    """A gradient; of a large one every so manieth element, an odd number, so that every column is among them."""
    return gradient if gradient.size <= MANY else gradient.reshape(-1)[:: max(ODD, gradient.size // MANY | 1)]


def _alike(first: Array, other: Array | None) -> bool:
    return other is not None and other.shape == first.shape and other.dtype.kind in "fiu"


def _compute_slack(value: Array, upstreams: Sequence[Array], output: Array) -> float:
    """The slope that the outputs' own size stands for: what is left of a gradient of zero that was summed up."""
    weighted = (np.abs(upstreams[0].astype(np.float64)) + np.abs(upstreams[1])) * output
    return float(np.linalg.norm(weighted)) / float(np.median(compute_step_scales(thin(value))))


def _explain(
    path: str, samples: Sequence[Array], factor: float, slack: Callable[[], float], coarse: float
) -> tuple[Cause, str] | None:
    """What is wrong with the gradients of two upstreams, of the first one scaled, and of both added."""
    table = tolerance.TABLE
    unit = max(float(np.finfo(samples[0].dtype).eps) / 2, coarse)
    first, second, scaled, added = (each.astype(np.float64, copy=False) for each in samples)
    size = max(float(np.abs(first).max()), float(np.abs(second).max()), float(np.abs(added).max()))
    tiny = 4 * float(np.finfo(np.float64).tiny)
    allowed = max(table.linear * unit, table.linear_own) * size + tiny
    off = scaled - factor * first, added - (first + second)
    error = float(np.fmax(np.abs(off[0]).max() / abs(factor), np.abs(off[1]).max()))
    if not error > allowed or not np.isfinite(size):
        return None
    allowed += table.linear * unit * slack()
    if not error > allowed:
        return None
    few_digits = all(unit_roundoff(each) > 2.0**-50 or _is_short(each) for each in (first, second, scaled, added))
    if few_digits and np.abs(off[1]).max() <= table.rounded * size:
        return Cause.LOW_PRECISION, f"the gradient of {path} is rounded to fewer digits than what goes in has"
    constant = off[0] / (1 - float(factor)), -off[1]
    same = np.abs(constant[0] - constant[1]).max() <= 1e-6 * np.abs(constant[1]).max() + allowed
    if same:
        return _explain_constant(path, first, constant[1])
    hint = "is not linear in the upstream gradient: twice the upstream does not give twice the gradient"
    return Cause.NOT_LINEAR_IN_UPSTREAM, f"the gradient of {path} {hint}"


def _is_short(values: Array) -> bool:
    """Whether all values are float16 numbers, give or take a power of two."""
    mantissa = np.frexp(values)[0] * 2.0**12
    return bool((mantissa == np.round(mantissa)).all())


def _explain_constant(path: str, first: Array, constant: Array) -> tuple[Cause, str]:
    """A part that stays the same whatever the upstream is."""
    size = float(np.abs(constant).max())
    if np.abs(first - constant).max() <= 1e-6 * size:
        return (
            Cause.UPSTREAM_IGNORED,
            f"the gradient of {path} does not change with the upstream gradient: multiply by it",
        )
    touched = int((np.abs(constant) > 1e-6 * size).sum())
    if touched <= max(1, FEW * constant.size) and constant.size > 1:
        hint = f"to {touched} of {constant.size} elements of the gradient of {path} something is added"
        return Cause.SPARSE_ELEMENTS, hint
    hint = (
        f"a term is added to the gradient of {path} that does not depend on the upstream gradient, such as weight decay"
    )
    return Cause.EXTRA_TERM, hint
