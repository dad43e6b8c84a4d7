"""Linearity: a pullback is linear in its upstream gradient, which can be seen without any forward.

Scale one upstream by -2^10, add two of them: the gradients must follow. Where they do not, but for one and the same
constant, a term was added that does not depend on the upstream.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from nnframe.arrays import Array
from nnframe.interruption import is_from_signal
from nnframe.verification.floats.roundoff import unit_roundoff
from nnframe.verification.floats.step_scale import element_scales, thinned
from nnframe.verification.function.function import FunctionUnderTest
from nnframe.verification.report.cause import Cause

__all__ = ["not_linear", "some", "together"]

UNITS = 512.0
FEW = 0.25
ROUNDED = 2.0**-9
RELATIVE = 1e-6
MANY = 2**20
LEAST = 9


def not_linear(
    subject: FunctionUnderTest, upstreams: Sequence[Array], gradients: Sequence[Mapping[str, Array]], fresh: bool
) -> dict[str, tuple[Cause, str]]:
    """What is not linear in the upstream, with the mistake: by path.

    Args:
        subject: The function.
        upstreams: Two upstream gradients.
        gradients: What they gave.
        fresh: Whether a pullback may be called only once.
    """
    one, two = upstreams
    factor = _factor(one)
    output, pull = subject.run(subject.copies())
    samples_of = [{path: some(each) for path, each in several.items()} for several in gradients]
    wide = subject.large or all(each.dtype.itemsize >= 8 for each in (*gradients[0].values(), one, two))
    if wide and not fresh and together(pull, upstreams, samples_of):
        return {}
    scaled = _call(pull, one * factor)
    if fresh:
        pull = subject.run(subject.copies())[1]
    added = _call(pull, one + two)
    found = {}
    for path, first in gradients[0].items():
        pair = (scaled.get(path), added.get(path))
        if first.dtype.kind == "f" and first.size and all(_alike(first, each) for each in pair):
            samples = tuple(
                some(each) for each in (first, gradients[1][path], np.asarray(pair[0]), np.asarray(pair[1]))
            )
            slack = partial(_slack, subject.values[path], upstreams, output)
            problem = _problem(path, samples, float(factor), slack, unit_roundoff(output))
            if problem is not None:
                found[path] = problem
    return found


def together(pull: object, upstreams: Sequence[Array], gradients: Sequence[Mapping[str, Array]]) -> bool:
    """Whether one scaled and one other upstream, added, give what they should, by far: both tests in one call.

    Args:
        pull: The pullback.
        upstreams: Two upstream gradients.
        gradients: What they gave; of very large ones, ``some``.
    """
    one, two = upstreams
    factor = _factor(one)
    both = _call(pull, one * factor + two)
    for path, first in gradients[0].items():
        given = both.get(path)
        if first.dtype.kind != "f" or not isinstance(given, np.ndarray) or not _alike(first, some(given)):
            return False
        promised = first * float(factor) + gradients[1][path]
        unit = float(np.finfo(first.dtype).eps)
        if not np.abs(some(given) - promised).max(initial=0.0) <= UNITS * unit * np.abs(promised).max(initial=0.0):
            return False
    return True


def _factor(upstream: Array) -> np.floating[Any]:
    """What an upstream gradient is scaled by: a power of two, within the range of its dtype."""
    factor: np.floating[Any] = upstream.dtype.type(-1024.0 if upstream.dtype.itemsize > 2 else -4.0)
    return factor


def _call(pull: object, upstream: Array) -> Mapping[str, object]:
    """The gradients; none where the pullback refuses."""
    assert callable(pull)
    try:
        return {path: None if each is None else _kept(each) for path, each in pull(upstream).items()}
    except Exception as error:
        if is_from_signal(error):
            raise
        return {}


def _kept(gradient: object) -> Array:
    array = np.asarray(gradient)
    return array.copy() if array.size <= MANY else array


def _alike(first: Array, other: object) -> bool:
    return isinstance(other, np.ndarray) and other.shape == first.shape and other.dtype.kind in "fiu"


def _slack(value: Array, upstreams: Sequence[Array], output: Array) -> float:
    """The slope that the outputs' own size stands for: what is left of a gradient of zero that was summed up."""
    weighted = (np.abs(upstreams[0].astype(np.float64)) + np.abs(upstreams[1])) * output
    return float(np.linalg.norm(weighted)) / float(np.median(element_scales(thinned(value))))


def _problem(
    path: str, samples: Sequence[Array], factor: float, slack: Callable[[], float], coarse: float
) -> tuple[Cause, str] | None:
    """What is wrong with the gradients of two upstreams, of the first one scaled, and of both added."""
    unit = max(float(np.finfo(samples[0].dtype).eps) / 2, coarse)
    first, second, scaled, added = (each.astype(np.float64, copy=False) for each in samples)
    size = max(float(np.abs(first).max()), float(np.abs(second).max()), float(np.abs(added).max()))
    tiny = 4 * float(np.finfo(np.float64).tiny)
    allowed = max(UNITS * unit, RELATIVE) * size + tiny
    off = scaled - factor * first, added - (first + second)
    error = float(np.fmax(np.abs(off[0]).max() / abs(factor), np.abs(off[1]).max()))
    if not error > allowed or not np.isfinite(size):
        return None
    allowed += UNITS * unit * slack()
    if not error > allowed:
        return None
    few_digits = all(unit_roundoff(each) > 2.0**-50 or _short(each) for each in (first, second, scaled, added))
    if few_digits and np.abs(off[1]).max() <= ROUNDED * size:
        return Cause.LOW_PRECISION, f"the gradient of {path} is rounded to fewer digits than what goes in has"
    constant = off[0] / (1 - float(factor)), -off[1]
    same = np.abs(constant[0] - constant[1]).max() <= 1e-6 * np.abs(constant[1]).max() + allowed
    if same:
        return _constant(path, first, constant[1])
    hint = "is not linear in the upstream gradient: twice the upstream does not give twice the gradient"
    return Cause.NOT_LINEAR_IN_UPSTREAM, f"the gradient of {path} {hint}"


def some(gradient: Array) -> Array:
    """A gradient; of a very large one, every so manieth element (single elements are what directions find).

    The number is odd, so that every column of a matrix of 2^n columns is among them.
    """
    return gradient if gradient.size <= MANY else gradient.reshape(-1)[:: max(LEAST, gradient.size // MANY | 1)]


def _short(values: Array) -> bool:
    """Whether all values are float16 numbers, give or take a power of two."""
    mantissa = np.frexp(values)[0] * 2.0**12
    return bool((mantissa == np.round(mantissa)).all())


def _constant(path: str, first: Array, constant: Array) -> tuple[Cause, str]:
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
