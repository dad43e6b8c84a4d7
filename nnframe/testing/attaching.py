"""Writes the reports of a test run into a folder."""

from __future__ import annotations

import hashlib
import re

from nnframe.testing.settings import Settings
from nnframe.verification import VerificationReport

__all__ = ["attach", "file_name"]

LONGEST_NAME = 120


def attach(report: VerificationReport, options: Settings) -> None:
    """Note the seed of a report, and write it as JSON and as a web page where a folder was asked for."""
    options.seeds.append(report.seed)
    if options.folder is None:
        return
    options.folder.mkdir(parents=True, exist_ok=True)
    name = f"{file_name(options.test)}-{len(options.seeds)}"
    for ending, text in (("json", report.to_json()), ("html", report.to_html(options.test))):
        path = options.folder / f"{name}.{ending}"
        path.write_text(text, encoding="utf-8")
        options.written.append(path)


def file_name(test: str) -> str:
    """A name for the files of a test, different for different tests.

    >>> file_name("tests/test_a.py::test_b")
    'tests_test_a.py_test_b-df9b21'
    """
    plain = re.sub(r"[^A-Za-z0-9.]+", "_", test).strip("_.")[-LONGEST_NAME:]
    return f"{plain}-{hashlib.sha256(test.encode()).hexdigest()[:6]}"
