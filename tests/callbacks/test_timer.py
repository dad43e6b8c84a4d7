"""Seconds, by a clock that the test winds."""

from __future__ import annotations

import pytest

from nnframe import Model
from nnframe.callbacks import Checkpoint, Lambda, Timer
from nnframe.callbacks.timer import Times
from nnframe.errors import ConfigurationError
from nnframe.interfaces import Moment
from nnframe.training import History


class Clock:
    """A clock that stands still unless it is put forward."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("nnframe.callbacks.timer.perf_counter", made)
    return made


def fit(clock: Clock, timer: Timer, *others: object, resume: str | None = None) -> History:
    """Train four epochs of two steps, a second and a half each."""

    def pass_time(moment: Moment) -> None:
        clock.now += 1.5

    model = Model(["tanh"], loss="mse", input_shape=(1,))
    callbacks = [Lambda(on_after_step=pass_time), timer, *others]
    options = {"epochs": 4, "batch_size": 2, "callbacks": callbacks, "progress": False, "resume": resume}
    return model.fit([[0.0]] * 4, [[0.0]] * 4, **options)  # type: ignore[arg-type]


def test_each_epoch_is_timed(clock: Clock) -> None:
    history = fit(clock, Timer())
    assert history["seconds"] == [3.0] * 4
    assert history.reports["timer"] == Times([3.0] * 4, 0.0, 1009.0)


def test_a_limit_stops_after_the_epoch(clock: Clock) -> None:
    history = fit(clock, Timer(5.0))
    assert (len(history), history.stop_reason) == (2, "it took more than 5 seconds")


def test_a_limit_can_stop_at_once(clock: Clock) -> None:
    history = fit(clock, Timer(4.0, at_once=True))
    assert (len(history), history.stop_reason) == (1, "it took more than 4 seconds")
    times = history.reports["timer"]
    assert isinstance(times, Times)
    assert times.total == 4.5


@pytest.mark.parametrize("unit", ["epoch", "step"])
def test_time_before_a_resumption_counts_and_time_between_does_not(unit: str, clock: Clock, tmp_path: object) -> None:
    path = f"{tmp_path}/run.safetensors"

    def die(moment: Moment) -> None:
        if moment.epoch == 2 and moment.step == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(clock, Timer(), Checkpoint(path, unit=unit), Lambda(on_before_step=die, on_after_step=die))  # type: ignore[arg-type]
    clock.now = 5.0  # another process
    history = fit(clock, Timer(), resume=path)
    assert history["seconds"] == [3.0] * 4


@pytest.mark.parametrize("limit", [0, -1.0, "long"])
def test_a_limit_that_cannot_be_is_refused(limit: float) -> None:
    with pytest.raises(ConfigurationError, match="limit"):
        Timer(limit)
