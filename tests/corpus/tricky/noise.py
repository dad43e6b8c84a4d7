"""Forwards that are less exact than their type: inner iterations, single precision inside, rounding, tables."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.corpus.case import RIGHT, Gradients, Result, tricky
from tests.corpus.data import fixed, normal, positive
from tests.corpus.functions.elementwise import elementwise


def newton_root(tolerance: float) -> Any:
    """Square roots by Newton's iteration, stopped at a tolerance."""

    def value(x: Any) -> Any:
        root = np.ones_like(x)
        while np.abs(root**2 - x).max() > tolerance:
            root = (root + x / root) / 2
        return root

    return value


def fixed_point(p: Any, x: Any) -> Result:
    """``z = tanh(w z + x)``, iterated to 1e-10; the gradient by the implicit function theorem."""
    weight = p["weight"]
    state = np.zeros_like(x)
    for _ in range(500):
        after = np.tanh(weight * state + x)
        done = np.abs(after - state).max() < 1e-10
        state = after
        if done:
            break

    def pullback(upstream: Any) -> Gradients:
        slope = 1 - state**2
        inner = upstream * slope / (1 - weight * slope)
        return inner, {"weight": np.asarray((inner * state).sum())}

    return state, pullback


def bisection(p: Any, x: Any) -> Result:
    """The root of ``z³ + z = x``, by bisection to 1e-10."""
    low, high = np.full_like(x, -10.0), np.full_like(x, 10.0)
    while (high - low).max() > 1e-10:
        centre = (low + high) / 2
        below = centre**3 + centre < x
        low, high = np.where(below, centre, low), np.where(below, high, centre)
    root = (low + high) / 2
    return root, lambda upstream: (upstream / (3 * root**2 + 1), {})


def dense_single_inside(p: Any, x: Any) -> Result:
    """A dense map whose product is computed in single precision."""
    weight, narrow = p["weight"].astype(np.float32), x.astype(np.float32)

    def pullback(upstream: Any) -> Gradients:
        return upstream @ p["weight"].T, {"weight": x.T @ upstream}

    return (narrow @ weight).astype(np.float64), pullback


def tanh_single_inside(p: Any, x: Any) -> Result:
    """tanh in single precision, handed out in double."""
    output = np.tanh(x.astype(np.float32)).astype(np.float64)
    return output, lambda upstream: (upstream * (1 - np.tanh(x) ** 2), {})


def pseudo_noise(size: float) -> Any:
    """tanh with noise that depends on the last bits of its input."""
    return lambda x: np.tanh(x) + size * np.sin(1e17 * x)


def loss_in_single(p: Any, x: Any) -> Result:
    """A network in double precision whose loss is kept in single."""
    output, pullback = RIGHT["mlp_cross_entropy"].function(p, x)
    return np.float32(output), lambda upstream: pullback(np.float64(upstream))


tricky("newton_root_1e-10", elementwise(newton_root(1e-10), lambda x: 0.5 / np.sqrt(x)), positive(4))
tricky("newton_root_1e-6", elementwise(newton_root(1e-6), lambda x: 0.5 / np.sqrt(x)), positive(4))
tricky("fixed_point_1e-10", fixed_point, normal(4), weight=fixed(0.7))
tricky("bisection_1e-10", bisection, normal(4))
tricky("dense_in_single", dense_single_inside, normal(4, 3), weight=normal(3, 2))
tricky("tanh_in_single", tanh_single_inside, normal(3, 3))
tricky("noise_1e-12", elementwise(pseudo_noise(1e-12), lambda x: 1 - np.tanh(x) ** 2), normal(5))
tricky("noise_1e-10", elementwise(pseudo_noise(1e-10), lambda x: 1 - np.tanh(x) ** 2), normal(5))
tricky("noise_1e-8", elementwise(pseudo_noise(1e-8), lambda x: 1 - np.tanh(x) ** 2), normal(5))
tricky("rounded_to_ten_digits", elementwise(lambda x: np.round(np.sin(x), 10), np.cos), normal(5))
tricky("rounded_to_six_digits", elementwise(lambda x: np.round(np.sin(x), 6), np.cos), normal(5))
tricky("loss_in_single", loss_in_single, normal(4, 3), **RIGHT["mlp_tanh"].parameters)


def trapezoid(p: Any, x: Any) -> Result:
    """An integral by quadrature of which the error is 1e-9; the gradient is that of the integral."""
    nodes = np.linspace(0, 1, 4001)
    values = np.exp(-p["rate"] * nodes)
    weights = np.full(4001, 1 / 4000)
    weights[[0, -1]] /= 2
    rate = p["rate"]

    def pullback(upstream: Any) -> Gradients:
        slope = (np.exp(-rate) * (rate + 1) - 1) / rate**2
        return upstream * (1 - np.exp(-rate)) / rate, {"rate": np.asarray((upstream * x * slope).sum())}

    return x * (weights * values).sum(), pullback


tricky("quadrature", trapezoid, fixed([1.0, -2.0]), rate=fixed(1.3))
