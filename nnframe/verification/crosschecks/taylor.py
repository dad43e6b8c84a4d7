"""Taylor remainders: with a right gradient, ``|f(θ + hd) - f(θ) - h g·d|`` falls with the square of the step.

With a wrong one it falls only as fast as the step. This is how the adjoint codes of physics are tested (Farrell et al.
2013, "Automated derivation of the adjoint of high-level transient finite element programs", section 6.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.errors import MissingDependencyError
from nnframe.verification.crosschecks.objective import Objective

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Remainders", "taylor_remainders"]

EXPONENTS = range(-4, -25, -1)
ROUNDING = 64.0
ENOUGH = 1.8


@frozen
class Remainders:
    """The remainders along one random direction.

    Attributes:
        steps: ``h``, each half of the one before.
        plain: ``|f(θ + hd) - f(θ)|``.
        corrected: ``|f(θ + hd) - f(θ) - h g·d|``.
        floor: Below it a remainder is round-off.

    >>> Remainders((1.0, 0.5, 0.25), (1.0, 0.5, 0.25), (1.0, 0.25, 0.0625), 1e-16).slope
    2.0
    """

    steps: tuple[float, ...]
    plain: tuple[float, ...]
    corrected: tuple[float, ...]
    floor: float

    @property
    def slope(self) -> float | None:
        """The steepest median slope over three halvings above round-off; None where fewer are."""
        usable = [r for r in self.corrected if r > self.floor]
        if len(usable) < 3:
            return None
        slopes = np.log2(usable[:-1]) - np.log2(usable[1:])
        windows = [float(np.median(slopes[i : i + 3])) for i in range(max(1, len(slopes) - 2))]
        return max(windows)

    @property
    def passed(self) -> bool:
        """Whether the gradient is right along this direction: a slope of two, or nothing left but round-off."""
        slope = self.slope
        return slope >= ENOUGH if slope is not None else self.corrected[0] <= max(self.floor, 1e-3 * self.plain[0])

    def plot(self) -> Figure:
        """A matplotlib figure of both remainders over the step, with slopes one and two.

        Raises:
            MissingDependencyError: matplotlib is not installed.
        """
        try:
            from matplotlib.figure import Figure
        except ImportError as cause:
            raise MissingDependencyError("drawing needs matplotlib: install nnframe[plot]") from cause
        figure = Figure(figsize=(5.5, 4.0), layout="constrained")
        axes = figure.subplots()
        for values, name in ((self.plain, "without the gradient"), (self.corrected, "with the gradient")):
            shown = [(step, value) for step, value in zip(self.steps, values, strict=True) if value > 0]
            if shown:
                axes.loglog(*zip(*shown, strict=True), "o-", markersize=3, label=name)
                start = shown[0]
                order = 1 if values is self.plain else 2
                guide = [start[1] * (step / start[0]) ** order for step in self.steps]
                axes.loglog(self.steps, guide, ":", color="grey", linewidth=1, label=f"slope {order}")
        axes.set_ylim(bottom=max(self.floor / 1e3, 1e-300))
        axes.set_xlabel("step")
        axes.set_ylabel("remainder")
        axes.legend()
        return figure


def taylor_remainders(objective: Objective, point: Array, *, seed: int = 0) -> Remainders:
    """Measure the remainders along a random direction.

    Args:
        objective: A point to a value and a gradient.
        point: (n,).
        seed: Draws the direction.

    >>> taylor_remainders(lambda x: (float((x**3).sum()), 3 * x**2), np.array([1.0, 2.0])).passed
    True
    >>> taylor_remainders(lambda x: (float((x**3).sum()), 2 * x**2), np.array([1.0, 2.0])).passed
    False
    """
    direction = np.random.default_rng(seed).choice([-1.0, 1.0], point.shape) * np.maximum(np.abs(point), 0.1)
    value, gradient = objective(point)
    promised = float(np.vdot(gradient, direction))
    steps = [2.0**exponent for exponent in EXPONENTS]
    changes = [objective(point + step * direction)[0] - value for step in steps]
    corrected = [abs(change - step * promised) for change, step in zip(changes, steps, strict=True)]
    floor = ROUNDING * float(np.finfo(np.float64).eps) * max(abs(value), 1e-300)
    return Remainders(tuple(steps), tuple(map(abs, changes)), tuple(corrected), floor)
