"""Example inputs of many forms: one of them is what a layer takes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

__all__ = ["classes_of_inputs", "pairs"]

BATCH = 5


def classes_of_inputs() -> Iterator[list[object]]:
    """Yield example inputs, those of one form together: (batch, features), (batch, time, features), ... Lengths differ.

    >>> [[getattr(x, "shape", None) for x in form] for form in classes_of_inputs()][:2]
    [[(5, 4), (5, 3), (5, 6)], [(5, 7, 4), (5, 2, 3)]]
    """
    rng = np.random.default_rng(0)

    def real(*shape: int) -> object:
        return 1.5 * rng.normal(size=(BATCH, *shape))

    yield [real(4), real(3), real(6)]
    yield [real(7, 4), real(2, 3)]
    yield [real(6, 8, 4), real(8, 8, 3), real(4, 4, 2)]
    yield [rng.integers(0, 2, (BATCH, 5)), rng.integers(0, 2, BATCH)]
    yield [(real(4), real(4)), (real(4), real(3))]
    yield [(real(7, 4), real(6, 4)), (real(7, 4), real(6, 3))]
    yield [(real(7, 4), real(6, 4), real(6, 4)), (real(4), real(4), real(4))]
    yield [(rng.integers(0, 2, (BATCH, 5)), rng.integers(0, 2, (BATCH, 5)))]
    yield [real(4, 5, 4, 2)]


def pairs() -> Iterator[tuple[object, object]]:
    """Yield pairs of a prediction and a target, of regression, of classes, of probabilities, of yes and no.

    >>> prediction, target = next(pairs())
    >>> prediction.shape, target.shape
    ((4, 3), (4, 3))
    """
    rng = np.random.default_rng(1)
    logits, other = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
    shares, labels, yes = _softmax(logits), rng.integers(0, 3, 4), rng.integers(0, 2, (4, 3))
    yield logits, other
    yield rng.normal(size=(4, 5, 3)), rng.normal(size=(4, 5, 3))
    yield shares, labels
    yield shares, _softmax(other)
    yield shares, np.eye(3)[labels]
    yield 1 / (1 + np.exp(-logits)), yes.astype(float)
    yield logits, labels
    yield logits, yes.astype(float)
    yield logits, 2.0 * yes - 1
    yield 1 / (1 + np.exp(-logits[:, :1])), yes[:, :1].astype(float)
    yield logits[:, :1], 2.0 * yes[:, :1] - 1
    yield rng.normal(size=(4, 6)), other


def _softmax(logits: object) -> object:
    shares = np.exp(logits)  # type: ignore[call-overload]
    return shares / shares.sum(-1, keepdims=True)
