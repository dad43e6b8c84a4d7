"""Training runs that kill themselves, are resumed, and are held against runs that were left alone.

``python resumed_runs.py killed unit optimizers`` starts a process for each optimizer, which dies in the middle of the
fifth epoch; ``python resumed_runs.py resumed unit optimizers`` prints, for each, what a resumed and a whole run made.
The runs have whatever makes a run depend on its past: dropout, shuffling, running statistics, a part kept for
validation, metrics, and a callback that remembers numbers, arrays and a random generator of its own.
"""

from __future__ import annotations

import json
import os
import signal
import sys

import attrs
import numpy as np
from attrs import define, frozen

from nnframe import Model, registry
from nnframe.arrays import Array
from nnframe.callbacks import Checkpoint
from nnframe.interfaces import Callback, Moment
from nnframe.layers import Dense, Dropout
from tests.samples.batch_norm import SmallBatchNorm

registry.layers.register("small_batch_norm")(SmallBatchNorm)
STEPS: list[tuple[int, int]] = []
DIARY: list[object] = []


@define(eq=False)
class Seen:
    """What the diary remembers."""

    rng: np.random.Generator
    steps: int = 0
    numbers: list[float] = attrs.field(factory=list)
    best: dict[str, Array] | None = None


@frozen
class Diary(Callback[Seen]):
    """Remembers, and kills the process in the third step of the fifth epoch where it is told to."""

    deadly: bool = attrs.field(default=False, repr=False)

    def start(self, moment: Moment) -> Seen:
        return Seen(np.random.default_rng(11))

    def after_step(self, state: Seen, moment: Moment) -> None:
        state.steps += 1
        STEPS.append((moment.epoch, moment.step))
        if self.deadly and (moment.epoch, moment.step) == (4, 3):
            os.kill(os.getpid(), signal.SIGKILL)

    def after_epoch(self, state: Seen, moment: Moment) -> None:
        state.numbers.append(float(state.rng.random()) + moment.logs["loss"])
        state.best = {path: each.value * 0.5 for path, each in moment.model.parameters.items()}
        DIARY[:] = [state.steps, [number.hex() for number in state.numbers]]


def train(
    optimizer: object, path: str = "", unit: str = "epoch", *, deadly: bool = False, resume: bool = False
) -> object:
    """Run ten epochs, and return all that they made, to the bit."""
    data = np.random.default_rng(1)
    x, y = data.normal(size=(70, 5)), data.normal(size=(70, 2))
    model = Model([Dense(6), SmallBatchNorm(), "tanh", Dropout(0.3), Dense(2)], loss="mse", input_shape=(5,), seed=3)
    STEPS.clear()
    written = [Checkpoint(path, every=1 if unit == "epoch" else 2, unit=unit)] if path else []  # type: ignore[arg-type]
    history = model.fit(
        x,
        y,
        optimizer=optimizer,  # type: ignore[arg-type]
        epochs=10,
        batch_size=14,
        validation_split=0.2,
        metrics=["mae", "r2"],
        callbacks=[*written, Diary(deadly=deadly)],
        progress=False,
        resume=path if resume else None,
    )
    return {
        "parameters": {name: each.value.tobytes().hex() for name, each in model.parameters.items()},
        "history": [{name: float(value).hex() for name, value in epoch.items()} for epoch in history.epochs],
        "predictions": model.predict(x).tobytes().hex(),
        "generator": str(model.rng.bit_generator.state),
        "diary": list(DIARY),
        "first step": STEPS[0],
    }


def main(mode: str, unit: str, optimizers: str) -> None:
    for index, optimizer in enumerate(json.loads(optimizers)):
        path = f"{unit}-{index}.safetensors"
        if mode == "resumed":
            print(json.dumps([train(optimizer, path, unit, resume=True), train(optimizer)]), flush=True)
            continue
        child = os.fork()
        if not child:
            train(optimizer, path, unit, deadly=True)
            os._exit(0)
        print(os.WTERMSIG(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
