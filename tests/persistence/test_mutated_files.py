"""Broken and hostile files: each is refused with an error of nnframe's own, or is valid.

A seeded sample; ``python -m tests.campaigns files checkpoints`` tries 22,000.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.campaigns.mutated_files import run

FILES = {"model": 200, "run": 60}


@pytest.mark.parametrize("kind", FILES)
def test_a_mutated_file_is_refused_or_is_valid(kind: str, tmp_path: Path) -> None:
    outcomes, wrong = run(kind, FILES[kind], 1, tmp_path)
    assert wrong == []
    assert outcomes["FileFormatError"] > FILES[kind] / 3
    assert len(outcomes) > 1, "none was valid"
