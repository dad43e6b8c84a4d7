"""nnframe run: what is reached, what is missed, and what is refused before anything is computed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnframe.cli import main

PLAN = """
[data]
source = "d.npz"
[model]
input_shape = [4]
layers = [{ name = "dense", units = 1 }]
loss = "mse"
[training]
epochs = 3
optimizer = { name = "sgd", learning_rate = 0.01 }
[evaluation]
metrics = ["r2"]
minimum = { r2 = -1e6 }
[files]
model = "m.safetensors"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "d.npz", x=rng.normal(size=(60, 4)), y=rng.normal(size=(60, 1)))
    return tmp_path


def run(folder: Path, old: str = "", new: str = "", into: Path | None = None) -> int:
    assert old in PLAN
    (folder / "plan.toml").write_text(PLAN.replace(old, new), encoding="utf-8")
    return main(["run", str(folder / "plan.toml"), "--folder", str(into or folder), "--quiet"])


def test_a_minimum_that_is_reached_gives_0_and_a_model(folder: Path) -> None:
    assert run(folder) == 0
    assert (folder / "m.safetensors").is_file()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("old", "new"),
    [("r2 = -1e6", "r2 = 1.5"), ("learning_rate = 0.01", "learning_rate = 1e300")],
    ids=["too low", "nan after it diverged"],
)
def test_a_minimum_that_is_missed_gives_1_and_keeps_the_file_that_was_there(
    folder: Path, old: str, new: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "m.safetensors").write_bytes(b"the model of yesterday")
    assert run(folder, old, new) == 1
    assert "missed     r2 was to be at least" in capsys.readouterr().out
    assert (folder / "m.safetensors").read_bytes() == b"the model of yesterday"


def test_a_wrong_gradient_gives_1_and_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from nnframe import Model
    from nnframe.verification import Finding, Verdict, VerificationReport

    wrong = VerificationReport((Finding("0.weight", Verdict.FAIL, hint="twice too large"),))
    monkeypatch.setattr(Model, "verify", lambda *arguments, **options: wrong)
    assert run(folder, "[files]", "[verification]\n[files]") == 1
    said = capsys.readouterr()
    assert said.err == "nnframe: the gradient is wrong\n"
    assert "0.weight: twice too large" in said.out
    assert not (folder / "m.safetensors").exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("r2 = -1e6", "r2 = nan", "r2 must be a finite number, and is nan"),
        ("r2 = -1e6", "r2 = inf", "r2 must be a finite number, and is inf"),
        ("r2 = -1e6", "r2 = '0.5'", "minimum: r2 must be float, and is str"),
        ("r2 = -1e6", "r2 = true", "minimum: r2 must be float, and is bool"),
        ("r2 = -1e6", "accuracy = 0.5", "minimum names 'accuracy', which is not measured"),
        ("epochs = 3", "epochs = 0", "epochs must be a whole number from 1, and is 0"),
        ("epochs = 3", "epochs = 3\nbatch_size = -1", "batch_size must be a whole number from 1"),
        ("[files]", "[verification]\nexamples = 0\n[files]", "examples must be a whole number from 1"),
        ("m.safetensors", "no/such/m.safetensors", "there is no folder"),
        ("m.safetensors", ".", "it is a folder"),
        ("m.safetensors", "d.npz", "is read, and cannot be written as well"),
        ("m.safetensors", "plan.toml", "is read, and cannot be written as well"),
        ("epochs = 3", f"epochs = {'9' * 5000}", "is no TOML file"),
        ("epochs = 3", f"epochs = 0x{'f' * 5000}", "is a whole number of 20000 bits"),
        ("[4]", "[" * 5000 + "]" * 5000, "nested too deep"),
        ("[4]", "[" * 100 + "]" * 100, "nested more than"),
        ("[evaluation]", f"[{'.'.join('a' * 3000)}]\n[evaluation]", "nested more than"),
        ("input_shape = [4]", "input_shape = [4611686018427387904]", ""),
        ("input_shape = [4]", "input_shape = [4]\nseed = -1", "seed must be a whole number from 0"),
        ("units = 1", "units = 4611686018427387904", ""),
        ('loss = "mse"', f'loss = "{"x" * 100_000}"', ""),
        ("[data]", "[data]\nseed = -1", ""),
    ],
)  # fmt: skip
def test_what_cannot_be_run_is_refused_before_training(
    folder: Path, old: str, new: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, old, new) == 3
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.err.count("\n") == 1
    assert len(captured.err) < 1000
    assert "test  " not in captured.out
    assert not (folder / "m.safetensors").exists()


def test_a_folder_that_does_not_exist_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, into=folder / "nowhere") == 3
    assert "there is no folder" in capsys.readouterr().err


def test_a_title_is_text_and_no_markup(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "[data]", 'title = "[/bold] \\u001b[2J"\n[data]') == 0
    assert capsys.readouterr().out.startswith("[/bold] \\x1b[2J\n")


@pytest.mark.parametrize("callback", ["csv_logger", "checkpoint"])
@pytest.mark.parametrize("kept", ["d.npz", "plan.toml", "m.safetensors", "link to d.npz"])
def test_a_callback_never_writes_over_what_the_experiment_needs(
    callback: str, kept: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "m.safetensors").write_bytes(b"the model of yesterday")
    if kept.startswith("link"):
        (folder / kept).symlink_to(folder / "d.npz")
    options = f"callbacks = [{{ name = '{callback}', path = '{folder / '.' / kept}' }}]"
    data = (folder / "d.npz").read_bytes()
    assert run(folder, "epochs = 3", f"epochs = 3\n{options}") == 3
    said = capsys.readouterr()
    assert "cannot be written over" in said.err
    assert said.err.count("\n") == 1
    assert (said.out, (folder / "d.npz").read_bytes()) == ("", data)
    assert (folder / "m.safetensors").read_bytes() == b"the model of yesterday"


def test_a_callback_keeps_off_the_data_where_no_model_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    plan = PLAN.partition("[files]")[0].replace(
        "epochs = 3", "epochs = 3\ncallbacks = [{name='csv_logger', path='d.npz'}]"
    )
    (folder / "bare.toml").write_text(plan, encoding="utf-8")
    assert main(["run", "bare.toml", "--quiet"]) == 3
    assert "is the data, and cannot be written over" in capsys.readouterr().err


def test_the_number_of_an_epoch_does_not_lead_to_the_model(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = f"callbacks = [{{ name = 'checkpoint', path = '{folder}/{{epoch}}.safetensors' }}]"
    plan = PLAN.replace("epochs = 3", f"epochs = 3\n{options}").replace("m.safe", "2.safe")
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    assert main(["run", str(folder / "plan.toml"), "--folder", str(folder), "--quiet"]) == 3
    assert "is the model's file" in capsys.readouterr().err


def test_a_callback_writes_beside_them(folder: Path) -> None:
    options = f"callbacks = [{{ name = 'csv_logger', path = '{folder / 'log.csv'}' }}]"
    assert run(folder, "epochs = 3", f"epochs = 3\n{options}") == 0
    assert (folder / "log.csv").read_text().startswith("epoch,")
