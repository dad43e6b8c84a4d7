"""assert_gradients and its options, in a pytest of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nnframe import Model
from nnframe.activations import Tanh
from nnframe.errors import ContractError, GradientError
from nnframe.layers import Dense
from nnframe.losses import Huber
from nnframe.testing import assert_gradients
from nnframe.verification import Finding, Verdict, VerificationReport

TESTS = """
import numpy as np
from nnframe.layers import Dense
from nnframe.testing import assert_gradients

def wrong(parameters, x):
    def pullback(upstream):
        return upstream @ parameters["weight"].T, {"weight": -x.T @ upstream, "bias": upstream.mean(0)}
    return x @ parameters["weight"] + parameters["bias"], pullback

X = np.random.default_rng(0).normal(size=(4, 3))

def test_right(verify_gradients):
    assert verify_gradients(Dense(2), X).passed

def test_wrong():
    assert_gradients(wrong, {"weight": np.ones((3, 2)), "bias": np.zeros(2)}, X)

def test_seed_of_its_own(verify_gradients):
    print("own seed", verify_gradients(Dense(2), X, seed=7).seed)
"""
RIGHT = TESTS.replace("-x.T", "x.T").replace("upstream.mean", "upstream.sum")


def run_pytest(folder: Path, source: str, *options: str) -> tuple[int, str]:
    (folder / "test_gradients.py").write_text(source)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    command = [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:cacheprovider", *options]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_failure_has_one_line_for_each_wrong_gradient(tmp_path: Path) -> None:
    code, text = run_pytest(tmp_path, TESTS)
    assert code == 1
    said = [line for line in text.splitlines() if line.startswith("E  ")]
    assert "2 of 3 gradients wrong (seed 0)" in said[0]
    assert sorted(line.split()[1] for line in said[1:]) == ["bias:", "weight:"]
    assert any("sign" in line and "analytic[" in line for line in said)
    assert "2 passed, 1 failed" in text or "1 failed, 2 passed" in text


def test_a_failure_says_how_to_repeat_it(tmp_path: Path) -> None:
    _, text = run_pytest(tmp_path, TESTS, "--nnframe-seed=5")
    assert "nnframe: --nnframe-seed=5" in text
    assert "repeat: pytest 'test_gradients.py::test_wrong' --nnframe-seed=5" in text


@pytest.mark.parametrize("options", [[], ["-n2"]], ids=["alone", "with workers"])
def test_a_random_seed_is_drawn_once_and_printed(options: list[str], tmp_path: Path) -> None:
    _, text = run_pytest(tmp_path, TESTS, "--nnframe-seed=random", *options)
    printed = re.search(r"nnframe: --nnframe-seed=(\d+)", text)
    assert printed
    assert f"gradients wrong (seed {printed[1]})" in text


def test_reports_are_written_as_json_and_as_pages(tmp_path: Path) -> None:
    run_pytest(tmp_path, TESTS, "--nnframe-reports=reports")
    files = sorted((tmp_path / "reports").iterdir())
    assert [path.suffix for path in files] == [".html", ".json"] * 3
    verdicts = {path.name.split("-")[0]: json.loads(path.read_text())["verdict"] for path in files[1::2]}
    assert verdicts == {
        "test_gradients.py_test_right": "PASS",
        "test_gradients.py_test_wrong": "FAIL",
        "test_gradients.py_test_seed_of_its_own": "PASS",
    }
    assert all("<figure>" in path.read_text() for path in files[::2])


def test_right_gradients_pass_under_every_option(tmp_path: Path) -> None:
    code, text = run_pytest(tmp_path, RIGHT, "--nnframe-seed=3", "--nnframe-budget=30", "-rP")
    assert code == 0, text
    assert "own seed 7" in text


@pytest.mark.parametrize("option", ["--nnframe-seed=x", "--nnframe-budget=-1"])
def test_an_option_that_makes_no_sense_is_refused(option: str, tmp_path: Path) -> None:
    code, text = run_pytest(tmp_path, RIGHT, option)
    assert code == 4
    assert "must be a" in text


X, Y = np.random.default_rng(0).normal(size=(4, 3)), np.ones((4, 2))


@pytest.mark.parametrize(
    "arguments",
    [
        (Model([Dense(2), "tanh"], loss="mse", input_shape=(3,)), X, Y),
        (Dense(2), X),
        (Tanh(), X),
        (Huber(), X[:, :2], Y),
        (lambda parameters, x: (parameters["a"] * x, lambda u: (parameters["a"] * u, {"a": u * x})), {"a": X}, X),
        (lambda x: (x**2).sum(), lambda x: 2 * x, X),
        (VerificationReport((Finding("x", Verdict.KINK),)),),
    ],
    ids=["model", "layer", "activation", "loss", "pullback", "gradient", "report"],
)
def test_whatever_has_gradients_can_be_asserted(arguments: tuple[object, ...]) -> None:
    assert assert_gradients(*arguments).passed


def test_what_is_undecided_fails_unless_it_is_let_pass() -> None:
    report = VerificationReport((Finding("x", Verdict.INCONCLUSIVE, hint="noise"),))
    with pytest.raises(GradientError, match="x: undecided: noise"):
        assert_gradients(report)
    assert assert_gradients(report, undecided=True) is report


def test_something_else_is_refused() -> None:
    with pytest.raises(ContractError, match="got int and 1 more"):
        assert_gradients(3, 4)
