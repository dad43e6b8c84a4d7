"""The application, in a process of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

import nnframe


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


def test_help_lists_the_commands() -> None:
    result = nnframe_command("--help")
    assert result.returncode == 0
    assert "plugins" in result.stdout


def test_importing_the_entry_point_imports_neither_typer_nor_rich() -> None:
    check = "import sys, nnframe.cli; sys.exit(bool({'typer', 'rich', 'numpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
