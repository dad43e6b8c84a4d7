"""What the registry knows by heart about the sample plugins."""

from __future__ import annotations

import tomllib
from pathlib import Path

from nnframe.registry.samples import SAMPLES

ROOT = Path(__file__).parents[2]


def test_the_table_of_sample_plugins_says_what_the_plugins_themselves_say() -> None:
    said = set()
    for file in ROOT.glob("plugins/*/pyproject.toml"):
        project = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
        for group, names in project["entry-points"].items():
            if not group.endswith(".aliases"):
                folder = file.parent.relative_to(ROOT).as_posix()
                said.add((project["name"], folder, group, frozenset(names)))
    assert {(sample.distribution, sample.folder, sample.group, frozenset(sample.names)) for sample in SAMPLES} == said
