"""The one-line form of a tricky case."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.faults import functions
from tests.faults.case import RIGHT, Case, Function, add
from tests.faults.draws import Draw
from tests.faults.functions.pointwise import Elementwise, of_value

__all__ = ["TRICKY", "curve", "functions", "known", "likewise", "tricky"]

TRICKY: dict[str, Case] = {}


def tricky(
    name: str,
    function: Function,
    x: Draw,
    *,
    dtype: Any = np.float64,
    kinks: tuple[str, ...] = (),
    tolerance: float | None = 1e-6,
    **parameters: Draw,
) -> None:
    """Enter a right function at a difficult point; for the arguments see ``Case``."""
    if name in RIGHT:
        raise ValueError(f"{name!r} is the name of a right function")
    add(TRICKY, Case(name, function, x, parameters, dtype, frozenset(kinks), tolerance))


def likewise(name: str, function: Function, case: Case, dtype: Any = np.float64) -> None:
    """Enter a function at the point of another case."""
    add(TRICKY, Case(name, function, case.x, case.parameters, dtype, case.kinks, None))


def known(
    name: str,
    function: str,
    *,
    dtype: Any = np.float64,
    kinks: tuple[str, ...] = (),
    checked: bool = True,
    **draws: Draw,
) -> None:
    """Enter a function of the corpus, with other draws for ``x`` or some parameters; its pullback is judged there."""
    case = RIGHT[function]
    x = draws.pop("x", case.x)
    tricky(
        name,
        case.function,
        x,
        dtype=dtype,
        kinks=kinks,
        tolerance=1e-3 if checked and dtype is np.float64 else None,
        **{**case.parameters, **draws},
    )


def curve(
    name: str, value: Elementwise, slope: Elementwise, at: Any, *, kink: bool = False, tolerance: float | None = 1e-6
) -> None:
    """Enter an elementwise function with its derivative, at some numbers."""
    tricky(
        name,
        of_value(value, slope),
        lambda rng: np.array(at, dtype=np.float64),
        kinks=("input",) if kink else (),
        tolerance=tolerance,
    )
