"""Right pullbacks at difficult points: none fails, and faults put into them are still seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnframe.verification import Verdict, verify_pullback
from tests.verification.functions import changed, elementwise

NEAR = np.array([1e-9, -1e-9, 1e-8, -1e-7, 1e-6, -1e-5, 1e-5, 1.0, -2.0])


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


SMOOTH = {
    "log near zero": (np.log, lambda x: 1 / x, [1e-9, 1e-6, 1e-12, 0.5, 3.0]),
    "log of tiny numbers": (np.log, lambda x: 1 / x, [1e-250, 1e-100, 2.0]),
    "log of 1e-300 beside 1e-30": (np.log, lambda x: 1 / x, [1e-300, 1e-30]),
    "squares under a large constant": (lambda x: (x**2 + 1e8) - 1e8, lambda x: 2 * x, [1.0, -3.0, 1e-3]),
    "root near zero": (np.sqrt, lambda x: 0.5 / np.sqrt(x), [1e-9, 1e-12, 0.5, 3.0]),
    "arc cosine near one": (np.arccos, lambda x: -1 / np.sqrt(1 - x * x), [1 - 1e-9, 0.5, -1 + 1e-7]),
    "a power at the edge of its domain": (lambda x: x**1.5, lambda x: 1.5 * x**0.5, [0.0, 1.0, 2.0]),
    "gradients of 1e20": (lambda x: 1e20 * np.sin(x), lambda x: 1e20 * np.cos(x), [0.3, 1.0, 2.0]),
    "gradients of 1e-20": (lambda x: 1e-20 * np.sin(x), lambda x: 1e-20 * np.cos(x), [0.3, 1.0, 2.0]),
    "oscillation": (lambda x: np.sin(1e6 * x), lambda x: 1e6 * np.cos(1e6 * x), [0.3, 1.0, 2.0]),
    "a small fast wave": (lambda x: x + 1e-3 * np.sin(1e5 * x), lambda x: 1 + 100 * np.cos(1e5 * x), [0.3, 1.0]),
    "saturation beside the rest": (sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x)), [40.0, -40.0, 0.0, 700.0]),
    "beside a kink": (lambda x: np.maximum(x, 0), lambda x: 1.0 * (x > 0), NEAR),
    "Huber's joint": (
        lambda x: np.where(abs(x) < 1, x * x / 2, abs(x) - 0.5),
        lambda x: np.clip(x, -1, 1),
        [1.0, -1.0, 1 + 1e-9, 0.5],
    ),
    "an offset that cancels": (lambda x: (x + 1e8) - 1e8 + np.sin(x), lambda x: 1 + np.cos(x), [0.3, 1.0, -2.0]),
    "a logarithm that is a staircase": (lambda x: -np.log(1 - sigmoid(x)), sigmoid, [5.0, 10.0, 20.0, 30.0]),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_smooth_but_difficult_points_pass(name: str) -> None:
    value, derivative, x = SMOOTH[name]
    assert verify_pullback(elementwise(value, derivative), {}, np.array(x)).verdict is Verdict.PASS


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("factor", [0.0, -1.0, 2.0, 1.01])
def test_faults_at_difficult_points_are_seen(name: str, factor: float) -> None:
    value, derivative, x = SMOOTH[name]
    wrong = changed(elementwise(value, derivative), "input", lambda g: factor * g)
    assert verify_pullback(wrong, {}, np.array(x)).failed


@pytest.mark.parametrize("at_zero", [0.0, 0.5, 1.0])
def test_any_value_between_the_slopes_is_right_at_a_kink(at_zero: float) -> None:
    relu = elementwise(lambda x: np.maximum(x, 0), lambda x: np.heaviside(x, at_zero))
    finding = verify_pullback(relu, {}, np.array([0.0, 1.0, -1.0]))["input"]
    assert finding.verdict is Verdict.KINK
    assert finding.worst is not None
    assert finding.worst.one_sided is not None


@pytest.mark.parametrize("at_zero", [-0.01, 1.01, 2.0])
def test_no_value_outside_the_slopes_is(at_zero: float) -> None:
    relu = elementwise(lambda x: np.maximum(x, 0), lambda x: np.heaviside(x, at_zero))
    report = verify_pullback(relu, {}, np.array([0.0, 1.0, -1.0]))
    assert report["input"].wrong == ((0,),)


def test_a_right_derivative_beside_a_kink_is_not_the_other_sides() -> None:
    wrong = elementwise(np.abs, lambda x: np.where(np.abs(x) < 1e-6, -np.sign(x), np.sign(x)))
    assert verify_pullback(wrong, {}, NEAR)["input"].wrong == ((0,), (1,), (2,), (3,))


@pytest.mark.parametrize(("share", "right"), [(1.0, True), (0.5, True), (0.0, False)])
def test_at_a_tie_the_shares_must_add_up(share: float, right: bool) -> None:
    def maximum(p: Any, x: Any) -> Any:
        def pullback(u: Any) -> Any:
            ties = x == x.max()
            shares = {1.0: 1.0 * (np.cumsum(ties) == 1), 0.5: 1 / ties.sum(), 0.0: 1.0 * (ties.sum() == 1)}
            return u * ties * shares[share], {}

        return x.max(), pullback

    assert verify_pullback(maximum, {}, np.array([2.0, 1.0, 2.0])).passed is right


def test_a_dead_unit_is_reported_as_zero() -> None:
    dead = elementwise(lambda x: np.maximum(x, 0), lambda x: 1.0 * (x > 0))
    finding = verify_pullback(dead, {}, np.array([-1.0, -2.0]))["input"]
    assert finding.verdict is Verdict.PASS
    assert finding.numerically_zero


def test_a_loss_of_a_million_does_not_hide_a_gradient_of_a_thousandth() -> None:
    rate = np.array([0.5, 1.5, -1.0])

    def offset(p: Any, x: Any) -> Any:
        return 1e6 + 1e-3 * np.sin(p["w"] * rate).sum(), lambda u: (
            None,
            {"w": u * 1e-3 * rate * np.cos(p["w"] * rate)},
        )

    w = {"w": np.array([0.3, -0.7, 1.1])}
    assert verify_pullback(offset, w, np.ones(1)).passed
    for factor in (0.0, -1.0, 1.1):
        assert verify_pullback(changed(offset, "w", lambda g, f=factor: f * g), w, np.ones(1)).failed  # type: ignore[misc]


def test_an_inner_iteration_that_stops_early_raises_no_alarm() -> None:
    def fixed_point(p: Any, x: Any) -> Any:
        w, z = p["w"], np.zeros(4)
        for _ in range(500):
            z, last = np.tanh(w @ z + x), z
            if np.abs(z - last).max() < 1e-10:
                break

        def pullback(u: Any) -> Any:
            slope = 1 - z * z
            v = np.linalg.solve((np.eye(4) - slope[:, None] * w).T, u) * slope
            return v, {"w": np.outer(v, z)}

        return z, pullback

    rng = np.random.default_rng(0)
    w = {"w": 0.4 * rng.normal(size=(4, 4))}
    assert verify_pullback(fixed_point, w, rng.normal(size=4)).passed
    assert verify_pullback(changed(fixed_point, "w", lambda g: 1.0001 * g), w, rng.normal(size=4)).failed


def test_an_ill_conditioned_solve_passes_and_a_thousandth_of_it_does_not() -> None:
    def solve(p: Any, x: Any) -> Any:
        y = np.linalg.solve(p["a"], x)

        def pullback(u: Any) -> Any:
            v = np.linalg.solve(p["a"].T, u)
            return v, {"a": -np.outer(v, y)}

        return y, pullback

    hilbert = {"a": 1 / (np.arange(7)[:, None] + np.arange(7) + 1)}
    assert verify_pullback(solve, hilbert, np.ones(7)).passed
    assert verify_pullback(changed(solve, "a", lambda g: 1.001 * g), hilbert, np.ones(7)).failed


def sort_rows(p: Any, x: Any) -> Any:
    """Each row in order; equal numbers keep their order, in the forward and in the pullback."""
    order = np.argsort(x, axis=1, kind="stable")

    def pullback(u: Any) -> Any:
        gradient = np.empty_like(u)
        np.put_along_axis(gradient, order, u, axis=1)
        return gradient, {}

    return np.take_along_axis(x, order, axis=1), pullback


def rectified(p: Any, x: Any) -> Any:
    """relu(x W + b) V, with 0 as the derivative at 0."""
    z = x @ p["w"] + p["b"]

    def pullback(u: Any) -> Any:
        dz = (u @ p["v"].T) * (z > 0)
        return dz @ p["w"].T, {"w": x.T @ dz, "b": dz.sum(0), "v": np.maximum(z, 0).T @ u}

    return np.maximum(z, 0) @ p["v"], pullback


RNG = np.random.default_rng(3)
AT_KINKS = {
    "three equal numbers": (sort_rows, {}, np.array([[2.0, 2, 1, 3], [0, 0, 0, 1]])),
    "all rectifiers at zero": (
        rectified,
        {"w": RNG.normal(size=(3, 4)), "b": np.zeros(4), "v": RNG.normal(size=(4, 2))},
        np.array([[0.0, 0, 0], [1, 2, -1]]),
    ),
}


@pytest.mark.parametrize("name", AT_KINKS)
def test_a_limit_of_gradients_close_by_is_right_at_a_kink(name: str) -> None:
    assert verify_pullback(*AT_KINKS[name])["input"].verdict is Verdict.KINK


@pytest.mark.parametrize("name", AT_KINKS)
@pytest.mark.parametrize("factor", [-1.0, 2.0, 1.01, 1.0001])
def test_what_is_no_limit_is_wrong_at_a_kink(name: str, factor: float) -> None:
    function, parameters, x = AT_KINKS[name]
    for path in [*(parameters.keys() - {"b"}), "input"]:  # a bias a little larger is still between its slopes
        wrong = changed(function, path, lambda g: factor * g)
        assert verify_pullback(wrong, parameters, x)[path].verdict is Verdict.FAIL, path


def test_zero_is_no_limit_where_order_only_moves_it() -> None:
    function, parameters, x = AT_KINKS["three equal numbers"]
    assert verify_pullback(changed(function, "input", np.zeros_like), parameters, x).failed


def test_the_lowest_point_of_a_sum_of_squares_is_numerically_flat() -> None:
    def covariance(p: Any, x: Any) -> Any:
        centred = x - x.mean(0)

        def pullback(u: Any) -> Any:
            d = centred @ (u + u.T)
            return d - d.mean(0), {}

        return centred.T @ centred, pullback

    assert verify_pullback(covariance, {}, np.ones((5, 3)))["input"].numerically_zero
    x = np.random.default_rng(0).normal(size=(5, 3))
    assert verify_pullback(changed(covariance, "input", np.zeros_like), {}, x).failed
