"""What a file says about its model: parts and where they come from, and schemas, old and new."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import safetensors
from attrs import frozen

from nnframe import Model, registry
from nnframe.arrays import Array
from nnframe.errors import ConfigurationError, FileFormatError, SaveError, UnknownPartError
from nnframe.interfaces import Callback, Elementwise, Moment
from nnframe.layers import Dense
from nnframe.persistence import read_checkpoint
from nnframe.persistence.archive import Archive, read_archive, write_archive
from nnframe.persistence.encoding import encode

FIXTURES = Path(__file__).parent / "fixtures"


def changed(path: Path, **metadata: str) -> None:
    archive = read_archive(path)
    kept = {key: value for key, value in archive.metadata.items() if key != "digest"}
    write_archive(path, Archive({**kept, **metadata}, archive.arrays))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    Model([Dense(3), "relu"], loss="mse", input_shape=(4,), seed=9).save(path)
    return path


def test_a_file_of_schema_0_loads() -> None:
    model = Model.load(FIXTURES / "schema-0.safetensors")
    x = np.linspace(-1, 1, 8).reshape(2, 4)
    written = np.frombuffer(bytes.fromhex("f5d311bfdf14253ff9c4ec3e078801be7b1619bde99c573e"), "<f4").reshape(2, 3)
    np.testing.assert_allclose(model.predict(x), written, rtol=1e-5)
    assert [type(part).__name__ for part in model.layer.layers] == ["Dense", "Activation", "Residual", "Dense"]  # type: ignore[attr-defined]


def test_a_file_of_schema_0_is_saved_in_the_present_one(tmp_path: Path) -> None:
    model = Model.load(FIXTURES / "schema-0.safetensors")
    model.save(tmp_path / "new.safetensors")
    assert read_archive(tmp_path / "new.safetensors").metadata["schema"] == "1"
    assert Model.load(tmp_path / "new.safetensors").spec() == model.spec()


def test_a_newer_schema_is_refused_with_the_reason(path: Path) -> None:
    changed(path, schema="2")
    with pytest.raises(FileFormatError, match=r"schema 2, and this nnframe knows schemas up to 1, so it might misread"):
        Model.load(path)


def test_the_header_names_parts_and_no_module(path: Path) -> None:
    with safetensors.safe_open(str(path), "numpy") as file:
        metadata = file.metadata()
    assert metadata["format"] == "nnframe"
    model = json.loads(metadata["model"])
    assert {"kind": "layer", "name": "dense", "distribution": "nnframe", "version": "0.1.0"} in model["parts"]
    assert {"kind": "activation", "name": "relu", "distribution": "nnframe-relu", "version": "0.1.0"} in model["parts"]
    assert {"kind": "loss", "name": "mse", "distribution": "nnframe-mse", "version": "0.1.0"} in model["parts"]
    assert b"nnframe.layers" not in path.read_bytes()
    assert model["spec"]["layers"][0]["use_bias"] is True, "defaults are written, so that they cannot change"


def test_an_unknown_plugin_is_named_with_what_to_install(path: Path) -> None:
    model = read_archive(path).metadata["model"].replace("relu", "velu").replace("nnframe-velu", "nnframe-exotic")
    changed(path, model=model)
    with pytest.raises(
        UnknownPartError,
        match=r"the activation 'velu' of the distribution nnframe-exotic 0\.1\.0.*pip install nnframe-",
    ):
        Model.load(path)


def test_a_part_of_another_distribution_with_the_same_name_is_not_taken(path: Path) -> None:
    changed(path, model=read_archive(path).metadata["model"].replace("nnframe-relu", "other-relu"))
    with pytest.raises(UnknownPartError, match=r"other-relu 0\.1\.0, and here the name belongs to nnframe-relu"):
        Model.load(path)


def test_a_part_of_a_session_is_asked_for_by_its_name(tmp_path: Path) -> None:
    @frozen
    class Cube(Elementwise):
        """y = x³."""

        def value(self, x: Array) -> Array:
            return x**3

        def derivative(self, x: Array, y: Array) -> Array:
            return 3 * x**2

    registry.activations.register("cube")(Cube)
    Model(["cube"], input_shape=(1,)).save(tmp_path / "cube.safetensors")
    assert Model.load(tmp_path / "cube.safetensors").predict([[2.0]]) == 8
    registry.activations.unregister("cube")
    with pytest.raises(
        UnknownPartError, match=r"registered in the session .* @registry\.activations\.register\('cube'\)"
    ):
        Model.load(tmp_path / "cube.safetensors")


@pytest.mark.parametrize("name", ["x; rm -rf /", "x\x1b[31m", "-e", "https://evil", "a" * 200])
def test_what_is_shown_as_something_to_install_looks_like_a_distribution(name: str, path: Path) -> None:
    model = json.loads(read_archive(path).metadata["model"])
    model["parts"][0].update(name="unheard_of", distribution=name)
    changed(path, model=json.dumps(model))
    with pytest.raises(FileFormatError, match="is not the name or the version of a distribution"):
        Model.load(path)


def test_a_file_of_somebody_else_is_no_model(tmp_path: Path) -> None:
    write_archive(tmp_path / "a.safetensors", Archive({"format": "pt"}, {"weight": np.ones(2)}))
    with pytest.raises(FileFormatError, match="nnframe did not write it"):
        Model.load(tmp_path / "a.safetensors")


def test_values_that_are_not_finite_stay_what_they_are(tmp_path: Path) -> None:
    model = Model([Dense(2)], input_shape=(1,))
    model.parameters["0.bias"].value[...] = [np.nan, -np.inf]
    model.save(tmp_path / "a.safetensors")
    np.testing.assert_array_equal(Model.load(tmp_path / "a.safetensors").parameters["0.bias"].value, [np.nan, -np.inf])


def test_a_model_is_no_checkpoint(path: Path) -> None:
    with pytest.raises(FileFormatError, match="no checkpoint"):
        read_checkpoint(path)


def fit(model: Model, resume: Path | None = None, **options: object) -> None:
    data = np.random.default_rng(0)
    settings: dict[str, object] = {"optimizer": "sgd", "epochs": 2, "batch_size": 5, "progress": False, **options}
    model.fit(data.normal(size=(20, 4)), data.normal(size=(20, 3)), resume=resume, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "named"),
    [({"batch_size": 4}, "steps_per_epoch"), ({"optimizer": "adam"}, "optimizer"), ({"shuffle": False}, "shuffle")],
)
def test_a_run_with_other_settings_is_not_gone_on_with(options: dict[str, object], named: str, tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    fit(Model([Dense(3)], loss="mse", input_shape=(4,)), callbacks=[{"name": "checkpoint", "path": str(path)}])
    with pytest.raises(ConfigurationError, match=f"cannot be gone on from exactly: its run had {named}"):
        fit(Model([Dense(3)], loss="mse", input_shape=(4,)), path, **options)
    with pytest.raises(ConfigurationError, match="a checkpoint of another model: its 'layers' differs"):
        fit(Model([Dense(3), "tanh"], loss="mse", input_shape=(4,)), path)


def test_a_callback_that_remembers_what_no_file_can_hold_is_told_at_once(tmp_path: Path) -> None:
    @frozen
    class Hoarder(Callback[dict[str, object]]):
        def start(self, moment: Moment) -> dict[str, object]:
            return {"file": object()}

    with pytest.raises(SaveError, match=r"callbacks/0/file is a object, which a checkpoint cannot hold"):
        fit(
            Model([Dense(3)], loss="mse", input_shape=(4,)),
            callbacks=[Hoarder(), {"name": "checkpoint", "path": str(tmp_path / "run.safetensors")}],
        )


def test_a_state_in_a_wrong_place_is_named() -> None:
    with pytest.raises(SaveError, match=r"state/1/deep is a set"):
        encode([1, {"deep": {1, 2}}], "state", {})
