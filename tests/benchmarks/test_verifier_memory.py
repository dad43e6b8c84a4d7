"""The benchmark of the verifier's memory runs, and what it measures is allowed."""

from __future__ import annotations

import pytest

from tests.benchmarks import verifier_memory


def test_a_row_says_what_was_measured_and_what_is_allowed(capsys: pytest.CaptureFixture[str]) -> None:
    verifier_memory.main(["--sizes", "200", "--faults", "one element"])
    rows = [line.strip("| ").split(" | ") for line in capsys.readouterr().out.splitlines()[2:]]
    assert [row[:4] for row in rows] == [["200²", name, "one element", "FAIL"] for name in verifier_memory.STRATEGIES]
    assert all(0 < float(row[5]) < float(row[6]) for row in rows)
