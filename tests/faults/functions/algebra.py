"""Matrix functions."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from tests.faults.case import Gradients, Parameters, Result, right
from tests.faults.draws import Array, Draw, normal, pair


def regular(size: int) -> Draw:
    """A matrix far from singular."""

    def draw(rng: Generator) -> Array:
        return np.asarray(0.5 * rng.normal(size=(size, size)) + 2 * np.eye(size))

    return draw


def definite(size: int) -> Draw:
    """A symmetric positive definite matrix."""

    def draw(rng: Generator) -> Array:
        root = rng.normal(size=(size, size))
        return np.asarray(root @ root.T + np.eye(size))

    return draw


REGULAR, DEFINITE = regular(3), definite(3)


@right(REGULAR)
def inverse(p: Parameters, x: Array) -> Result:
    """``X⁻¹``."""
    output = np.linalg.inv(x)
    return output, lambda u: (-output.T @ u @ output.T, {})


@right(REGULAR)
def determinant(p: Parameters, x: Array) -> Result:
    """``det X``."""
    output = np.linalg.det(x)
    return output, lambda u: (u * output * np.linalg.inv(x).T, {})


@right(REGULAR)
def log_determinant(p: Parameters, x: Array) -> Result:
    """``log |det X|``."""
    return np.linalg.slogdet(x)[1], lambda u: (u * np.linalg.inv(x).T, {})


@right(normal(3, 2), matrix=REGULAR)
def solve(p: Parameters, x: Array) -> Result:
    """``A⁻¹ B``."""
    output = np.linalg.solve(p["matrix"], x)

    def pullback(u: Array) -> Gradients:
        of_x = np.linalg.solve(p["matrix"].T, u)
        return of_x, {"matrix": -of_x @ output.T}

    return output, pullback


@right(normal(3), covariance=DEFINITE)
def gaussian_density(p: Parameters, x: Array) -> Result:
    """``(xᵀ C⁻¹ x + log det C) / 2``, of any square matrix."""
    solved, other = np.linalg.solve(p["covariance"], x), np.linalg.solve(p["covariance"].T, x)

    def pullback(u: Array) -> Gradients:
        of_matrix = (np.linalg.inv(p["covariance"]).T - np.outer(other, solved)) / 2
        return u * (solved + other) / 2, {"covariance": u * of_matrix}

    return (x @ solved + np.linalg.slogdet(p["covariance"])[1]) / 2, pullback


@right(DEFINITE)
def cholesky(p: Parameters, x: Array) -> Result:
    """``L`` with ``L Lᵀ = (X + Xᵀ) / 2``."""
    lower = np.linalg.cholesky((x + x.T) / 2)

    def pullback(u: Array) -> Gradients:
        half = np.tril(lower.T @ np.tril(u))
        half[np.diag_indices(3)] /= 2
        inner = np.linalg.solve(lower.T, np.linalg.solve(lower.T, half.T).T)
        return (inner + inner.T) / 2, {}

    return lower, pullback


@right(pair(normal(3, 4), normal(4, 3)))
def trace_of_product(p: Parameters, x: tuple[Array, Array]) -> Result:
    """``tr A B``."""
    return np.trace(x[0] @ x[1]), lambda u: ((u * x[1].T, u * x[0].T), {})


@right(normal(4, 3), matrix=normal(3, 3))
def quadratic_form(p: Parameters, x: Array) -> Result:
    """``x A x`` of each row."""

    def pullback(u: Array) -> Gradients:
        return u[:, None] * (x @ (p["matrix"] + p["matrix"].T)), {"matrix": (u[:, None] * x).T @ x}

    return np.einsum("ni,ij,nj->n", x, p["matrix"], x), pullback


@right(normal(3, 3))
def matrix_cube(p: Parameters, x: Array) -> Result:
    """``X³``."""
    t = x.T
    return x @ x @ x, lambda u: (u @ t @ t + t @ u @ t + t @ t @ u, {})


@right(normal(5, 3))
def covariance(p: Parameters, x: Array) -> Result:
    """The covariance of columns."""
    centred = x - x.mean(axis=0)
    return centred.T @ centred / 4, lambda u: (centred @ (u + u.T) / 4, {})


@right(normal(3), matrix=normal(3, 3))
def rayleigh(p: Parameters, x: Array) -> Result:
    """``xᵀ A x / xᵀ x``."""
    square = x @ x
    output = x @ p["matrix"] @ x / square

    def pullback(u: Array) -> Gradients:
        of_x = u * ((p["matrix"] + p["matrix"].T) @ x - 2 * output * x) / square
        return of_x, {"matrix": u * np.outer(x, x) / square}

    return output, pullback


@right(normal(4, 3))
def gram(p: Parameters, x: Array) -> Result:
    """``X Xᵀ``."""
    return x @ x.T, lambda u: ((u + u.T) @ x, {})
