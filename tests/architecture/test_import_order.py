"""Arrows between folders go one way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "nnframe"

ORDER = [
    ["lazy", "text", "binding"],
    ["errors"],
    ["strict_json", "paths"],
    ["checks", "interruption"],
    ["compiled"],
    ["arrays"],
    ["interfaces"],
    ["schema"],
    ["registry"],
    ["initializers", "activations", "losses", "optimizers", "schedules", "regularizers", "constraints", "metrics"],
    ["layers"],
    ["composition"],
    ["verification"],
    ["datasets"],
    ["training"],
    ["persistence"],
    ["callbacks"],
    ["model"],
    ["advice"],
    ["sklearn", "experiment", "testing", "adapters"],
    ["cli"],
]
RANK = {name: rank for rank, names in enumerate(ORDER) for name in names}

VERIFICATION = [
    "floats",
    "report",
    "budget",
    "function",
    "numerical",
    "sparsity",
    "comparison",
    "preconditions",
    "checks",
    "diagnosis",
    "crosschecks",
]
"""The folders in ``verification``, and the budget; the modules beside them may import from all but the last."""


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or path.stem != "__init__")


def imported(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The modules of nnframe that a module imports, also inside functions, but not for type checkers alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "nnframe":
            names = [node.module] if node.module != "nnframe" else [f"nnframe.{alias.name}" for alias in node.names]
            yield from ((name, node.lineno) for name in names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names if alias.name.startswith("nnframe"))
        else:
            yield from imported(node)


def test_every_folder_has_a_place_in_the_order() -> None:
    found = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in modules()}
    assert found - {"__main__"} <= set(RANK), "put a new folder into ORDER, where it belongs"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_folder_imports_only_from_those_above_it(path: Path) -> None:
    home = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    for name, line in imported(ast.parse(path.read_text(encoding="utf-8"))):
        parts = name.split(".")
        target = "model" if len(parts) == 1 or parts[1] == "Model" else parts[1]
        if target == home or (len(parts) > 1 and parts[1] not in RANK and parts[1] != "Model"):
            continue
        assert RANK[target] < RANK[home], f"{path.name}:{line}: {home} must not import {target}"


def test_folders_of_the_verifier_import_only_from_those_above_them() -> None:
    folders = {path.name for path in (PACKAGE / "verification").iterdir() if (path / "__init__.py").is_file()}
    assert folders == set(VERIFICATION) - {"budget"}, "put a new folder into VERIFICATION, where it belongs"
    rank = {name: rank for rank, name in enumerate(VERIFICATION)}
    beside = rank["crosschecks"] - 0.5
    for path in sorted((PACKAGE / "verification").rglob("*.py")):
        inside = path.relative_to(PACKAGE / "verification").parts
        home = inside[0] if len(inside) > 1 else "beside them"
        for name, line in imported(ast.parse(path.read_text(encoding="utf-8"))):
            parts = name.split(".")
            if parts[1:2] == ["verification"] and len(parts) > 2 and parts[2] != home:
                target = rank.get(parts[2], beside)
                assert target < rank.get(home, beside) or (home == "beside them" and target == beside), (
                    f"{'/'.join(inside)}:{line}: {home} must not import {parts[2]}"
                )


def test_every_folder_says_what_it_is_in_one_sentence() -> None:
    for folder in sorted({path.parent for path in modules()}):
        text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
        assert text, f"{folder.name}/__init__.py has no docstring"
        assert text.split("\n\n")[0].rstrip().endswith("."), f"{folder.name}: {text!r}"
