"""Reports to and from JSON text."""

from __future__ import annotations

import json
from typing import Any

from attrs import asdict

from nnframe.errors import FileFormatError
from nnframe.verification.report.cause import Cause
from nnframe.verification.report.detail import CurvePoint, Detail, ProfilePoint
from nnframe.verification.report.finding import Coverage, Finding, Worst
from nnframe.verification.report.report import VerificationReport
from nnframe.verification.report.verdict import Verdict

__all__ = ["SCHEMA", "dump", "load"]

SCHEMA = 1
"""The version of the schema; it grows when a reader of the old one would misread the new one."""


def dump(report: VerificationReport) -> str:
    """A report as JSON text."""
    return json.dumps({"schema": SCHEMA, "verdict": report.verdict, **asdict(report)}, indent=2)


def load(text: str) -> VerificationReport:
    """A report from JSON text; raises FileFormatError if it is none."""
    try:
        data = json.loads(text)
        version = data.pop("schema")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FileFormatError("this is no verification report: expected the JSON text that to_json wrote") from error
    if version != SCHEMA:
        raise FileFormatError(
            f"expected a report of schema {SCHEMA}, got schema {version!r}: update nnframe to read it"
        )
    try:
        data.pop("verdict", None)
        data["notes"] = tuple(data.get("notes", ()))
        data["findings"] = tuple(_finding(each) for each in data["findings"])
        return VerificationReport(**data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FileFormatError(f"the report is damaged: {error}") from error


def _finding(data: dict[str, Any]) -> Finding:
    data["verdict"] = Verdict(data["verdict"])
    data["cause"] = None if data["cause"] is None else Cause(data["cause"])
    data["wrong"] = tuple(tuple(index) for index in data["wrong"])
    if data["coverage"] is not None:
        data["coverage"] = Coverage(**data["coverage"])
    if data["worst"] is not None:
        worst = data["worst"]
        worst["index"] = tuple(worst["index"])
        worst["one_sided"] = None if worst["one_sided"] is None else tuple(worst["one_sided"])
        data["worst"] = Worst(**worst)
    if data.get("detail") is not None:
        data["detail"] = _detail(data["detail"])
    return Finding(**data)


def _detail(data: dict[str, Any]) -> Detail:
    lists = {
        "heatmap": tuple(tuple(row) for row in data["heatmap"]),
        "index": tuple(data["index"]),
        "curve": tuple(CurvePoint(**point) for point in data["curve"]),
        "profile": tuple(ProfilePoint(**point) for point in data["profile"]),
    }
    return Detail(**{**data, **lists})
