"""Functions that pick, place and move elements."""

from __future__ import annotations

import numpy as np

from tests.faults.case import Gradients, Parameters, Result, right
from tests.faults.draws import Array, exactly, indices, normal, pair

REPEATED = exactly([[1, 1, 3], [0, 3, 1]], dtype=np.int64)


@right(REPEATED, table=normal(5, 3))
def embedding(p: Parameters, x: Array) -> Result:
    """Rows of a table; index 1 comes three times, 2 and 4 never."""

    def pullback(u: Array) -> Gradients:
        of_table = np.zeros_like(p["table"])
        np.add.at(of_table, x, u)
        return None, {"table": of_table}

    return p["table"][x], pullback


@right(REPEATED, table=normal(5, 3), weight=normal(3))
def embedding_bag(p: Parameters, x: Array) -> Result:
    """Weighted sums of rows of a table."""
    rows = p["table"][x]

    def pullback(u: Array) -> Gradients:
        of_table = np.zeros_like(p["table"])
        np.add.at(of_table, x, u[:, None, :] * p["weight"][None, :, None])
        return None, {"table": of_table, "weight": np.einsum("bd,bnd->n", u, rows)}

    return np.einsum("bnd,n->bd", rows, p["weight"]), pullback


@right(pair(normal(3, 5), indices(5, 3, 4)))
def take_along(p: Parameters, x: tuple[Array, Array]) -> Result:
    """Elements of each row, by index; some come twice."""
    values, where = x
    rows = np.arange(3)[:, None]

    def pullback(u: Array) -> Gradients:
        of_values = np.zeros_like(values)
        np.add.at(of_values, (rows, where), u)
        return (of_values, None), {}

    return values[rows, where], pullback


@right(pair(normal(6, 2), exactly([0, 2, 2, 1, 0, 2], dtype=np.int64)))
def segment_sum(p: Parameters, x: tuple[Array, Array]) -> Result:
    """Rows summed by segment (scatter-add)."""
    values, segment = x
    output = np.zeros((4, 2), dtype=values.dtype)
    np.add.at(output, segment, values)
    return output, lambda u: ((u[segment], None), {})


@right(pair(normal(6, 2), exactly([0, 2, 2, 1, 0, 2], dtype=np.int64)))
def segment_mean(p: Parameters, x: tuple[Array, Array]) -> Result:
    """Rows averaged by segment."""
    values, segment = x
    output = np.zeros((3, 2), dtype=values.dtype)
    np.add.at(output, segment, values)
    count = np.bincount(segment, minlength=3)[:, None].astype(values.dtype)
    return output / count, lambda u: (((u / count)[segment], None), {})


@right(normal(7))
def windows(p: Parameters, x: Array) -> Result:
    """All windows of three, one beside the other: every element comes up to three times."""
    where = np.arange(5)[:, None] + np.arange(3)

    def pullback(u: Array) -> Gradients:
        of_x = np.zeros_like(x)
        np.add.at(of_x, where, u)
        return of_x, {}

    return x[where], pullback


@right(normal(2, 5), gain=normal(5))
def rolled(p: Parameters, x: Array) -> Result:
    """``roll(x, 2) g``."""
    moved = np.roll(x, 2, axis=1)
    return moved * p["gain"], lambda u: (np.roll(u * p["gain"], -2, axis=1), {"gain": (u * moved).sum(axis=0)})


@right(normal(3, 4))
def difference(p: Parameters, x: Array) -> Result:
    """Differences of neighbours."""

    def pullback(u: Array) -> Gradients:
        of_x = np.zeros_like(x)
        of_x[:, 1:] += u
        of_x[:, :-1] -= u
        return of_x, {}

    return np.diff(x, axis=1), pullback


@right(normal(2, 3), border=normal())
def padded(p: Parameters, x: Array) -> Result:
    """``x`` with a border of one learnt number."""
    output = np.full((4, 5), p["border"], dtype=x.dtype)
    output[1:-1, 1:-1] = x

    def pullback(u: Array) -> Gradients:
        inside = u[1:-1, 1:-1]
        return inside.copy(), {"border": np.asarray(u.sum() - inside.sum())}

    return output, pullback


@right(normal(2, 3, 4))
def reflected(p: Parameters, x: Array) -> Result:
    """The last axis, padded by its own mirror image."""

    def pullback(u: Array) -> Gradients:
        of_x = u[..., 2:-2].copy()
        of_x[..., 1:3] += u[..., 1::-1]
        of_x[..., 1:3] += u[..., -1:-3:-1]
        return of_x, {}

    return np.pad(x, ((0, 0), (0, 0), (2, 2)), mode="reflect"), pullback


@right(pair(normal(3, 2), normal(3, 3)), scale=normal(5))
def concatenated(p: Parameters, x: tuple[Array, Array]) -> Result:
    """Two inputs side by side, times a scale."""
    both = np.concatenate(x, axis=1)

    def pullback(u: Array) -> Gradients:
        of_both = u * p["scale"]
        return (of_both[:, :2], of_both[:, 2:]), {"scale": (u * both).sum(axis=0)}

    return both * p["scale"], pullback


@right(normal(2, 3, 4))
def rearranged(p: Parameters, x: Array) -> Result:
    """Axes moved and merged."""
    return x.transpose(2, 0, 1).reshape(4, 6), lambda u: (u.reshape(4, 2, 3).transpose(1, 2, 0), {})


@right(normal(2, 3))
def upsampled(p: Parameters, x: Array) -> Result:
    """Every element, twice in each direction."""
    return x.repeat(2, axis=0).repeat(2, axis=1), lambda u: (u.reshape(2, 2, 3, 2).sum(axis=(1, 3)), {})


ROWS, COLUMNS = np.tril_indices(3)


@right(normal(2, 3), entries=normal(6))
def triangular(p: Parameters, x: Array) -> Result:
    """``x L`` with a triangular matrix filled from a vector."""
    matrix = np.zeros((3, 3), dtype=x.dtype)
    matrix[ROWS, COLUMNS] = p["entries"]
    return x @ matrix, lambda u: (u @ matrix.T, {"entries": (x.T @ u)[ROWS, COLUMNS]})
