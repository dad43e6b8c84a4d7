"""Fault: a right function with a mistake in its pullback, and what a good verifier would say about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from attrs import evolve, field, frozen

from tests.faults.case import Case, Function, Gradients, Parameters, Point, Result, add
from tests.faults.draws import Array

__all__ = ["FAULTS", "Break", "Change", "Fault", "add_fault", "changed"]

Break = Callable[[Function], Function]
Change = Callable[[Any, Any, Any, dict[str, Any]], dict[str, Any]]
"""(parameters, x, upstream, right gradients by path) -> wrong gradients by path."""


def names(values: Iterable[str]) -> frozenset[str]:
    """A set of names."""
    return frozenset(values)


@frozen(eq=False)
class Fault:
    """A mistake in one right function.

    Args:
        name: ``"function/mistake"``, unique.
        case: The right function and the point.
        break_it: Makes the wrong function of the right one.
        causes: Names of the causes that say what it is; none where no single hypothesis explains the numbers.
        also: Names of causes that are true as well, though they say less.
        behaviour: The mistake is in how the function behaves; it counts as visible without comparing numbers.
        paths: Of a mistake in behaviour: where findings may fail. At least one must.
        hidden: The numbers are right at this point, and wrong close by.
    """

    name: str
    case: Case
    break_it: Break
    causes: frozenset[str] = field(default=frozenset(), converter=names)
    also: frozenset[str] = field(default=frozenset(), converter=names)
    behaviour: bool = False
    paths: frozenset[str] = field(default=frozenset(), converter=names)
    hidden: bool = False

    def build(self) -> Point:
        """The point with the wrong function, everything fresh."""
        point = self.case.build()
        return evolve(point, function=self.break_it(point.function))


FAULTS: dict[str, Fault] = {}


def add_fault(fault: Fault) -> None:
    """Enter a fault.

    Raises:
        ValueError: If its name is taken.
    """
    add(FAULTS, fault)  # type: ignore[arg-type]


def changed(change: Change, *, keep_dtype: bool = True) -> Break:
    """Replaces what the right pullback returns."""

    def break_it(function: Function) -> Function:
        def wrong(p: Parameters, x: Any) -> Result:
            output, pullback = function(p, x)

            def wrong_pullback(u: Array) -> Gradients:
                of_input, of_parameters = pullback(u)
                paths = dict(of_parameters)
                if isinstance(x, tuple):
                    paths |= {f"input.{number}": part for number, part in enumerate(of_input)}
                else:
                    paths["input"] = of_input
                new = change(p, x, u, dict(paths))
                if keep_dtype:
                    new = {path: np.asarray(value, dtype=np.asarray(paths[path]).dtype) for path, value in new.items()}
                after = {**paths, **new}
                parameters = {name: after[name] for name in of_parameters if name in after}
                if isinstance(x, tuple):
                    return tuple(after[f"input.{number}"] for number in range(len(x))), parameters
                return after["input"], parameters

            return output, wrong_pullback

        return wrong

    return break_it
