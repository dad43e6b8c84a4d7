"""Functions linear in each argument."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.faults.case import Gradients, Parameters, Result, right
from tests.faults.draws import Array, normal, pair


@right(normal(5, 4), weight=normal(4, 3), bias=normal(3))
def affine(p: Parameters, x: Array) -> Result:
    """``x W + b``."""

    def pullback(u: Array) -> Gradients:
        return u @ p["weight"].T, {"weight": x.T @ u, "bias": u.sum(axis=0)}

    return x @ p["weight"] + p["bias"], pullback


@right(normal(4, 3), weight=normal(3, 3))
def square_dense(p: Parameters, x: Array) -> Result:
    """``x W`` with as many outputs as inputs."""
    return x @ p["weight"], lambda u: (u @ p["weight"].T, {"weight": x.T @ u})


@right(normal(4), matrix=normal(3, 4), offset=normal(3))
def matrix_vector(p: Parameters, x: Array) -> Result:
    """``A x + b`` for one vector."""
    return p["matrix"] @ x + p["offset"], lambda u: (p["matrix"].T @ u, {"matrix": np.outer(u, x), "offset": u})


@right(normal(2, 3, 4), weight=normal(4, 3), bias=normal(3))
def time_distributed(p: Parameters, x: Array) -> Result:
    """An affine map of the last of three axes."""

    def pullback(u: Array) -> Gradients:
        flat = x.reshape(-1, 4).T @ u.reshape(-1, 3)
        return u @ p["weight"].T, {"weight": flat, "bias": u.sum(axis=(0, 1))}

    return x @ p["weight"] + p["bias"], pullback


@right(normal(5, 4), down=normal(4, 2), up=normal(2, 3))
def low_rank(p: Parameters, x: Array) -> Result:
    """``x A B``."""

    def pullback(u: Array) -> Gradients:
        inner = u @ p["up"].T
        return inner @ p["down"].T, {"down": x.T @ inner, "up": (x @ p["down"]).T @ u}

    return x @ p["down"] @ p["up"], pullback


@right(pair(normal(4, 3), normal(4, 2)), core=normal(3, 2, 4), bias=normal(4))
def bilinear(p: Parameters, x: tuple[Array, Array]) -> Result:
    """``a W b + c`` with a weight of three axes."""
    a, b = x
    core = p["core"]

    def pullback(u: Array) -> Gradients:
        inputs = np.einsum("ijk,nj,nk->ni", core, b, u), np.einsum("ijk,ni,nk->nj", core, a, u)
        return inputs, {"core": np.einsum("ni,nj,nk->ijk", a, b, u), "bias": u.sum(axis=0)}

    return np.einsum("ni,ijk,nj->nk", a, core, b) + p["bias"], pullback


@right(pair(normal(3), normal(4)))
def outer(p: Parameters, x: tuple[Array, Array]) -> Result:
    """``a bᵀ``."""
    return np.outer(*x), lambda u: ((u @ x[1], u.T @ x[0]), {})


@right(pair(normal(3, 2, 4), normal(3, 4, 3)))
def batched_product(p: Parameters, x: tuple[Array, Array]) -> Result:
    """A product of matrices for each member of the batch."""
    a, b = x
    return a @ b, lambda u: ((u @ b.swapaxes(1, 2), a.swapaxes(1, 2) @ u), {})


@right(normal(4, 3), weight=normal(3, 2, scale=0.7))
def tied_linear(p: Parameters, x: Array) -> Result:
    """``x W Wᵀ``: one weight on two paths."""
    weight = p["weight"]

    def pullback(u: Array) -> Gradients:
        return u @ weight @ weight.T, {"weight": u.T @ (x @ weight) + x.T @ (u @ weight)}

    return x @ weight @ weight.T, pullback


@right(normal(2, 3, 4), mix=normal(2, 3, 4))
def contraction(p: Parameters, x: Array) -> Result:
    """``y_ad = Σ_bc x_abc m_dbc``: a contraction over two axes."""

    def pullback(u: Array) -> Gradients:
        return np.einsum("ad,dbc->abc", u, p["mix"]), {"mix": np.einsum("ad,abc->dbc", u, x)}

    return np.einsum("abc,dbc->ad", x, p["mix"]), pullback


@right(pair(normal(2, 2), normal(2, 3)))
def kronecker(p: Parameters, x: tuple[Array, Array]) -> Result:
    """The Kronecker product."""
    a, b = x

    def pullback(u: Array) -> Gradients:
        blocks = u.reshape(2, 2, 2, 3)
        return (np.einsum("ikjl,kl->ij", blocks, b), np.einsum("ikjl,ij->kl", blocks, a)), {}

    return np.kron(a, b), pullback


@right(pair(normal(4, 3), normal(4, 3)))
def cross_product(p: Parameters, x: tuple[Array, Array]) -> Result:
    """``a × b``, row by row."""
    a, b = x
    return np.cross(a, b), lambda u: ((np.cross(b, u), np.cross(u, a)), {})


@right(normal(6), rate=normal())
def discount(p: Parameters, x: Array) -> Result:
    """``y_t = x_t + r y_{t+1}``: discounted sums, with a rate without axes."""
    total: Any = 0.0
    sums = np.zeros_like(x)
    for t in reversed(range(len(x))):
        total = x[t] + p["rate"] * total
        sums[t] = total

    def pullback(u: Array) -> Gradients:
        of_x, carry, of_rate = np.zeros_like(x), np.zeros_like(x[0]), np.zeros_like(p["rate"])
        for t in range(len(x)):
            carry = u[t] + carry * p["rate"] if t else u[t]
            of_x[t] = carry
            if t + 1 < len(x):
                of_rate = of_rate + carry * sums[t + 1]
        return of_x, {"rate": np.asarray(of_rate)}

    return sums, pullback
