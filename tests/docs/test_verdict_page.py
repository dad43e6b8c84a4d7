"""The page on the verdict and the code of the verifier have the same parts."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
VERIFICATION = ROOT / "nnframe" / "verification"
PAGE = ROOT / "docs" / "verification" / "how-the-verdict-is-reached.md"
SOURCES = re.compile(r"^\*(`[^*]+`)\*$", re.MULTILINE)
"""The line below a heading that names the files which the section describes."""


def list_named() -> set[str]:
    text = PAGE.read_text(encoding="utf-8")
    return {name for line in SOURCES.findall(text) for name in re.findall(r"`([^`]+)`", line)}


def test_every_file_that_a_section_names_is_there() -> None:
    missing = sorted(name for name in list_named() if not (VERIFICATION / name).exists())
    assert not missing, "the page names files that are gone"


def test_every_file_that_takes_part_in_a_verdict_has_a_section() -> None:
    steps = ("function", "preconditions", "sparsity", "numerical", "floats", "comparison", "checks", "diagnosis")
    files = [path for step in steps for path in (VERIFICATION / step).glob("*.py")]
    wanted = {str(path.relative_to(VERIFICATION)) for path in files if path.stem != "__init__"}
    helpers = {"floats/bitwise.py"}
    assert len(wanted) > len(steps)
    assert sorted(wanted - list_named() - helpers) == [], "say on the page what these files do, below their heading"
