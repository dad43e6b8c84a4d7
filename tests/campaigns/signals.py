"""Signals at random moments: ``python -m tests.campaigns.signals SCENARIO COUNT SEED``, in a process of its own.

A timer interrupts what a scenario does, after a random part of the time that it takes; the handler raises. Out must
come that very exception, handlers must be as they were, files the old or the new, parameters those of a whole step.
``tests.campaigns.each_moment`` does the same at moments that it chooses.
Prints a line of JSON: how many signals came while the scenario was running, how many too late, and what was wrong.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Self

import numpy as np
from attrs import define, field, frozen

from nnframe import Model
from nnframe.arrays import Array
from nnframe.callbacks import (
    EMA,
    Checkpoint,
    CSVLogger,
    EarlyStopping,
    GradientMonitor,
    ProgressBar,
    TerminateOnNaN,
    Timer,
)
from nnframe.interfaces import AnyLayer, Callback, NoSlots, Optimizer
from nnframe.layers import BatchNorm, Conv2D, Dense, Flatten, MaxPool2D
from nnframe.layers.convert import as_layer
from nnframe.verification import GradientVerifier, verify_gradient

__all__ = ["SCENARIOS"]


class RaisedByHandlerError(Exception):
    """An ordinary exception, which code that is not careful takes for one of its own."""


class SeveralRaisedError(ExceptionGroup[Exception]):
    """A group, which ``except*`` takes apart."""

    def __new__(cls, message: str) -> Self:
        return super().__new__(cls, message, [TimeoutError(message), ValueError(message)])


KINDS: tuple[type[BaseException], ...] = (
    KeyboardInterrupt,
    TimeoutError,  # an OSError
    RaisedByHandlerError,
    SystemExit,
    ValueError,
    StopIteration,
    KeyError,
    GeneratorExit,
    UserWarning,
    AttributeError,
    SeveralRaisedError,
    ImportError,
    TypeError,
)


@frozen
class Count(Optimizer[NoSlots]):
    """Adds one to each element at each step, slowly."""

    learning_rate: float = 1.0

    def initialize(self, value: Array) -> NoSlots:
        return NoSlots()

    def update(self, value: Array, gradient: Array, slots: NoSlots, step: int, learning_rate: float) -> None:
        for part in np.array_split(value.reshape(-1), 4):
            np.add(part, 1.0, out=part)


def make(units: int = 8) -> Model:
    zeros: dict[str, object] = {"weight_initializer": "zeros"}
    first, last = ({"name": "dense", "units": each, **zeros} for each in (units, 2))
    layers: list[str | dict[str, object]] = [first, "batch_norm", "tanh", last]
    return Model(layers, loss="mse", input_shape=(6,))


COUNT = Count()
X = np.random.default_rng(0).normal(size=(24, 6))
Y = np.random.default_rng(1).normal(size=(24, 2))


@define(eq=False)
class Scenario:
    """What is interrupted, and what is true afterwards.

    Attributes:
        folder: An empty folder to write into.
        before: What is there before the first signal.
    """

    folder: Path
    path: Path = field(init=False)
    count: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self.path = self.folder / "model.safetensors"
        self.prepare()

    def prepare(self) -> None:
        """Make what is needed once."""

    def act(self) -> None:
        """Do what is interrupted."""

    def check(self) -> str:
        """Say what is wrong afterwards, empty if nothing."""
        left = [each.name for each in self.folder.iterdir() if each.name.endswith(".nnframe-tmp")]
        return f"files are left: {left}" if left else ""


class Save(Scenario):
    """Saving over a file that is full of one number."""

    saved = 0.0

    def prepare(self) -> None:
        self.model = Model([Dense(40), "layer_norm", Dense(2)], input_shape=(130,))

    def act(self) -> None:
        self.count += 1
        for each in self.model.parameters.values():
            each.value[...] = self.count
        self.model.save(self.path)

    def check(self) -> str:
        found = {float(value) for each in Model.load(self.path).parameters.values() for value in each.value.flat}
        whole = len(found) == 1 and found <= {float(self.count), float(self.count - 1), float(self.saved)}
        self.saved = next(iter(found))
        return super().check() if whole else f"the file has {sorted(found)[:3]}, where {self.count} was saved"


class Load(Save):
    """Loading."""

    def prepare(self) -> None:
        super().prepare()
        self.model.save(self.path)

    def act(self) -> None:
        Model.load(self.path)

    def check(self) -> str:
        fresh = Model([Dense(2)], input_shape=(2,), seed=1)  # what an interrupted load left behind would be seen here
        return "" if fresh.parameters["0.weight"].value.any() else "the next model is not built as it should be"


class Fit(Scenario):
    """Training with every callback, whose optimizer counts the steps in every parameter."""

    def prepare(self) -> None:
        self.model = make()
        for each in self.model.trained:
            each.value[...] = 0
        self.callbacks: list[Callback[Any]] = [
            EMA(0.5, keep_at_end=False),
            EarlyStopping(patience=50),
            TerminateOnNaN(),
            GradientMonitor(),
            Timer(),
            ProgressBar(),
            CSVLogger(self.folder / "run.csv"),
            Checkpoint(self.path),
        ]

    def act(self) -> None:
        self.model.fit(
            X,
            Y,
            optimizer=COUNT,
            epochs=2,
            batch_size=6,
            validation_data=(X, Y),
            metrics=["mae"],
            progress=False,
            callbacks=self.callbacks,
        )

    def check(self) -> str:
        counts = {float(value) for each in self.model.trained for value in each.value.flat}
        steps = self.model.optimization.progress.step if self.model.optimization else 0
        if counts != {float(steps)}:
            return f"the parameters have counted {sorted(counts)[:4]} steps, and the optimizer {steps}"
        if self.path.exists():
            Model.load(self.path)
        rows = (self.folder / "run.csv").read_text().splitlines() if (self.folder / "run.csv").exists() else []
        if any(row.count(",") != rows[0].count(",") for row in rows):
            return f"the CSV file has a row that is not whole: {rows[-1]}"
        return super().check()


class Step(Fit):
    """One training step."""

    def act(self) -> None:
        self.model.train_step(X, Y, optimizer=COUNT)


class Use(Scenario):
    """Measuring and predicting, of arrays and of batches."""

    def prepare(self) -> None:
        self.model = make()
        self.values = {path: each.value.tobytes() for path, each in self.model.parameters.items()}

    def act(self) -> None:
        self.model.evaluate(X, Y, metrics=["mae"], batch_size=7)
        self.model.losses(X, Y)
        self.model.predict(X, batch_size=7)
        self.model.predict(X[at : at + 12] for at in (0, 12))

    def check(self) -> str:
        same = {path: each.value.tobytes() for path, each in self.model.parameters.items()} == self.values
        return "" if same else "the model has changed"


class Verify(Scenario):
    """Verifying a model, and a gradient that is written by hand."""

    def prepare(self) -> None:
        self.model = make()
        self.values = {path: each.value.copy() for path, each in self.model.parameters.items()}
        self.point = np.arange(1.0, 9.0)
        self.state = str(np.random.get_state())  # noqa: NPY002

    def act(self) -> None:
        GradientVerifier().verify(self.model, X[:4], Y[:4])
        verify_gradient(lambda w: np.sum(w**3), lambda w: 3 * w**2, self.point)

    def check(self) -> str:
        for path, each in self.model.parameters.items():
            if each.value.tobytes() != self.values[path].tobytes():
                return f"{path} has changed"
        if self.point.tobytes() != np.arange(1.0, 9.0).tobytes():
            return "the point has changed"
        return "" if str(np.random.get_state()) == self.state else "NumPy's random state has changed"  # noqa: NPY002


class Compiled(Fit):
    """Training on arrays that are large enough for compiled loops, where numba is installed."""

    def prepare(self) -> None:
        image: list[AnyLayer] = [Conv2D(8), BatchNorm(), as_layer("relu"), MaxPool2D(), Flatten(), Dense(2)]
        self.model = Model(image, loss="mse", input_shape=(24, 24, 2))
        self.x = np.random.default_rng(2).normal(size=(32, 24, 24, 2))
        self.y = np.zeros((32, 2))

    def act(self) -> None:
        self.model.fit(self.x, self.y, optimizer={"name": "adam", "learning_rate": 1e-6}, batch_size=16, progress=False)

    def check(self) -> str:
        finite = all(np.isfinite(each.value).all() for each in self.model.parameters.values())
        return "" if finite else "a parameter is not finite"


SCENARIOS: dict[str, type[Scenario]] = {
    "save": Save,
    "load": Load,
    "fit": Fit,
    "step": Step,
    "use": Use,
    "verify": Verify,
    "compiled": Compiled,
}


@define(eq=False)
class Alarm:
    """The handler: raises one exception, and keeps it."""

    kind: type[BaseException] = KeyboardInterrupt
    raised: BaseException | None = None

    def __call__(self, number: int, frame: object) -> None:
        self.raised = self.kind("of the handler")
        raise self.raised


def interrupt(act: Callable[[], None], seconds: float, alarm: Alarm) -> str:
    """Let the alarm go off after some seconds; returns what is wrong with what came out, and with what is left."""
    alarm.raised, came, before = None, None, read_world()
    try:
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-6))
        act()
        signal.setitimer(signal.ITIMER_REAL, 0)
    except BaseException as error:
        came = error
    try:
        signal.setitimer(signal.ITIMER_REAL, 0)
    except BaseException as error:  # it came between the two
        came = came or error
    return judge(alarm, came, before)


def judge(alarm: Alarm, came: BaseException | None, before: dict[str, object]) -> str:
    """Say what is wrong with what came out and with what is left."""
    if came is not alarm.raised:
        return f"the handler raised {alarm.raised!r}, and out came {came!r}"
    changed = [name for name, value in read_world().items() if value != before[name]]
    return f"what is left of it: {', '.join(changed)}" if changed else ""


def read_world() -> dict[str, object]:
    """Return what anything that is interrupted has to leave as it was."""
    return {
        **{f"the handler of {number}": signal.getsignal(number) for number in signal.valid_signals()},
        "the hook for what cannot be raised": sys.unraisablehook,
        "the main thread": threading.current_thread(),
        "NumPy's error state": np.geterr(),
        "the filters of warnings": list(warnings.filters),
    }


def main(name: str, count: int, seed: int) -> None:
    chance, alarm, wrong, met = Random(seed), Alarm(), [], 0
    sys.stdout, out = open(os.devnull, "w", encoding="utf-8"), sys.stdout  # noqa: PTH123, SIM115
    with tempfile.TemporaryDirectory() as folder:
        scenario = SCENARIOS[name](Path(folder))
        times = []
        for _ in range(3):
            started = time.perf_counter()
            scenario.act()
            times.append(time.perf_counter() - started)
        usual = sorted(times)[1]
        signal.signal(signal.SIGALRM, alarm)
        for number in range(count):
            alarm.kind = KINDS[number % len(KINDS)]
            fault = interrupt(scenario.act, chance.uniform(0, 1.1 * usual), alarm)
            met += alarm.raised is not None
            fault = fault or scenario.check()
            if fault:
                wrong.append(f"{alarm.kind.__name__}, signal {number}: {fault}")
    print(json.dumps({"outcomes": {f"met {name}": met, f"too late for {name}": count - met}, "wrong": wrong}), file=out)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
