"""Each side of a comparison has a process of its own, in turn, and imports no library of another side."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tests.benchmarks.processes import Measurement, Side, add_before, run_in_turn
from tests.benchmarks.side import ROOT, Work, measure
from tests.benchmarks.tables import MILLISECONDS, Row, compare, make_parser

HERE = "tests.benchmarks.sides_for_tests"


def run_one(side: Side, rounds: int = 1, threads: int = 2) -> Measurement:
    return run_in_turn([{"side": side}], rounds=rounds, seconds=0.0, threads=threads)[0]["side"]


def test_the_sides_take_turns_each_in_a_new_process(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    rows = [
        {name: Side(f"{HERE}:build_note", (str(notes), f"{name}{row}"), ("numpy",)) for name in ("a", "b")}
        for row in (1, 2)
    ]
    found = run_in_turn(rows, rounds=2, seconds=0.0)
    lines = [line.split() for line in notes.read_text(encoding="utf-8").splitlines()]
    assert [text for text, _ in lines] == ["a1", "a2", "b1", "b2"] * 2
    assert len({process for _, process in lines}) == 4
    assert [str(process) for process in found[0]["a"].processes] == [lines[0][1], lines[4][1]]


def test_a_side_that_imports_the_library_of_another_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"a side of \['numpy'\] imported \['nnframe'\]"):
        run_one(Side(f"{HERE}:build_importer", ("nnframe",), ("numpy",)))


def test_the_error_of_a_side_is_shown() -> None:
    with pytest.raises(RuntimeError, match="ValueError: no such thing"):
        run_one(Side(f"{HERE}:build_failure", ("no such thing",)))


def test_a_side_imports_the_nnframe_of_the_tree_it_is_told(tmp_path: Path) -> None:
    package = tmp_path / "nnframe"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    plugin = tmp_path / "plugins" / "relu" / "src" / "nnframe_relu.py"
    plugin.parent.mkdir(parents=True)
    plugin.write_text("", encoding="utf-8")
    sides = add_before({"nnframe": Side(f"{HERE}:build_importer", ("nnframe",))}, str(tmp_path))
    sides["plugin"] = Side(f"{HERE}:build_importer", ("nnframe_relu",), tree=str(tmp_path))
    (found,) = run_in_turn([sides], rounds=1, seconds=0.0)
    assert found["plugin"].facts["file"] == str(plugin)
    assert found["nnframe"].facts["file"] == str(ROOT / "nnframe" / "__init__.py")
    assert found["nnframe, before"].facts["file"] == str(package / "__init__.py")


@pytest.mark.parametrize("threads", [1, 2])
def test_all_pools_are_told_how_many_threads_they_may_have(threads: int) -> None:
    told = run_one(Side(f"{HERE}:build_importer", ("numpy",), ("numpy",)), threads=threads).facts["threads"]
    assert {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "NNFRAME_THREADS"} <= told.keys()
    assert {told[name] for name in told} == {str(threads)}


def test_the_environment_of_a_side_is_set_for_it_alone() -> None:
    both = {
        name: Side(f"{HERE}:build_importer", ("numpy",), ("numpy",), environment={"SIDE_THREADS": name})
        for name in ("1", "2")
    }
    (found,) = run_in_turn([both], rounds=1, seconds=0.0)
    assert [found[name].facts["threads"]["SIDE_THREADS"] for name in both] == ["1", "2"]


def test_time_is_the_clocks_over_the_steps() -> None:
    found = run_one(Side(f"{HERE}:build_sleeper", (0.05, 10.0), ("numpy",)), rounds=3)
    assert len(found.seconds) == 3
    assert 0.005 <= min(found.seconds) < 0.05
    assert max(found.threads) < 0.5


def test_the_best_call_of_a_round_counts() -> None:
    readings = itertools.chain([0.0, 8.0, 10.0, 14.0], itertools.count(20.0, 6.0))
    found = measure(Work(lambda: None, steps=2.0, warmups=0), 0.1, lambda: next(readings))
    assert found["seconds"] == 2.0


def test_what_is_not_installed_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    sides = {
        "here": Side(f"{HERE}:build_sleeper", (0.001, 1.0), ("numpy",)),
        "absent": Side(f"{HERE}:build_sleeper", (0.001, 1.0), ("no_such_module",)),
    }
    options = make_parser(None, seconds=0.0).parse_args(["--rounds", "1"])
    found = compare([Row("row", sides), Row("other", {"here": sides["here"]})], options, MILLISECONDS)
    assert list(found["row"]) == ["here"]
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "|  | here (ms) | absent (ms) |"
    assert lines[2].endswith("| not installed |")
    assert lines[3].endswith("|  |")


def test_a_tree_without_nnframe_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        make_parser(None).parse_args(["--before", str(tmp_path)])
    assert "has no nnframe" in capsys.readouterr().err
