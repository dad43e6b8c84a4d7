"""Functions that broadcast."""

from __future__ import annotations

import numpy as np

from tests.faults.case import Gradients, Parameters, Result, right
from tests.faults.draws import Array, normal, off_zero, pair, uniform


@right(normal(4, 3), scale=normal(3), shift=normal(3))
def scale_shift(p: Parameters, x: Array) -> Result:
    """``x s + t``, feature by feature."""

    def pullback(u: Array) -> Gradients:
        return u * p["scale"], {"scale": (u * x).sum(axis=0), "shift": u.sum(axis=0)}

    return x * p["scale"] + p["shift"], pullback


@right(normal(3, 4), gain=normal(), offset=normal())
def scalar_affine(p: Parameters, x: Array) -> Result:
    """``g x + o`` with parameters without axes."""

    def pullback(u: Array) -> Gradients:
        return u * p["gain"], {"gain": np.asarray((u * x).sum()), "offset": np.asarray(u.sum())}

    return x * p["gain"] + p["offset"], pullback


@right(normal(2, 3, 2, 2), gain=normal(3, 1, 1))
def channel_gain(p: Parameters, x: Array) -> Result:
    """A factor for each channel of an image."""

    def pullback(u: Array) -> Gradients:
        return u * p["gain"], {"gain": (u * x).sum(axis=(0, 2, 3))[:, None, None]}

    return x * p["gain"], pullback


@right(normal(3, 4, 2), position=normal(4, 2))
def position_added(p: Parameters, x: Array) -> Result:
    """A table of positions, added to every sequence."""
    return x + p["position"], lambda u: (u.copy(), {"position": u.sum(axis=0)})


@right(pair(normal(4, 1), normal(1, 3)))
def row_and_column(p: Parameters, x: tuple[Array, Array]) -> Result:
    """``r c + r``, of a column and a row."""
    column, row = x

    def pullback(u: Array) -> Gradients:
        return ((u * (row + 1)).sum(axis=1, keepdims=True), (u * column).sum(axis=0, keepdims=True)), {}

    return column * row + column, pullback


@right(normal(3, 1, 4), left=normal(2, 1), cell=normal(1, 2, 4))
def all_sides(p: Parameters, x: Array) -> Result:
    """``x l + c``, all of them broadcast."""

    def pullback(u: Array) -> Gradients:
        of_left = (u * x).sum(axis=(0, 2))[:, None]
        return (u * p["left"]).sum(axis=1, keepdims=True), {"left": of_left, "cell": u.sum(axis=0, keepdims=True)}

    return x * p["left"] + p["cell"], pullback


@right(normal(4, 3), divisor=off_zero(3, gap=0.6))
def divided(p: Parameters, x: Array) -> Result:
    """``x / d``."""
    divisor = p["divisor"]
    return x / divisor, lambda u: (u / divisor, {"divisor": -(u * x).sum(axis=0) / divisor**2})


@right(uniform(0.4, 2.0, 3, 4), exponent=normal(4))
def raised(p: Parameters, x: Array) -> Result:
    """``x ** e``."""
    output = x ** p["exponent"]

    def pullback(u: Array) -> Gradients:
        of_exponent = (u * output * np.log(x)).sum(axis=0)
        return u * p["exponent"] * x ** (p["exponent"] - 1), {"exponent": of_exponent}

    return output, pullback


@right(pair(normal(3, 4), normal(3, 4)), gate=normal(4))
def blended(p: Parameters, x: tuple[Array, Array]) -> Result:
    """``g a + (1 - g) b``."""
    a, b = x
    gate = p["gate"]
    return gate * a + (1 - gate) * b, lambda u: ((u * gate, u * (1 - gate)), {"gate": (u * (a - b)).sum(axis=0)})


MASK = np.array([[True, False, True, True], [False, True, True, False], [True, True, False, False]])


@right(normal(3, 4), fill=normal())
def masked(p: Parameters, x: Array) -> Result:
    """``x`` where a mask says so, elsewhere one learnt number."""

    def pullback(u: Array) -> Gradients:
        return np.where(MASK, u, 0), {"fill": np.asarray(u[~MASK].sum())}

    return np.where(MASK, x, p["fill"]), pullback


@right(normal(4, 3), low=uniform(-1, 1, 3))
def distances(p: Parameters, x: Array) -> Result:
    """Half the squared distance of every row from one centre."""
    gap = x - p["low"]

    def pullback(u: Array) -> Gradients:
        of_gap = u[:, None] * gap
        return of_gap, {"low": -of_gap.sum(axis=0)}

    return (gap**2).sum(axis=1) / 2, pullback
