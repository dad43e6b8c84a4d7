"""Reports: data first, then text of 80 columns."""

from __future__ import annotations

import numpy as np
import pytest

from nnframe.errors import FileFormatError
from nnframe.verification import Finding, Verdict, VerificationReport, verify_pullback
from tests.verification.functions import changed, dense, dense_values


def failing() -> VerificationReport:
    return verify_pullback(changed(dense, "weight", np.negative), *dense_values(), seed=5)


def test_a_report_survives_json_to_the_last_bit() -> None:
    report = failing()
    assert VerificationReport.from_json(report.to_json()) == report


def test_a_report_is_read_as_the_class_that_reads_it() -> None:
    class Signed(VerificationReport):
        """A report with the name of who made it."""

    assert type(Signed.from_json(failing().to_json())) is Signed


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": 99}', '{"schema": 1}', '{"schema": 1, "findings": [{}]}'])
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(FileFormatError):
        VerificationReport.from_json(text)


def test_text_is_80_columns_wide_and_begins_with_the_worst() -> None:
    lines = str(failing()).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].startswith("FAIL")
    assert lines[4].startswith("weight")
    assert any("seed 5" in line for line in lines)


def test_the_verdict_is_the_worst_of_all_findings() -> None:
    order = [Verdict.PASS, Verdict.KINK, Verdict.INCONCLUSIVE, Verdict.FAIL]
    for number, verdict in enumerate(order, 1):
        report = VerificationReport(tuple(Finding(str(n), each) for n, each in enumerate(order[:number])))
        assert report.verdict is verdict
        assert report.passed is (number <= 2)
        assert report.failed is (number == 4)


def test_an_unknown_path_says_which_there_are() -> None:
    with pytest.raises(KeyError, match="weight, bias, input"):
        failing()["nothing"]


def test_the_same_seed_gives_the_same_report() -> None:
    one, two = failing(), failing()
    assert one.findings == two.findings
