"""Snapshot: where a training run is, beside the values of its model: all that going on exactly needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import attrs
from attrs import define

from nnframe.composition.reduction import WeightedMean
from nnframe.interfaces import Callback, Direction, Progress
from nnframe.training.monitor import find_direction

if TYPE_CHECKING:
    from nnframe.training.loop import TrainingRun

__all__ = ["GeneratorState", "Resumption", "Snapshot", "restore", "snapshot_of"]

GeneratorState = Mapping[str, Any]
"""What ``generator.bit_generator.state`` gives."""


@define(eq=False)
class Snapshot:
    """Where a training run is.

    Attributes:
        epoch: Whole epochs done.
        begun: Steps done in the epoch after them.
        rate: The learning rate that this epoch began with.
        logs: The numbers of this epoch so far.
        stop_reason: Why training is to stop; empty while it goes on.
        history: The numbers of each epoch done.
        progress: What schedules look at.
        slots: What the optimizer remembers of each parameter.
        measures: This epoch so far: Σ wℓ, Σ w, the state of each metric, and the digits that the two sums lost.
        listeners: What each callback is: its class and options, a mode of ``"auto"`` being what it stands for.
        callbacks: What each of them remembers.
        generators: The state of the model's random generator: ``start``, before the run drew anything; ``epoch``,
            before this epoch did; ``now``.
        settings: What the run must have in common with one that goes on from here.
    """

    epoch: int
    begun: int
    rate: float
    logs: dict[str, float]
    stop_reason: str
    history: list[dict[str, float]]
    progress: Progress
    slots: list[object]
    measures: tuple[float, float, list[object], tuple[float, float]]
    listeners: list[str]
    callbacks: list[object]
    generators: dict[str, GeneratorState]
    settings: dict[str, object]


class Resumption(Protocol):
    """A run that was interrupted, and can be taken up again."""

    @property
    def start(self) -> GeneratorState:
        """The state of the model's generator before the run drew anything."""

    def restore(self, run: TrainingRun) -> None:
        """Bring a run, of which every callback has been started, to where the interrupted one was."""


def snapshot_of(run: TrainingRun) -> Snapshot:
    """Return where a run is, without copying: to be written before its next step."""
    now, loss = run.network.rng.bit_generator.state, run.measures.loss
    return Snapshot(
        epoch=run.moment.epoch,
        begun=run.begun,
        rate=run.rate,
        logs=run.moment.logs,
        stop_reason=run.moment.stop_reason,
        history=run.history.epochs,
        progress=run.optimization.progress,
        slots=run.optimization.slots,
        measures=(loss.total, loss.weight, run.measures.states, (loss.lost, loss.lost_weight)),
        listeners=[_describe(callback, run.moment.better) for callback in run.callbacks],
        callbacks=run.states,
        generators={"start": run.start, "epoch": run.epoch_start, "now": now},
        settings=_settings(run),
    )


def restore(run: TrainingRun, snapshot: Snapshot, source: str) -> None:
    """Bring a run to where the snapshot was taken; ``source`` is what messages call its checkpoint."""
    moment = run.moment
    moment.epoch, moment.step, moment.logs = snapshot.epoch, snapshot.begun, snapshot.logs
    moment.stop_reason = snapshot.stop_reason
    run.begun, run.rate = snapshot.begun, snapshot.rate
    total, weight, run.measures.states, lost = snapshot.measures
    run.measures.source = source
    run.measures.loss = WeightedMean(total, weight, *lost)
    run.history.epochs[:] = snapshot.history
    run.optimization.progress = snapshot.progress
    run.optimization.remember(snapshot.slots)
    run.states = snapshot.callbacks
    run.start, run.epoch_start = snapshot.generators["start"], snapshot.generators["epoch"]
    run.network.rng.bit_generator.state = snapshot.generators["now"]


def _describe(callback: Callback[object], better: Mapping[str, Direction]) -> str:
    """Return what a callback is, with the direction in place of ``"auto"``: whoever said it outright is the same."""
    if getattr(callback, "mode", None) == "auto":
        direction = find_direction(str(getattr(callback, "monitor", "")), better)
        callback = attrs.evolve(callback, mode=direction)  # type: ignore[misc]  # parts are attrs
    return repr(callback)


def _settings(run: TrainingRun) -> dict[str, object]:
    """Return what a run must have in common with one that goes on from it."""
    sizes = {name: getattr(run.data, name, None) for name in ("examples", "batch_size")}
    return {
        "optimizer": repr(run.optimization.optimizer),
        "metrics": [repr(metric) for metric in run.metrics],
        "shuffle": run.shuffle,
        "clipping": None if run.optimization.clipping is None else repr(run.optimization.clipping),
        "micro_batch_size": run.micro_batch_size,
        "steps_per_epoch": len(run.data),
        "validation": run.validation is not None,
        **sizes,
    }
