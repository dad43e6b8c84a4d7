"""Files that promise too much, or want something done: refused before anything is made of them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attrs import frozen
from numpy.random import Generator

from nnframe import Model, registry
from nnframe.arrays import Array
from nnframe.errors import FileFormatError, SaveError
from nnframe.interfaces import Context, Layer, Result
from nnframe.layers import Dense
from nnframe.persistence.archive import Archive, read_archive, write_archive
from tests.campaigns.memory import growth

Edit = Callable[[dict[str, Any]], object]


@frozen(eq=False)
class Ones:
    """weight: (units,)."""

    weight: Array


@frozen
class Greedy(Layer[Ones]):
    """A layer of somebody else, which is correct, and allocates by itself whatever it is told to."""

    units: int

    def initialize(self, x: Array, rng: Generator) -> Ones:
        return Ones(np.ones(self.units))

    def forward(self, parameters: Ones, x: Array, context: Context) -> Result[Ones]:
        def pullback(dy: Array) -> tuple[Array, Ones]:
            return dy * parameters.weight, Ones((dy * x).sum(0))

        return x * parameters.weight, pullback


def rewritten(path: Path, edit: Edit) -> None:
    """Change what a file says about its model."""
    archive = read_archive(path)
    metadata = {key: value for key, value in archive.metadata.items() if key != "digest"}
    model = json.loads(metadata["model"])
    edit(model["spec"])
    write_archive(path, Archive({**metadata, "model": json.dumps(model)}, archive.arrays))


DENSE: list[Edit] = [
    lambda spec: spec["layers"][0].update(units=10**12),
    lambda spec: spec["layers"][0].update(units=10**30),
    lambda spec: spec.update(input_shape=[10**12]),
    lambda spec: spec.update(input_shape=[10**12, 10**12]),
    lambda spec: spec.update(input_shape=[[10**9]] * 1000),
    lambda spec: spec.update(layers=[{"name": "dense", "units": 10**12}] * 1000),
    lambda spec: spec.update(layers=[{"name": "embedding", "vocabulary": 10**9, "units": 10**9}]),
    lambda spec: spec["layers"].insert(0, {"name": "up_sampling1d", "size": 10**12}),
    lambda spec: spec["layers"][0].update(weight_initializer={"name": "orthogonal"}, units=10**9),
]


@pytest.mark.parametrize("edit", DENSE, ids=range(len(DENSE)))
def test_a_promise_of_more_than_the_file_has_is_refused_before_anything_is_allocated(
    edit: Edit, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    Model([Dense(3)], input_shape=(4,)).save(path)
    rewritten(path, edit)
    with growth() as grown, pytest.raises(FileFormatError, match=r"the model in the file cannot be built"):
        Model.load(path)
    assert grown.bytes < 8 * 2**20


def test_a_layer_that_allocates_by_itself_is_an_error_where_there_is_no_such_memory(tmp_path: Path) -> None:
    registry.layers.register("greedy")(Greedy)
    try:
        path = tmp_path / "model.safetensors"
        Model([Greedy(4)], input_shape=(4,)).save(path)
        rewritten(path, lambda spec: spec["layers"][0].update(units=10**15))
        with pytest.raises(FileFormatError, match="would take more memory than there is"):
            Model.load(path)
    finally:
        registry.layers.unregister("greedy")


@pytest.mark.parametrize("name", ["simple_rnn", "lstm", "gru"])
def test_a_promised_length_costs_no_time(name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    Model([{"name": name, "units": 3}], input_shape=(5, 4)).save(path)
    rewritten(path, lambda spec: spec.update(input_shape=[10**12, 4]))
    with growth() as grown:
        assert Model.load(path).inputs.shapes == ((10**12, 4),)
    assert grown.bytes < 8 * 2**20


def test_what_could_not_be_loaded_is_not_saved(tmp_path: Path) -> None:
    model = Model([{"name": "lstm", "units": 1}], input_shape=(None, 1))
    model.save(tmp_path / "any_length.safetensors")
    registry.layers.register("greedy")(Greedy)
    wide = Model([Greedy(4)], input_shape=(4,))
    registry.layers.unregister("greedy")
    with pytest.raises(LookupError):
        wide.save(tmp_path / "model.safetensors")
    assert not (tmp_path / "model.safetensors").exists()


def test_memory_is_bounded_by_a_small_multiple_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    Model([Dense(1500), "tanh", Dense(1500), "tanh", Dense(1500)], input_shape=(1500,)).save(path)
    Model.load(path)
    with growth() as grown:
        model = Model.load(path)
    factor = grown.bytes / path.stat().st_size
    print(f"\nloading {path.stat().st_size / 2**20:.0f} MiB takes {factor:.2f} times the file's size")
    assert sum(each.size for each in model.parameters.values()) > 6_000_000
    assert 0.9 < factor < 1.25


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "too few"),
        (b"\xff" * 8, "truncated, or no safetensors file"),
        (b"\xff" * 100, "truncated, or no safetensors file"),
        ((4).to_bytes(8, "little") + b"null", "does not begin with {"),
        ((2).to_bytes(8, "little") + b"{}", "nnframe did not write it"),
        ((8).to_bytes(8, "little") + b'{"a":{}}', "must have dtype"),
        ((60000).to_bytes(8, "little") + b'{"a":' * 12000, "nested more than 64 deep"),
        ((60001).to_bytes(8, "little") + b'{"a":' + b"[" * 59996, "nested more than 64 deep"),
        ((17).to_bytes(8, "little") + b'{"a":{}, "a": {}}', "the key 'a' twice"),
        ((9).to_bytes(8, "little") + b'{"a":NaN}', "NaN"),
        ((11).to_bytes(8, "little") + b'{"a":1e999}', "too large"),
        ((7).to_bytes(8, "little") + b'{"\xff":1}', "no valid JSON"),
    ],
)
def test_a_broken_header_is_refused_with_the_reason(content: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.safetensors"
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match=reason) as caught:
        Model.load(path)
    assert str(path) in str(caught.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero")):
        with pytest.raises(FileFormatError, match="no regular file"):
            Model.load(path)


def test_a_flipped_bit_anywhere_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    Model([Dense(3)], input_shape=(4,)).save(path)
    content = path.read_bytes()
    for position in range(len(content)):
        changed = bytearray(content)
        changed[position] ^= 1 << position % 8
        path.write_bytes(changed)
        with pytest.raises(FileFormatError):
            Model.load(path)


def test_saving_onto_a_device_is_refused() -> None:
    with pytest.raises(SaveError, match="no regular file"):
        Model(["tanh"], input_shape=(1,)).save("/dev/null")
