"""The gradient is zero, has the wrong sign, or is off by one factor."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from nnframe.verification.diagnosis.case import Case, Explanation
from nnframe.verification.report.cause import Cause

__all__ = ["scaled", "zero"]

LEAST_OFF = 1e-6


def zero(case: Case) -> Explanation | None:
    """Zero where the derivative is not."""
    if case.analytic.any():
        return None
    return Explanation(Cause.ZERO, f"the gradient of {case.path} is zero everywhere, the derivative is not", 0.0, 0.0)


def scaled(case: Case) -> Explanation | None:
    """One factor for all elements under all upstreams: -1, the batch size, or another number."""
    known = np.isfinite(case.numeric)
    numeric, analytic = case.numeric[known], case.analytic[known]
    largest = float(np.abs(numeric).max(initial=0.0))
    if largest == 0:
        return None
    n, a = numeric / largest, analytic / largest
    factor = float(n @ a) / float(n @ n)
    prediction = factor * case.numeric
    if factor == 0 or abs(factor - 1) < LEAST_OFF or not case.fits(prediction):
        return None
    if abs(factor + 1) < 1e-6:
        return case.explained(Cause.SIGN, f"the gradient of {case.path} has the wrong sign", prediction, -1.0)
    batch = case.output.shape[0] if case.output.ndim else 0
    batch = batch or (case.value.shape[0] if case.path.startswith("input") and case.value.ndim else 0)
    cause = _cause(factor, case, batch)
    return case.explained(cause, _hint(case, factor, cause, batch), prediction, factor)


def _cause(factor: float, case: Case, batch: int) -> Cause:
    sizes = {batch} if batch > 2 else set()
    if case.output.size == 1 and case.path.startswith(("input", "prediction")) and case.value.ndim:
        sizes |= {case.value.shape[0]} if case.value.shape[0] > 2 else set()
    hit = any(abs(factor - size) < 1e-5 * size or abs(factor * size - 1) < 1e-5 for size in sizes)
    return Cause.BATCH_MEAN if hit else Cause.SCALE


def _hint(case: Case, factor: float, cause: Cause, batch: int) -> str:
    size = abs(factor)
    times = f"{size:.4g} times too large" if size > 1 else f"{1 / size:.4g} times too small"
    sign = " and has the wrong sign" if factor < 0 else ""
    if cause is Cause.BATCH_MEAN:
        what = (
            "the mean over the batch was taken for the sum"
            if size < 1
            else "the sum over the batch was taken for the mean"
        )
        return f"the gradient of {case.path} is {times}{sign}: {what} (or the other way round in the forward)"
    guess = _guess(size, case, batch)
    return f"the gradient of {case.path} is {times}{sign}{guess}"


def _guess(size: float, case: Case, batch: int) -> str:
    inverse = 1 / size
    if abs(inverse - 2) < 1e-5:
        return ": a factor 2, as from the derivative of a square, is missing"
    if abs(size - 2) < 1e-5:
        return ": a factor 2 too many, or the same path counted twice"
    for name, count in (("the size of the output", case.output.size), ("its own size", case.value.size)):
        if count > 2 and (abs(size - count) < 1e-5 * count or abs(inverse - count) < 1e-5 * count):
            return f": by {name}, {count}, so a mean and a sum were confused"
    ratio = Fraction(size).limit_denominator(64)
    if abs(float(ratio) - size) < 1e-6 * size and ratio != 1:
        m = f"; 2/m for a mean over m = {batch}?" if batch and ratio * batch in (2, Fraction(1, 2)) else ""
        return f", by the factor {ratio}{m}"
    return ""
