"""Every part of the catalogue is registered, once, in pyproject.toml, and every entry is a part."""

from __future__ import annotations

import tomllib
from importlib import import_module
from inspect import isabstract
from pathlib import Path
from typing import Any

import pytest

from nnframe import registry
from nnframe.interfaces import Part

ROOT = Path(__file__).parents[1]
ENTRIES: dict[str, dict[str, str]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "entry-points"
]
PLURALS = [kind.plural for kind in registry.KINDS.values()]
FOLDERS = [plural for plural in PLURALS if (ROOT / "nnframe" / plural).is_dir()]


def catalogue(folder: str) -> set[str]:
    """Each concrete part that a folder of the catalogue defines, as ``module:Class``."""
    found = set()
    for path in (ROOT / "nnframe" / folder).rglob("*.py"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for name, value in vars(import_module(module)).items():
            own = isinstance(value, type) and issubclass(value, Part) and value.__module__ == module
            if own and not isabstract(value) and not name.startswith("_"):
                found.add(f"{module}:{name}")
    return found


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_part_is_registered_exactly_once(folder: str) -> None:
    registered = sorted(ENTRIES.get(f"nnframe.{folder}", {}).values())
    assert registered == sorted(catalogue(folder))


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_entry_is_found_in_this_environment(folder: str) -> None:
    kind: Any = getattr(registry, folder)
    for name, value in ENTRIES.get(f"nnframe.{folder}", {}).items():
        part = kind.get(name)
        assert f"{part.__module__}:{part.__qualname__}" == value, "install nnframe again: its entry points have changed"


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_alias_stands_for_a_part(folder: str) -> None:
    for alias, name in ENTRIES.get(f"nnframe.{folder}.aliases", {}).items():
        assert alias not in ENTRIES[f"nnframe.{folder}"]
        assert name in ENTRIES[f"nnframe.{folder}"]
        assert getattr(registry, folder).get(alias) is getattr(registry, folder).get(name)


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_part_can_be_imported_from_its_folder(folder: str) -> None:
    package = import_module(f"nnframe.{folder}")
    for value in ENTRIES.get(f"nnframe.{folder}", {}).values():
        name = value.partition(":")[2]
        assert getattr(package, name).__name__ == name
        assert name in dir(package)
