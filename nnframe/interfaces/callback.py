"""Callback: what happens beside the training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Generic, Protocol

from attrs import define, field
from typing_extensions import TypeVar

from nnframe.arrays import Array
from nnframe.interfaces.dataset import Batch
from nnframe.interfaces.metric import Direction
from nnframe.interfaces.part import Part
from nnframe.interfaces.trainable import Trainable

__all__ = ["Callback", "Display", "Moment"]

S = TypeVar("S", default=None)


@define(eq=False)
class Moment:
    """A moment of a training run, as a callback sees it.

    Attributes:
        model: The model in training.
        epoch, epochs: Whole epochs done, and how many there are to be.
        step, steps_per_epoch: Steps done in this epoch, and how many it has (0 where that is not known).
        logs: The numbers of this epoch so far: loss, metrics, ``val_...``, learning_rate.
            A callback may add to them after an epoch.
        stop_reason: Why training is to stop after this epoch; empty while it goes on. A callback may set it.
        at_once: Whether to stop at once instead: before the update, if set in ``before_update``.
        broken_off: Whether the run ends through Ctrl-C or an error, of which ``finish`` is told.
        batch: What the present step learns from; None outside steps.
        reports: What callbacks leave for ``history.reports``, by name.
        snapshot: Returns where the run is, for a checkpoint; None outside a run.
        measured: After a validation, the values of the model by path that it was measured with, where a callback had
            exchanged them for it (EMA does); None where they are the model's own. Callbacks that keep the best
            epoch keep these.
        better: Which way is better for each number that a metric gives.
        suffixes: By ``id``, what tells a callback from others of its class; ``label`` adds it.
    """

    model: Trainable
    epochs: int
    epoch: int = 0
    step: int = 0
    steps_per_epoch: int = 0
    logs: dict[str, float] = field(factory=dict)
    stop_reason: str = ""
    at_once: bool = False
    broken_off: bool = False
    batch: Batch | None = field(default=None, repr=False)
    reports: dict[str, object] = field(factory=dict, repr=False)
    snapshot: Callable[[], object] | None = field(default=None, repr=False)
    measured: Mapping[str, Array] | None = field(default=None, repr=False)
    better: Mapping[str, Direction] = field(factory=dict, repr=False)
    suffixes: Mapping[int, str] = field(factory=dict, repr=False)

    def label(self, callback: Part, name: str) -> str:
        """Return what a callback calls a report, or a number: ``name``, and the options that tell it from its like.

        >>> from nnframe import Model
        >>> from nnframe.callbacks import EMA
        >>> model = Model(["tanh"], loss="mse", input_shape=(1,))
        >>> history = model.fit([[0.0]], [[1.0]], callbacks=[EMA(0.5), EMA(0.9)], progress=False)
        >>> list(history.reports)
        ['ema(decay=0.5)', 'ema(decay=0.9)']
        """
        return name + self.suffixes.get(id(callback), "")


class Display(Protocol):
    """Shows the progress of a run."""

    def start(self, moment: Moment) -> None: ...
    def after_step(self, moment: Moment) -> None: ...
    def after_epoch(self, moment: Moment) -> None: ...
    def finish(self, moment: Moment) -> None: ...


class Callback(Part, Generic[S]):
    """Is told of the events of a training run. ``S`` is what it remembers during the run, None for nothing.

    An event that a callback does not define costs nothing.

    >>> from attrs import frozen
    >>> @frozen
    ... class StopAt(Callback):
    ...     '''Stops when the loss is low enough.'''
    ...     loss: float
    ...     def after_epoch(self, state: None, moment: Moment) -> None:
    ...         if moment.logs["loss"] <= self.loss:
    ...             moment.stop_reason = f"loss reached {self.loss}"
    >>> StopAt(0.1)
    StopAt(loss=0.1)
    """

    __slots__ = ()
    kind: ClassVar[str] = "callback"
    first: ClassVar[bool] = False
    """Whether it is told of an event before all others, because it changes what they see."""
    last: ClassVar[bool] = False
    """Whether it is told of an event after all others, because it writes down what they remember."""

    def start(self, moment: Moment) -> S:
        """Called before the first epoch; returns what to remember (an attrs class, or None)."""
        nothing: S = None  # type: ignore[assignment]
        return nothing

    def check_state(self, state: S, moment: Moment, epoch: int) -> None:
        """Refuse a state that a checkpoint holds and that cannot be: asked before anything of a run is changed.

        What its annotations say has been checked: the classes of its fields, and what they hold.

        Args:
            state: The state.
            moment: The run, not yet where the checkpoint was written.
            epoch: How many epochs were done there.

        Raises:
            FileFormatError: It cannot be; the message says why.
        """

    def resumed(self, state: S, moment: Moment) -> None:
        """Called before the first step of a run that goes on from a checkpoint, with the state of then."""

    def before_epoch(self, state: S, moment: Moment) -> None:
        """Called before an epoch's first step."""

    def before_step(self, state: S, moment: Moment) -> None:
        """Called before each step; ``moment.batch`` is what it will learn from."""

    def before_update(self, state: S, moment: Moment) -> None:
        """Called when a step has its loss and gradients (``parameter.gradient``), and nothing has moved yet."""

    def after_step(self, state: S, moment: Moment) -> None:
        """Called after each step."""

    def before_validation(self, state: S, moment: Moment) -> None:
        """Called before the validation data are measured."""

    def after_validation(self, state: S, moment: Moment) -> None:
        """Called when they have been, also when that was interrupted; the callbacks are told in reverse order."""

    def after_epoch(self, state: S, moment: Moment) -> None:
        """Called after each epoch, with validation done."""

    def finish(self, state: S, moment: Moment) -> None:
        """Called once at the end, also when the run is interrupted."""

    def display(self) -> Display | None:
        """Return what shows the progress, in place of what ``fit`` would choose; None to leave that alone."""
        return None
