"""The application, in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

import nnframe
from nnframe.cli import main


def nnframe_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nnframe.cli", *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def test_the_command_shows_its_version() -> None:
    assert nnframe_command("--version").stdout == f"nnframe {nnframe.__version__}\n"


def test_the_shell_is_told_how_a_word_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("_NNFRAME_COMPLETE", "complete_bash"), ("COMP_WORDS", "nnframe plu"), ("COMP_CWORD", "1")):
        monkeypatch.setenv(name, value)
    result = nnframe_command()
    assert (result.returncode, result.stdout.split()) == (0, ["plugins"])


@pytest.mark.parametrize("asked", ["foo", "complete_foo"])
def test_completions_that_there_are_none_of_could_not_run(
    asked: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_NNFRAME_COMPLETE", asked)
    assert main([]) == 3
    said = capsys.readouterr().err
    assert said.startswith(f"nnframe: _NNFRAME_COMPLETE is '{asked}'")
    assert said.count("\n") == 1


@pytest.mark.parametrize("columns", ["0", "1", "99999999", "9" * 5000, "-3", "wide", "²"])
def test_the_output_stays_readable_whatever_width_is_asked_for(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert main(["plugins", "list", "--kind", "loss"]) == 0
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert "mse " in said
    assert "Usage:" in said
    assert max(map(len, said.splitlines())) <= 1000


def test_without_a_standard_output_nothing_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["--version"]) == 3
    assert "the standard output is closed" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_a_standard_output_that_the_shell_closed_is_told() -> None:
    command = ["sh", "-c", '"$0" -m nnframe.cli --version >&-', sys.executable]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 3
    assert "the standard output is closed" in result.stderr


def test_help_that_nobody_reads_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "nnframe.cli", "--help"]
    result = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
    os.close(writer)
    assert (result.returncode, result.stderr) == (141, "")


def test_help_lists_the_commands() -> None:
    result = nnframe_command("--help")
    assert result.returncode == 0
    assert "plugins" in result.stdout


def test_importing_the_entry_point_imports_neither_typer_nor_rich() -> None:
    check = "import sys, nnframe.cli; sys.exit(bool({'typer', 'rich', 'numpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


INTERRUPTED_IMPORT = """
import signal, sys
wanted = sys.argv.pop()
class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == wanted:
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Interrupt())
from nnframe.cli import main
sys.exit(main(["plugins", "list"]))
"""


@pytest.mark.parametrize("module", ["nnframe.cli._exit", "nnframe.cli._app", "typer", "rich", "nnframe.cli._group"])
def test_ctrl_c_while_the_command_is_imported_ends_it_silently(module: str) -> None:
    result = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_IMPORT, module], capture_output=True, text=True, check=False, timeout=60
    )
    assert (result.returncode, result.stdout, result.stderr) == (130, "", "")


def test_ctrl_c_is_handled_after_the_command_as_before() -> None:
    before = signal.getsignal(signal.SIGINT)
    main(["--version"])
    assert signal.getsignal(signal.SIGINT) is before
