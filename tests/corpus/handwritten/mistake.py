"""How a mistake is written down: what the wrong pullback computes, instead of what it should."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from attrs import evolve

from tests.corpus.case import RIGHT, Case, Function, Gradients, Result
from tests.corpus.data import Draw
from tests.corpus.fault import Fault, add_fault
from tests.corpus.mutations import replaced

__all__ = ["mistake", "replacing"]

Mistaken = Callable[[Any, Any, Any, dict[str, Any]], dict[str, Any]]
"""(parameters, x, upstream, right gradients by path) -> the wrong gradients by path."""


def mistake(
    case_name: str,
    name: str,
    mistaken: Mistaken,
    causes: str = "",
    *,
    also: str = "",
    hidden: bool = False,
    at: dict[str, Draw] | None = None,
    dtype: Any = None,
) -> None:
    """Add a mistake in a right function.

    Args:
        case_name: The right function.
        name: Of the mistake.
        mistaken: What the pullback gives instead.
        causes: Names of acceptable causes, separated by spaces.
        also: Names of causes that are true besides.
        hidden: The mistake does not show at this point.
        at: Another point: draws by name, "x" for the input.
        dtype: Another type for the whole case.
    """
    case = _moved(RIGHT[case_name], at or {}, f"{case_name}/{name}", dtype)
    add_fault(
        Fault(
            f"{case_name}/{name}",
            case,
            replacing(mistaken),
            frozenset(causes.split()),
            frozenset(also.split()),
            hidden=hidden,
        )
    )


def replacing(mistaken: Mistaken) -> Callable[[Function], Function]:
    """Breaks a function: some gradients are computed otherwise."""

    def break_it(function: Function) -> Function:
        def wrong(p: Any, x: Any) -> Result:
            output, pullback = function(p, x)

            def wrong_pullback(upstream: Any) -> Gradients:
                of_input, of_parameters = found = pullback(upstream)
                inputs = (
                    {f"input.{number}": value for number, value in enumerate(of_input)}
                    if isinstance(x, tuple)
                    else {"input": of_input}
                )
                for path, value in mistaken(p, x, upstream, {**of_parameters, **inputs}).items():
                    found = replaced(found, path, functools.partial(_instead, value))
                return found

            return output, wrong_pullback

        return wrong

    return break_it


def _instead(value: Any, _: Any) -> Any:
    return value


def _moved(case: Case, at: dict[str, Draw], name: str, dtype: Any) -> Case:
    draws = {key: draw for key, draw in at.items() if key != "x"}
    moved = evolve(case, name=name if at else case.name, x=at.get("x", case.x), parameters={**case.parameters, **draws})
    return moved if dtype is None else evolve(moved, name=f"{name}@{dtype.__name__}", dtype=dtype)
