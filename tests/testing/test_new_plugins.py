"""A new plugin of every kind is built, installed and green at once; one of them lives through a user's whole day."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from nnframe import cli, registry

ROOT = Path(__file__).parents[2]
BUILD = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w"]
INSTALL = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target"]

DAY = """
import sys
import numpy as np
from nnframe import Model
from nnframe.errors import UnknownPartError
x = np.random.default_rng(0).normal(size=(64, 3))
if sys.argv[1] == "train":
    layers = [{"name": "dense", "units": 8}, "swishish", {"name": "dense", "units": 1}]
    model = Model(layers, loss="mse", input_shape=(3,))
    adam = {"name": "adam", "learning_rate": 0.02}
    history = model.fit(x, x[:, :1] * x[:, 1:2], optimizer=adam, epochs=40, progress=False)
    model.save("model.safetensors")
    print(history["loss"][-1] < history["loss"][0] / 2)
else:
    try:
        print(Model.load("model.safetensors").predict(x).shape)
    except UnknownPartError as error:
        print(error)
"""


def run(*command: str | Path, cwd: Path, path: Path | None = None) -> str:
    places = {"PYTHONPATH": str(path)} if path else {}
    environment = {**{key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}, **places}
    result = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, f"{command}: {result.stdout[-3000:]} {result.stderr[-3000:]}"
    return result.stdout


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("projects")
    for kind in registry.KINDS:
        assert cli.main(["plugins", "new", f"nnframe-tryout-{kind}", "--kind", kind, "--folder", str(folder)]) == 0
    return folder


@pytest.mark.timeout(600)
def test_a_new_plugin_of_every_kind_installs_and_is_green(projects: Path, tmp_path: Path) -> None:
    run(*BUILD, tmp_path / "wheels", *projects.iterdir(), cwd=tmp_path)
    run(*INSTALL, tmp_path / "site", *(tmp_path / "wheels").glob("*.whl"), cwd=tmp_path)
    options = [
        "-q",
        "-W",
        "error",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        f"--junitxml={tmp_path / 'tests.xml'}",
    ]
    run(sys.executable, "-m", "pytest", *options, projects, cwd=projects, path=tmp_path / "site")
    cases = [case.get("name", "") for case in ET.parse(tmp_path / "tests.xml").iter("testcase")]
    for kind in registry.KINDS:
        checks = [case for case in cases if f"Tryout{kind.capitalize()}" in case]
        assert len(checks) > 8, f"{kind}: {cases}"


@pytest.mark.timeout(300)
def test_new_plugins_are_typed(projects: Path) -> None:
    run(sys.executable, "-m", "mypy", "--strict", *projects.glob("*/src/*/__init__.py"), cwd=ROOT)


@pytest.mark.timeout(900)
def test_a_day_with_a_new_plugin_in_an_empty_environment(wheels: dict[str, Path], tmp_path: Path) -> None:
    assert cli.main(["plugins", "new", "nnframe-swishish", "--kind", "activation", "--folder", str(tmp_path)]) == 0
    project, built = tmp_path / "nnframe-swishish", tmp_path / "wheels"
    run(*BUILD, built, project, cwd=tmp_path)
    core = wheels["nnframe"]
    assert "nnframe/cli/_templates/layer.py.template" in zipfile.ZipFile(core).namelist()
    venv.create(tmp_path / "env")
    python = tmp_path / "env" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    needed = ["pytest", core, wheels["nnframe_mse"], *built.glob("*.whl")]
    run(*pip, "install", "-q", "-c", ROOT / "constraints.txt", *needed, cwd=tmp_path)
    assert "passed" in run(python, "-m", "pytest", "-q", "tests", cwd=project)

    (tmp_path / "day.py").write_text(DAY)
    assert run(python, "day.py", "train", cwd=tmp_path).strip() == "True"
    assert run(python, "day.py", "load", cwd=tmp_path).strip() == "(64, 1)"
    run(*pip, "uninstall", "-q", "-y", "nnframe-swishish", cwd=tmp_path)
    missing = run(python, "day.py", "load", cwd=tmp_path)
    assert "swishish" in missing
    assert "nnframe-swishish" in missing
