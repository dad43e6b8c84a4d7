"""Broken and hostile files: ``python -m tests.campaigns.mutated_files model|run COUNT SEED``, in a process of its own.

Each mutant of a model file is loaded and used, each of a checkpoint gone on with: it is a valid one, or an error of
nnframe's own. Prints a line of JSON: how many, what became of them, and what was wrong.
"""

from __future__ import annotations

import builtins
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from unittest import mock

import numpy as np

from nnframe import Model, registry
from nnframe.callbacks import EMA, Checkpoint, CSVLogger, EarlyStopping
from nnframe.errors import NNFrameError
from nnframe.layers import Concatenate, Dense, Dropout, Residual, Shared
from nnframe.persistence import read_checkpoint
from tests.campaigns.memory import growth
from tests.campaigns.mutations import mutated
from tests.samples.batch_norm import SmallBatchNorm
from tests.samples.embedding import SmallEmbedding

__all__ = ["go_on_with", "load_and_use", "run", "seeds"]

SECONDS, BYTES = 5.0, 192 * 2**20
X, Y = np.random.default_rng(0).normal(size=(12, 4)), np.random.default_rng(1).normal(size=(12, 2))


def seeds(folder: Path) -> tuple[list[bytes], bytes]:
    """Files that are whole: models of several kinds, with a checkpoint among them; and a checkpoint."""
    path = folder / "model.safetensors"
    branches = Concatenate([Dense(3), Dense(2)], names=["left", "right"])
    image: list[str | dict[str, object]] = [
        {"name": "conv2d", "filters": 2},
        {"name": "batch_norm"},
        "max_pool2d",
        "zero_padding2d",
        "up_sampling2d",
        "global_average_pool",
    ]
    sequence: list[str | dict[str, object]] = [
        {"name": "embedding", "vocabulary": 7, "units": 4},
        "positional_encoding",
        {"name": "residual", "layers": [{"name": "multi_head_attention", "heads": 2}, "layer_norm"]},
        {"name": "conv1d", "filters": 3, "padding": "causal"},
        {"name": "bidirectional", "layer": {"name": "lstm", "units": 2}},
        {"name": "reshape", "shape": [2, 2]},
    ]
    models = [
        plain(),
        Model([Dense(4), SmallBatchNorm(), Residual([Dense(4), "relu"]), Dropout(0.2), Dense(2)], input_shape=(4,)),
        Model([branches, Shared("a", Dense(5)), Shared("a", Dense(5)), "softmax"], input_shape=(4,), dtype="float32"),
        Model([SmallEmbedding(7, 3), "flatten", Dense(2)], input_shape=(5,), input_dtype="int64"),
        Model(image, input_shape=(8, 8, 1), dtype="float32"),
        Model(sequence, input_shape=(6,), input_dtype="int32"),
        Model(Residual([Dense(4)], names=["inner"]), input_shape=(4,), trainable={"*.bias": False}),
    ]
    contents = []
    for model in models:
        model.save(path)
        contents.append(path.read_bytes())
    fit(plain(), folder, epochs=2, resume=None)
    checkpoint = (folder / "run.safetensors").read_bytes()
    return [*contents, checkpoint], checkpoint


def plain() -> Model:
    return Model([Dense(3), "tanh", Dense(2)], loss="mse", input_shape=(4,))


def fit(model: Model, folder: Path, *, epochs: int, resume: Path | None) -> None:
    path = folder / "run.safetensors"
    model.fit(
        X,
        Y,
        optimizer="adam",
        epochs=epochs,
        batch_size=5,
        metrics=["mae", "r2"],
        callbacks=[
            EMA(0.5),
            EarlyStopping("loss", patience=9, restore_best=True),
            CSVLogger(folder / "run.csv"),
            Checkpoint(path, unit="step"),
        ],
        progress=False,
        resume=resume,
    )


@contextmanager
def no_harm() -> Iterator[None]:
    """Let nothing be executed, and nothing written."""

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a file made somebody execute or write something")

    with ExitStack() as stack:
        harmful = (builtins, "eval"), (os, "system"), (os, "replace"), (os, "remove"), (subprocess, "Popen")
        for module, name in harmful:
            stack.enter_context(mock.patch.object(module, name, forbidden))
        yield


def load_and_use(path: Path, folder: Path) -> str:
    """Load a file as a model and as a checkpoint, and predict; returns what became of it."""
    with no_harm():
        try:
            model = Model.load(path)
        except NNFrameError as error:
            outcome = type(error).__name__
        else:
            outcome = "a valid model"
            made = [*model.structure.outputs.values(), model.inputs.example(model.dtype, 0)]
            arrays = [each for each in made if isinstance(each, np.ndarray)]
            if max(np.prod(each.shape[1:], dtype=float) for each in arrays) < 100_000:
                try:
                    model.predict(model.inputs.example(model.dtype))
                except MemoryError:  # what one asks of a model costs what it costs: here, a frame around an image
                    outcome = "a valid model, too large to be used"
        try:
            read_checkpoint(path)
        except NNFrameError:
            return outcome
    return outcome + " and a checkpoint"


def go_on_with(path: Path, folder: Path) -> str:
    """Go on from a checkpoint; returns what became of it."""
    try:
        fit(plain(), folder, epochs=3, resume=path)
    except NNFrameError as error:
        return type(error).__name__
    return "gone on with"


def run(kind: str, count: int, seed: int, folder: Path) -> tuple[Counter[str], list[str]]:
    """Try so many mutants; returns what became of them, and what was wrong."""
    chance, outcomes, wrong = Random(f"{kind} {seed}"), Counter[str](), []
    registry.layers.register("small_batch_norm")(SmallBatchNorm)
    registry.layers.register("small_embedding")(SmallEmbedding)
    try:
        models, checkpoint = seeds(folder)
        use: Callable[[Path, Path], str] = load_and_use if kind == "model" else go_on_with
        path = folder / "mutated.safetensors"
        for number in range(count):
            path.write_bytes(mutated(chance.choice(models) if kind == "model" else checkpoint, chance))
            started = time.perf_counter()
            try:
                with growth() as grown, np.errstate(all="ignore"):
                    outcomes[use(path, folder)] += 1
            except Exception as error:  # whatever comes out that is not nnframe's
                wrong.append(f"file {number}: {error!r:.300}")
                continue
            seconds = time.perf_counter() - started
            if seconds > SECONDS or grown.bytes > BYTES:
                wrong.append(f"file {number}: {seconds:.1f} s, {grown.bytes / 2**20:.0f} MiB")
    finally:
        registry.layers.unregister("small_batch_norm")
        registry.layers.unregister("small_embedding")
    return outcomes, wrong


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        found, faults = run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(temporary))
    print(json.dumps({"outcomes": found, "wrong": faults}))
