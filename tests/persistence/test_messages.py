"""What is said of a file names its path, and cuts a long one; what a file cannot hold is refused when it is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from numpy.random import Generator

from nnframe import Model, registry
from nnframe.arrays import Array
from nnframe.cli._verify import check_files
from nnframe.errors import NNFrameError, SaveError
from nnframe.interfaces import Context, Layer, NoParameters, Result
from nnframe.layers import Dense
from nnframe.persistence import load_model, read_checkpoint, save_model

LONG = Path("/".join(["folder" * 30] * 15))


def make_model() -> Model:
    return Model([Dense(1)], loss="mse", input_shape=(2,))


USES: dict[str, Callable[[Path], object]] = {
    "load": lambda path: load_model(Model, path),
    "resume": read_checkpoint,
    "save": lambda path: save_model(make_model(), path),
    "files of a command": check_files,
}


@pytest.mark.parametrize("use", USES)
def test_a_long_path_is_cut_to_what_can_be_read(use: str) -> None:
    with pytest.raises(NNFrameError) as caught:
        USES[use](LONG)
    said = str(caught.value)
    assert len(said) < 1_100  # the path, the folder or the system's words about it, and a sentence
    assert "folderfolder" in said
    assert "…" in said


@frozen
class Anything(Layer):
    """y = x, with an option of any type."""

    option: Any = None

    def initialize(self, x: Array, rng: Generator) -> NoParameters:
        return NoParameters()

    def forward(self, parameters: NoParameters, x: Array, context: Context) -> Result[NoParameters]:
        return x, lambda upstream: (upstream, parameters)


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    registry.layers.register("anything")(Anything)
    yield
    registry.layers.unregister("anything")


def model_with(option: object) -> Model:
    return Model([Anything(option), Dense(1)], loss="mse", input_shape=(2,))


@pytest.mark.parametrize("option", [Dense(1), (Dense(1),), {"a": Dense(1)}, {"a": ([Dense(1)],)}], ids=str)
def test_a_layer_that_would_come_back_as_a_table_is_refused(option: object, tmp_path: Path) -> None:
    with pytest.raises(SaveError, match=r"at layers\.0\.option.* would come back as"):
        model_with(option).save(tmp_path / "model.safetensors")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("option", [10**38, -(2**63), 5e-324, "ü", [1, [2]], {"a": {"b": 1}}, None, True])
def test_what_is_saved_comes_back_as_it_was(option: object, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    model = model_with(option)
    model.save(path)
    again = Model.load(path)
    assert again.spec() == model.spec()
    part: Any = again.layer.children[0][1]
    assert (type(part.option), part.option) == (type(option), option)


@pytest.mark.parametrize("option", [10**400, -(10**5000)], ids=["400 digits", "5000 digits"])
def test_a_number_that_no_file_can_hold_is_refused_when_it_is_saved(option: int, tmp_path: Path) -> None:
    with pytest.raises(NNFrameError, match="digits"):
        model_with(option).save(tmp_path / "model.safetensors")
    assert not list(tmp_path.iterdir())
