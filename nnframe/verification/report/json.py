"""Reports to and from JSON text; what is read is checked, so that whatever was read can be shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeVar

from attrs import asdict

from nnframe.errors import FileFormatError
from nnframe.schema import read_into
from nnframe.strict_json import read_json
from nnframe.verification.report.finding import Coverage, Finding

if TYPE_CHECKING:
    from nnframe.verification.report.report import VerificationReport

__all__ = ["MOST_BYTES", "SCHEMA", "dump", "load"]

R = TypeVar("R", bound="VerificationReport")

SCHEMA = 1
"""The version of the schema; it grows when a reader of the old one would misread the new one."""

MOST_BYTES, MOST_VALUES = 2**28, 10_000_000
"""How large a report may be that is read: thousands of gradients with all their pictures."""


def dump(report: VerificationReport) -> str:
    """Write a report as JSON text."""
    return json.dumps({"schema": SCHEMA, "verdict": report.verdict, **asdict(report)}, indent=2)


def load(text: str | bytes, report_class: type[R]) -> R:
    """Read a report of a class from JSON text, or from the bytes of a file of it.

    Raises:
        FileFormatError: It is no report, from a newer schema, or not all of it is what it should be; the message names
            the place.

    >>> from nnframe.verification import VerificationReport
    >>> load('{"schema": 1, "findings": [{"path": "bias", "verdict": "RIGHT"}]}', VerificationReport)
    Traceback (most recent call last):
    nnframe.errors.FileFormatError: the report: findings: entry 0: verdict must be a verdict, and is 'RIGHT'...
    """
    content = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    data = read_json(content, "the report", MOST_VALUES, finite=False)
    if not isinstance(data, dict) or "schema" not in data:
        raise FileFormatError("this is no verification report: expected the JSON text that to_json wrote")
    version, verdict = data.pop("schema"), data.pop("verdict", None)
    if version != SCHEMA or type(version) is not int:
        hint = "update nnframe to read it" if type(version) is int and version > SCHEMA else "it is damaged"
        raise FileFormatError(f"expected a report of schema {SCHEMA}, got schema {version!r:.40}: {hint}")
    report = read_into(report_class, data, "the report", FileFormatError)
    if verdict is not None and verdict != report.verdict:
        raise FileFormatError(f"the report is damaged: it says {verdict!r:.40}, and its findings {report.verdict}")
    for what in _find_contradictions(report):
        raise FileFormatError(f"the report is damaged: {what}")
    return report


def _find_contradictions(report: VerificationReport) -> Iterator[str]:
    """Say what cannot be true of any report, however its numbers came about."""
    if min(report.seed, report.forwards, report.pullbacks) < 0 or not 0 <= report.seconds < float("inf"):
        yield "a count or the time is negative, or infinite"
    for finding in report.findings:
        yield from (f"{finding.path!r:.60}: {what}" for what in _find_contradictions_in(finding))


def _find_contradictions_in(finding: Finding) -> Iterator[str]:
    indices = list(finding.wrong)
    if finding.wrong_count < len(indices):
        yield f"{len(indices)} wrong elements are listed, and {finding.wrong_count} counted"
    if finding.worst is not None:
        indices.append(finding.worst.index)
    if len({len(index) for index in indices}) > 1:
        yield "its indices have several lengths"
    if finding.detail is not None:
        indices.append(finding.detail.index)
        if len({len(row) for row in finding.detail.heatmap}) > 1:
            yield "the rows of its heatmap have several lengths"
    if any(number < 0 for index in indices for number in index):
        yield "an index is negative"
    if finding.coverage is not None and not _is_possible(finding.coverage):
        yield "more was looked at than there is, or less than nothing"


def _is_possible(coverage: Coverage) -> bool:
    return 0 <= coverage.one_by_one <= coverage.total and 0 <= coverage.by_directions <= coverage.total
