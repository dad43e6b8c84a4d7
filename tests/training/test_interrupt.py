"""Ctrl-C at any time: the model is that of a whole step, the history is kept, and another fit goes on."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attrs import frozen

from nnframe import Model
from nnframe.arrays import Array
from nnframe.callbacks import EMA, EarlyStopping, Lambda
from nnframe.interfaces import Callback, Moment, NoSlots, Optimizer
from nnframe.interruption import DeferredInterrupt
from nnframe.layers import Dense
from tests.samples.batch_norm import SmallBatchNorm

X = np.random.default_rng(0).normal(size=(24, 3))
Y = X.sum(axis=1, keepdims=True)
EVENTS = [
    "start", "before_epoch", "before_step", "before_update", "after_step", "before_validation", "after_validation",
    "after_epoch", "finish",
]  # fmt: skip


@frozen
class Half(Optimizer):
    """Adds one to each element, and is interrupted when it has done half of them."""

    learning_rate: float = 1.0

    def initialize(self, value: Array) -> NoSlots:
        return NoSlots()

    def update(self, value: Array, gradient: Array, slots: NoSlots, step: int, learning_rate: float) -> None:
        flat = value.reshape(-1)
        flat[: flat.size // 2] += 1
        signal.raise_signal(signal.SIGINT)
        flat[flat.size // 2 :] += 1


def make(seed: int = 0) -> Model:
    return Model([Dense(4), SmallBatchNorm(), "tanh", Dense(1)], loss="mse", input_shape=(3,), seed=seed)


def values(model: Model) -> list[bytes]:
    return [each.value.tobytes() for each in model.parameters.values()]


def fit(model: Model, *callbacks: Callback[Any], epochs: int = 4) -> None:
    model.fit(X, Y, epochs=epochs, batch_size=6, validation_data=(X, Y), callbacks=callbacks, progress=False)


def press(moment: Moment) -> None:
    signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("event", EVENTS)
def test_ctrl_c_in_a_callback_leaves_a_whole_step(event: str) -> None:
    """The values are those of some step of a run that was left alone, and the optimizer has counted the same steps."""
    steps = [values(make())]
    whole = make()
    fit(whole, Lambda(on_after_step=lambda moment: steps.append(values(whole))))
    model = make()
    told: list[int] = []

    def second(moment: Moment) -> None:
        told.append(1)
        if len(told) == (1 if event in ("start", "finish") else 2):
            press(moment)

    with pytest.raises(KeyboardInterrupt):
        fit(model, Lambda(**{f"on_{event}": second}))
    assert model.optimization is not None
    assert values(model) == steps[model.optimization.progress.step]
    assert model.history is not None
    assert len(model.history) == model.optimization.progress.epoch
    expected = {"start": "", "finish": ""}.get(event, "interrupted")
    assert model.history.stop_reason == expected


def test_a_second_fit_goes_on() -> None:
    """Interrupted after an epoch and gone on with, it ends where one fit ends."""
    model, whole = make(), make()
    with pytest.raises(KeyboardInterrupt):
        fit(model, Lambda(on_after_epoch=lambda moment: press(moment) if moment.epoch == 3 else None))
    fit(model, epochs=1)
    fit(whole)
    assert values(model) == values(whole)


def test_a_script_is_told_and_so_is_every_callback() -> None:
    ends: list[tuple[str, bool]] = []

    def told(moment: Moment) -> None:
        ends.append((moment.stop_reason, moment.broken_off))

    with pytest.raises(KeyboardInterrupt):
        fit(make(), Lambda(on_finish=told), Lambda(on_after_step=press), Lambda(on_finish=told))
    assert ends == [("interrupted", True)] * 2


def test_another_error_is_told_as_well() -> None:
    ends: list[str] = []
    with pytest.raises(ZeroDivisionError):
        fit(
            make(),
            Lambda(on_after_step=lambda moment: 1 // 0),
            Lambda(on_finish=lambda moment: ends.append(moment.stop_reason)),
        )
    assert ends == ["failed with ZeroDivisionError"]


def test_a_callback_that_fails_at_the_end_does_not_hide_the_end_from_others() -> None:
    ends: list[str] = []
    with pytest.raises(ZeroDivisionError):
        fit(make(), Lambda(on_finish=lambda moment: 1 // 0), Lambda(on_finish=lambda moment: ends.append("told")))
    assert ends == ["told"]


def test_an_update_is_never_left_half_done() -> None:
    """Ctrl-C in the middle of an update waits until every element has moved."""
    model = make()
    before = {each.path: each.value.copy() for each in model.trained}
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, optimizer=Half(), epochs=4, progress=False)
    assert model.optimization is not None
    assert model.optimization.progress.step == 1
    for each in model.trained:
        assert np.allclose(each.value - before[each.path], 1.0)


@pytest.mark.parametrize("event", ["before_validation", "after_epoch", "after_step"])
def test_averages_never_stay_in_the_model(event: str) -> None:
    steps: list[list[bytes]] = []
    whole, model = make(), make()
    fit(whole, Lambda(on_after_step=lambda moment: steps.append(values(whole))), epochs=1)
    with pytest.raises(KeyboardInterrupt):
        fit(model, EMA(0.5), Lambda(**{f"on_{event}": press}))
    assert model.optimization is not None
    assert values(model) == steps[model.optimization.progress.step - 1]


def test_an_interrupted_run_is_left_where_it_is_rather_than_at_its_best_epoch() -> None:
    model, whole = make(), make()
    with pytest.raises(KeyboardInterrupt):
        fit(
            model,
            EarlyStopping("learning_rate", restore_best=True),  # the first epoch is the best one
            Lambda(on_after_epoch=lambda moment: press(moment) if moment.epoch == 3 else None),
        )
    fit(whole, epochs=3)
    assert values(model) == values(whole)


def test_what_ctrl_c_does_is_put_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    fit(make())
    assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(KeyboardInterrupt):
        fit(make(), Lambda(on_after_step=press))
    assert signal.getsignal(signal.SIGINT) is before


def test_a_handler_of_ones_own_is_called() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
    try:
        model = make()
        fit(model, Lambda(on_after_epoch=press))
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == [signal.SIGINT] * 4
    assert model.history is not None
    assert len(model.history) == 4


def test_fit_works_in_another_thread() -> None:
    model = make()
    thread = threading.Thread(target=fit, args=(model,))
    thread.start()
    thread.join()
    assert model.history is not None
    assert len(model.history) == 4


def test_what_comes_twice_while_held_is_let_through_once() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
    interrupt = DeferredInterrupt()

    def act() -> None:
        interrupt.held = True
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        assert heard == []
        interrupt.release()

    try:
        interrupt.run(act)
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == [signal.SIGINT]


SCRIPT = """
import sys
import numpy as np
from attrs import frozen
from nnframe import Model
from nnframe.arrays import Array
from nnframe.callbacks import EMA, CSVLogger, Lambda, TerminateOnNaN
from nnframe.interfaces import NoSlots, Optimizer
from nnframe.layers import Dense

@frozen
class Count(Optimizer):
    '''Adds one to each parameter, slowly.'''
    learning_rate: float = 1.0
    def initialize(self, value):
        return NoSlots()
    def update(self, value, gradient, slots, step, learning_rate):
        for part in np.array_split(value.reshape(-1), 8):
            part += 1.0

model = Model([Dense(20, weight_initializer="zeros"), Dense(20, weight_initializer="zeros"),
               Dense(1, weight_initializer="zeros")], loss="mse", input_shape=(20,))
x, y = np.zeros((40, 20)), np.zeros((40, 1))
before = 0
print("ready", flush=True)
for turn in range(int(sys.argv[1])):
    try:
        model.fit(x, y, optimizer=Count(), epochs=10**9, batch_size=4, validation_data=(x, y), progress=False,
                  callbacks=[EMA(0.5), TerminateOnNaN(), CSVLogger(sys.argv[2]),
                             Lambda(on_before_epoch=lambda moment: moment.epoch == 1 and print("go", flush=True))])
    except KeyboardInterrupt:
        pass
    counts = {float(value) for each in model.parameters.values() for value in np.unique(each.value)}
    steps = model.optimization.progress.step
    assert counts == {float(steps)}, (counts, steps)
    assert steps > before
    assert model.history.stop_reason == "interrupted", model.history
    assert steps - before - 10 * len(model.history) in range(0, 21), (steps, before, len(model.history))
    before = steps
    print("whole", flush=True)
"""


def test_real_ctrl_c_at_random_times(tmp_path: Path) -> None:
    """Each parameter counts the steps: whenever a real signal comes, all have counted the same."""
    turns = 25
    command = [sys.executable, "-c", SCRIPT, str(turns), str(tmp_path / "run.csv")]
    chance = random.Random(7)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline().strip()]
        try:
            for _ in range(turns):
                said.append(process.stdout.readline().strip())
                time.sleep(chance.random() * 0.02)
                process.send_signal(signal.SIGINT)
                said.append(process.stdout.readline().strip())
            _, errors = process.communicate(timeout=60)
        finally:
            process.kill()  # it would go on for ever
    assert process.returncode == 0, errors
    assert said == ["ready", *["go", "whole"] * turns], errors


def test_ctrl_c_waits_for_the_update_of_a_single_step() -> None:
    model = make()
    before = [each.value.copy() for each in model.trained]
    with pytest.raises(KeyboardInterrupt):
        model.train_step(X, Y, optimizer=Half())
    for each, old in zip(model.trained, before, strict=True):
        np.testing.assert_allclose(each.value, old + 1)
