"""nnframe verify and nnframe report: what they print, write, and exit with."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from nnframe import Model
from nnframe.cli import main
from nnframe.layers import Dense
from nnframe.verification import VerificationReport

MODULE = '''
from attrs import frozen
from nnframe import Model
from nnframe.interfaces import Elementwise
from nnframe.layers import Dense
from nnframe.verification import Finding, Verdict, VerificationReport

@frozen
class Wrong(Elementwise):
    """y = x², with the factor forgotten."""

    def value(self, x):
        return x * x

    def derivative(self, x, y):
        return x

def right():
    return Model([Dense(3), "tanh", Dense(2)], loss="mse", input_shape=(4,))

def classifier():
    return Model([Dense(3)], loss={"name": "cross_entropy", "from_logits": True}, input_shape=(4,))

def wrong():
    return Model([Dense(3), Wrong()], loss="mse", input_shape=(4,))

def undecided():
    return VerificationReport((Finding("input", Verdict.INCONCLUSIVE),))

def broken():
    return Model([Dense(3)], loss="mse", input_shape=(4,)).no_such_thing

number = 3
'''


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    name = f"user_module_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return name


@pytest.mark.parametrize(
    ("name", "code"),
    [("right", 0), ("classifier", 0), ("wrong", 1), ("undecided", 2), ("Wrong", 3), ("number", 3), ("broken", 3)],
)
def test_the_exit_code_says_what_was_found(module: str, name: str, code: int) -> None:
    assert main(["verify", f"{module}:{name}"]) == code


WRONG_CALLS = [
    ["verify"],
    ["verify", "{}:right", "--no-such-option"],
    ["verify", "{}:right", "--examples=0"],
    ["verify", "{}:right", "--seed=-1"],
    ["verify", "{}:right", "--budget=-1"],
    ["verify", "{}:right", "--strategy=guess"],
    ["verify", "{}:right", "--input-shape=8,x"],
    ["verify", "{}:right", "--input-shape=8,4"],
    ["verify", "{}:right", "--html=no/such/folder/report.html"],
    ["doctor", "{}:right", "--examples=0"],
    ["doctor", "{}:broken"],
    ["doctor", "{}:right", "--json=no/such/folder/report.json"],
    ["report", "show"],
    ["report", "diff", "one.json"],
    ["report", "diff", "one.json", "two.json"],
]


@pytest.mark.parametrize("call", WRONG_CALLS, ids=" ".join)
def test_a_wrong_call_is_not_taken_for_an_answer(
    module: str, call: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([each.format(module) for each in call]) == 3
    said = capsys.readouterr()
    assert said.err
    assert "PASS" not in said.out


def test_a_saved_model_is_verified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Model([Dense(3), "tanh"], loss="mse", input_shape=(4,)).save(tmp_path / "m.safetensors")
    assert main(["verify", str(tmp_path / "m.safetensors")]) == 0
    assert "0.weight  PASS" in capsys.readouterr().out


def test_an_experiment_is_verified_on_its_own_data(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("sklearn")
    assert main(["verify", str(Path(__file__).parents[2] / "docs" / "examples" / "digits.toml")]) == 0
    assert "0.weight" in capsys.readouterr().out


def test_details_are_kept_where_they_are_asked_for(module: str, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    main(["verify", f"{module}:wrong", f"--json={path}"])
    assert VerificationReport.from_json(path.read_text()).findings[0].detail is None
    main(["verify", f"{module}:wrong", f"--json={path}", "--details"])
    assert all(each.detail and each.detail.curve for each in VerificationReport.from_json(path.read_text()).findings)
    assert main(["report", "show", str(path), f"--html={tmp_path / 'page.html'}"]) == 0
    assert (tmp_path / "page.html").read_text().count("<svg") >= 10


@pytest.mark.parametrize("target", ["nothing.safetensors", "no_such_module:thing", "nnframe.layers:Nope"])
def test_what_cannot_be_run_exits_with_3_and_says_why(target: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", target]) == 3
    assert capsys.readouterr().err.startswith("nnframe: ")


def test_the_mistake_is_named_and_the_files_say_the_same(
    module: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"json": tmp_path / "report.json", "junit": tmp_path / "report.xml"}
    assert main(["verify", f"{module}:wrong", *(f"--{kind}={path}" for kind, path in files.items())]) == 1
    assert "1.input" in capsys.readouterr().out
    report = json.loads(files["json"].read_text())
    verdicts = {each["path"]: each["verdict"] for each in report["findings"]}
    assert verdicts["1.input"] == "FAIL"
    assert verdicts["0.weight"] == "PASS"
    suite = ET.parse(files["junit"]).getroot()
    failed = [case.get("name") for case in suite.iter("testcase") if case.find("failure") is not None]
    assert failed == ["1.input"]


def test_examples_of_ones_own_are_used(module: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", x=np.ones((3, 4)), y=np.ones((3, 2)))
    assert main(["verify", f"{module}:right", "--data", str(tmp_path / "data.npz")]) == 0
    np.savez(tmp_path / "bad.npz", x=np.ones((3, 5)), y=np.ones((3, 2)))
    assert main(["verify", f"{module}:right", "--data", str(tmp_path / "bad.npz")]) == 3


def test_a_diff_says_what_became_worse(module: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    right, wrong = tmp_path / "right.json", tmp_path / "wrong.json"
    main(["verify", f"{module}:right", f"--json={right}"])
    main(["verify", f"{module}:wrong", f"--json={wrong}"])
    capsys.readouterr()
    assert main(["report", "diff", str(right), str(right)]) == 0
    assert "nothing changed" in capsys.readouterr().out
    assert main(["report", "diff", str(right), str(wrong)]) == 1
    assert "worse  1.input: PASS -> FAIL" in capsys.readouterr().out
    assert main(["report", "diff", str(wrong), str(right)]) == 0


def test_a_report_is_shown_again(module: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["verify", f"{module}:right", f"--json={tmp_path / 'a.json'}"])
    first = capsys.readouterr().out
    assert main(["report", "show", str(tmp_path / "a.json")]) == 0
    assert capsys.readouterr().out == first


def test_a_file_that_is_no_report_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.json").write_text("[]")
    assert main(["report", "show", str(tmp_path / "a.json")]) == 3
    assert "no verification report" in capsys.readouterr().err
