"""Case: a part with a pullback at one example, whatever its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from attrs import evolve, field, frozen

from nnframe.interfaces import Context
from nnframe.testing.trees import Arrays, cast_floats, copied, named, random_like, rows

__all__ = ["Case", "Evaluation", "Run"]

Run = Callable[[object, object, object, Context], tuple[Any, Callable[[object], tuple[object, object]]]]
"""(parameters, x, target, context) -> (output, pullback); the target is None where there is none."""

SEED = 7


@frozen(eq=False)
class Evaluation:
    """What one forward, and one call of its pullback, gave: the output, and the gradients as they came."""

    output: Any
    input_gradient: object
    gradient: object

    @property
    def outputs(self) -> Arrays:
        """The output by path."""
        return named(self.output, "output")

    @property
    def gradients(self) -> Arrays:
        """Every gradient by path, that of the input among them."""
        return named(self.gradient, statistics=False) | named(self.input_gradient, "input")

    def everything(self) -> Arrays:
        """Output and gradients, copied."""
        return {path: array.copy() for path, array in (self.outputs | self.gradients).items()}


@frozen(eq=False)
class Case:
    """A part at one example.

    Attributes:
        run: The part, as a function.
        parameters: Its initial parameters.
        x: What it is given: an array or a tuple of arrays, examples in front.
        target: What a loss compares with; None where there is nothing.
        modes: Whether it can be run in training as well as in inference.
        initialize: Makes its parameters for an input.
    """

    run: Run
    parameters: object
    x: object
    target: object = None
    modes: tuple[bool, ...] = (False,)
    initialize: Callable[[object, int], object] = field(default=lambda x, seed: None)

    @property
    def label(self) -> str:
        """The shapes of the example."""
        return " and ".join(str(array.shape) for array in named((self.x, self.target)).values())

    @property
    def batch(self) -> int:
        """How many examples there are."""
        return next(iter(len(array) for array in named(self.x).values()))

    @property
    def real(self) -> bool:
        """Whether all of the input are real numbers."""
        return all(array.dtype.kind == "f" for array in named(self.x).values())

    def context(self, training: bool, seed: int = SEED, *, input_gradient: bool = True) -> Context:
        """Return a context: with a generator in training, without one in inference."""
        rng = np.random.default_rng(seed) if training else None
        return Context(training=training, rng=rng, input_gradient=input_gradient)

    def forward(self, training: bool, **changes: Any) -> tuple[Any, Callable[[object], tuple[object, object]]]:
        """Run the part; ``changes`` are other ``x`` or ``context``."""
        context = changes.get("context") or self.context(training)
        x = copied(changes.get("x", self.x))  # what a part writes into it is not to hide from other checks
        return self.run(self.parameters, x, copied(self.target), context)

    def evaluate(self, training: bool, seed: int = 0, **changes: Any) -> Evaluation:
        """Run the part, and its pullback with a random upstream that ``seed`` chooses."""
        output, pullback = self.forward(training, **changes)
        upstream = random_like(output, np.random.default_rng(seed))
        return Evaluation(output, *pullback(upstream))

    def examples(self, index: slice | list[int]) -> Case:
        """Return the same case with only some of its examples."""
        return evolve(self, x=rows(self.x, index), target=rows(self.target, index))

    def cast(self, dtype: str) -> Case:
        """Return the same case in another precision."""
        x, target = cast_floats(self.x, dtype), cast_floats(self.target, dtype)
        return evolve(self, parameters=cast_floats(self.parameters, dtype), x=x, target=target)

    def other(self) -> Case:
        """Return the case at other values of the same shapes."""
        order = [*range(1, self.batch), 0]
        moved = self.examples(order)
        return evolve(moved, x=_shrunk(moved.x))


def _shrunk(x: object) -> object:
    from nnframe.composition.tree import convert

    return convert(x, lambda array: array * array.dtype.type(0.75) if array.dtype.kind == "f" else array[::-1].copy())
