"""No axes, no elements, one element, and other forms of arguments."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.faults.case import Gradients, Parameters, Result
from tests.faults.draws import Array, exactly, normal, pair
from tests.faults.tricky.entry import known, tricky


def of_numbers(p: Parameters, x: Any) -> Result:
    """``a x² + b`` of numbers without axes."""

    def pullback(u: Array) -> Gradients:
        return u * 2 * p["a"] * x, {"a": np.asarray(u * x**2), "b": np.asarray(u)}

    return p["a"] * x**2 + p["b"], pullback


tricky("no_axes_at_all", of_numbers, normal(), a=normal(), b=normal())
tricky("plain_numbers", of_numbers, lambda rng: 1.5, tolerance=None, a=lambda rng: 0.7, b=lambda rng: -0.2)
tricky(
    "numpy_numbers",
    of_numbers,
    lambda rng: np.float64(1.5),
    tolerance=None,
    a=lambda rng: np.float64(0.7),
    b=lambda rng: np.float64(0),
)
known("affine_empty_batch", "affine", x=normal(0, 4))
known("affine_one_row", "affine", x=normal(1, 4))
known("affine_all_ones", "affine", x=normal(1, 1), weight=normal(1, 1), bias=normal(1))
known("affine_no_features", "affine", x=normal(3, 0), weight=normal(0, 2), bias=normal(2))
known("square_empty", "square", x=normal(0))
known("square_one", "square", x=normal(1))
known("square_six_axes", "square", x=normal(1, 2, 1, 2, 1, 2))
known("tanh_long", "tanh", x=normal(3000))
known("affine_wide", "affine", x=normal(2, 60), weight=normal(60, 40), bias=normal(40))
known("softmax_one_class", "softmax", x=normal(3, 1))
known("log_sum_exp_one_class", "log_sum_exp", x=normal(3, 1))
known("embedding_one_row", "embedding", x=exactly([[0, 0]], np.int64), table=normal(1, 3))
known("embedding_no_tokens", "embedding", x=exactly(np.zeros((0,)), np.int64))
known("embedding_small_integers", "embedding", x=exactly([[1, 1, 3]], np.int8))
known("embedding_unsigned", "embedding", x=exactly([[1, 1, 3]], np.uint16))
known("outer_of_one", "outer", x=pair(normal(1), normal(1)))


def selected(p: Parameters, x: tuple[Array, Array]) -> Result:
    """``w x`` where a mask of booleans says so."""
    values, mask = x
    return p["weight"] * values * mask, lambda u: (
        (u * p["weight"] * mask, None),
        {"weight": (u * values * mask).sum(axis=0)},
    )


tricky("boolean_mask", selected, pair(normal(3, 2), exactly([[1, 0], [0, 1], [1, 1]], bool)), weight=normal(2))


def no_input(p: Parameters, x: Array) -> Result:
    """A function of its parameters; the input only says how often."""

    def pullback(u: Array) -> Gradients:
        return None, {"weight": 2 * p["weight"] * u.sum()}

    return np.full(len(x), (p["weight"] ** 2).sum()), pullback


tricky("integers_not_used", no_input, exactly([1, 2, 3], np.int64), weight=normal(3))


def three_inputs(p: Parameters, x: tuple[Array, Array, Array]) -> Result:
    """``a b[i]``: real, real, and integers in between."""
    a, i, b = x

    def pullback(u: Array) -> Gradients:
        of_b = np.zeros_like(b)
        np.add.at(of_b, i, u * a)
        return (u * b[i], None, of_b), {}

    return a * b[i], pullback


tricky("real_integer_real", three_inputs, pair(normal(4), exactly([0, 2, 2, 1], np.int64), normal(3)))


def twice(rng: np.random.Generator) -> tuple[Array, Array]:
    """One array, given as both inputs."""
    drawn = rng.normal(size=4)
    return drawn, drawn


def same_array_twice(p: Parameters, x: tuple[Array, Array]) -> Result:
    """``a b + b²``."""
    a, b = x
    return a * b + b**2, lambda u: ((u * b, u * (a + 2 * b)), {})


tricky("one_array_given_twice", same_array_twice, twice, tolerance=None)
