"""Case: a wrong gradient with everything that is known about it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
from attrs import field, frozen

from nnframe.arrays import Array, Booleans
from nnframe.verification.report.cause import Cause

__all__ = ["MOST_AXES", "Case", "Explanation"]

BARS = 4.0
RELATIVE = 2e-6
MOST_AXES = 4
"""Of an array whose axes are tried in every order."""


@frozen
class Explanation:
    """A mistake that explains a wrong gradient.

    Args:
        cause: Which; None where there is only something to say.
        hint: A sentence for a person, beginning with what was seen.
        factor: Analytic over numeric value, for scales.
        residual: What it leaves unexplained, relative to the gradient.
    """

    cause: Cause | None
    hint: str
    factor: float | None = None
    residual: float | None = None


@frozen(eq=False)
class Case:
    """A wrong gradient.

    Args:
        path: Whose gradient.
        value: The variable.
        analytic: (upstreams, *shape) what the pullback gives.
        numeric: The derivative, of the same shape; NaN where it was not measured.
        bar: Its error bars.
        wrong: (*shape) which elements are wrong.
        upstreams: The upstream gradients, each of the output's shape.
        output: The output.
        measure: Makes the Jacobian, (outputs, elements); None where that costs too much.
    """

    path: str
    value: Array
    analytic: Array
    numeric: Array
    bar: Array
    wrong: Booleans
    upstreams: Array
    output: Array
    measure: Callable[[], Array | None] = field(default=lambda: None)

    @cached_property
    def pattern(self) -> Booleans | None:
        """(outputs, elements): which outputs an element moves."""
        if self.jacobian is None:
            return None
        size = np.abs(self.jacobian)
        return np.asarray(size > 1e-9 * size.max(initial=0.0))

    @cached_property
    def elementwise(self) -> bool:
        """Whether every element moves one output of its own, at its own place."""
        if self.pattern is None or self.pattern.shape[0] != self.pattern.shape[1]:
            return False
        return not (self.pattern & ~np.eye(len(self.pattern), dtype=bool)).any()

    @cached_property
    def broadcast(self) -> bool:
        """Whether every output depends on one element at most, as on a bias."""
        return self.pattern is not None and bool((self.pattern.sum(1) <= 1).all())

    @cached_property
    def jacobian(self) -> Array | None:
        """(outputs, elements), measured where it is first asked for."""
        return self.measure()

    @property
    def whole(self) -> bool:
        """Whether every element was measured."""
        return bool(np.isfinite(self.numeric).all())

    @cached_property
    def contributions(self) -> Array | None:
        """(upstreams, outputs, elements): ``u_o ∂y_o/∂θ_i``, of which the gradient is the sum over ``o``."""
        jacobian = self.jacobian
        return None if jacobian is None else self.upstreams.reshape(len(self.upstreams), -1, 1) * jacobian

    def fits(self, prediction: Array, where: Booleans | None = None) -> bool:
        """Whether a prediction of the analytic gradient is right within the error bars, under all upstreams."""
        error = np.abs(self.analytic - prediction)
        largest = np.nanmax(np.abs(self.numeric), axis=tuple(range(1, self.numeric.ndim)), keepdims=True, initial=0.0)
        factor = max(1.0, float(np.nanmax(np.abs(prediction), initial=0.0) / max(largest.max(), np.finfo(float).tiny)))
        allowed = BARS * factor * self.bar + RELATIVE * (np.abs(prediction) + 0.1 * factor * largest)
        good = (error <= allowed) | np.isnan(prediction)
        return bool(good.all() if where is None else good[:, where].all())

    def residual(self, prediction: Array) -> float:
        """``‖a − p‖ / ‖a‖`` over what was measured."""
        known = np.isfinite(prediction)
        total = float(np.linalg.norm(self.analytic[known]))
        return float(np.linalg.norm((self.analytic - prediction)[known])) / total if total > 0 else 0.0

    def explained(self, cause: Cause, hint: str, prediction: Array, factor: float | None = None) -> Explanation:
        """An explanation with its residual."""
        return Explanation(cause, hint, factor, self.residual(prediction))
