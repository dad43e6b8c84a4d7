"""Observer: sees every layer's run, with what is needed to run that layer again by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from attrs import define, evolve

from nnframe.interfaces.context import Context

if TYPE_CHECKING:
    from nnframe.interfaces.layer import AnyLayer, AnyResult

__all__ = ["LayerRun", "Observer"]


@define(eq=False)
class LayerRun:
    """One run of one layer, as an observer sees it.

    Attributes:
        path: Where in the structure the layer stands.
        layer, parameters, x: What was run, and on what.
        output: What came out.
        context: The context that the layer got.
        rng_state: The state of the random generator before the run; None where the context had none.
    """

    path: tuple[str | int, ...]
    layer: AnyLayer
    parameters: object
    x: object
    context: Context
    rng_state: Mapping[str, Any] | None
    output: object = None

    def replay(self, parameters: object, x: object) -> AnyResult:
        """Run this layer alone, at other values, with the same random numbers.

        Statistics that it records are thrown away, and nobody observes.
        """
        rng = None
        if self.rng_state is not None:
            rng = np.random.Generator(getattr(np.random, str(self.rng_state["bit_generator"]))())
            rng.bit_generator.state = dict(self.rng_state)
        quiet = evolve(self.context, rng=rng, observer=None, recorded=[], input_gradient=True)
        return self.layer.run(parameters, x, quiet)


class Observer(Protocol):
    """Is told of every layer's forward and of every pullback, also inside combinators."""

    def after_forward(self, run: LayerRun) -> None:
        """Called when a layer has been run forwards."""

    def after_pullback(self, run: LayerRun, upstream: object, input_gradient: object, gradient: object) -> None:
        """Called when a layer's pullback has been called."""
