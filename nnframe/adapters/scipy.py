"""verify_scipy: a function and its Jacobian as SciPy's optimizers take them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from nnframe.arrays import Array
from nnframe.errors import VerificationError
from nnframe.verification import VerificationReport, verify_gradient, verify_pullback
from nnframe.verification.report.detail import Details

__all__ = ["verify_scipy"]


def verify_scipy(
    fun: Callable[..., Any],
    x0: object,
    jac: Callable[..., Any] | bool,
    *,
    args: Sequence[object] = (),
    seed: int = 0,
    details: Details = False,
) -> VerificationReport:
    """Verify ``jac`` of ``scipy.optimize.minimize(fun, x0, jac=jac)``, or of ``root`` and ``least_squares``.

    Args:
        fun: ``fun(x, *args)``, a number (its gradient is verified) or a vector of m values (its Jacobian is).
        x0: (n,), the point.
        jac: ``jac(x, *args)``, (n,) or (m, n); True where ``fun`` returns both.
        args: What else both get.
        seed: Chooses directions; recorded in the report.
        details: Keep what pictures of each gradient show; True, or the element to show by path.

    Raises:
        VerificationError: ``jac`` has another shape than ``fun`` and ``x0`` ask for.

    >>> verify_scipy(lambda x: x @ x, np.array([1.0, 2.0]), lambda x: 2 * x).passed
    True
    """
    value, jacobian = _both(fun, jac, tuple(args))
    point: Array = np.asarray(x0, dtype=np.float64)
    output = np.asarray(value(point))
    if output.size == 1 and output.ndim == 0:
        return verify_gradient(value, jacobian, point, seed=seed, details=details)
    expected = (*output.shape, *point.shape)
    came = np.shape(jacobian(point))
    if came != expected:
        raise VerificationError(f"jac must have shape {expected}, outputs by inputs, and has {came}")

    def function(_: object, x: Array) -> tuple[Array, Callable[[Array], tuple[Array, dict[str, object]]]]:
        y: Array = np.asarray(value(x))

        def pullback(upstream: Array) -> tuple[Array, dict[str, object]]:
            return np.tensordot(upstream, np.asarray(jacobian(x)), axes=upstream.ndim), {}

        return y, pullback

    return verify_pullback(function, {}, point, seed=seed, details=details)


def _both(
    fun: Callable[..., Any], jac: Callable[..., Any] | bool, args: tuple[object, ...]
) -> tuple[Callable[[Array], Any], Callable[[Array], Any]]:
    if jac is True:
        return lambda x: fun(x, *args)[0], lambda x: fun(x, *args)[1]
    if not callable(jac):
        raise VerificationError(f"jac must be a function, or True where fun returns both; got {jac!r:.60}")
    return lambda x: fun(x, *args), lambda x: jac(x, *args)
