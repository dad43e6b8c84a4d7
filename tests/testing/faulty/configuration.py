"""Mistakes in what a part is, whatever it computes."""

from __future__ import annotations

from collections.abc import Callable

import attrs
from attrs import define, frozen

from nnframe.arrays import Array
from nnframe.interfaces import Activation, Elementwise
from nnframe.testing import Candidate
from tests.testing.faulty.noisy import Loud

__all__ = ["FAULTY"]


@frozen
class Twice(Elementwise):
    """y = 2x, and nothing wrong."""

    def value(self, x: Array) -> Array:
        return 2 * x

    def derivative(self, x: Array, y: Array) -> Array:
        return 2 + 0 * x


class WithoutDecorator(Twice):
    factor: float = 2.0


@define
class NotFrozen(Elementwise):
    factor: float = 2.0

    def value(self, x: Array) -> Array:
        return x

    def derivative(self, x: Array, y: Array) -> Array:
        return x


@frozen
class Misspelt(Activation):
    def foward(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        return x, lambda dy: dy


@frozen
class ListOption(Twice):
    factors: list[float] = attrs.field(factory=lambda: [1.0])


@frozen(eq=False)
class WithoutEquality(Twice):
    factor: float = 2.0


@frozen
class ForgetfulCopy(Twice):
    factor: float = 2.0

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return type(self), ()


@frozen
class FancyRepr(Twice):
    factor: float = 2.0

    def __repr__(self) -> str:
        return f"<{self.factor} times>"


@frozen
class FunctionOption(Twice):
    shape: Callable[[float], float] = abs


@frozen
class WrongAnnotation(Twice):
    factor: int = 1


FAULTY = [
    ("is a frozen attrs class", WithoutDecorator),
    ("is a frozen attrs class", NotFrozen),
    ("is a frozen attrs class", Misspelt),
    ("is a frozen attrs class", object),
    ("its options cannot change", ListOption()),
    ("equal options make equal parts", WithoutEquality()),
    ("copies are equal", ForgetfulCopy(3.0)),
    ("repr evaluates back", FancyRepr()),
    ("repr evaluates back", FunctionOption(lambda x: x)),
    ("its configuration survives JSON", WrongAnnotation(0.5)),  # type: ignore[arg-type]
    ("is registered under its name", Candidate(Twice(), name="twice")),
    ("its module imports without side effects", Loud()),
]
