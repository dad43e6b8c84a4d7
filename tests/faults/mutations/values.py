"""Mutations of what a pullback returns for one variable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from attrs import field, frozen

from tests.faults.draws import Array

__all__ = ["MUTATIONS", "Mutation"]


@frozen
class Mutation:
    """A mistake that can be made in any gradient of a fitting shape.

    Args:
        name: Of the mistake.
        change: ``(right gradient, upstream) -> wrong gradient``.
        causes: Names of the causes that say what it is.
        fits: Whether a shape has it.
        behaviour: It shows in shape, type or finiteness, rather than in numbers.
        count: How many functions get it, in double and in single precision.
    """

    name: str
    change: Callable[[Array, Array], Any]
    causes: str
    fits: Callable[[tuple[int, ...]], bool] = lambda shape: True
    behaviour: bool = False
    count: tuple[int, int] = field(default=(5, 3))


def axes(count: int) -> Callable[[tuple[int, ...]], bool]:
    """At least so many axes, none of them of length one."""
    return lambda shape: len(shape) >= count and min(shape) > 1


def square(shape: tuple[int, ...]) -> bool:
    """Whether the last two axes are of one length."""
    return len(shape) >= 2 and shape[-1] == shape[-2] > 1


def at(where: Any, factor: float) -> Callable[[Array, Array], Array]:
    """Times a factor in one place."""

    def change(g: Array, u: Array) -> Array:
        result = np.array(g)
        result[where] = result[where] * g.dtype.type(factor)
        return result

    return change


def times(factor: float) -> Callable[[Array, Array], Array]:
    """Times a factor everywhere."""
    return lambda g, u: g * g.dtype.type(factor)


def largest_by(factor: float) -> Callable[[Array, Array], Array]:
    """The element that is largest for upstreams of ones stays where it is: the middle one, times a factor."""

    def change(g: Array, u: Array) -> Array:
        result = np.array(g)
        result.flat[result.size // 2] *= g.dtype.type(factor)
        return result

    return change


def poisoned(value: float) -> Callable[[Array, Array], Array]:
    """One element is no number."""

    def change(g: Array, u: Array) -> Array:
        result = np.array(g)
        result.flat[-1] = value
        return result

    return change


SPARSE = "SPARSE_ELEMENTS"
SHAPE = "WRONG_SHAPE"
MUTATIONS = [
    Mutation("zero", times(0), "ZERO", count=(8, 5)),
    Mutation("sign", times(-1), "SIGN", count=(8, 5)),
    Mutation("double", times(2), "SCALE", count=(8, 4)),
    Mutation("half", times(0.5), "SCALE", count=(6, 3)),
    Mutation("ten_times", times(10), "SCALE", count=(3, 2)),
    Mutation("by_percent", times(1.01), "SCALE", count=(8, 4)),
    Mutation("by_thousandth", times(1.001), "SCALE", count=(8, 2)),
    Mutation("by_1e-5", times(1 + 1e-5), "SCALE", count=(8, 0)),
    Mutation("by_3e-6", times(1 + 3e-6), "SCALE", count=(6, 0)),
    Mutation("transposed", lambda g, u: g.swapaxes(-1, -2), "TRANSPOSED", square, count=(5, 3)),
    Mutation("first_axis_reversed", lambda g, u: g[::-1], "PERMUTED", axes(1), count=(5, 3)),
    Mutation("last_axis_rolled", lambda g, u: np.roll(g, 1, axis=-1), "PERMUTED", axes(1), count=(5, 3)),
    Mutation("rows_exchanged", lambda g, u: np.concatenate([g[1::-1], g[2:]]), "PERMUTED", axes(1), count=(4, 2)),
    Mutation("one_element_zero", largest_by(0), SPARSE, axes(2), count=(6, 3)),
    Mutation("one_element_sign", largest_by(-1), SPARSE, axes(2), count=(6, 3)),
    Mutation("one_element_percent", largest_by(1.01), SPARSE, axes(2), count=(6, 2)),
    Mutation("one_element_thousandth", largest_by(1.001), SPARSE, axes(2), count=(6, 0)),
    Mutation("one_element_1e-4", largest_by(1.0001), SPARSE, axes(2), count=(6, 0)),
    Mutation("first_row_zero", at(0, 0), SPARSE, axes(2), count=(5, 3)),
    Mutation("last_column_double", at((..., -1), 2), SPARSE, axes(2), count=(5, 3)),
    Mutation("last_slice_sign", at(-1, -1), SPARSE, axes(2), count=(5, 3)),
    Mutation(
        "mean_over_first_axis",
        lambda g, u: g / g.dtype.type((u.shape or g.shape)[0]),
        "SCALE BATCH_MEAN",
        lambda shape: len(shape) > 1,
        count=(6, 3),
    ),
    Mutation("upstream_added", lambda g, u: g + u.mean(), "EXTRA_TERM", count=(5, 2)),
    Mutation("constant_added", lambda g, u: g + g.dtype.type(0.1), "EXTRA_TERM NOT_LINEAR_IN_UPSTREAM", count=(5, 2)),
    Mutation("absolute", lambda g, u: np.abs(g), "NOT_LINEAR_IN_UPSTREAM", count=(5, 2)),
    Mutation("clipped", lambda g, u: np.clip(g, -0.5, 0.5), "NOT_LINEAR_IN_UPSTREAM", axes(1), count=(4, 2)),
    Mutation("unit_length", lambda g, u: g / np.sqrt((g**2).sum()), "NOT_LINEAR_IN_UPSTREAM", axes(1), count=(4, 2)),
    Mutation("signs_only", lambda g, u: np.sign(g), "NOT_LINEAR_IN_UPSTREAM", axes(1), count=(4, 2)),
    Mutation(
        "rounded_to_single",
        lambda g, u: g.astype(np.float32).astype(np.float64),
        "LOW_PRECISION",
        axes(1),
        True,
        (8, 0),
    ),
    Mutation(
        "rounded_to_half", lambda g, u: g.astype(np.float16).astype(g.dtype), "LOW_PRECISION", axes(1), count=(4, 2)
    ),
    Mutation(
        "handed_out_as_single",
        lambda g, u: g.astype(np.float32),
        "WRONG_DTYPE LOW_PRECISION",
        behaviour=True,
        count=(5, 0),
    ),
    Mutation(
        "handed_out_as_integers", lambda g, u: np.round(g).astype(np.int64), "WRONG_DTYPE", behaviour=True, count=(3, 2)
    ),
    Mutation("handed_out_as_complex", lambda g, u: g * (1 + 0.5j), "WRONG_DTYPE", behaviour=True, count=(2, 1)),
    Mutation("not_a_number", poisoned(np.nan), "NON_FINITE", behaviour=True, count=(5, 3)),
    Mutation("infinite", poisoned(np.inf), "NON_FINITE", behaviour=True, count=(4, 2)),
    Mutation("extra_axis", lambda g, u: g[None], SHAPE, behaviour=True, count=(3, 2)),
    Mutation("flat", lambda g, u: g.ravel(), SHAPE, axes(2), True, (3, 2)),
    Mutation("axis_summed", lambda g, u: g.sum(axis=0), SHAPE, axes(1), True, (4, 2)),
    Mutation("last_dropped", lambda g, u: g[:-1], SHAPE, axes(1), True, (3, 2)),
    Mutation("number_for_array", lambda g, u: float(g.sum()), "WRONG_SHAPE WRONG_DTYPE", axes(1), True, (3, 2)),
    Mutation("none", lambda g, u: None, "MISSING_GRADIENT WRONG_SHAPE WRONG_DTYPE ZERO", behaviour=True, count=(5, 2)),
]
