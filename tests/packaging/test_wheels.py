"""Wheels of nnframe and its plugins, built and installed into an empty environment, work as a user expects."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

ASK_FOR_RELU = """
from nnframe import registry
from nnframe.errors import UnknownPartError
try:
    registry.activations.get("relu")
except UnknownPartError as error:
    print(error)
"""
TRAIN_AND_SAVE = """
import numpy as np
from nnframe import Model
x = np.random.default_rng(0).normal(size=(64, 3))
y = (x.sum(1) > 0).astype(int)
model = Model(["flatten", {"name": "dense", "units": 8}, "relu", {"name": "dense", "units": 2}],
              loss={"name": "cross_entropy", "from_logits": True}, input_shape=(3,))
history = model.fit(x, y, optimizer={"name": "adam", "learning_rate": 0.02}, epochs=30, progress=False)
model.save("model.safetensors")
print(history["loss"][-1] < 0.2 * history["loss"][0])
"""
LOAD = """
from nnframe import Model
from nnframe.errors import NNFrameError
try:
    print(Model.load("model.safetensors").parameters.keys())
except NNFrameError as error:
    print(type(error).__name__, error)
"""


def run(*command: str | Path, cwd: Path) -> str:
    result = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{command}: {result.stdout[-2000:]} {result.stderr[-3000:]}"
    return result.stdout


def test_a_wheel_holds_its_types_and_nothing_of_the_tests(wheels: dict[str, Path]) -> None:
    assert set(wheels) == {"nnframe", "nnframe_sigmoid", "nnframe_relu", "nnframe_mse", "nnframe_cross_entropy"}
    for name, wheel in wheels.items():
        names = zipfile.ZipFile(wheel).namelist()
        assert f"{name}/py.typed" in names
        assert all(entry.startswith(name) for entry in names), names


@pytest.mark.timeout(600)
def test_core_and_plugins_work_in_an_empty_environment(wheels: dict[str, Path], tmp_path: Path) -> None:
    venv.create(tmp_path / "env")
    python = tmp_path / "env" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    core = wheels["nnframe"]
    plugins = [wheel for name, wheel in wheels.items() if name != "nnframe"]
    run(*pip, "install", "-q", "-c", ROOT / "constraints.txt", core, cwd=tmp_path)

    asked = run(python, "-c", ASK_FOR_RELU, cwd=tmp_path)
    assert "nnframe-relu" in asked
    assert "pip install nnframe-relu" in asked
    assert "plugins/relu" in asked

    run(*pip, "install", "-q", "--no-index", "--no-deps", *plugins, cwd=tmp_path)
    run(*pip, "check", cwd=tmp_path)
    assert run(python, "-W", "error", "-c", TRAIN_AND_SAVE, cwd=tmp_path).strip() == "True"
    assert "1.weight" in run(python, "-c", LOAD, cwd=tmp_path)

    run(*pip, "uninstall", "-q", "-y", "nnframe-relu", cwd=tmp_path)
    missing = run(python, "-c", LOAD, cwd=tmp_path)
    assert missing.startswith("UnknownPartError")
    assert "nnframe-relu" in missing

    without_typer = subprocess.run([tmp_path / "env/bin/nnframe"], capture_output=True, text=True, check=False)
    assert without_typer.returncode == 3
    assert "nnframe[cli]" in without_typer.stderr
