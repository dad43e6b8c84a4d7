"""Signals: what their handlers raise comes out, nothing else, nothing lost, and never inside an update."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path

import numpy as np
import pytest

from nnframe import Model
from nnframe.callbacks import CSVLogger, Lambda
from nnframe.interfaces import Moment
from nnframe.interruption import DeferredInterrupt, is_from_signal
from nnframe.layers import Dense
from nnframe.persistence.atomic import replace_file
from nnframe.verification import GradientVerifier, verify_gradient, verify_layer, verify_pullback
from tests.campaigns.each_moment import find_moments, interrupt_at
from tests.campaigns.signals import KINDS, SCENARIOS, Alarm

SIGNALS = 12
"""For each scenario here; ``python -m tests.campaigns`` sends thousands."""


class FromHandlerError(OSError):
    """What the handler of these tests raises: an error that others might take for their own."""


@pytest.fixture(autouse=True)
def raising_handler() -> Iterator[None]:
    def handler(number: int, frame: object) -> None:
        raise FromHandlerError

    before = signal.signal(signal.SIGUSR1, handler)
    yield
    signal.signal(signal.SIGUSR1, before)


def press() -> None:
    signal.raise_signal(signal.SIGUSR1)


def test_an_error_that_is_made_of_it_gives_way_to_it() -> None:
    def act() -> None:
        try:
            press()
        except OSError as cause:
            raise ValueError("the disk is full") from cause

    with pytest.raises(FromHandlerError):
        DeferredInterrupt().run(act)


def test_one_that_is_swallowed_comes_out_at_the_end() -> None:
    done = []

    def act() -> None:
        with suppress(OSError):
            press()
        done.append("went on")

    with pytest.raises(FromHandlerError):
        DeferredInterrupt().run(act)
    assert done == ["went on"]


def test_one_that_is_swallowed_comes_out_at_the_next_moment_when_nothing_is_half_done() -> None:
    interrupt = DeferredInterrupt()

    def act() -> None:
        with suppress(OSError):
            press()
        interrupt.release()
        pytest.fail("it was not raised again")

    with pytest.raises(FromHandlerError):
        interrupt.run(act)


def test_one_that_python_could_only_print_is_not_lost() -> None:
    class Noisy:
        def __del__(self) -> None:
            press()

    def act() -> None:
        noisy = Noisy()
        del noisy

    with pytest.raises(FromHandlerError):
        DeferredInterrupt().run(act)


def test_what_comes_while_held_waits_also_for_the_cleanup() -> None:
    done = []
    interrupt = DeferredInterrupt()

    def act() -> None:
        interrupt.held = True
        press()
        done.append("action")

    with pytest.raises(FromHandlerError):
        interrupt.run(act, cleanup=lambda: done.append("cleanup"))
    assert done == ["action", "cleanup"]


def test_handlers_and_hooks_are_as_before_whatever_happens() -> None:
    before = signal.getsignal(signal.SIGUSR1), signal.getsignal(signal.SIGINT), sys.unraisablehook
    for act in (press, lambda: 1 // 0, lambda: None):
        with suppress(FromHandlerError, ZeroDivisionError):
            DeferredInterrupt().run(act)
        assert (signal.getsignal(signal.SIGUSR1), signal.getsignal(signal.SIGINT), sys.unraisablehook) == before


def test_one_inside_another_hands_it_on() -> None:
    outer = DeferredInterrupt()
    done = []

    def act() -> None:
        outer.held = True
        DeferredInterrupt().run(press)
        done.append("the outer one holds it back")
        outer.release()

    with pytest.raises(FromHandlerError):
        outer.run(act)
    assert done


def test_an_exception_is_known_to_be_of_a_handler_while_it_runs() -> None:
    told = []

    def act() -> None:
        try:
            press()
        except OSError as error:
            told.append((is_from_signal(error), is_from_signal(OSError())))

    with pytest.raises(FromHandlerError):
        DeferredInterrupt().run(act)
    assert told == [(True, False)]


def swallow() -> None:
    with suppress(OSError):
        press()


def test_one_that_is_swallowed_comes_out_also_where_another_is_being_handled() -> None:
    with pytest.raises(FromHandlerError):  # noqa: PT012 - only inside of an except block
        try:
            1 // 0  # noqa: B018
        except ZeroDivisionError:
            DeferredInterrupt().run(swallow)


def test_a_cleanup_that_fails_does_not_take_its_place() -> None:
    with pytest.raises(FromHandlerError):
        DeferredInterrupt().run(press, cleanup=lambda: 1 // 0)


def test_it_keeps_the_cause_and_the_context_that_its_handler_gave_it() -> None:
    cause = KeyError("of the handler")

    def handler(number: int, frame: object) -> None:
        raise FromHandlerError from cause

    def act() -> None:
        try:
            press()
        except OSError as error:
            raise ValueError("the disk is full") from error

    signal.signal(signal.SIGUSR1, handler)
    with pytest.raises(FromHandlerError) as caught:
        DeferredInterrupt().run(act)
    assert caught.value.__cause__ is cause
    assert caught.value.__context__ is None


def test_the_handlers_of_all_signals_that_waited_are_called_though_each_raises() -> None:
    called = []

    def handler(number: int, frame: object) -> None:
        called.append(number)
        raise FromHandlerError

    def act() -> None:
        signal.raise_signal(signal.SIGUSR1)
        signal.raise_signal(signal.SIGUSR2)

    signal.signal(signal.SIGUSR1, handler)
    before = signal.signal(signal.SIGUSR2, handler)
    try:
        with pytest.raises(FromHandlerError):
            DeferredInterrupt().run(act, held=True)
    finally:
        signal.signal(signal.SIGUSR2, before)
    assert sorted(called) == [signal.SIGUSR1, signal.SIGUSR2]


def test_what_comes_while_a_handler_runs_is_let_through_when_it_returns() -> None:
    done = []

    def handler(number: int, frame: object) -> None:
        signal.raise_signal(signal.SIGINT)
        done.append("handler")

    def act() -> None:
        press()
        pytest.fail("Ctrl-C waited for the end of the action")

    signal.signal(signal.SIGUSR1, handler)
    with pytest.raises(KeyboardInterrupt):
        DeferredInterrupt().run(act)
    assert done == ["handler"]


def test_a_handler_that_the_action_sets_stays() -> None:
    def own(number: int, frame: object) -> None: ...

    DeferredInterrupt().run(lambda: signal.signal(signal.SIGUSR1, own))
    assert signal.getsignal(signal.SIGUSR1) is own


def test_context_variables_that_an_interrupted_block_left_changed_are_as_before() -> None:
    given, default = ContextVar[str]("given"), ContextVar("default", default="default")
    given.set("before")

    def act() -> None:
        given.set("changed")
        default.set("changed")
        np.seterr(over="raise")
        press()

    before = np.geterr()
    with pytest.raises(FromHandlerError):
        DeferredInterrupt().run(act)
    assert (given.get(), default.get(), np.geterr()) == ("before", "default", before)


@pytest.mark.parametrize("kind", KINDS)
def test_every_moment_of_the_guard_itself(kind: type[BaseException]) -> None:
    """Also those between its lines, where some handlers are set, or set back, and others are not."""

    def act() -> None:
        DeferredInterrupt().run(lambda: DeferredInterrupt().run(int, held=True, cleanup=lambda: None))

    alarm = Alarm(kind)
    before = signal.signal(signal.SIGALRM, alarm)
    try:
        moments = find_moments(act)
        wrong = [fault for fault in (interrupt_at(act, moment, alarm) for moment in moments) if fault[0]]
    finally:
        signal.signal(signal.SIGALRM, before)
    assert len(moments) > 30
    assert wrong == []


class Interrupting:
    """Numbers that are interrupted while they are read; who reads them makes an error of his own of all others."""

    def __array__(self, dtype: object = None, copy: object = None) -> object:
        press()
        return X


def make() -> Model:
    return Model([Dense(1)], loss="mse", input_shape=(2,))


X, Y = np.ones((4, 2)), np.ones((4, 1))
ENTRIES: dict[str, Callable[[object], object]] = {
    "predict": lambda x: make().predict(x),
    "evaluate": lambda x: make().evaluate(x, Y),
    "losses": lambda x: make().losses(x, Y),
    "train_step": lambda x: make().train_step(x, Y),
    "fit": lambda x: make().fit(x, Y, progress=False),
    "verify": lambda x: make().verify(x, Y),
    "GradientVerifier.verify": lambda x: GradientVerifier().verify(make(), x, Y),
    "GradientVerifier.power": lambda x: GradientVerifier().power(make(), x, Y),
    "verify_layer": lambda x: verify_layer(Dense(1), x),
    "verify_gradient": lambda x: verify_gradient(np.sum, np.ones(4), x),
    "verify_pullback": lambda x: verify_pullback(lambda parameters, x: (x, lambda upstream: (upstream, {})), {}, x),
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_it_comes_out_of_whatever_reads_data_as_it_was_raised(entry: str) -> None:
    with pytest.raises(FromHandlerError):
        ENTRIES[entry](Interrupting())


def test_no_step_is_taken_with_what_is_left_of_one_that_was_swallowed() -> None:
    model = make()
    with pytest.raises(FromHandlerError):
        model.fit(X, Y, progress=False, callbacks=[Lambda(on_before_update=lambda moment: swallow())])
    assert model.optimization is not None
    assert model.optimization.progress.step == 0


def test_a_file_that_is_written_with_what_is_left_of_one_does_not_get_its_name(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"before")
    with pytest.raises(FromHandlerError):
        replace_file(path, lambda stream: swallow(), lambda temporary: None)
    assert path.read_bytes() == b"before"


def test_a_callback_can_save_the_model_at_the_end_of_an_interrupted_run(tmp_path: Path) -> None:
    path = tmp_path / "last.safetensors"

    def save(moment: Moment) -> None:
        moment.model.save(path)  # type: ignore[attr-defined]  # it is a Model here

    with pytest.raises(FromHandlerError):
        make().fit(
            X,
            Y,
            progress=False,
            callbacks=[Lambda(on_after_step=lambda moment: press(), on_finish=save)],
        )
    assert Model.load(path)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, TimeoutError, FromHandlerError])
def test_every_moment_while_a_callback_is_given_a_path(kind: type[BaseException], tmp_path: Path) -> None:
    """Nothing is guarded there: the text of a refusal, made beforehand, swallowed one exception of a thousand."""
    alarm, path = Alarm(kind), tmp_path / "run.csv"
    before = signal.signal(signal.SIGALRM, alarm)
    try:
        moments = find_moments(lambda: CSVLogger(path))
        wrong = [fault for fault in (interrupt_at(lambda: CSVLogger(path), m, alarm) for m in moments) if fault[0]]
    finally:
        signal.signal(signal.SIGALRM, before)
    assert len(moments) > 10
    assert wrong == []


@pytest.mark.parametrize(
    ("scenario", "search"),
    [*((scenario, "each_moment") for scenario in sorted(SCENARIOS)), ("fit", "signals"), ("compiled", "signals")],
)
def test_what_handlers_raise_at_any_moment_comes_out_as_it_was_raised(scenario: str, search: str) -> None:
    command = [sys.executable, "-W", "ignore", "-m", f"tests.campaigns.{search}", scenario, str(SIGNALS), "7"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert result.returncode == 0, result.stderr[-2000:]
    said = json.loads(result.stdout.splitlines()[-1])
    assert said["outcomes"][f"met {scenario}"]
    assert said["wrong"] == []
