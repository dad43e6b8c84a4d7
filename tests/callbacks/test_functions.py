"""Functions as a callback: called at their events, and kept out of files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from nnframe import Model, registry
from nnframe.callbacks import Lambda
from nnframe.errors import ConfigurationError, SpecError
from nnframe.interfaces import Callback, Moment
from nnframe.layers import Dense

EVENTS = [name for name, value in vars(Callback).items() if callable(value) and not name.startswith("_")]
EVENTS = [name for name in EVENTS if name not in ("display", "check_state")]


def test_there_is_a_function_for_each_event() -> None:
    assert {f"on_{event}" for event in EVENTS} == {field.name for field in Lambda.__attrs_attrs__}


def test_events_come_in_their_order() -> None:
    told: list[str] = []
    functions: dict[str, Callable[[Moment], object]] = {f"on_{event}": partial(_note, told, event) for event in EVENTS}
    x = np.zeros((4, 1))
    Model([Dense(1)], loss="mse", input_shape=(1,)).fit(
        x, x, epochs=2, batch_size=2, validation_data=(x, x), callbacks=[Lambda(**functions)], progress=False
    )
    step = ["before_step", "before_update", "after_step"]
    epoch = ["before_epoch", *step, *step, "before_validation", "after_validation", "after_epoch"]
    assert told == ["start", *epoch, *epoch, "finish"]


def _note(told: list[str], event: str, moment: Moment) -> None:
    told.append(event)


def test_before_an_update_there_are_gradients_and_the_values_of_before() -> None:
    seen: list[tuple[float, float, float, float]] = []
    model = Model([Dense(1, weight_initializer="zeros")], loss="mse", input_shape=(1,))

    def look(moment: Moment) -> None:
        bias = moment.model.parameters["0.bias"]
        assert moment.batch is not None
        seen.append((float(bias.value[0]), float(bias.gradient[0]), moment.logs["loss"], len(moment.batch.y)))  # type: ignore[arg-type]

    sgd = {"name": "sgd", "learning_rate": 0.25}
    model.fit([[0.0]], [[1.0]], optimizer=sgd, epochs=2, callbacks=[Lambda(on_before_update=look)], progress=False)
    assert seen == [(0.0, -2.0, 1.0, 1), (0.5, -1.0, 0.25, 1)]


@pytest.mark.parametrize(("event", "bias"), [("before_update", 0.0), ("after_step", 0.5)])
def test_a_run_can_be_stopped_at_once(event: str, bias: float) -> None:
    def stop(moment: Moment) -> None:
        moment.stop_reason, moment.at_once = "enough", True

    model = Model([Dense(1, weight_initializer="zeros")], loss="mse", input_shape=(1,))
    history = model.fit(
        [[0.0]] * 8,
        [[1.0]] * 8,
        optimizer={"name": "sgd", "learning_rate": 0.25},
        batch_size=2,
        callbacks=[Lambda(**{f"on_{event}": stop})],
        progress=False,
    )
    assert (history.epochs, history.stop_reason) == ([], "enough")
    assert model.parameters["0.bias"].value == [bias]


def test_a_run_that_is_stopped_without_a_reason_ends_too() -> None:
    def stop(moment: Moment) -> None:
        moment.at_once = True

    x = np.zeros((4, 1))
    model = Model([Dense(1)], loss="mse", input_shape=(1,))
    history = model.fit(x, x, epochs=3, callbacks=[Lambda(on_before_update=stop)], progress=False)
    assert (history.epochs, history.stop_reason) == ([], "")


def test_no_file_can_hold_it() -> None:
    with pytest.raises(SpecError, match=r"at on_finish: a file cannot hold <function"):
        registry.spec_of(Lambda(on_finish=lambda moment: None))


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="on_finish"):
        Lambda(on_finish=3)  # type: ignore[arg-type]
