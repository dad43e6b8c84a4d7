"""Capture: one forward and one backward through a model, with every layer's run, input and upstream gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np
from attrs import define, evolve, field, frozen

from nnframe.arrays import Array
from nnframe.composition.reduction import mean_loss, weights_of
from nnframe.interfaces import AnyLayer, AnyResult, Context, LayerRun
from nnframe.interfaces.trainable import Trainable

__all__ = ["Captured", "Recorder", "Step", "capture", "make_quiet", "make_replay"]


@define(eq=False)
class Captured:
    """One run of one layer.

    Attributes:
        run: What was run, on what.
        upstream: The gradient that its pullback was given; None where it was not called.
        drew: Whether the layer drew random numbers.
    """

    run: LayerRun
    upstream: Array | None = None
    drew: bool = False


@define(eq=False)
class Recorder:
    """Keeps every layer's run, and the first upstream of each."""

    runs: list[Captured] = field(factory=list)

    def after_forward(self, run: LayerRun) -> None:
        """Keep a run."""
        drew = run.rng_state is not None and run.context.rng.bit_generator.state != run.rng_state
        self.runs.append(Captured(run, drew=drew))

    def after_pullback(self, run: LayerRun, upstream: object, input_gradient: object, gradient: object) -> None:
        """Keep the upstream gradient of a run."""
        for captured in reversed(self.runs):
            if captured.run is run and captured.upstream is None and isinstance(upstream, np.ndarray):
                captured.upstream = np.array(upstream)
                return


@frozen(eq=False)
class Step:
    """A forward and a backward through a whole model.

    Args:
        runs: Every layer's run, in the order of running.
        prediction: What the structure gave.
        upstream: The gradient of the mean loss with respect to each loss; None without a loss.
    """

    runs: list[Captured]
    prediction: Array
    upstream: Array | None


def capture(model: Trainable, x: object, target: object, context: Callable[[], Context]) -> Step:
    """Run a model forwards and backwards once, and keep what its layers saw."""
    recorder = Recorder()
    observed = evolve(context(), observer=recorder)
    output, pullback = model.layer.run(model.tree, x, observed)
    prediction = cast("Array", output)
    if model.loss is None:
        pullback(np.ones_like(prediction))
        return Step(recorder.runs, prediction, None)
    losses, loss_pullback = model.loss.forward(prediction, target)
    _, upstream = mean_loss(losses, weights_of(losses, None, observed.mask))
    pullback(loss_pullback(upstream))
    return Step(recorder.runs, prediction, upstream)


def make_quiet(run: LayerRun) -> Context:
    """The context of a run, for running its layer again by itself."""
    return evolve(run.context, observer=None, recorded=[], input_gradient=True)


def make_replay(captured: Captured) -> Callable[[object, object], AnyResult]:
    """Runs the layer again by itself, with the same random numbers; without a detour where it draws none."""
    run = captured.run
    if captured.drew:
        return run.replay
    quiet = make_quiet(run)
    layer: AnyLayer = run.layer

    def again(tree: object, x: object) -> AnyResult:
        quiet.recorded.clear()
        return layer.run(tree, x, quiet)

    return again
