"""Mistakes in the numbers that can be made with any right pullback: one gradient, changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from attrs import frozen

from tests.corpus.case import Function, Gradients, Result

__all__ = ["VALUES", "Value", "changed_at"]

Change = Callable[[Any, Any, Any], Any]
"""(right gradient, upstream, variable) -> wrong gradient."""


@frozen
class Value:
    """A change of one gradient.

    Args:
        name: Of the mistake.
        change: Makes the wrong gradient.
        causes: What explains it.
        fits: Whether it can be made with an array of this shape.
        also: What else is true of it.
    """

    name: str
    change: Change
    causes: tuple[str, ...]
    fits: Callable[[tuple[int, ...]], bool] = lambda shape: True
    also: tuple[str, ...] = ()


def square(shape: tuple[int, ...]) -> bool:
    """Whether the last two axes are of one length, above one."""
    return len(shape) == 2 and shape[0] == shape[1] > 1


def rows(shape: tuple[int, ...]) -> bool:
    """Whether there is more than one row."""
    return len(shape) >= 1 and shape[0] > 1


def grid(shape: tuple[int, ...]) -> bool:
    """Whether there are several rows and columns."""
    return len(shape) == 2 and min(shape) > 1


def many(shape: tuple[int, ...]) -> bool:
    """Whether there are some elements."""
    return int(np.prod(shape)) >= 4


def put(gradient: Any, index: Any, change: Callable[[Any], Any]) -> Any:
    """A copy with some elements changed."""
    changed = np.array(gradient)
    changed[index] = change(changed[index])
    return changed


def middle(gradient: Any) -> tuple[int, ...]:
    """The index of the largest element, so that a wrong element is a visible one."""
    return tuple(int(i) for i in np.unravel_index(np.argmax(np.abs(gradient)), np.shape(gradient)))


def fixed_element(gradient: Any) -> tuple[int, ...]:
    """The same element whatever the upstream."""
    return tuple(length // 2 for length in np.shape(gradient))


def typed(number: float, like: Any) -> Any:
    """A number in the type of an array, so that single precision stays single."""
    return np.asarray(like).dtype.type(number)


def times(factor: float) -> Change:
    """Every element times one factor."""
    return lambda gradient, upstream, variable: gradient * typed(factor, gradient)


def batch_of(variable: Any, upstream: Any) -> int:
    """The length of the output's first axis; 2 where it has none."""
    return np.shape(upstream)[0] if np.ndim(upstream) else 2


SCALES = ("SCALE", "BATCH_MEAN")
LAST = ("SPARSE_ELEMENTS", "WRONG_DERIVATIVE")

VALUES = [
    Value("zero", times(0), ("ZERO",)),
    Value("sign", times(-1), ("SIGN",)),
    Value("doubled", times(2), SCALES),
    Value("halved", times(0.5), SCALES),
    Value("one_percent", times(1.01), ("SCALE",)),
    Value("one_in_ten_thousand", times(1.0001), ("SCALE",)),
    Value("one_in_hundred_thousand", times(1 + 1e-5), ("SCALE",)),
    Value("batch_mean", lambda g, u, v: g / typed(max(batch_of(v, u), 2), g), SCALES),
    Value("batch_sum", lambda g, u, v: g * typed(max(batch_of(v, u), 2), g), SCALES),
    Value("minus_half", times(-0.5), SCALES),
    Value("transposed", lambda g, u, v: np.array(g).T.copy(), ("TRANSPOSED",), square),
    Value("shifted_rows", lambda g, u, v: np.roll(g, 1, axis=0), ("PERMUTED",), rows, ("TRANSPOSED", "SIGN")),
    Value(
        "swapped_rows", lambda g, u, v: put(g, [0, 1], lambda both: both[::-1]), ("PERMUTED", "SPARSE_ELEMENTS"), rows
    ),
    Value("reversed_columns", lambda g, u, v: np.array(g)[:, ::-1].copy(), ("PERMUTED",), grid),
    Value("upstream_ignored_signs", lambda g, u, v: np.abs(g), ("NOT_LINEAR_IN_UPSTREAM",)),
    Value("times_upstream_norm", lambda g, u, v: g * np.abs(u).mean(), ("NOT_LINEAR_IN_UPSTREAM",)),
    Value(
        "clipped",
        lambda g, u, v: (
            np.clip(g, -0.3 * np.abs(g).max(), 0.3 * np.abs(g).max()) if np.size(g) > 1 else g * typed(0.3, g)
        ),
        ("NOT_LINEAR_IN_UPSTREAM", "SCALE", "SPARSE_ELEMENTS"),
        many,
    ),
    Value("normalized", lambda g, u, v: g / (typed(1, g) + np.sqrt((g**2).sum())), ("NOT_LINEAR_IN_UPSTREAM",)),
    Value(
        "one_element_tenth",
        lambda g, u, v: put(g, fixed_element(g), lambda e: e * typed(1.1, g)),
        ("SPARSE_ELEMENTS",),
        many,
        ("WRONG_DERIVATIVE",),
    ),
    Value(
        "one_element_thousandth",
        lambda g, u, v: put(g, fixed_element(g), lambda e: e * typed(1.001, g)),
        ("SPARSE_ELEMENTS",),
        many,
        ("WRONG_DERIVATIVE",),
    ),
    Value(
        "one_element_zero",
        lambda g, u, v: put(g, fixed_element(g), lambda e: e * 0),
        ("SPARSE_ELEMENTS",),
        many,
        ("WRONG_DERIVATIVE",),
    ),
    Value(
        "first_row_zero",
        lambda g, u, v: put(g, 0, lambda row: row * 0),
        ("SPARSE_ELEMENTS",),
        grid,
        ("WRONG_DERIVATIVE", "MISSING_TERM"),
    ),
    Value(
        "last_row_doubled",
        lambda g, u, v: put(g, -1, lambda row: row * 2),
        ("SPARSE_ELEMENTS",),
        grid,
        ("WRONG_DERIVATIVE", "EXTRA_TERM"),
    ),
    Value(
        "last_column_negative",
        lambda g, u, v: put(g, (slice(None), -1), lambda column: -column),
        ("SPARSE_ELEMENTS",),
        grid,
        ("WRONG_DERIVATIVE",),
    ),
    Value("diagonal_only", lambda g, u, v: np.diag(np.diag(g)), (), square, LAST),
    Value("decay_added", lambda g, u, v: g + typed(0.1, g) * v, ("EXTRA_TERM", "NOT_LINEAR_IN_UPSTREAM"), many),
    Value("row_mean_everywhere", lambda g, u, v: np.broadcast_to(np.mean(g, axis=0), np.shape(g)).copy(), (), grid),
    Value("row_sum_everywhere", lambda g, u, v: np.broadcast_to(np.sum(g, axis=0), np.shape(g)).copy(), (), grid),
    Value("not_a_number", lambda g, u, v: put(g, fixed_element(g), lambda e: e * np.nan), ("NON_FINITE",)),
    Value("infinite", lambda g, u, v: np.full_like(g, np.inf), ("NON_FINITE",)),
    Value("extra_axis", lambda g, u, v: np.asarray(g)[None], ("WRONG_SHAPE",)),
    Value("flattened", lambda g, u, v: np.ravel(g), ("WRONG_SHAPE",), lambda shape: len(shape) >= 2),
    Value(
        "summed_away",
        lambda g, u, v: np.asarray(np.sum(g)),
        ("WRONG_SHAPE",),
        many,
        ("WRONG_AXIS_SUM", "MISSING_BROADCAST_SUM"),
    ),
    Value("in_single", lambda g, u, v: np.asarray(g, np.float32), ("WRONG_DTYPE",)),
    Value("as_integers", lambda g, u, v: np.asarray(g).astype(np.int64), ("WRONG_DTYPE",), also=("ZERO",)),
    Value("as_complex", lambda g, u, v: np.asarray(g) + 0.5j, ("WRONG_DTYPE",)),
    Value(
        "through_half",
        lambda g, u, v: np.asarray(np.asarray(g, np.float16), np.asarray(g).dtype),
        ("LOW_PRECISION",),
        many,
    ),
    Value("missing", lambda g, u, v: None, ("MISSING_GRADIENT",)),
]


def changed_at(path: str, change: Change) -> Callable[[Function], Function]:
    """Breaks a function: the gradient at one path is changed."""

    def break_it(function: Function) -> Function:
        def wrong(p: Any, x: Any) -> Result:
            output, pullback = function(p, x)

            def wrong_pullback(upstream: Any) -> Gradients:
                return replaced(pullback(upstream), path, lambda g: change(g, upstream, variable_at(p, x, path)))

            return output, wrong_pullback

        return wrong

    return break_it


def variable_at(p: Any, x: Any, path: str) -> Any:
    """The array at a path."""
    if path in p:
        return p[path]
    return x if path == "input" else x[int(path.split(".")[1])]


def replaced(gradients: Gradients, path: str, change: Callable[[Any], Any]) -> Gradients:
    """Gradients with one of them changed."""
    of_input, of_parameters = gradients
    if path in of_parameters:
        return of_input, {**of_parameters, path: change(of_parameters[path])}
    if path == "input":
        return change(of_input), of_parameters
    number = int(path.split(".")[1])
    return (*of_input[:number], change(of_input[number]), *of_input[number + 1 :]), of_parameters
