"""Files that somebody made to take time or memory: refused in under a second, with a readable message."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nnframe import Model
from nnframe.errors import FileFormatError
from nnframe.layers import Dense
from nnframe.persistence.archive import Archive, read_archive, write_archive

LONG = "x" * 10**6


def nested(depth: int) -> dict[str, Any]:
    inner: dict[str, Any] = {"name": "dense", "units": 3}
    for _ in range(depth):
        inner = {"name": "sequential", "layers": [inner]}
    return inner


BOMBS: dict[str, dict[str, Any]] = {
    "48,000 layers": {"layers": ["tanh"] * 48_000},
    "16,000 layers with options": {"layers": [{"name": "dense", "units": 3}] * 16_000},
    "many layers inside layers": {"layers": [{"name": "residual", "layers": [nested(3)] * 20}] * 600},
    "deep nesting": {"layers": [nested(60)]},
    "long axes": {"input_shape": [1] * 40_000},
    "many inputs": {"input_shape": [[4]] * 20_000},
    "many patterns": {"trainable": {f"*{number}*": True for number in range(45_000)}},
    "a pattern of many stars": {"trainable": {"*a" * 5_000: True}},
    "a pattern of brackets": {"trainable": {"[!" * 100_000: True}},
    "a pattern of a megabyte": {"regularizers": {LONG: {"name": "l2", "strength": 1.0}}},
    "a layer's name of a megabyte": {"layers": [LONG]},
    "a layer's name of ten megabytes": {"layers": [{"name": LONG * 10}]},
    "an option's name of a megabyte": {"layers": [{"name": "dense", LONG: 3}]},
    "an option's value of a megabyte": {"layers": [{"name": "dense", "units": LONG}]},
    "a child's name of a megabyte": {"layers": [{"name": "sequential", "layers": ["prelu"], "names": [LONG]}]},
    "a loss of a megabyte": {"loss": LONG},
    "a dtype of a megabyte": {"dtype": LONG},
    "a key of a megabyte": {LONG: 3},
}

TRY = """
import sys, time, tracemalloc
from nnframe import Model
from nnframe.errors import NNFrameError
Model.load(sys.argv[1])  # what is imported once is not counted
started = time.process_time()
try:
    Model.load(sys.argv[2])
except NNFrameError as error:
    message = str(error)
print(time.process_time() - started, len(message))
"""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_at_once(name: str, tmp_path: Path) -> None:
    whole, path = tmp_path / "whole.safetensors", tmp_path / "bomb.safetensors"
    Model([Dense(3)], input_shape=(4,)).save(whole)
    archive = read_archive(whole)
    model = json.loads(archive.metadata["model"])
    model["spec"].update(BOMBS[name])
    metadata = {key: value for key, value in archive.metadata.items() if key != "digest"}
    write_archive(path, Archive({**metadata, "model": json.dumps(model)}, archive.arrays))
    command = [sys.executable, "-c", TRY, str(whole), str(path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 0, result.stderr[-1000:]
    seconds, length = map(float, result.stdout.split())
    assert seconds < 1
    assert length < 2_500


def test_a_key_that_stands_twice_is_found_at_once(tmp_path: Path) -> None:
    keys = ",".join(f'"{number}":0' for number in range(40_000))
    text = f'{{{keys},"39999":0}}'.encode()
    path = tmp_path / "twice.safetensors"
    path.write_bytes(len(text).to_bytes(8, "little") + text)
    with pytest.raises(FileFormatError, match="has the key '39999' twice"):
        Model.load(path)
