"""Where ``nnframe verify`` writes its report."""

from __future__ import annotations

from pathlib import Path

from nnframe.verification import VerificationReport
from nnframe.verification.junit import to_junit

__all__ = ["write_files"]


def write_files(report: VerificationReport, *, json: Path | None, junit: Path | None) -> None:
    """Write a report into the files that were asked for."""
    if json is not None:
        json.write_text(report.to_json(), encoding="utf-8")
    if junit is not None:
        junit.write_text(to_junit(report), encoding="utf-8")
