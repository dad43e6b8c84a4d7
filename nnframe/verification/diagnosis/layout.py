"""The right numbers in the wrong places: transposed, flipped, rolled, slices in another order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations

import numpy as np

from nnframe.arrays import Array, Integers
from nnframe.verification.diagnosis.case import MOST_AXES, Case, Explanation
from nnframe.verification.report.cause import Cause

__all__ = ["permuted", "through_transposed", "transposed"]


def transposed(case: Case) -> Explanation | None:
    """The gradient with two axes swapped, read in the other order, or through the transposed Jacobian."""
    if not case.whole or case.analytic.ndim < 2:
        return None
    shape = case.value.shape
    for order in permutations(range(1, case.analytic.ndim)) if case.value.ndim <= MOST_AXES else ():
        if list(order) == sorted(order):
            continue
        moved = case.numeric.transpose(0, *order)
        if moved.shape[1:] == shape and case.fits(moved):
            return case.explained(Cause.TRANSPOSED, f"the gradient of {case.path} is the right one, transposed", moved)
        reshaped = moved.reshape(case.numeric.shape)
        if case.fits(reshaped):
            hint = f"the gradient of {case.path} has the right numbers, reshaped where a transposition was due"
            return case.explained(Cause.TRANSPOSED, hint, reshaped)
    return None


def through_transposed(case: Case) -> Explanation | None:
    """``J u`` in the place of ``Jᵀ u``: the Jacobian itself is transposed, even where the gradient is not."""
    if case.output.shape != case.value.shape or case.jacobian is None or case.elementwise or not case.whole:
        return None
    wrong_way = (case.upstreams.reshape(len(case.upstreams), -1) @ case.jacobian.T).reshape(case.numeric.shape)
    if not case.fits(wrong_way):
        return None
    hint = f"the gradient of {case.path} is J u, and should be Jᵀ u: a matrix has to be transposed in the pullback"
    return case.explained(Cause.TRANSPOSED, hint, wrong_way)


def permuted(case: Case) -> Explanation | None:
    """The slices of the gradient in another order along one axis, or reversed along several."""
    if not case.whole or case.value.ndim == 0 or case.value.size < 2:
        return None
    for what, moved in _candidates(case):
        if case.fits(moved):
            hint = f"the gradient of {case.path} has the right numbers in the wrong places: {what}"
            return case.explained(Cause.PERMUTED, hint, moved)
    return None


def _candidates(case: Case) -> Iterator[tuple[str, Array]]:
    axes = range(1, case.analytic.ndim)
    for count in range(1, min(case.value.ndim, 3) + 1):
        for chosen in combinations(axes, count):
            named = ", ".join(str(axis - 1) for axis in chosen)
            yield f"reversed along axis {named}", np.flip(case.numeric, chosen)
    for axis in axes:
        order = _matching(case, axis)
        if order is not None:
            steps = (order - np.arange(len(order))) % len(order)
            what = (
                f"rolled along axis {axis - 1}" if (steps == steps[0]).all() else f"slices of axis {axis - 1} reordered"
            )
            yield what, np.take(case.numeric, order, axis)


def _matching(case: Case, axis: int) -> Integers | None:
    """The order in which the slices of the numeric gradient along an axis look like those of the analytic one."""
    length = case.analytic.shape[axis]
    if length < 2:
        return None
    rest = case.analytic.size // length
    direction = np.random.default_rng(rest).normal(size=rest)
    a = np.moveaxis(case.analytic, axis, 0).reshape(length, -1) @ direction
    n = np.moveaxis(case.numeric, axis, 0).reshape(length, -1) @ direction
    order = np.empty(length, dtype=np.intp)
    order[np.argsort(a)] = np.argsort(n)
    return None if (order == np.arange(length)).all() else order
