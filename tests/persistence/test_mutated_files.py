"""Twelve thousand broken and hostile files: each is refused with an error of nnframe's own, or is a valid model."""

from __future__ import annotations

import builtins
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
import pytest

from nnframe import Model, registry
from nnframe.callbacks import Checkpoint
from nnframe.errors import NNFrameError
from nnframe.layers import Concatenate, Dense, Dropout, Residual, Shared
from nnframe.persistence import read_checkpoint
from tests.persistence.memory import growth
from tests.persistence.mutations import mutated
from tests.samples.batch_norm import SmallBatchNorm
from tests.samples.embedding import SmallEmbedding

BATCHES = 12
FILES = 1_000


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[bytes]]:
    """Files that are whole: models of several kinds, and checkpoints."""
    registry.layers.register("small_batch_norm")(SmallBatchNorm)
    registry.layers.register("small_embedding")(SmallEmbedding)
    path = tmp_path_factory.mktemp("seeds") / "model.safetensors"
    data = np.random.default_rng(0)
    x, y = data.normal(size=(12, 4)), data.normal(size=(12, 2))
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
        Model([Dense(3), "tanh", Dense(2)], loss="mse", input_shape=(4,)),
        Model([Dense(4), SmallBatchNorm(), Residual([Dense(4), "relu"]), Dropout(0.2), Dense(2)], input_shape=(4,)),
        Model([branches, Shared("a", Dense(5)), Shared("a", Dense(5)), "softmax"], input_shape=(4,), dtype="float32"),
        Model([SmallEmbedding(7, 3), "flatten", Dense(2)], input_shape=(5,), input_dtype="int64"),
        Model(image, input_shape=(8, 8, 1), dtype="float32"),
        Model(sequence, input_shape=(6,), input_dtype="int32"),
    ]
    contents = []
    for model in models:
        model.save(path)
        contents.append(path.read_bytes())
    written = Checkpoint(str(path), unit="step")
    models[0].fit(x, y, optimizer="adam", epochs=2, batch_size=5, callbacks=[written], metrics=["mae"], progress=False)
    contents += [path.read_bytes()] * 2
    yield contents
    registry.layers.unregister("small_batch_norm")
    registry.layers.unregister("small_embedding")


def load(path: Path) -> tuple[str, Model | None]:
    """Load a file as a model and as a checkpoint; says what became of it."""
    model = None
    try:
        model = Model.load(path)
    except NNFrameError as error:
        outcome = type(error).__name__
    else:
        outcome = "a valid model"
    try:
        read_checkpoint(path)
    except NNFrameError:
        return outcome, model
    return outcome + ", a checkpoint", model


def use(model: Model) -> None:
    """Predict with a model that was loaded; what that takes is what its layers are told to make of an example."""
    if sum(np.prod([length or 3 for length in shape]) for shape in model.inputs.shapes) < 10_000:
        assert isinstance(model.predict(model.inputs.example(model.dtype)), np.ndarray)


@pytest.fixture
def no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may be executed, and nothing written."""

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a file made somebody execute or write something")

    for module, name in ((builtins, "eval"), (os, "system"), (os, "replace"), (os, "remove"), (subprocess, "Popen")):
        monkeypatch.setattr(module, name, forbidden)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_mutated_file_is_refused_or_is_a_valid_model(
    batch: int, seeds: list[bytes], tmp_path: Path, no_harm: None
) -> None:
    chance = Random(batch)
    outcomes: Counter[str] = Counter()
    largest = 0
    path = tmp_path / "mutated.safetensors"
    with np.errstate(all="ignore"):
        for _ in range(FILES):
            path.write_bytes(mutated(chance.choice(seeds), chance))
            with growth() as grown:
                outcome, model = load(path)
            outcomes[outcome] += 1
            largest = max(largest, grown.bytes)
            if model is not None:
                use(model)
    print(f"\n{FILES} mutated files, {largest / 2**20:.0f} MiB: {dict(outcomes.most_common())}")
    assert outcomes.total() == FILES
    assert largest < 192 * 2**20


@pytest.mark.parametrize("batch", range(2))
def test_a_mutated_checkpoint_is_refused_or_is_gone_on_with(batch: int, seeds: list[bytes], tmp_path: Path) -> None:
    chance = Random(1000 + batch)
    outcomes: Counter[str] = Counter()
    path = tmp_path / "mutated.safetensors"
    x, y = np.zeros((12, 4)), np.zeros((12, 2))
    for _ in range(FILES // 2):
        path.write_bytes(mutated(seeds[-1], chance))
        model = Model([Dense(3), "tanh", Dense(2)], loss="mse", input_shape=(4,))
        options = {"optimizer": "adam", "epochs": 3, "batch_size": 5, "metrics": ["mae"], "progress": False}
        with np.errstate(all="ignore"):
            try:
                model.fit(x, y, resume=path, **options)  # type: ignore[arg-type]
            except NNFrameError as error:
                outcomes[type(error).__name__] += 1
            else:
                outcomes["gone on with"] += 1
    print(f"\n{FILES // 2} mutated checkpoints: {dict(outcomes.most_common())}")
