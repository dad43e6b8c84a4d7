"""Wrong in some places only: a row, a column, a few elements, or where the input has something in common."""

from __future__ import annotations

import numpy as np

from nnframe.verification.diagnosis.case import Case, Explanation
from nnframe.verification.report.cause import Cause

__all__ = ["FEW", "elementwise_derivative", "some_elements"]

FEW = 0.2
"""The share of a gradient up to which its wrong elements are called single ones."""


def elementwise_derivative(case: Case) -> Explanation | None:
    """An elementwise function with a wrong derivative: wrong in the same proportion under all upstreams."""
    if not case.elementwise or not case.whole:
        return None
    ratios = case.analytic.reshape(len(case.analytic), -1) / case.upstreams.reshape(len(case.upstreams), -1)
    spread = np.abs(ratios - ratios[0]).max(0)
    if not (spread <= 1e-6 * np.abs(ratios).max(initial=np.finfo(float).tiny)).all():
        return None
    wrong, x = case.wrong.reshape(-1), case.value.reshape(-1)
    if wrong.all() or (wrong.sum() >= 0.9 * (np.abs(case.numeric[0]).reshape(-1) > 0).sum() and wrong.sum() > 2):
        hint = f"the derivative of an elementwise function is wrong at every {case.path} that was tried"
        return Explanation(Cause.WRONG_DERIVATIVE, hint)
    where = _common(x, wrong)
    if where is None:
        return None
    return Explanation(Cause.WRONG_DERIVATIVE, f"the derivative of an elementwise function is wrong where {where}")


def _common(x: np.typing.NDArray[np.floating], wrong: np.typing.NDArray[np.bool_]) -> str | None:
    """What the inputs at wrong elements have in common: a side of a threshold, or one value."""
    bad, good = x[wrong], x[~wrong]
    if not bad.size or not good.size:
        return None
    if bad.size > 1:
        for name, b, g in (("the input", bad, good), ("the size of the input", np.abs(bad), np.abs(good))):
            if b.max() < g.min():
                return f"{name} is below {_between(b.max(), g.min())}"
            if b.min() > g.max():
                return f"{name} is above {_between(g.max(), b.min())}"
    if bad.min() == bad.max() and not (good == bad[0]).any() and (bad.size > 1 or bad[0] in (0.0, 1.0, -1.0)):
        return f"the input is {bad[0]:g}"
    return None


def _between(low: float, high: float) -> str:
    for nice in (0.0, 1.0, -1.0):
        if low <= nice <= high:
            return f"{nice:g}"
    return f"{(low + high) / 2:.4g}"


def some_elements(case: Case) -> Explanation | None:
    """Some slices along one axis, a run of elements, or a few elements."""
    wrong = case.wrong
    if wrong.all() or not wrong.any() or wrong.size < 2:
        return None
    where = np.argwhere(wrong)
    for axis in range(wrong.ndim):
        slices = np.unique(where[:, axis])
        rest = tuple(other for other in range(wrong.ndim) if other != axis)
        whole_slices = wrong.ndim > 1 and bool((wrong.any(rest) == wrong.all(rest)).all())
        one = wrong.ndim > 1 and len(slices) == 1 and len(where) > 1
        run = wrong.ndim == 1 and len(where) > 1 and slices[-1] - slices[0] == len(slices) - 1
        if (whole_slices and len(slices) < wrong.shape[axis]) or one or run:
            name = ("row", "column")[axis] if wrong.ndim == 2 else "element" if run else f"slice of axis {axis}"
            listed = ", ".join(map(str, slices[:6].tolist()))
            return Explanation(Cause.SPARSE_ELEMENTS, f"only {name} {listed} of the gradient of {case.path} is wrong")
    if len(where) <= max(1, int(FEW * wrong.size)):
        shown = ", ".join(str(tuple(index)) for index in where[:4].tolist())
        more = "" if len(where) <= 4 else f" and {len(where) - 4} more"
        return Explanation(
            Cause.SPARSE_ELEMENTS, f"only {len(where)} of {wrong.size} elements of {case.path} are wrong: {shown}{more}"
        )
    return None
