"""Formulas for a numeric derivative with a step that somebody chose: the classics, element by element.

=============  ======================================================  ==========
formula        derivative                                              truncation
=============  ======================================================  ==========
``central``    ``(f(θ + h) - f(θ - h)) / 2h``                          ``O(h²)``
``forward``    ``(f(θ + h) - f(θ)) / h``                               ``O(h)``
``backward``   ``(f(θ) - f(θ - h)) / h``                               ``O(h)``
``complex``    ``Im f(θ + ih) / h`` (Squire and Trapp 1998)            ``O(h²)``
``richardson`` ``(4 C(h/2) - C(h)) / 3`` with C the central formula    ``O(h⁴)``
=============  ======================================================  ==========
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

import numpy as np

from nnframe.arrays import Array
from nnframe.errors import ConfigurationError

__all__ = ["Formula", "compute_numeric_gradient"]

Formula = Literal["central", "forward", "backward", "complex", "richardson"]
STEPS: dict[str, float] = {"central": 2.0**-17, "forward": 2.0**-26, "backward": 2.0**-26, "complex": 2.0**-100}
Scalar = Callable[[Mapping[str, Array]], object]


def compute_numeric_gradient(f: Scalar, at: Mapping[str, Array], formula: str, step: float | None) -> dict[str, Array]:
    """The numeric gradient of a scalar function, by one formula and one step for all elements.

    Args:
        f: From arrays by name to a number.
        at: The point; left alone.
        formula: Which formula.
        step: How far to go; None for a usual one.

    Raises:
        ConfigurationError: There is no such formula, or the step is not positive.

    >>> compute_numeric_gradient(lambda at: at["x"] ** 2, {"x": np.array(3.0)}, "central", 0.5)
    {'x': array(6.)}
    """
    if formula not in get_args(Formula):
        raise ConfigurationError(f"expected one of {', '.join(get_args(Formula))} as formula, got {formula!r}")
    chosen = STEPS.get(formula, 2.0**-10) if step is None else step
    if not chosen > 0:
        raise ConfigurationError(f"expected a positive step, got {step!r}")
    return {path: _of_one(f, at, path, formula, chosen) for path in at}


def _of_one(f: Scalar, at: Mapping[str, Array], path: str, formula: str, step: float) -> Array:
    dtype = np.complex128 if formula == "complex" else at[path].dtype
    moved: dict[str, Any] = {name: value.astype(np.result_type(dtype, value.dtype)) for name, value in at.items()}
    target = np.array(at[path], dtype=dtype, order="C")
    moved[path] = target
    flat = target.reshape(-1)
    gradient = np.empty(flat.size)

    def value(index: int, shift: complex) -> complex:
        before = flat[index]
        try:
            flat[index] = before + shift
            return complex(np.asarray(f(moved)).reshape(()))
        finally:
            flat[index] = before

    for index in range(flat.size):
        gradient[index] = _DERIVATIVES[formula](lambda shift, index=index: value(index, shift), step)  # type: ignore[misc]
    return gradient.reshape(target.shape)


def _central(value: Callable[[complex], complex], step: float) -> float:
    return (value(step).real - value(-step).real) / (2 * step)


_DERIVATIVES: dict[str, Callable[[Callable[[complex], complex], float], float]] = {
    "central": _central,
    "forward": lambda value, step: (value(step).real - value(0).real) / step,
    "backward": lambda value, step: (value(0).real - value(-step).real) / step,
    "complex": lambda value, step: value(1j * step).imag / step,
    "richardson": lambda value, step: (4 * _central(value, step / 2) - _central(value, step)) / 3,
}
