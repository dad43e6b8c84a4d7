"""The pages of the catalogue are what the script makes of the code now, and say what ``nnframe plugins list`` says."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from nnframe import cli, registry
from nnframe.interfaces import Part

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "catalogue"
REMEDY = "run: python docs/tools/write_catalogue.py"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(ROOT / "docs" / "tools"))
    yield importlib.import_module("write_catalogue")
    for name in ("write_catalogue", "draw_catalogue"):
        sys.modules.pop(name, None)


def test_the_pages_are_what_the_script_makes_now(catalogue: ModuleType) -> None:
    for name, text in catalogue.made().items():
        if name.endswith(".md"):
            assert (FOLDER / name).read_text(encoding="utf-8") == text, f"{name} is stale; {REMEDY}"


def test_the_pictures_are_what_the_script_makes_now_to_a_fifth_of_a_pixel(catalogue: ModuleType) -> None:
    files = {name: text for name, text in catalogue.made().items() if name.endswith(".svg")}
    assert {f"pictures/{path.name}" for path in FOLDER.glob("pictures/*")} == set(files), REMEDY
    for name, text in files.items():
        committed = (FOLDER / name).read_text(encoding="utf-8")
        assert NUMBER.sub("#", committed) == NUMBER.sub("#", text), f"{name} is stale; {REMEDY}"
        before, now = (np.array(NUMBER.findall(each), dtype=float) for each in (committed, text))
        assert np.abs(before - now).max() < 0.2, f"{name} is stale; {REMEDY}"


def test_every_activation_and_every_schedule_has_a_picture_that_can_be_drawn(catalogue: ModuleType) -> None:
    for kind in (registry.KINDS["activation"], registry.KINDS["schedule"]):
        text = (FOLDER / f"{kind.plural}.md").read_text(encoding="utf-8")
        for entry in catalogue.ours(kind):
            shown = f"pictures/{kind.singular}-{entry.name}.svg"
            assert f"]({shown})" in text
            ET.parse(FOLDER / shown)


@pytest.mark.parametrize("kind", registry.KINDS.values(), ids=lambda kind: kind.plural)
def test_a_page_has_the_parts_and_the_aliases_that_plugins_list_has(
    kind: registry.Kind[Part], catalogue: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["plugins", "list", "--json", "--kind", kind.plural]) == 0
    parts = [part for part in json.loads(capsys.readouterr().out)["parts"] if part["distribution"] in catalogue.OURS]
    sections = (FOLDER / f"{kind.plural}.md").read_text(encoding="utf-8").split("\n## ")[1:]
    found = {}
    for section in sections:
        name, _, text = section.partition("\n")
        first = text.strip().splitlines()[0]
        found[name] = re.findall(r"`(\w+)`", first.partition("also called ")[2])
    assert found == {part["name"]: part["aliases"] for part in parts}


@pytest.mark.parametrize("kind", registry.KINDS.values(), ids=lambda kind: kind.plural)
def test_every_option_is_explained(kind: registry.Kind[Part]) -> None:
    for line in (FOLDER / f"{kind.plural}.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("| `"):
            assert not line.endswith("|  |"), f"{kind.plural}: {line} has no word in its docstring"


ALONE: dict[str, set[str]] = {
    "layers": {"dropout", "gaussian_noise", "parallel", "positional_encoding", "shared"},
    "activations": set(),
    "losses": set(),
    "optimizers": {"lion"},
    "schedules": set(),
}
"""What torch does not have, or draws at random."""


@pytest.mark.parametrize("plural", ALONE)
def test_the_table_of_agreement_has_every_part_that_torch_has(plural: str, catalogue: ModuleType) -> None:
    text = (FOLDER / "torch-agreement.md").read_text(encoding="utf-8")
    table = text.partition(f"## {plural.capitalize()}")[2].partition("\n## ")[0]
    compared = set(re.findall(r"^\| `(\w+)", table, re.MULTILINE))
    kind = next(kind for kind in registry.KINDS.values() if kind.plural == plural)
    assert compared == {entry.name for entry in catalogue.ours(kind)} - ALONE[plural]
