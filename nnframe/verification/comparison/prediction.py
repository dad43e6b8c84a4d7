"""What the pullback predicts for some lines, and what is measured of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from attrs import evolve, frozen

from nnframe.arrays import Array, Booleans, Integers
from nnframe.verification.floats import tolerance
from nnframe.verification.numerical.difference import CentralDifference
from nnframe.verification.numerical.perturbation import Bundle

__all__ = ["LineResult", "PredictedSlope", "compute_noise", "compute_slope", "predict"]


@frozen(eq=False)
class PredictedSlope:
    """What the pullback predicts for some lines: all (upstreams, lines).

    Args:
        slope: The directional derivatives.
        size: What they are summed from.
        largest: The size of the array's largest gradient, in the units of each line.
        unit: The unit round-off of the pullback.
        strict: Accept round-off alone (see ``compute_allowance``).
    """

    slope: Array
    size: Array
    largest: Array
    unit: float
    strict: bool = False

    def at(self, lines: Booleans) -> PredictedSlope:
        """Return the same for some lines."""
        slope, size, largest = (each[:, lines] for each in (self.slope, self.size, self.largest))
        return evolve(self, slope=slope, size=size, largest=largest)


@frozen(eq=False)
class LineResult:
    """What the ladder says: states (lines,), and values, bars and one-sided slopes (upstreams, lines)."""

    state: Integers
    value: Array
    bar: Array
    low: Array
    high: Array
    unit: float


def predict(
    bundles: Sequence[Bundle],
    gradients: Sequence[Mapping[str, Array]],
    unit: float,
    largest: Array | float = 0.0,
    *,
    strict: bool = False,
) -> PredictedSlope:
    """Return what gradients (one mapping for each upstream) predict for the lines of some bundles."""
    predicted = np.array(
        [np.concatenate([each.predict_slopes(gradient) for each in bundles], axis=1) for gradient in gradients]
    )
    slope, size = predicted[:, 0], predicted[:, 1]
    return PredictedSlope(slope, size, np.broadcast_to(largest, slope.shape), unit, strict)


def compute_slope(rung: CentralDifference) -> Array:
    """Return the central difference, or the forward difference of a one-sided rung."""
    minus = -rung.plus if np.isnan(rung.minus).all() else rung.minus
    return np.asarray((rung.plus - minus) / (2 * rung.step))


def compute_noise(rung: CentralDifference) -> Array:
    """Return (upstreams, lines): what a one-sided slope of a rung may be off by."""
    table = tolerance.TABLE
    return np.asarray((2 * table.sigmas * rung.quantum + table.round_off * rung.unit * rung.terms) / rung.step)
