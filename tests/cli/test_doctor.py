"""nnframe doctor: what it prints, writes, and exits with; and the pages of nnframe verify and report."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from nnframe import Model
from nnframe.cli import main
from nnframe.layers import Dense


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    Model([Dense(8), "tanh", Dense(1)], loss="mse", input_shape=(3,)).save(tmp_path / "model.safetensors")
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "data.npz", x=rng.normal(size=(20, 3)), y=rng.normal(size=(20, 1)))
    return tmp_path


def test_a_saved_model_is_looked_at(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [str(saved / "model.safetensors"), "--data", str(saved / "data.npz"), "--json", str(saved / "a.json")]
    assert main(["doctor", *arguments]) == 0
    assert "fine     use few examples: 8 of 20 examples" in capsys.readouterr().out
    assert json.loads((saved / "a.json").read_text())["fine"]


@pytest.mark.parametrize("target", ["nothing.safetensors", "no_such_module:thing", "nnframe.layers:Dense"])
def test_what_is_no_model_exits_with_3(target: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", target]) == 3
    assert capsys.readouterr().err.startswith("nnframe: ")


def test_verify_and_report_write_pages(saved: Path) -> None:
    model, page, again = str(saved / "model.safetensors"), saved / "a.html", saved / "b.html"
    assert main(["verify", model, f"--html={page}", f"--json={saved / 'r.json'}"]) == 0
    assert "<figure>" in page.read_text()
    assert main(["report", "show", str(saved / "r.json"), f"--html={again}"]) == 0
    assert again.read_text().count("<figure>") == page.read_text().count("<figure>")
