"""What nnframe verify, doctor and check are pointed at: names, files, and code that misbehaves."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from nnframe.cli import main

MODULE = """
import sys
import typer
from nnframe import Model

def model():
    return Model([{"name": "dense", "units": 1}], loss="mse", input_shape=(2,))

async def later():
    return model()

def wait_for_it():
    return later()

def leaves():
    sys.exit(0)

def leaves_typer():
    raise typer.Exit(0)

def again():
    return again

def breaks():
    raise ZeroDivisionError("first\\nsecond \\x1b[31m")

class Odd(Exception):
    def __str__(self):
        raise RuntimeError

def odd():
    raise Odd

def pipe():
    raise BrokenPipeError(32, "Broken pipe")
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module in the working folder, under a name that no other test uses."""
    name = f"targets_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return name


@pytest.mark.parametrize("form", ["{}:model", "{}.py:model", "./{}.py:model"])
def test_a_module_and_its_file_are_both_understood(module: str, form: str) -> None:
    assert main(["verify", form.format(module)]) == 0


@pytest.mark.parametrize(
    "target",
    [*(":", "a:", ":b", "..:x", "a..b:x", "json:dumps", "json:loads", "sys:exit", "no_such_module:x", "json:no.such"),
     *("{}:leaves", "{}:leaves_typer", "{}:again", "{}:odd", "{}:pipe", "{}.py", "no.py:x", "9" * 5000, "\x00:x")],
)  # fmt: skip
@pytest.mark.parametrize("command", ["verify", "doctor", "check"])
def test_what_is_no_model_could_not_run_and_is_said_in_one_line(
    module: str, command: str, target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, target.format(module)]) == 3
    said = capsys.readouterr()
    assert said.err.startswith("nnframe: ")
    assert (said.err.count("\n"), said.out) == (1, "")
    assert len(said.err) < 1000


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("command", ["verify", "doctor"])
@pytest.mark.parametrize("name", ["later", "wait_for_it"])
def test_a_function_to_await_is_refused_by_name(
    module: str, command: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, f"{module}:{name}"]) == 3
    said = capsys.readouterr().err
    assert f"{module}:{name}" in said
    assert "async def" in said
    assert (said.count("\n"), "never awaited" in said) == (1, False)


def test_an_error_in_a_users_code_names_its_line_and_no_traceback(
    module: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", f"{module}:breaks"]) == 3
    line = MODULE.splitlines().index('    raise ZeroDivisionError("first\\nsecond \\x1b[31m")') + 1
    said = capsys.readouterr().err
    assert said.startswith(r"nnframe: ZeroDivisionError: first second \x1b[31m (in ")
    assert f"{module}.py, line {line})" in said
    assert "Traceback" not in said


def test_the_traceback_is_shown_where_it_is_asked_for(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NNFRAME_TRACEBACK", "1")
    assert main(["verify", f"{module}:breaks"]) == 3
    assert capsys.readouterr().err.startswith("Traceback (most recent call last)")


def test_a_file_with_the_name_of_another_module_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "json.py").write_text(MODULE, encoding="utf-8")
    assert main(["verify", f"{tmp_path / 'json.py'}:model"]) == 3
    assert "has the name of another module" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [
        ["--json", "r", "--html", "r"],
        ["--json", "."],
        ["--input-shape", "9" * 5000],
        ["--input-shape", "4611686018427387904,2"],
        ["--budget", "nan"],
        ["--examples", "4611686018427387904"],
        ["--seed", "9" * 5000],
    ],
    ids=" ".join,
)
def test_options_that_cannot_be_met_are_refused_first(
    module: str, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", f"{module}:model", *options]) == 3
    assert "PASS" not in capsys.readouterr().out


def test_what_is_read_is_never_written_over(module: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report.json"
    assert main(["verify", f"{module}:model", "--json", str(report)]) == 0
    before = report.read_bytes()
    assert main(["report", "show", str(report), "--html", str(report)]) == 3
    assert "give the new file another name" in capsys.readouterr().err
    assert report.read_bytes() == before


@pytest.mark.parametrize("statement", ["raise SystemExit(0)", "raise GeneratorExit", "return 3"])
def test_an_error_that_cannot_be_read_is_told_all_the_same(
    statement: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "unreadable_error.py"
    file.write_text(f"class Odd(BaseException):\n    def __str__(self):\n        {statement}\nraise Odd\n")
    monkeypatch.delitem(sys.modules, "unreadable_error", raising=False)
    assert main(["verify", f"{file}:model"]) == 3
    said = capsys.readouterr().err
    assert said.startswith("nnframe: Odd: its message cannot be read")
    assert said.count("\n") == 1


def test_an_exit_while_a_broken_pipe_is_handled_is_no_closed_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "handles_a_broken_pipe.py"
    file.write_text("import sys\ntry:\n    raise BrokenPipeError\nexcept BrokenPipeError:\n    sys.exit(1)\n")
    monkeypatch.delitem(sys.modules, "handles_a_broken_pipe", raising=False)
    assert main(["verify", f"{file}:model"]) == 3
    assert "ended the process: sys.exit(1)" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["verify", "doctor"])
def test_a_gradient_error_of_ones_own_code_could_not_run(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "raises_gradient_error.py"
    file.write_text("from nnframe.errors import GradientError\nraise GradientError('mine')\n")
    monkeypatch.delitem(sys.modules, "raises_gradient_error", raising=False)
    assert main([command, f"{file}:model"]) == 3
    assert "mine" in capsys.readouterr().err
