"""Forwards that are slightly noisy: iterations that stop, tables, single precision inside."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.faults.case import RIGHT, Function, Gradients, Parameters, Result
from tests.faults.draws import Array, exactly, normal, uniform
from tests.faults.functions.pointwise import Elementwise
from tests.faults.tricky.entry import curve, likewise, tricky


def newton(tolerance: float) -> Elementwise:
    """The square root by Newton's iteration, all elements stopped together."""

    def value(x: Array) -> Array:
        root = np.ones_like(x)
        while np.abs(root**2 - x).max() > tolerance:
            root = (root + x / root) / 2
        return root

    return value


def bisected(width: float) -> Elementwise:
    """The root of ``z³ + z = x`` by bisection down to a width: a staircase of tiny steps."""

    def value(x: Array) -> Array:
        low, high = np.full_like(x, -9.0), np.full_like(x, 9.0)
        while (high - low).max() > width:
            centre = (low + high) / 2
            below = centre**3 + centre < x
            low, high = np.where(below, centre, low), np.where(below, high, centre)
        return (low + high) / 2

    return value


def of_root(value: Elementwise) -> Callable[[Array], Array]:
    """The slope of the root of ``z³ + z = x``."""
    return lambda x: 1 / (3 * value(x) ** 2 + 1)


for stop in (1e-12, 1e-10, 1e-8):
    curve(f"newton_stopped_at_{stop:g}", newton(stop), lambda x: 0.5 / np.sqrt(x), [0.3, 1.7, 2.5], tolerance=None)
for stop in (1e-12, 1e-10):
    curve(f"bisection_stopped_at_{stop:g}", bisected(stop), of_root(bisected(1e-15)), [0.7, -1.3, 4.0], tolerance=None)


def equilibrium(stop: float) -> Function:
    """``z = tanh(w z + x)`` by iteration; the gradient by the implicit function theorem."""

    def function(p: Parameters, x: Array) -> Result:
        state, before = np.zeros_like(x), np.ones_like(x)
        while np.abs(state - before).max() > stop:
            state, before = np.tanh(p["weight"] * state + x), state

        def pullback(u: Array) -> Gradients:
            slope = 1 - state**2
            inner = u * slope / (1 - p["weight"] * slope)
            return inner, {"weight": np.asarray((inner * state).sum())}

        return state, pullback

    return function


for stop in (1e-14, 1e-10, 1e-8):
    tricky(f"equilibrium_stopped_at_{stop:g}", equilibrium(stop), normal(3), tolerance=None, weight=exactly(0.6))


def hashed(size: float) -> Elementwise:
    """A sine with noise that is a function of the last bits."""
    return lambda x: np.sin(x) + size * np.sin(x * 1e15)


def rounded(digits: int) -> Elementwise:
    """A sine, given to some digits."""
    return lambda x: np.asarray(np.round(np.sin(x), digits))


for size in (1e-13, 1e-11, 1e-9):
    curve(f"sine_with_noise_{size:g}", hashed(size), np.cos, [0.5, 1.1, -2.0], tolerance=None)
for digits in (12, 10, 8):
    curve(f"sine_to_{digits}_digits", rounded(digits), np.cos, [0.5, 1.1, -2.0], tolerance=None)
curve(
    "sine_in_single",
    lambda x: np.sin(x.astype(np.float32)).astype(np.float64),
    np.cos,
    [0.5, 1.1, -2.0],
    tolerance=None,
)
curve(
    "result_in_single",
    lambda x: np.sin(x).astype(np.float32).astype(np.float64),
    np.cos,
    [0.5, 1.1, -2.0],
    tolerance=None,
)
curve(
    "offset_in_single",
    lambda x: (np.sin(x).astype(np.float32) + np.float32(10)).astype(np.float64),
    np.cos,
    [0.5, 1.1],
    tolerance=None,
)


def single_product(p: Parameters, x: Array) -> Result:
    """A product of matrices in single precision inside a function of double."""
    output = (x.astype(np.float32) @ p["weight"].astype(np.float32)).astype(np.float64)
    return output, lambda u: (u @ p["weight"].T, {"weight": x.T @ u})


tricky("product_in_single", single_product, normal(4, 3), tolerance=None, weight=normal(3, 2))


def single_loss(p: Parameters, x: Array) -> Result:
    """A network whose loss is handed out in single precision."""
    output, pullback = RIGHT["mlp_classifier"].function(p, x)
    return np.float32(output), lambda u: pullback(np.asarray(u, np.float64))


likewise("loss_in_single", single_loss, RIGHT["mlp_classifier"])


def table(p: Parameters, x: Array) -> Result:
    """The exponential, linear between the points of a fine table: a kink every hundred-thousandth."""
    grid = np.linspace(-3, 3, 600_001)
    values = np.exp(grid)
    place = np.searchsorted(grid, x)
    slope = (values[place] - values[place - 1]) / (grid[place] - grid[place - 1])
    return np.interp(x, grid, values), lambda u: (u * slope, {})


tricky("interpolated_table", table, uniform(-2, 2, 4), tolerance=None)


def quadrature(p: Parameters, x: Array) -> Result:
    """``∫₀¹ e^{-x t} dt`` by Simpson's rule; the gradient of the integral itself."""
    nodes = np.linspace(0, 1, 101)
    weights = np.resize([2.0, 4.0], 101)
    weights[[0, -1]] = 1
    value = np.exp(-np.multiply.outer(x, nodes)) @ weights / 300
    return value, lambda u: (u * (np.exp(-x) * (x + 1) - 1) / x**2, {})


tricky("integral_by_quadrature", quadrature, exactly([0.7, 1.5, -1.0]), tolerance=1e-6)
