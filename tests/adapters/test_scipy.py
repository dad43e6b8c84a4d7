"""A function and its Jacobian, as SciPy's optimizers take them."""

from __future__ import annotations

import numpy as np
import pytest

from nnframe.adapters import verify_scipy
from nnframe.errors import VerificationError

POINT = np.array([1.3, 0.7, -0.4])


def test_scipys_own_rosenbrock_gradient_is_right() -> None:
    optimize = pytest.importorskip("scipy.optimize")
    assert verify_scipy(optimize.rosen, POINT, optimize.rosen_der).passed


def test_a_forgotten_factor_is_found_and_named() -> None:
    report = verify_scipy(lambda x: x @ x, POINT, lambda x: x)
    assert report.failed
    assert report["input"].factor == pytest.approx(0.5)


def vector(x: np.ndarray, scale: float) -> np.ndarray:
    return np.array([scale * x[0] * x[1], np.sin(x[2])])


def jacobian(x: np.ndarray, scale: float) -> np.ndarray:
    return np.array([[scale * x[1], scale * x[0], 0], [0, 0, np.cos(x[2])]])


def test_a_jacobian_of_several_outputs_is_verified_with_its_arguments() -> None:
    assert verify_scipy(vector, POINT, jacobian, args=(3.0,)).passed
    assert verify_scipy(vector, POINT, lambda x, s: jacobian(x, s) + np.eye(2, 3), args=(3.0,)).failed


def test_a_function_that_returns_both_is_taken_apart() -> None:
    assert verify_scipy(lambda x: (x @ x, 2 * x), POINT, jac=True).passed


def test_a_transposed_jacobian_is_refused_by_its_shape() -> None:
    with pytest.raises(VerificationError, match=r"jac must have shape \(2, 3\), outputs by inputs, and has \(3, 2\)"):
        verify_scipy(vector, POINT, lambda x, s: jacobian(x, s).T, args=(3.0,))


@pytest.mark.parametrize("jac", [None, "2-point", False])
def test_what_is_no_jacobian_is_refused(jac: object) -> None:
    with pytest.raises(VerificationError, match="jac must be a function, or True"):
        verify_scipy(lambda x: x @ x, np.ones(3), jac)  # type: ignore[arg-type]
