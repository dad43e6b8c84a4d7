"""Preconditions: what a pullback must not do, whatever its numbers are; and what the verifier itself must not do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnframe.verification import Cause, Verdict, verify_gradient, verify_pullback
from tests.verification.functions import changed, dense, dense_values


def cause_of(function: Any, path: str) -> Cause | None:
    """The cause of the only failure, which must be at a path."""
    report = verify_pullback(function, *dense_values())
    assert [each.path for each in report.findings if each.verdict is Verdict.FAIL] == [path], str(report)
    return report[path].cause


def test_a_pullback_that_writes_into_its_upstream() -> None:
    def wrong(p: Any, x: Any) -> Any:
        output, pullback = dense(p, x)

        def writing(u: Any) -> Any:
            found = pullback(u.copy())
            u *= 0
            return found

        return output, writing

    assert cause_of(wrong, "upstream") is Cause.MUTATES_UPSTREAM


def test_a_forward_that_writes_into_its_input() -> None:
    def wrong(p: Any, x: Any) -> Any:
        x += 1.0
        return dense(p, x)

    assert cause_of(wrong, "input") is Cause.MUTATES_INPUT


def test_a_forward_that_draws_random_numbers() -> None:
    rng = np.random.default_rng(0)
    assert cause_of(lambda p, x: dense(p, x + rng.normal(size=x.shape)), "forward") is Cause.NOT_DETERMINISTIC


def test_a_pullback_that_hands_out_its_buffer() -> None:
    buffer = np.zeros(3)

    def reuse(gradient: Any) -> Any:
        buffer[...] = gradient
        return buffer

    assert cause_of(changed(dense, "bias", reuse), "bias") is Cause.ALIASED


def test_a_pullback_that_hands_out_its_buffer_in_its_first_call_only() -> None:
    buffers: list[Any] = []

    def reuse(gradient: Any) -> Any:
        buffers.append(np.zeros(3) if not buffers else buffers[0])
        buffers[0][...] = gradient
        return buffers[0] if len(buffers) == 1 else gradient

    assert cause_of(changed(dense, "bias", reuse), "bias") is Cause.ALIASED


def test_a_gradient_that_differs_in_its_first_call_only() -> None:
    calls: list[int] = []

    def change(gradient: Any) -> Any:
        calls.append(1)
        return gradient * 1.5 if len(calls) == 1 else gradient

    assert cause_of(changed(dense, "bias", change), "bias") is Cause.SECOND_CALL_DIFFERS


def test_a_pullback_that_adds_up_from_call_to_call() -> None:
    total = np.zeros(3)

    def accumulate(gradient: Any) -> Any:
        total[...] += gradient
        return total.copy()

    assert cause_of(changed(dense, "bias", accumulate), "bias") is Cause.SECOND_CALL_DIFFERS


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_pullback_that_raises_at_its_second_call(dtype: Any) -> None:
    def once(p: Any, x: Any) -> Any:
        output, pullback = dense(p, x)
        tape = [pullback]
        return output, lambda u: tape.pop()(u)  # noqa: PLW0108 - not bound before it is called

    parameters, x = dense_values()
    report = verify_pullback(once, {name: each.astype(dtype) for name, each in parameters.items()}, x.astype(dtype))
    assert {each.path: each.cause for each in report.findings} == dict.fromkeys(
        ("weight", "bias", "input"), Cause.SECOND_CALL_DIFFERS
    )
    assert "IndexError" in report["weight"].hint


def test_a_pullback_that_reads_what_the_last_forward_left() -> None:
    last: dict[str, Any] = {}

    def wrong(p: Any, x: Any) -> Any:
        last["x"] = x
        output, pullback = dense(p, x)
        return output, lambda u: (pullback(u)[0], {"weight": last["x"].T @ u, "bias": u.sum(0)})

    assert cause_of(wrong, "weight") is Cause.STALE


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (np.ones_like, Cause.UPSTREAM_IGNORED),
        (lambda g: g * np.abs(g), Cause.NOT_LINEAR_IN_UPSTREAM),
        (lambda g: g + 0.1, Cause.EXTRA_TERM),
        (lambda g: g * np.nan, Cause.NON_FINITE),
        (lambda g: None, Cause.MISSING_GRADIENT),
        (lambda g: g[None], Cause.WRONG_SHAPE),
        (lambda g: g.astype(np.float32), Cause.WRONG_DTYPE),
        (lambda g: g.astype(complex), Cause.WRONG_DTYPE),
        (lambda g: g.astype(np.float32).astype(np.float64), Cause.LOW_PRECISION),
    ],
)
def test_what_can_be_seen_without_a_derivative(change: Any, cause: Cause) -> None:
    assert cause_of(changed(dense, "bias", change), "bias") is cause


@pytest.mark.parametrize("seed", range(5))
def test_a_gradient_of_zero_that_is_summed_up_need_not_be_linear(seed: int) -> None:
    """A bias before its mean is subtracted: its gradient is what rounding leaves of a sum."""

    def centred(p: Any, x: Any) -> Any:
        output, pullback = dense(p, x)
        return output - output.mean(0), lambda u: pullback(u - u.mean(0))

    rng = np.random.default_rng(seed)
    p = {"weight": rng.normal(size=(5, 4)), "bias": rng.normal(size=4)}
    report = verify_pullback(centred, p, rng.normal(size=(7, 5)))
    assert report.passed, str(report)


def test_an_output_that_is_not_finite_is_no_base_for_a_derivative() -> None:
    report = verify_pullback(lambda p, x: (np.log(x), lambda u: (u / x, {})), {}, np.array([0.0, 1.0]))
    assert report["forward"].cause is Cause.NON_FINITE


def test_a_captured_array_that_a_function_spoils_is_restored() -> None:
    x = np.array([1.0, 2.0])

    def spoil(t: Any) -> Any:
        x[...] = 7.0
        return (t**2).sum()

    verify_gradient(spoil, lambda t: 2 * t, x)
    assert x.tolist() == [1.0, 2.0]


def test_a_cache_that_is_never_emptied() -> None:
    first: dict[str, Any] = {}

    def larger(p: Any, x: Any) -> Any:
        mask = first.setdefault("mask", x[0] > x[1])
        return np.maximum(x[0], x[1]), lambda u: ((u * mask, u * ~mask), {})

    a, b = np.random.default_rng(0).normal(size=(2, 12))
    report = verify_pullback(larger, {}, (a, b))
    assert {each.path: each.cause for each in report.findings} == dict.fromkeys(("input.0", "input.1"), Cause.STALE)
