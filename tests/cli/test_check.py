"""nnframe check, as it is used."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from nnframe import cli

PART = """
from attrs import frozen
from nnframe.interfaces import Elementwise, Initializer

@frozen
class Scaled(Elementwise):
    factor: float
    def value(self, x):
        return x.dtype.type(self.factor) * x
    def derivative(self, x, y):
        return x.dtype.type({slope}) + 0 * x

part = Scaled(2.0)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "right_part.py").write_text(PART.format(slope="self.factor"))
    (tmp_path / "wrong_part.py").write_text(PART.format(slope="-self.factor"))
    for name in ("right_part", "wrong_part"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.main(["check", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.parametrize("target", [["right_part:Scaled", "factor=3"], ["right_part:Scaled"], ["right_part:part"]])
def test_a_good_part_exits_with_zero(target: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, *target)
    assert code == 0
    assert out.startswith("Scaled(")
    assert "all passed" in out


def test_a_bad_part_exits_with_one_and_the_mistake_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "wrong_part:part")
    assert code == 1
    assert "FAILED 'gradients are right'" in out
    assert "sign" in out


def test_json_holds_every_check(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "wrong_part:part", "--json")
    data = json.loads(out)
    assert (code, data["schema"], data["passed"], data["parts"][0]["part"]) == (1, 1, False, "Scaled(2.0)")
    failed = [each["check"] for each in data["parts"][0]["outcomes"] if each["status"] == "failed"]
    assert failed == ["gradients are right"]


def test_every_part_of_a_distribution_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--plugin", "nnframe_cross.entropy", "--json")
    assert code == 0
    assert [part["part"] for part in json.loads(out)["parts"]] == ["BinaryCrossEntropy()", "CrossEntropy()"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "say what to check"),
        (["right_part"], "expected module:object"),
        (["right_part:Scald"], "did you mean 'Scaled'"),
        (["right_part:Scaled", "fctor=1"], "did you mean 'factor'"),
        (["no_such_module_here:Scaled"], "No module named 'no_such_module_here'"),
        (["--plugin", "nnframe-sigmod"], "did you mean 'nnframe-sigmoid'"),
    ],
)
def test_what_cannot_be_checked_exits_with_three(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, *arguments)
    assert code == 3
    assert said in err


def test_an_option_given_twice_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, said = run(capsys, "nnframe.layers:Dense", "units=3", "units=4")
    assert code == 3
    assert "option 'units' is given twice" in said
