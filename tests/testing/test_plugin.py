"""The pytest plugin, in a pytest of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
from attrs import frozen
from nnframe.activations import Tanh
from nnframe.interfaces import Elementwise
from nnframe.testing import Candidate, parametrize_with_checks

@frozen
class Wrong(Elementwise):
    def value(self, x):
        return 3 * x
    def derivative(self, x, y):
        return 2 + 0 * x

REASON = {"gradients are right": "an experiment"}

@parametrize_with_checks([Tanh(), Candidate(Wrong(), expected_failures=REASON)])
def test_parts(check):
    check()
"""
FAILING = TESTS.replace("Candidate(Wrong(), expected_failures=REASON)", "Wrong")
FIXTURE = """
from nnframe.layers import Dense
def test_part(check_part):
    assert check_part(Dense(3)).passed
"""


def run_pytest(folder: Path, source: str, *options: str) -> tuple[int, str]:
    (folder / "test_parts.py").write_text(source)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    command = [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:cacheprovider", "-rA", *options]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("options", [[], ["-n2"]], ids=["alone", "with workers"])
def test_every_check_is_a_test_and_the_end_says_how_many(options: list[str], tmp_path: Path) -> None:
    code, text = run_pytest(tmp_path, TESTS, *options)
    assert code == 0, text
    assert "PASSED test_parts.py::test_parts[Tanh()-gradients are right]" in text
    assert "XFAIL test_parts.py::test_parts[Wrong()-gradients are right] - " in text
    assert "nnframe: 50 checks of 2 parts; slowest: " in text


def test_a_failure_is_the_message_without_a_traceback(tmp_path: Path) -> None:
    code, text = run_pytest(tmp_path, FAILING)
    assert code == 1
    assert "Wrong(): 'gradients are right' failed: " in text
    assert "Traceback" not in text
    assert "1 failed" in text


def test_the_fixture_checks_a_part(tmp_path: Path) -> None:
    assert run_pytest(tmp_path, FIXTURE)[0] == 0


def test_it_can_be_switched_off(tmp_path: Path) -> None:
    code, text = run_pytest(tmp_path, FIXTURE, "-p", "no:nnframe")
    assert code == 1
    assert "fixture 'check_part' not found" in text


def test_it_imports_nothing_of_weight_when_pytest_starts() -> None:
    script = "import sys, nnframe.testing.pytest_plugin; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    own = {name for name in loaded if name.startswith("nnframe")}
    assert not {"numpy", "attr", "attrs", "rich", "typer"} & set(loaded)
    assert own == {
        "nnframe",
        "nnframe.lazy",
        "nnframe.testing",
        "nnframe.testing.pytest_conformance",
        "nnframe.testing.pytest_gradients",
        "nnframe.testing.pytest_plugin",
        "nnframe.testing.settings",
    }
