"""Signals: what their handlers raise comes out, nothing else, nothing lost, and never inside an update."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest

from nnframe.interruption import DeferredInterrupt, is_from_signal
from tests.campaigns.signals import SCENARIOS

SIGNALS = 20
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


@pytest.mark.parametrize("scenario", sorted(SCENARIOS))
def test_signals_at_random_moments_come_out_as_they_were_raised(scenario: str) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "tests.campaigns.signals", scenario, str(SIGNALS), "7"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert result.returncode == 0, result.stderr[-2000:]
    said = json.loads(result.stdout.splitlines()[-1])
    assert said["outcomes"][f"met {scenario}"]
    assert said["wrong"] == []
