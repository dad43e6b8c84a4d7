"""Sums over outputs: taken over the wrong axis, not taken, or with parts left out or counted twice."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np

from nnframe.arrays import Array
from nnframe.verification.cause import Cause
from nnframe.verification.hypotheses.case import Case, Explanation

__all__ = ["not_accumulated", "slice_weights", "wrong_axis"]

MOST_AXES = 4


def wrong_axis(case: Case) -> Explanation | None:
    """Summed over other axes of the output than those that were broadcast."""
    parts = case.contributions
    if parts is None or not case.whole or case.output.ndim < 2 or case.output.ndim > MOST_AXES:
        return None
    if (np.count_nonzero(case.jacobian, axis=1) > 1).any():
        return _swapped_upstream(case)
    each = parts.sum(2).reshape(len(parts), *case.output.shape)
    for count in range(1, case.output.ndim + 1):
        for axes in combinations(range(1, each.ndim), count):
            total = each.sum(axes)
            if total[0].size == case.value.size and case.fits(total.reshape(case.analytic.shape)):
                named = ", ".join(str(axis - 1) for axis in axes)
                hint = f"the gradient of {case.path} is summed over axis {named} of the output, which is the wrong one"
                return case.explained(Cause.WRONG_AXIS_SUM, hint, total.reshape(case.analytic.shape))
    return _swapped_upstream(case)


def _swapped_upstream(case: Case) -> Explanation | None:
    """As if the axes of the upstream were swapped."""
    assert case.jacobian is not None
    shape = case.output.shape
    for order in permutations(range(case.output.ndim)):
        if list(order) == sorted(order) or tuple(shape[axis] for axis in order) != shape:
            continue
        swapped = case.upstreams.transpose(0, *(axis + 1 for axis in order)).reshape(len(case.upstreams), -1)
        prediction = (swapped @ case.jacobian).reshape(case.analytic.shape)
        if case.fits(prediction):
            hint = f"the gradient of {case.path} is right for a transposed upstream: axes of the upstream are confused"
            return case.explained(Cause.WRONG_AXIS_SUM, hint, prediction)
    return None


def slice_weights(case: Case) -> Explanation | None:
    """One weight for each slice of the output along an axis: a slice that counts for nothing, or twice."""
    parts = case.contributions
    if parts is None or not case.whole or case.output.ndim == 0:
        return None
    for axis in range(case.output.ndim):
        length = case.output.shape[axis]
        if not 1 < length <= 64 or axis in case.own_axes:
            continue
        by_slice = _by_slice(case, parts, axis)
        weights = _fitted(case, by_slice)
        prediction = (weights.reshape(-1, *(1,) * case.analytic.ndim) * by_slice).sum(0)
        if case.fits(prediction):
            return _weighted(case, weights, axis, prediction)
    return None


def _by_slice(case: Case, parts: Array, axis: int) -> Array:
    """(slices, upstreams, *shape): what each slice of the output contributes."""
    shaped = parts.reshape(len(parts), *case.output.shape, -1)
    moved = np.moveaxis(shaped, axis + 1, 0)
    return moved.reshape(len(moved), len(parts), -1, shaped.shape[-1]).sum(2).reshape(-1, *case.analytic.shape)


def _fitted(case: Case, by_slice: Array) -> Array:
    scale = np.maximum(np.abs(case.numeric).max(), np.finfo(float).tiny)
    matrix = (by_slice.reshape(len(by_slice), -1) / scale).T
    weights = np.linalg.lstsq(matrix, case.analytic.reshape(-1) / scale, rcond=1e-8)[0]
    rounded = np.round(weights * 2) / 2
    return np.where(np.abs(weights - rounded) < 1e-4, rounded, weights)


def _weighted(case: Case, weights: Array, axis: int, prediction: Array) -> Explanation | None:
    used = np.flatnonzero(weights)
    where = f"along axis {axis} of the output"
    if not np.isin(weights, (0.0, 1.0, 2.0)).all() or len(used) == 0 or (weights == weights[0]).all():
        return None
    if len(used) == 1 and used[0] == 0 and weights[0] == 1:
        hint = f"the gradient of {case.path} is that of the first slice {where} alone: the sum over them is missing"
        return case.explained(Cause.MISSING_BROADCAST_SUM, hint, prediction)
    if len(used) == 1 and used[0] == len(weights) - 1 and weights[-1] == 1:
        hint = f"the gradient of {case.path} is that of the last slice {where} alone: overwritten where it should add up"
        return case.explained(Cause.NOT_ACCUMULATED, hint, prediction)
    if (weights == 0).any():
        missing = ", ".join(map(str, np.flatnonzero(weights == 0)[:6].tolist()))
        hint = f"the gradient of {case.path} lacks what slice {missing} {where} contributes"
        return case.explained(Cause.MISSING_TERM, hint, prediction)
    twice = ", ".join(map(str, np.flatnonzero(weights == 2)[:6].tolist()))
    hint = f"the gradient of {case.path} counts slice {twice} {where} twice"
    return case.explained(Cause.EXTRA_TERM, hint, prediction)


def not_accumulated(case: Case) -> Explanation | None:
    """Where several outputs contribute to one element, only one of them was kept."""
    parts = case.contributions
    if parts is None or not case.whole:
        return None
    axes = [axis for axis in range(case.output.ndim) if case.output.shape[axis] > 1 and axis not in case.own_axes]
    groups = [_by_slice(case, parts, axis) for axis in axes]
    groups.append(np.moveaxis(parts, 1, 0).reshape(-1, *case.analytic.shape))
    for by_slice in groups:
        present = np.abs(by_slice).max(1) > 1e-9 * np.abs(by_slice).max()
        several = present.sum(0) > 1
        if not several.any() or not (present.sum(0) == 1).any():
            continue
        for name, chosen in (("last", len(present) - 1 - present[::-1].argmax(0)), ("first", present.argmax(0))):
            kept = np.take_along_axis(by_slice, chosen[None, None], 0)[0]
            if case.fits(np.where(present.any(0), kept, 0.0)):
                hint = (
                    f"where several outputs contribute to one element of {case.path}, its gradient is the {name} "
                    "contribution alone: add up (numpy.add.at, +=) instead of overwriting"
                )
                return case.explained(Cause.NOT_ACCUMULATED, hint, kept)
    return None
