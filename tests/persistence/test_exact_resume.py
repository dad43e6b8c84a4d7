"""Ten epochs in one go, and four, a SIGKILL in the middle of the fifth, and the rest: the same to the bit."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nnframe import registry

ROOT = Path(__file__).parents[2]
RUNS = Path(__file__).with_name("resumed_runs.py")

VARIANTS: list[object] = [
    {"name": "sgd", "momentum": 0.9},
    {"name": "sgd", "momentum": 0.9, "nesterov": True},
    {"name": "adam", "amsgrad": True},
    {"name": "adam", "learning_rate": {"name": "on_plateau", "base": 0.01, "patience": 1}},
]


def start(mode: str, unit: str, optimizers: list[object], folder: Path) -> list[str]:
    command = [sys.executable, str(RUNS), mode, unit, json.dumps(optimizers)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    result = subprocess.run(command, cwd=folder, capture_output=True, check=False, text=True, env=environment)
    assert result.returncode == 0, result.stderr[-2000:]
    return result.stdout.splitlines()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize("unit", ["epoch", "step"])
def test_a_killed_run_that_is_resumed_ends_as_if_it_had_not_been_killed(unit: str, half: int, tmp_path: Path) -> None:
    optimizers = [*registry.optimizers.names(), *VARIANTS][half::2]
    signals = start("killed", unit, optimizers, tmp_path)
    assert signals == [str(int(signal.SIGKILL))] * len(optimizers)
    compared = start("resumed", unit, optimizers, tmp_path)
    for optimizer, line in zip(optimizers, compared, strict=True):
        resumed, whole = json.loads(line)
        assert resumed.pop("first step") == ([4, 1] if unit == "epoch" else [4, 3])
        assert whole.pop("first step") == [0, 1]
        for name in whole:
            assert resumed[name] == whole[name], f"{optimizer}: {name}"
    print(f"\nkilled in the fifth epoch and resumed exactly, by {unit}: {len(optimizers)} optimizers and variants")
