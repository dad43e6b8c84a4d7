"""Steps: how far to go from the point, in units of each element's own scale.

Every step is a power of two, so that ``θ + h`` and ``θ - h`` are represented exactly and ``h`` is what was really moved
(Numerical Recipes, 3rd edition, section 5.7).
"""

from __future__ import annotations

import math

from attrs import frozen

__all__ = ["StepLadder", "choose_ladder"]


@frozen
class StepLadder:
    """The exponents of two of the steps, relative to the scale.

    Args:
        main: The step to begin with, near the fourth root of the unit round-off.
        second: The next one, an eighth of it.
        near: Two much smaller ones, which no kink lies within unless it is very near.
        rungs: All of them, from large to small.
    """

    main: int
    second: int
    near: tuple[int, int]
    rungs: tuple[int, ...]


def choose_ladder(unit: float) -> StepLadder:
    """The ladder for a forward with this unit round-off: 2^-13, 2^-16 and from 2^-1 to 2^-40 in float64.

    >>> choose_ladder(2.0**-53).rungs
    (-1, -4, -7, -10, -13, -16, -19, -22, -25, -28, -31, -34, -37, -40)
    >>> choose_ladder(2.0**-24).main
    -6
    """
    bits = -math.log2(unit)
    main = -round(bits / 4)
    top = main + 3 * ((-1 - main) // 3)
    lowest = -math.floor(0.77 * bits)
    return StepLadder(main, main - 3, (main - 6, main - 9), tuple(range(top, lowest - 1, -3)))
