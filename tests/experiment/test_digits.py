"""The main job: real digits, every gradient verified, trained, tested, saved, and loaded again in a new process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PLAN = Path(__file__).parents[2] / "docs" / "examples" / "digits.toml"


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    pytest.importorskip("sklearn")
    folder = tmp_path_factory.mktemp("digits")
    command = [sys.executable, "-W", "error", "-m", "nnframe.cli", "run", str(PLAN), "--folder", str(folder)]
    environment = {**os.environ, "COLUMNS": "80"}
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_every_parameter_is_verified(printed: str) -> None:
    for path in ("0.weight", "0.bias", "2.weight", "2.bias"):
        line = next(line for line in printed.splitlines() if line.strip().startswith(path) and "PASS" in line)
        assert "all" in line, line


def test_the_test_accuracy_is_at_least_97_percent(printed: str) -> None:
    line = next(line for line in printed.splitlines() if line.startswith("test "))
    accuracy = float(line.split("accuracy")[1].split()[0])
    assert accuracy >= 0.97


def test_the_saved_model_predicts_the_same_in_a_new_process(printed: str) -> None:
    assert "the same predictions, bit for bit" in printed


def test_a_pipe_gets_lines_and_no_bar(printed: str) -> None:
    assert "\x1b" not in printed
    assert "\r" not in printed
    assert "epoch 40/40" in printed
