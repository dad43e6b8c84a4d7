"""A signal at each moment: ``python -m tests.campaigns.each_moment SCENARIO COUNT SEED``, in a process of its own.

Python calls the handler of a signal only between two of its instructions: where a function begins, and where one that
is written in C has returned. A profiler is told of just these moments. A first run counts them, and finds those that
no earlier one is like: each sequence of calls is tried once. Of these, in a random order that is always the same, each
seed takes COUNT that no other seed takes; a handler's exception is raised at each, in a run of its own.

What must come out is what ``tests.campaigns.signals`` says. Prints a line of JSON.
"""

from __future__ import annotations

import inspect
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import CodeType, FrameType

from tests.campaigns.signals import KINDS, SCENARIOS, Alarm, judge, read_world

_RESUMED = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


def is_moment(frame: FrameType, event: str, begun: set[FrameType]) -> bool:
    """Tell whether Python looks for signals after this event; where a generator goes on, a profiler cannot raise."""
    if event == "call":
        if not frame.f_code.co_flags & _RESUMED:
            return True
        known = frame in begun
        begun.add(frame)
        return not known
    return event == "c_return"


def find_moments(act: Callable[[], object]) -> list[int]:
    """Return the numbers of the moments in ``act`` that have a sequence of calls of their own."""
    found: list[int] = []
    seen: set[tuple[CodeType | int | str, ...]] = set()
    begun: set[FrameType] = set()
    count = 0

    def look(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        if not is_moment(frame, event, begun):
            return
        calls: list[CodeType | int | str] = [event]
        caller: FrameType | None = frame
        while caller is not None:
            calls += [caller.f_code, caller.f_lasti]
            caller = caller.f_back
        if tuple(calls) not in seen:
            seen.add(tuple(calls))
            found.append(count)
        count += 1

    sys.setprofile(look)
    act()
    sys.setprofile(None)
    return found


def interrupt_at(act: Callable[[], object], moment: int, alarm: Alarm) -> tuple[str, str]:
    """Raise the signal at a moment; returns what is wrong afterwards, and where that was."""
    alarm.raised, came, before = None, None, read_world()
    begun: set[FrameType] = set()
    left, place = moment, ""

    def look(frame: FrameType, event: str, argument: object) -> None:
        nonlocal left, place
        if not is_moment(frame, event, begun):
            return
        left -= 1
        if left < 0:
            sys.setprofile(None)
            place = f"{event} in {Path(frame.f_code.co_filename).name}:{frame.f_lineno}, {frame.f_code.co_name}"
            signal.raise_signal(signal.SIGALRM)

    sys.setprofile(look)
    try:
        act()
        sys.setprofile(None)
    except BaseException as error:
        came = error
    sys.setprofile(None)
    return judge(alarm, came, before), place


def main(name: str, count: int, seed: int) -> None:
    alarm, wrong, met = Alarm(), [], 0
    sys.stdout, out = open(os.devnull, "w", encoding="utf-8"), sys.stdout  # noqa: PTH123, SIM115
    with tempfile.TemporaryDirectory() as folder:
        scenario = SCENARIOS[name](Path(folder))
        for _ in range(3):
            scenario.act()
        moments = find_moments(scenario.act)
        Random(0).shuffle(moments)
        signal.signal(signal.SIGALRM, alarm)
        chosen = moments[seed * count : (seed + 1) * count]
        for number, moment in enumerate(chosen):
            alarm.kind = KINDS[(seed + number) % len(KINDS)]
            fault, place = interrupt_at(scenario.act, moment, alarm)
            met += alarm.raised is not None
            fault = fault or scenario.check()
            if fault:
                wrong.append(f"{alarm.kind.__name__}, moment {moment} ({place}): {fault}")
    outcomes = {f"met {name}": met} | ({f"not reached in {name}": len(chosen) - met} if met < len(chosen) else {})
    print(json.dumps({"tried": len(chosen), "outcomes": outcomes, "wrong": wrong}), file=out)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
