"""Which causes the numbers themselves bear out, whatever the mistake was called."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.faults.draws import Array

__all__ = ["true_of_numbers"]

CLOSE = 1e-5


def true_of_numbers(right: list[Array], wrong: list[Array], upstreams: list[Array], x: Any, size: float) -> set[str]:
    """Names of causes that explain the wrong gradients under all upstreams."""
    if any(np.shape(each) != np.shape(right[0]) for each in wrong):
        return {"WRONG_SHAPE"}
    if not all(np.isfinite(each).all() for each in wrong):
        return {"NON_FINITE"}
    good, bad = np.stack(right).reshape(len(right), -1), np.stack(wrong).reshape(len(wrong), -1)
    slack = 1e-3 * min(size, 1.0) * max(float(np.abs(good).max()), float(np.abs(bad).max()))
    found = _factors(good, bad, slack, x)
    found |= {"TRANSPOSED", "PERMUTED"} if _transposed(right, wrong, slack) else set()
    found |= {"PERMUTED"} if _permuted(good, bad, slack) else set()
    if bad.any() and np.abs(bad - bad[0]).max() <= slack:
        found |= {"UPSTREAM_IGNORED"}
    if right[0].shape == upstreams[0].shape:
        flat = np.stack(upstreams).reshape(len(upstreams), -1)
        if all(np.abs(each - flat * each[0] / flat[0]).max() <= slack for each in (good, bad)):
            found |= {"WRONG_DERIVATIVE"}
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
    if any(abs(abs(factor) - size) < CLOSE * size or abs(abs(factor) * size - 1) < CLOSE for size in lengths if size > 1):
        found.add("BATCH_MEAN")
    return found


def _transposed(right: list[Array], wrong: list[Array], slack: float) -> bool:
    for first in range(right[0].ndim):
        for second in range(first):
            pairs = [(np.swapaxes(each, first, second), other) for each, other in zip(right, wrong, strict=True)]
            if all(a.shape == b.shape and np.abs(a - b).max() <= slack for a, b in pairs):
                return True
    return False


def _permuted(good: Array, bad: Array, slack: float) -> bool:
    """Whether every element of the wrong one is an element of the right one, each used once, under all upstreams."""
    gaps = np.abs(good[:, :, None] - bad[:, None, :]).max(axis=0)
    nearest = gaps.argmin(axis=0)
    return bool(gaps.min(axis=0).max(initial=0) <= slack and len(set(nearest.tolist())) == good.shape[1])
