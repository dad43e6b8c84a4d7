"""Linear algebra."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.corpus.case import Gradients, Result, right
from tests.corpus.data import Draw, normal


def well_conditioned(size: int) -> Draw:
    """A matrix that is far from singular, with a positive determinant."""
    return lambda rng: 2.5 * np.eye(size) + 0.4 * rng.normal(size=(size, size))


@right("inverse", well_conditioned(3))
def inverse(p: Any, x: Any) -> Result:
    """``X⁻¹``."""
    output = np.linalg.inv(x)
    return output, lambda upstream: (-output.T @ upstream @ output.T, {})


@right("solve", normal(4, 2), matrix=well_conditioned(4))
def solve(p: Any, x: Any) -> Result:
    """``A⁻¹ x``."""
    output = np.linalg.solve(p["matrix"], x)

    def pullback(upstream: Any) -> Gradients:
        of_x = np.linalg.solve(p["matrix"].T, upstream)
        return of_x, {"matrix": -of_x @ output.T}

    return output, pullback


@right("logdet", well_conditioned(4))
def logdet(p: Any, x: Any) -> Result:
    """``log |det X|``."""
    return np.linalg.slogdet(x)[1], lambda upstream: (upstream * np.linalg.inv(x).T, {})


@right("determinant", well_conditioned(3), scale=normal())
def determinant(p: Any, x: Any) -> Result:
    """``a det X``."""
    value = np.linalg.det(x)

    def pullback(upstream: Any) -> Gradients:
        return upstream * p["scale"] * value * np.linalg.inv(x).T, {"scale": np.asarray(upstream * value)}

    return p["scale"] * value, pullback


@right("trace_product", normal(3, 4), weight=normal(4, 3))
def trace_product(p: Any, x: Any) -> Result:
    """``tr(X W)``."""
    return np.trace(x @ p["weight"]), lambda upstream: (upstream * p["weight"].T, {"weight": upstream * x.T})


@right("frobenius_norm", normal(3, 4))
def frobenius_norm(p: Any, x: Any) -> Result:
    """``√ Σ x²``."""
    value = np.sqrt((x**2).sum())
    return value, lambda upstream: (upstream * x / value, {})


@right("quadratic_form", normal(5, 3), matrix=normal(3, 3))
def quadratic_form(p: Any, x: Any) -> Result:
    """``xᵀ A x`` of each row, A not symmetric."""
    matrix = p["matrix"]

    def pullback(upstream: Any) -> Gradients:
        scaled = upstream[:, None] * x
        return scaled @ (matrix + matrix.T), {"matrix": x.T @ scaled}

    return np.einsum("bi,ij,bj->b", x, matrix, x), pullback


@right("matrix_square", normal(3, 3))
def matrix_square(p: Any, x: Any) -> Result:
    """``X X``."""
    return x @ x, lambda upstream: (upstream @ x.T + x.T @ upstream, {})


@right("gram", normal(4, 3))
def gram(p: Any, x: Any) -> Result:
    """``Xᵀ X``."""
    return x.T @ x, lambda upstream: (x @ (upstream + upstream.T), {})


@right("symmetric_eigenvalues", lambda rng: np.diag([1.0, 2.5, 4.5]) + 0.3 * rng.normal(size=(3, 3)))
def symmetric_eigenvalues(p: Any, x: Any) -> Result:
    """Eigenvalues of ``(X + Xᵀ) / 2``, in ascending order."""
    values, vectors = np.linalg.eigh((x + x.T) / 2)
    return values, lambda upstream: ((vectors * upstream) @ vectors.T, {})


@right("pairwise_distances", normal(4, 2), centre=normal(3, 2))
def pairwise_distances(p: Any, x: Any) -> Result:
    """Squared distances of points and centres."""
    difference = x[:, None, :] - p["centre"]

    def pullback(upstream: Any) -> Gradients:
        spread = 2 * upstream[:, :, None] * difference
        return spread.sum(axis=1), {"centre": -spread.sum(axis=0)}

    return (difference**2).sum(axis=2), pullback
