"""What is asked of schedules."""

from __future__ import annotations

import math

from nnframe.errors import ConformanceError, NNFrameError
from nnframe.interfaces import Progress
from nnframe.testing.check import check
from nnframe.testing.checks.definition import is_part
from nnframe.testing.subject import Subject

__all__ = ["schedule_number", "schedule_pure"]

KIND = ("schedule",)
STEPS = 10


def _run() -> list[Progress]:
    """A training run of some epochs, its beginning, and one whose epochs have no known length."""
    losses = (1.0, 0.8, 0.9, 0.85, 0.95, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9)
    run = [Progress(STEPS * epoch + step, epoch, STEPS, losses[:epoch]) for epoch in range(12) for step in (0, 5)]
    return [*run, Progress(100_000, 10_000, STEPS, losses), Progress(7, 0, 0)]


@check("gives a number at any progress", is_part, kinds=KIND)
def schedule_number(subject: Subject) -> None:
    """A finite float from 0: at the first step, long after the last, and for epochs of unknown length."""
    for progress in _run():
        try:
            rate = subject.part(progress)
        except NNFrameError:
            continue  # it says why it cannot
        if not isinstance(rate, float) or not math.isfinite(rate) or rate < 0:
            raise ConformanceError(
                f"at step {progress.step} of epoch {progress.epoch} it gives {rate!r:.60}, not a rate from 0"
            )


@check("depends on the progress alone", schedule_number, kinds=KIND)
def schedule_pure(subject: Subject) -> None:
    """Asked again, and in another order, it gives the same rates: a run that is resumed goes on as it would have."""
    first = [_rate(subject, progress) for progress in _run()]
    again = [_rate(subject, progress) for progress in reversed(_run())][::-1]
    if first != again:
        raise ConformanceError("asked again it gives other rates: compute from the progress, and remember nothing")


def _rate(subject: Subject, progress: Progress) -> object:
    try:
        return subject.part(progress)
    except NNFrameError:
        return None
