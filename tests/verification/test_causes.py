"""Causes: the mistake that was made is the one that is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnframe.verification import Cause, Verdict, verify_pullback
from tests.verification.functions import changed, dense, dense_values, elementwise


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize(
    ("path", "change", "cause", "factor"),
    [
        ("weight", lambda g: 0 * g, Cause.ZERO, 0.0),
        ("weight", np.negative, Cause.SIGN, -1.0),
        ("weight", lambda g: g / 2, Cause.SCALE, 0.5),
        ("weight", lambda g: -3 * g, Cause.SCALE, -3.0),
        ("bias", lambda g: g / 6, Cause.BATCH_MEAN, 1 / 6),
        ("bias", lambda g: 6 * g, Cause.BATCH_MEAN, 6.0),
        ("weight", lambda g: np.roll(g, 1, 0), Cause.PERMUTED, None),
        ("weight", lambda g: g[:, [2, 0, 1]], Cause.PERMUTED, None),
        ("input", lambda g: g[::-1], Cause.PERMUTED, None),
        ("weight", lambda g: g * np.array([1, 1, 0, 1])[:, None], Cause.SPARSE_ELEMENTS, None),
        ("weight", lambda g: g.T.reshape(g.shape), Cause.TRANSPOSED, None),
    ],
)
def test_mistakes_in_the_gradient_as_a_whole(path: str, change: Any, cause: Cause, factor: float | None) -> None:
    finding = verify_pullback(changed(dense, path, change), *dense_values())[path]
    assert finding.cause is cause
    assert finding.factor == (None if factor is None else pytest.approx(factor, rel=1e-6))


@pytest.mark.parametrize(
    ("wrong", "cause"),
    [
        (lambda p, x, u: {"weight": (x.T @ u).T}, Cause.TRANSPOSED),
        (lambda p, x, u: {"bias": u.sum(1)}, Cause.WRONG_AXIS_SUM),
        (lambda p, x, u: {"bias": u[0]}, Cause.MISSING_BROADCAST_SUM),
        (lambda p, x, u: {"bias": u}, Cause.MISSING_BROADCAST_SUM),
        (lambda p, x, u: {"weight": x[1:].T @ u[1:]}, Cause.MISSING_TERM),
        (lambda p, x, u: {"input": u @ p["weight"]}, Cause.TRANSPOSED),
    ],
)
def test_mistakes_in_a_square_dense_layer(wrong: Any, cause: Cause) -> None:
    p, x = dense_values(4, 4, 4)

    def function(p: Any, x: Any) -> Any:
        output, pullback = dense(p, x)

        def mistaken(u: Any) -> Any:
            dx, gradients = pullback(u)
            found = {"input": dx, **gradients, **wrong(p, x, u)}
            return found.pop("input"), found

        return output, mistaken

    failed = [each for each in verify_pullback(function, p, x).findings if each.verdict is Verdict.FAIL]
    assert [each.cause for each in failed] == [cause]


@pytest.mark.parametrize(
    ("value", "derivative", "words"),
    [
        (np.tanh, lambda x: 1 - np.tanh(x), "every"),
        (lambda x: np.where(x > 0, x, 0.1 * x), lambda x: 1.0 * (x > 0), "below 0"),
        (lambda x: x * sigmoid(x), sigmoid, "every"),
    ],
)
def test_wrong_elementwise_derivatives(value: Any, derivative: Any, words: str) -> None:
    x = np.array([-3.0, -2.0, -1.2, -0.5, 0.3, 0.7, 1.5, 2.2])
    finding = verify_pullback(elementwise(value, derivative), {}, x)["input"]
    assert finding.cause is Cause.WRONG_DERIVATIVE
    assert words in finding.hint


@pytest.mark.parametrize("index", [[1, 4, 1, 7], [1, 4, 2, 7]])
def test_overwriting_in_a_lookup_is_seen_with_and_without_duplicates(index: list[int]) -> None:
    def lookup(p: Any, x: Any) -> Any:
        def pullback(u: Any) -> Any:
            table = np.zeros_like(p["table"])
            table[x] = u
            return None, {"table": table}

        return p["table"][x], pullback

    table = {"table": np.random.default_rng(0).normal(size=(10, 3))}
    finding = verify_pullback(lookup, table, np.array(index))["table"]
    assert finding.cause is (Cause.NOT_ACCUMULATED if len(set(index)) < 4 else Cause.WRONG_NEARBY)


@pytest.mark.parametrize("forgotten", ["mean", "spread"])
def test_a_forgotten_term_of_a_normalisation(forgotten: str) -> None:
    def normalise(p: Any, x: Any) -> Any:
        centred = x - x.mean(-1, keepdims=True)
        scale = 1 / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
        y = centred * scale

        def pullback(u: Any) -> Any:
            mean = 0 if forgotten == "mean" else u.mean(-1, keepdims=True)
            spread = 0 if forgotten == "spread" else y * (u * y).mean(-1, keepdims=True)
            return scale * (u - mean - spread), {}

        return y, pullback

    finding = verify_pullback(normalise, {}, np.random.default_rng(0).normal(size=(3, 5)))["input"]
    assert finding.cause is Cause.MISSING_TERM


@pytest.mark.parametrize("matrix", [np.eye(3), np.array([[2.0, 1, 0], [1, 3, 1], [0, 1, 4]])])
def test_a_missing_transposition_does_not_hide_behind_a_symmetric_matrix(matrix: Any) -> None:
    def product(p: Any, x: Any) -> Any:
        return x @ p["m"], lambda u: (u @ p["m"], {"m": x.T @ u})

    finding = verify_pullback(product, {"m": matrix}, np.random.default_rng(0).normal(size=(4, 3)))["input"]
    assert finding.cause is Cause.WRONG_NEARBY
