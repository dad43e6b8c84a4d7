"""Sums over outputs: taken over the wrong axis, not taken, or with parts left out or counted twice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations

import numpy as np

from nnframe.arrays import Array
from nnframe.verification.diagnosis.case import MOST_AXES, Case, Explanation
from nnframe.verification.report.cause import Cause

__all__ = ["not_accumulated", "slice_weights", "wrong_axis"]

MOST_SLICES = 64


def wrong_axis(case: Case) -> Explanation | None:
    """Summed over other axes of the output than those that were broadcast."""
    parts = case.contributions
    if parts is None or not case.whole or not 1 < case.output.ndim <= MOST_AXES:
        return None
    for prediction, hint in (*_other_sums(case, parts), *_swapped_upstreams(case)):
        if case.fits(prediction):
            return case.explained(Cause.WRONG_AXIS_SUM, hint, prediction)
    return None


def _other_sums(case: Case, parts: Array) -> Iterator[tuple[Array, str]]:
    """The contributions of all outputs, summed over each choice of axes, and broadcast back."""
    if not case.broadcast:
        return
    each = parts.sum(2).reshape(len(parts), *case.output.shape)
    for count in range(1, case.output.ndim + 1):
        for axes in combinations(range(1, each.ndim), count):
            total = each.sum(axes)
            named = ", ".join(str(axis - 1) for axis in axes)
            hint = f"the gradient of {case.path} is summed over axis {named} of the output, which is the wrong choice"
            if total[0].size == case.value.size:
                yield total.reshape(case.analytic.shape), hint
            elif total[0].size == 1:
                yield np.broadcast_to(total.reshape(-1, *(1,) * case.value.ndim), case.analytic.shape), hint


def _swapped_upstreams(case: Case) -> Iterator[tuple[Array, str]]:
    """As if axes of the upstream were swapped."""
    assert case.jacobian is not None
    shape = case.output.shape
    hint = f"the gradient of {case.path} is right for a transposed upstream: axes of the upstream are confused"
    for order in permutations(range(case.output.ndim)):
        if list(order) != sorted(order) and tuple(shape[axis] for axis in order) == shape:
            swapped = case.upstreams.transpose(0, *(axis + 1 for axis in order)).reshape(len(case.upstreams), -1)
            yield (swapped @ case.jacobian).reshape(case.analytic.shape), hint


def slice_weights(case: Case) -> Explanation | None:
    """One weight for each slice of the output along an axis: a slice that counts for nothing, or twice."""
    parts = case.contributions
    if parts is None or not case.whole:
        return None
    for axis in range(case.output.ndim):
        by_slice = _by_slice(case, parts, (axis,))
        if not 1 < len(by_slice) <= MOST_SLICES or not _shared(by_slice):
            continue
        for weights in _weights(case, by_slice):
            prediction = (weights.reshape(-1, *(1,) * case.analytic.ndim) * by_slice).sum(0)
            if case.fits(prediction):
                return _weighted(case, weights, axis, prediction)
    return None


def _by_slice(case: Case, parts: Array, axes: tuple[int, ...]) -> Array:
    """(slices, upstreams, *shape): what each slice of the output along some axes, taken together, contributes."""
    shaped = parts.reshape(len(parts), *case.output.shape, -1)
    moved = np.moveaxis(shaped, [axis + 1 for axis in axes], range(len(axes)))
    slices = int(np.prod([case.output.shape[axis] for axis in axes]))
    return np.asarray(moved.reshape(slices, len(parts), -1, shaped.shape[-1]).sum(2).reshape(-1, *case.analytic.shape))


def _shared(by_slice: Array) -> bool:
    """Whether several slices contribute to one element (else a slice is a place, not a term)."""
    present = np.abs(by_slice).max(1) > 1e-9 * np.abs(by_slice).max(initial=0.0)
    return bool((present.sum(0) > 1).any())


def _weights(case: Case, by_slice: Array) -> Iterator[Array]:
    """Weights to try: one slice alone, all but one, one twice, and those that fit best."""
    count = len(by_slice)
    for index in (0, count - 1, *range(1, count - 1)):
        yield np.eye(count)[index]
        yield 1 - np.eye(count)[index]
        yield 1 + np.eye(count)[index]
    if case.analytic.size >= 2 * count:
        scale = max(float(np.abs(case.numeric).max()), np.finfo(float).tiny)
        matrix = (by_slice.reshape(count, -1) / scale).T
        fitted = np.linalg.lstsq(matrix, case.analytic.reshape(-1) / scale, rcond=1e-8)[0]
        rounded = np.round(fitted)
        yield np.where(np.abs(fitted - rounded) < 1e-4, rounded, fitted)


def _weighted(case: Case, weights: Array, axis: int, prediction: Array) -> Explanation | None:
    used = np.flatnonzero(weights)
    where = f"along axis {axis} of the output"
    if not np.isin(weights, (0.0, 1.0, 2.0)).all() or len(used) == 0 or (weights == weights[0]).all():
        return None
    if len(used) == 1 and weights[used[0]] == 1 and case.broadcast:
        hint = f"the gradient of {case.path} is that of slice {used[0]} {where} alone: the sum over them is missing"
        return case.explained(Cause.MISSING_BROADCAST_SUM, hint, prediction)
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
    for by_slice in _groups(case, parts):
        present = np.abs(by_slice).max(1) > 1e-9 * np.abs(by_slice).max(initial=0.0)
        if not (present.sum(0) > 1).any() or not (present.sum(0) == 1).any():
            continue
        for name, chosen in (("last", len(present) - 1 - present[::-1].argmax(0)), ("first", present.argmax(0))):
            kept = np.take_along_axis(by_slice, chosen[None, None], 0)[0]
            if case.fits(np.where(present.any(0), kept, 0.0)):
                cause = Cause.NOT_ACCUMULATED if name == "last" else Cause.MISSING_TERM
                hint = (
                    f"where several outputs contribute to one element of {case.path}, its gradient is the {name} "
                    "contribution alone: add up (numpy.add.at, +=) instead of overwriting"
                )
                return case.explained(cause, hint, kept)
    return None


def _groups(case: Case, parts: Array) -> Iterator[Array]:
    """Slices of the output along each axis, along several at once, and output by output."""
    axes = [axis for axis in range(case.output.ndim) if case.output.shape[axis] > 1]
    for count in range(1, len(axes) + 1):
        for chosen in combinations(axes, count):
            yield _by_slice(case, parts, chosen)
