"""What is asked of callbacks."""

from __future__ import annotations

import contextlib
import copy
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnframe.errors import ConformanceError
from nnframe.interfaces import Callback
from nnframe.testing.check import check
from nnframe.testing.checks.definition import is_part
from nnframe.testing.subject import Subject

if TYPE_CHECKING:
    from nnframe.training.history import History

__all__ = ["callback_keeps_nothing", "callback_runs", "callback_runs_again"]

KIND = ("callback",)


@contextlib.contextmanager
def _elsewhere() -> Iterator[None]:
    """A folder for files that a callback writes."""
    home = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(home)


def _train(callback: Callback[object]) -> History:
    from nnframe import Model
    from nnframe.layers import Dense
    from nnframe.losses import Huber

    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(12, 3)), rng.normal(size=(12, 2))
    model = Model([Dense(2)], loss=Huber(), input_shape=(3,))
    with _elsewhere(), contextlib.redirect_stdout(None):
        return model.fit(
            x,
            y,
            optimizer={"name": "sgd", "learning_rate": 0.01},
            epochs=3,
            batch_size=4,
            validation_data=(x, y),
            callbacks=[callback],
            progress=False,
        )


@check("takes part in a training run", is_part, kinds=KIND)
def callback_runs(subject: Subject) -> None:
    """A run of three epochs, with validation, goes through with it, and every hook takes (state, moment)."""
    _train(copy.deepcopy(subject.part))


@check("keeps nothing on itself", callback_runs, kinds=KIND)
def callback_keeps_nothing(subject: Subject) -> None:
    """What it remembers is the state that ``start`` returns: the part is the same after a run as before."""
    before, text = copy.deepcopy(subject.part), repr(subject.part)
    _train(subject.part)
    if subject.part != before or repr(subject.part) != text:
        raise ConformanceError(
            "the callback is another one after a run: keep what it remembers in the state of start()"
        )


@check("a second run starts afresh", callback_runs, kinds=KIND)
def callback_runs_again(subject: Subject) -> None:
    """A new run, with the same callback, is as long as the first: nothing is left over."""
    first, again = _train(subject.part), _train(subject.part)
    if len(first["loss"]) != len(again["loss"]):
        raise ConformanceError(
            f"the first run had {len(first['loss'])} epochs and the second {len(again['loss'])}: start() "
            "must return a new state"
        )
