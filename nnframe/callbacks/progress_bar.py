"""ProgressBar: how a run shows itself, as a callback."""

from __future__ import annotations

import attrs
from attrs import frozen

from nnframe.checks import whole_from_one
from nnframe.interfaces import Callback, Display
from nnframe.training.progress import STYLES, Style, display_of

__all__ = ["ProgressBar"]


@frozen
class ProgressBar(Callback):
    """Shows each epoch on one line: its number, loss and metrics, steps a second, the time left.

    ``fit(progress=True)`` shows the same; this one says how, whatever ``progress`` is.

    Args:
        style: ``"bar"`` moves in a terminal, ``"notebook"`` in a notebook, ``"lines"`` prints, ``"none"`` is silent;
            ``"auto"`` takes the one that fits where the output goes.
        every: Of lines, after how many epochs one is printed; by default ten a run.

    >>> from nnframe import Model
    >>> _ = Model(["tanh"], loss="mse", input_shape=(1,)).fit([[0.0]], [[2.0]], epochs=2,
    ...                                                       callbacks=[ProgressBar("lines")])
    epoch 1/2  loss 4  ... steps/s  ... left
    epoch 2/2  loss 4  ... steps/s
    """

    style: Style = attrs.field(default="auto", validator=attrs.validators.in_(STYLES))
    every: int | None = attrs.field(default=None, validator=attrs.validators.optional(whole_from_one))

    def display(self) -> Display:
        return display_of(self.style, self.every)
