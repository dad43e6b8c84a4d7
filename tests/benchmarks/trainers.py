"""The same training by nnframe, by its peers, and by the matrix products alone.

Every trainer begins with the same weights, goes through the same batches in the same order, and takes plain SGD or Adam
with a learning rate of 0.001. Its function of one epoch returns a loss, of the last step or the last epoch, so that a
test with one step an epoch can show that all of them compute the same.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping

from attrs import field, frozen

from tests.benchmarks.cases import CASES, Case
from tests.benchmarks.processes import Side
from tests.benchmarks.side import Work

__all__ = ["TRAINERS", "build_side", "build_trainer", "build_work", "find_fitting"]

RATE = 1e-3


@frozen
class Trainer:
    """Who trains.

    Attributes:
        function: ``module:function`` in this folder; from a case, whether by Adam, and a rate to an epoch's function.
        library: What it is about.
        environment: Variables that are set for it.
        dense: Whether it has dense networks of classes only.
    """

    function: str
    library: str
    environment: Mapping[str, str] = field(factory=dict)
    dense: bool = False


TRAINERS = {
    "nnframe": Trainer("train_nnframe:train", "nnframe"),
    "nnframe without numba": Trainer("train_nnframe:train", "nnframe", {"NNFRAME_COMPILED": "0"}),
    "torch": Trainer("train_torch:train", "torch"),
    "torch.compile": Trainer("train_torch:train_compiled", "torch"),
    "JAX jit": Trainer("train_jax:train", "jax"),
    "scikit-learn": Trainer("train_dense:train_scikit_learn", "sklearn", dense=True),
    "Thinc": Trainer("train_dense:train_thinc", "thinc", dense=True),
    "products alone": Trainer("train_dense:multiply", "numpy", dense=True),
}


def build_trainer(name: str, case: Case, adam: bool) -> Callable[[], float]:
    """Return a trainer's function of one epoch."""
    module, _, function = TRAINERS[name].function.partition(":")
    epoch: Callable[[], float] = getattr(importlib.import_module(f"tests.benchmarks.{module}"), function)(
        case, adam, RATE
    )
    return epoch


def build_side(name: str, case: Case, adam: bool) -> Side:
    """Return a trainer as a side of the comparison."""
    trainer = TRAINERS[name]
    arguments = (name, CASES.index(case), adam)
    return Side("tests.benchmarks.trainers:build_work", arguments, (trainer.library,), trainer.environment)


def build_work(name: str, number: int, adam: bool) -> Work:
    """Return a trainer's epochs of a case in this process."""
    case = CASES[number]
    return Work(build_trainer(name, case, adam), steps=case.steps * case.epochs, warmups=3)


def find_fitting(case: Case) -> Iterator[str]:
    """Iterate over the names of the trainers that have this case."""
    dense = case.classes and bool(case.sizes)
    for name, trainer in TRAINERS.items():
        if dense or not trainer.dense:
            yield name
