"""The one-line form of a mistake."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from tests.faults import functions
from tests.faults.case import RIGHT
from tests.faults.draws import Draw
from tests.faults.fault import Change, Fault, add_fault, changed

__all__ = ["functions", "mistake"]


def mistake(
    function: str,
    name: str,
    change: Change,
    causes: str = "",
    *,
    also: str = "",
    at: Mapping[str, Draw] | None = None,
    hidden: bool = False,
) -> None:
    """Enter a mistake.

    Args:
        function: The name of the right function.
        name: What the mistake is.
        change: ``(parameters, x, upstream, right gradients by path) -> wrong gradients by path``.
        causes: Names of the causes that say what it is, with spaces between; empty where no single hypothesis does.
        also: Names of causes that are true as well.
        at: Draws that replace those of the function, ``"x"`` or parameters.
        hidden: The numbers are right at this point.
    """
    case, moved = RIGHT[function], dict(at or {})
    x = moved.pop("x", case.x)
    case = evolve(case, name=f"{function}~{name}", x=x, parameters={**case.parameters, **moved}) if at else case
    add_fault(Fault(f"{function}/{name}", case, changed(change), causes.split(), also.split(), hidden=hidden))
