"""What holds for every command: wrong options, files that are none, full disks, closed pipes, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from attrs import frozen

from nnframe import Model
from nnframe.cli import main
from nnframe.verification import Finding, Verdict, VerificationReport

PLAN = """
[data]
source = "data.npz"
[model]
input_shape = [2]
layers = [{ name = "dense", units = 1 }]
loss = "mse"
[training]
epochs = 1
"""
PART = "from nnframe.activations import Tanh\npart = Tanh()\n"
COMMANDS = {
    "run": ["{folder}/plan.toml", "--folder", "{folder}", "--quiet"],
    "verify": ["{folder}/model.safetensors"],
    "doctor": ["{folder}/model.safetensors"],
    "check": ["{folder}/the_part.py:part"],
    "report show": ["{folder}/report.json"],
    "report diff": ["{folder}/report.json", "{folder}/report.json"],
    "plugins list": [],
    "plugins doctor": [],
    "plugins new": ["nnframe-{name}", "--kind", "activation", "--folder", "{folder}"],
}
"""Each command with arguments that it takes."""

NAMES = list(COMMANDS)


@frozen
class Place:
    """A folder with a file of each kind that commands read."""

    folder: Path

    def call(self, command: str, name: str = "tryout") -> list[str]:
        """Return the words of a call that makes sense."""
        return [*command.split(), *(word.format(folder=self.folder, name=name) for word in COMMANDS[command])]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("files")
    rng = np.random.default_rng(0)
    np.savez(folder / "data.npz", x=rng.normal(size=(10, 2)), y=rng.normal(size=(10, 1)))
    (folder / "plan.toml").write_text(PLAN)
    (folder / "the_part.py").write_text(PART)
    (folder / "report.json").write_text(VerificationReport((Finding("weight", Verdict.PASS),)).to_json())
    (folder / "binary").write_bytes(bytes(range(256)) * 20)
    Model([{"name": "dense", "units": 1}], loss="mse", input_shape=(2,)).save(folder / "model.safetensors")
    return Place(folder)


def run_forked(place: Place, way: str, output: str, interrupt: float = 0.0) -> dict[str, tuple[int, str]]:
    """Return how each command ends in a process of its own: its code, and what it said."""
    cases = [{"arguments": place.call(command, way), "output": output, "interrupt": interrupt} for command in NAMES]
    calls = {"warm": [place.call(command) for command in NAMES if command != "plugins new"], "cases": cases}
    script = [sys.executable, str(Path(__file__).with_name("forked.py"))]
    result = subprocess.run(script, input=json.dumps(calls), capture_output=True, text=True, check=False, timeout=200)
    assert result.returncode == 0, result.stderr
    answers = [(answer["code"], answer["errors"]) for answer in json.loads(result.stdout)]
    return dict(zip(NAMES, answers, strict=True))


@pytest.mark.parametrize("command", [*NAMES, "", "plugins", "report"])
def test_a_wrong_option_could_not_run_and_takes_one_line(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command.split(), "--no-such-option"]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("nnframe: No such option")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("command", ["nosuch", "plugins nosuch", "report nosuch"])
def test_a_command_that_does_not_exist_could_not_run(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command.split()) == 3
    assert "No such command" in capsys.readouterr().err


@pytest.mark.parametrize("group", ["", "plugins", "report"])
def test_a_group_without_a_command_shows_its_help_and_could_not_run(
    group: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(group.split()) == 3
    assert "Usage: nnframe" in capsys.readouterr().out


@pytest.mark.parametrize("command", [*NAMES, "", "plugins", "report"])
def test_help_is_what_was_asked_for(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command.split(), "--help"]) == 0
    assert "Usage: nnframe" in capsys.readouterr().out


READERS: dict[str, Callable[[str], list[str]]] = {
    "run": lambda file: ["run", file],
    "run in": lambda file: ["run", "{folder}/plan.toml", "--folder", file],
    "verify": lambda file: ["verify", file],
    "verify with": lambda file: ["verify", "{folder}/model.safetensors", "--data", file],
    "verify into": lambda file: ["verify", "{folder}/model.safetensors", "--json", f"{file}/report.json"],
    "doctor": lambda file: ["doctor", file],
    "doctor with": lambda file: ["doctor", "{folder}/model.safetensors", "--data", file],
    "check": lambda file: ["check", f"{file}.py:part"],
    "report show": lambda file: ["report", "show", file],
    "report diff": lambda file: ["report", "diff", "{folder}/report.json", file],
    "plugins new": lambda file: ["plugins", "new", "nnframe-other", "--kind", "loss", "--folder", file],
}
"""How each command is given a file, or a folder, that will not do."""


@pytest.mark.parametrize("what", ["missing", "", "binary", "x" * 5000, "a\0b", "\ud800\x1b[31m"])
@pytest.mark.parametrize("command", list(READERS))
def test_a_file_that_will_not_do_is_refused_in_one_line(
    command: str, what: str, place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = ("run in", "plugins new", "verify into")
    file = str(place.folder / what) if what or command not in folders else str(place.folder / "binary")
    assert main([word.replace("{folder}", str(place.folder)) for word in READERS[command](file)]) == 3
    said = capsys.readouterr().err
    assert said.startswith("nnframe: ")
    assert said.count("\n") == 1
    assert len(said) < 1000
    assert all(char.isprintable() or char == "\n" for char in said)


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")


@needs_fork
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_said_in_one_line(place: Place) -> None:
    said = (3, "nnframe: the output cannot be written: No space left on device\n")
    assert run_forked(place, "full", "/dev/full") == dict.fromkeys(NAMES, said)


@needs_fork
def test_a_reader_that_goes_away_is_no_error(place: Place) -> None:
    assert run_forked(place, "unread", "") == dict.fromkeys(NAMES, (141, ""))


@needs_fork
def test_ctrl_c_ends_every_command_in_one_line(place: Place) -> None:
    ends = run_forked(place, "stopped", os.devnull, interrupt=1e-3)
    assert ends == dict.fromkeys(NAMES, (130, "nnframe: interrupted\n"))
    assert not list(place.folder.glob("*nnframe-*stopped*"))


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C works otherwise here")
def test_ctrl_c_during_training_leaves_no_model(place: Place) -> None:
    plan = place.folder / "long.toml"
    plan.write_text(PLAN.replace("epochs = 1", "epochs = 100000000") + '[files]\nmodel = "never.safetensors"\n')
    command = [sys.executable, "-m", "nnframe.cli", "run", str(plan), "--folder", str(place.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while "1/100000000" not in process.stdout.readline():
            assert process.poll() is None
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, "nnframe: interrupted\n")
    assert not (place.folder / "never.safetensors").exists()
