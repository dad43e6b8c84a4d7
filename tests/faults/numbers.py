"""Which causes the numbers themselves bear out, whatever the mistake was called."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from tests.faults.case import Point
from tests.faults.draws import Array

__all__ = ["true_of_numbers"]

CLOSE = 1e-5


def true_of_numbers(
    right: list[Array], wrong: list[Array], upstreams: list[Array], point: Point, path: str, size: float
) -> set[str]:
    """Names of causes that explain the wrong gradients under all upstreams."""
    if any(np.shape(each) != np.shape(right[0]) for each in wrong):
        return {"WRONG_SHAPE"}
    if not all(np.isfinite(each).all() for each in wrong):
        return {"NON_FINITE"}
    good, bad = np.stack(right).reshape(len(right), -1), np.stack(wrong).reshape(len(wrong), -1)
    slack = 1e-3 * min(size, 1.0) * max(float(np.abs(good).max()), float(np.abs(bad).max()))
    found = _factors(good, bad, slack, point.x)
    found |= {"TRANSPOSED", "PERMUTED"} if _transposed(right, wrong, slack) else set()
    found |= {"PERMUTED"} if _permuted(good, bad, slack) else set()
    if bad.any() and np.abs(bad - bad[0]).max() <= slack:
        found |= {"UPSTREAM_IGNORED"}
    if right[0].shape == upstreams[0].shape:
        flat = np.stack(upstreams).reshape(len(upstreams), -1)
        alone = [bool(np.abs(each - flat * each[0] / flat[0]).max() <= slack) for each in (good, bad)]
        found |= {"WRONG_DERIVATIVE"} if all(alone) else {"MISSING_TERM"} if alone[1] else set()
    if _term(np.stack(right), np.stack(wrong) - np.stack(right), upstreams, point, path, slack):
        found |= {"MISSING_TERM", "EXTRA_TERM"}
    return found


def _factors(good: Array, bad: Array, slack: float, x: Any) -> set[str]:
    if not bad.any():
        return {"ZERO"}
    if not good.any():
        return {"EXTRA_TERM"}
    factor = float((good * bad).sum() / (good**2).sum())
    if np.abs(bad - factor * good).max() > slack:
        return set()
    found = {"SCALE"}
    if abs(factor + 1) < CLOSE:
        found = {"SIGN", "SCALE"}
    lengths = {np.shape(each)[0] for each in (x if isinstance(x, tuple) else (x,)) if np.ndim(each)}
    if any(
        abs(abs(factor) - size) < CLOSE * size or abs(abs(factor) * size - 1) < CLOSE for size in lengths if size > 1
    ):
        found.add("BATCH_MEAN")
    return found


def _term(right: Array, gap: Array, upstreams: list[Array], point: Point, path: str, slack: float) -> bool:
    """Whether the gap is, slice by slice, one number times ones, the variable, the output or the upstream."""
    shape = right[0].shape
    terms = [
        np.ones((1, *shape)),
        np.asarray(point.variables()[path])[None],
        np.asarray(point.output())[None],
        np.stack(upstreams),
    ]
    for term in terms:
        if term.shape[1:] != shape:
            continue
        for axis in range(1, right.ndim):
            residuals = []
            for each in (gap, right):
                scale = (each * term).sum(axis=axis, keepdims=True) / ((term**2).sum(axis=axis, keepdims=True) + 1e-300)
                residuals.append(float(np.abs(each - scale * term).max(initial=0)))
            if shape[axis - 1] > 1 and residuals[0] <= slack < residuals[1]:
                return True
    return False


def _transposed(right: list[Array], wrong: list[Array], slack: float) -> bool:
    """Whether the wrong one is the right one with its axes in another order, reshaped where the shapes differ."""
    for axes in list(itertools.permutations(range(right[0].ndim)))[1:]:
        pairs = [(each.transpose(axes).reshape(each.shape), other) for each, other in zip(right, wrong, strict=True)]
        if all(np.abs(a - b).max(initial=0) <= slack for a, b in pairs):
            return True
    return False


def _permuted(good: Array, bad: Array, slack: float) -> bool:
    """Whether every element of the wrong one is an element of the right one, each used once, under all upstreams."""
    gaps = np.abs(good[:, :, None] - bad[:, None, :]).max(axis=0)
    nearest = gaps.argmin(axis=0)
    return bool(gaps.min(axis=0).max(initial=0) <= slack and len(set(nearest.tolist())) == good.shape[1])
