"""Mistakes in matrix functions."""

from __future__ import annotations

import numpy as np

from tests.faults.mistakes.mistake import mistake

inv = np.linalg.inv

mistake("inverse", "sign", lambda p, x, u, g: {"input": -g["input"]}, "SIGN")
mistake("inverse", "untransposed", lambda p, x, u, g: {"input": -inv(x) @ u @ inv(x)}, also="TRANSPOSED")
mistake("inverse", "one_factor", lambda p, x, u, g: {"input": -inv(x).T @ u})
mistake("inverse", "elementwise", lambda p, x, u, g: {"input": -u * inv(x).T ** 2})
mistake("determinant", "untransposed", lambda p, x, u, g: {"input": u * np.linalg.det(x) * inv(x)}, "TRANSPOSED")
mistake("determinant", "determinant_forgotten", lambda p, x, u, g: {"input": u * inv(x).T}, "SCALE")
mistake("log_determinant", "untransposed", lambda p, x, u, g: {"input": u * inv(x)}, "TRANSPOSED")
mistake("log_determinant", "of_determinant", lambda p, x, u, g: {"input": g["input"] * np.linalg.det(x)}, "SCALE")
mistake("log_determinant", "diagonal_only", lambda p, x, u, g: {"input": g["input"] * np.eye(3)}, "MISSING_TERM")
mistake("solve", "matrix_sign", lambda p, x, u, g: {"matrix": -g["matrix"]}, "SIGN")
mistake("solve", "untransposed", lambda p, x, u, g: {"input": np.linalg.solve(p["matrix"], u)}, also="TRANSPOSED")
mistake("solve", "matrix_transposed", lambda p, x, u, g: {"matrix": g["matrix"].T}, "TRANSPOSED")
mistake("solve", "matrix_uses_right_side", lambda p, x, u, g: {"matrix": -g["input"] @ x.T})
mistake("gaussian_density", "half_forgotten", lambda p, x, u, g: {"input": 2 * g["input"]}, "SCALE")
mistake(
    "gaussian_density",
    "determinant_forgotten",
    lambda p, x, u, g: {"covariance": g["covariance"] - u * inv(p["covariance"]).T / 2},
    "MISSING_TERM",
)
mistake(
    "gaussian_density",
    "quadratic_sign",
    lambda p, x, u, g: {"covariance": u * inv(p["covariance"]).T - g["covariance"]},
)
mistake(
    "cholesky",
    "not_symmetrized",
    lambda p, x, u, g: {"input": np.tril(g["input"]) + np.tril(g["input"], -1)},
    also="SPARSE_ELEMENTS",
)
mistake(
    "cholesky",
    "diagonal_not_halved",
    lambda p, x, u, g: {"input": g["input"] * (1 + np.eye(3))},
    also="SPARSE_ELEMENTS",
)
mistake("trace_of_product", "untransposed", lambda p, x, u, g: {"input.0": u * x[1]}, "WRONG_SHAPE TRANSPOSED")
mistake("trace_of_product", "exchanged", lambda p, x, u, g: {"input.0": u * x[0], "input.1": u * x[1]})
mistake("quadratic_form", "symmetric_assumed", lambda p, x, u, g: {"input": 2 * u[:, None] * (x @ p["matrix"])})
mistake("quadratic_form", "two_forgotten", lambda p, x, u, g: {"input": u[:, None] * (x @ p["matrix"])}, "MISSING_TERM")
mistake(
    "quadratic_form",
    "matrix_of_first",
    lambda p, x, u, g: {"matrix": u[0] * np.outer(x[0], x[0])},
    "MISSING_TERM MISSING_BROADCAST_SUM",
)
mistake("matrix_cube", "like_numbers", lambda p, x, u, g: {"input": 3 * u * x**2})
mistake("matrix_cube", "commuting_assumed", lambda p, x, u, g: {"input": 3 * x.T @ x.T @ u})
mistake("matrix_cube", "middle_forgotten", lambda p, x, u, g: {"input": u @ x.T @ x.T + x.T @ x.T @ u}, "MISSING_TERM")
mistake("covariance", "one_side", lambda p, x, u, g: {"input": (x - x.mean(axis=0)) @ u / 4}, "MISSING_TERM")
mistake("covariance", "symmetric_assumed", lambda p, x, u, g: {"input": (x - x.mean(axis=0)) @ u / 2})
mistake("covariance", "mean_forgotten", lambda p, x, u, g: {"input": x @ (u + u.T) / 4}, "MISSING_TERM")
mistake(
    "rayleigh",
    "quotient_rule_forgotten",
    lambda p, x, u, g: {"input": u * (p["matrix"] + p["matrix"].T) @ x / (x @ x)},
    "MISSING_TERM",
)
mistake(
    "rayleigh",
    "symmetric_assumed",
    lambda p, x, u, g: {"input": 2 * u * (p["matrix"] @ x - x * (x @ p["matrix"] @ x) / (x @ x)) / (x @ x)},
)
mistake("gram", "one_side", lambda p, x, u, g: {"input": u @ x}, "MISSING_TERM")
mistake("gram", "doubled", lambda p, x, u, g: {"input": 2 * u @ x})
