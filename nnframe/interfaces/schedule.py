"""Schedule: the learning rate as a function of progress."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from attrs import frozen

from nnframe.interfaces.part import Part

__all__ = ["Progress", "Schedule"]


@frozen
class Progress:
    """How far training has come.

    Attributes:
        step: Steps taken so far, from 0.
        epoch: Whole epochs done, from 0.
        steps_per_epoch: Steps in one epoch; 0 where that is not known.
        monitored: The monitored value (validation loss, else loss) after each epoch done; lower is better.
    """

    step: int = 0
    epoch: int = 0
    steps_per_epoch: int = 0
    monitored: Sequence[float] = ()


class Schedule(Part):
    """A learning rate that changes: a pure function of the progress, so that training can be resumed exactly.

    >>> from attrs import frozen
    >>> @frozen
    ... class Halving(Schedule):
    ...     '''η = base / 2^epoch.'''
    ...     base: float
    ...     def __call__(self, progress: Progress) -> float:
    ...         return self.base * 0.5**progress.epoch
    >>> Halving(0.8)(Progress(epoch=3))
    0.1
    """

    __slots__ = ()
    kind: ClassVar[str] = "schedule"

    @abstractmethod
    def __call__(self, progress: Progress) -> float:
        """Return the learning rate of the next step."""
