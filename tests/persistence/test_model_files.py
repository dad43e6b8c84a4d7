"""Saving and loading a model."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from nnframe import Model
from nnframe.errors import FileFormatError, SaveError
from nnframe.layers import Concatenate, Dense, Dropout, Residual, Shared

X = np.random.default_rng(0).normal(size=(20, 6))

SMALL = (Dense(4), "tanh", Dense(2))
LARGE = (
    Dense(8),
    "relu",
    Residual([Dense(8, weight_initializer="orthogonal"), "sigmoid"]),
    Concatenate([Dense(3), Dense(2, use_bias=False)], names=["left", "right"]),
    Dropout(0.5),
    Shared("head", Dense(5)),
    Shared("head", Dense(5)),
)


def make(layers: tuple[object, ...] = SMALL, **options: object) -> Model:
    return Model(list(layers), loss="mse", input_shape=(6,), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("layers", [SMALL, LARGE], ids=["small", "large"])
def test_a_loaded_model_predicts_the_same_to_the_bit(layers: tuple[object, ...], dtype: str, tmp_path: Path) -> None:
    model = make(layers, dtype=dtype, seed=5)
    model.fit(X, X[:, : model.predict(X).shape[1]], epochs=1, progress=False)
    model.save(tmp_path / "model.safetensors")
    loaded = Model.load(tmp_path / "model.safetensors")
    assert loaded.spec() == model.spec()
    assert loaded.predict(X).tobytes() == model.predict(X).tobytes()


def test_a_new_process_predicts_the_same_to_the_bit(tmp_path: Path) -> None:
    model, path = make(LARGE, seed=2), tmp_path / "model.safetensors"
    model.save(path)
    np.save(tmp_path / "x.npy", X)
    code = "import sys, numpy as np; from nnframe import Model; "
    code += "sys.stdout.buffer.write(Model.load(sys.argv[1]).predict(np.load(sys.argv[2])).tobytes())"
    result = subprocess.run([sys.executable, "-c", code, path, tmp_path / "x.npy"], capture_output=True, check=True)
    assert result.stdout == model.predict(X).tobytes()


def test_any_safetensors_tool_reads_the_file(tmp_path: Path) -> None:
    model, path = make(), tmp_path / "model.safetensors"
    model.save(path)
    arrays = safetensors.numpy.load_file(path)
    assert set(arrays) == set(model.parameters)
    for name, parameter in model.parameters.items():
        np.testing.assert_array_equal(arrays[name], parameter.value)


def test_values_in_another_memory_order_are_saved_right(tmp_path: Path) -> None:
    from nnframe.persistence.archive import Archive, read_archive, write_archive

    matrix = np.arange(12.0).reshape(3, 4)
    arrays = {"transposed": matrix.T, "strided": matrix[:, ::2], "reversed": matrix[::-1], "big": matrix.astype(">f8")}
    write_archive(tmp_path / "a.safetensors", Archive({}, arrays))
    for read in (
        read_archive(tmp_path / "a.safetensors").arrays,
        safetensors.numpy.load_file(tmp_path / "a.safetensors"),
    ):
        for name, array in arrays.items():
            np.testing.assert_array_equal(read[name], array)


def test_names_and_metadata_that_look_like_a_blank_digest_do_no_harm(tmp_path: Path) -> None:
    from nnframe.persistence.archive import Archive, read_archive, write_archive

    zeros = "0" * 64
    write_archive(tmp_path / "a.safetensors", Archive({"note": zeros}, {zeros: np.ones(3)}))
    back = read_archive(tmp_path / "a.safetensors")
    assert back.metadata["note"] == zeros
    np.testing.assert_array_equal(back.arrays[zeros], np.ones(3))


def test_every_truncation_of_a_file_is_refused(tmp_path: Path) -> None:
    model, path = make(), tmp_path / "model.safetensors"
    model.save(path)
    content = path.read_bytes()
    for length in range(0, len(content), 7):
        path.write_bytes(content[:length])
        with pytest.raises(FileFormatError, match=r"model\.safetensors"):
            Model.load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match=r"nothing\.safetensors cannot be read"):
        Model.load(tmp_path / "nothing.safetensors")


def test_saving_into_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(SaveError, match="the folder does not exist"):
        make().save(tmp_path / "nowhere" / "model.safetensors")
