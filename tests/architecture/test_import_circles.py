"""No file of nnframe imports a file that imports it back, directly or through others."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from textwrap import dedent

import pytest

PACKAGE = Path(__file__).parents[2] / "nnframe"


class ImportGraph:
    """The files of a package, and the line on which each imports another.

    Imports inside functions count; those under TYPE_CHECKING do not. ``from package import name`` is an import of the
    file that defines the name, not of the package's ``__init__.py`` that passes it on.
    """

    def __init__(self, package: Path) -> None:
        paths = {path.relative_to(package.parent): path.read_text(encoding="utf-8") for path in package.rglob("*.py")}
        self.files = {_name_module(path): path for path in paths}
        self.trees = {_name_module(path): ast.parse(text) for path, text in paths.items()}
        self.sources = {module: self._find_sources(module) for module in self.files}
        self.lines = {module: self._find_imports(module) for module in self.files}

    def find_circles(self) -> list[str]:
        """Describe a shortest circle of each strongly connected component."""
        reached = {module: self._find_reachable(module) for module in self.files}
        circles, seen = [], set[str]()
        for module in sorted(self.files):
            if module in reached[module] and module not in seen:
                component = {other for other in reached[module] if module in reached[other]}
                seen |= component
                circles.append(self._describe(component))
        return circles

    def _describe(self, component: set[str]) -> str:
        circle = min((self._find_way_back(module) for module in sorted(component)), key=len)
        steps = [f"{self.files[a]}:{self.lines[a][b]}" for a, b in pairwise(circle)]
        others = sorted(str(self.files[module]) for module in component.difference(circle))
        return " -> ".join([*steps, str(self.files[circle[0]])]) + (f" (with {', '.join(others)})" if others else "")

    def _find_way_back(self, module: str) -> list[str]:
        """Return the modules on a shortest way from one back to itself."""
        ways = [[module]]
        met = set[str]()
        for way in ways:
            for target in sorted(self.lines[way[-1]]):
                if target == module:
                    return [*way, module]
                if target not in met:
                    met.add(target)
                    ways.append([*way, target])
        raise AssertionError(f"{module} is in no circle")

    def _find_reachable(self, module: str) -> set[str]:
        reached, ahead = set[str](), [module]
        while ahead:
            new = self.lines[ahead.pop()].keys() - reached
            reached |= new
            ahead += new
        return reached

    def _find_imports(self, module: str) -> dict[str, int]:
        lines: dict[str, int] = {}
        for node in _walk(self.trees[module]):
            if isinstance(node, ast.Import):
                targets = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                home = self._resolve_relative(module, node)
                targets = [self._find_home(home, alias.name) for alias in node.names]
            else:
                continue
            for target in targets:
                if target in self.files:
                    lines.setdefault(target, node.lineno)
        return lines

    def _find_sources(self, module: str) -> dict[str, tuple[str, str]]:
        """Return where each name that a module imports comes from; packages declare lazy names under TYPE_CHECKING."""
        package = self.files[module].name == "__init__.py"
        return {
            alias.asname or alias.name: (self._resolve_relative(module, node), alias.name)
            for node in (ast.walk if package else _walk)(self.trees[module])
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }

    def _find_home(self, module: str, name: str) -> str:
        """Return the module that ``from module import name`` takes the name from."""
        seen = set[tuple[str, str]]()
        while (module, name) not in seen:
            seen.add((module, name))
            if f"{module}.{name}" in self.files:
                return f"{module}.{name}"
            module_above, name_there = self.sources.get(module, {}).get(name, (module, name))
            if module_above in self.files:
                module, name = module_above, name_there
        return module

    def _resolve_relative(self, module: str, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = module.split(".")
        ups = node.level - (self.files[module].name == "__init__.py")
        return ".".join([*parts[: len(parts) - ups], *([node.module] if node.module else [])])


def _name_module(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """Yield all statements but those that only type checkers see."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            for other in child.orelse:
                yield other
                yield from _walk(other)
        elif not isinstance(child, ast.expr):
            yield child
            yield from _walk(child)


def test_no_file_imports_one_that_imports_it_back() -> None:
    circles = ImportGraph(PACKAGE).find_circles()
    assert not circles, "move what both need into a file below:\n" + "\n".join(circles)


def write_package(folder: Path, files: dict[str, str]) -> Path:
    for name, text in {"pack/__init__.py": "", "pack/inner/__init__.py": "", **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return folder / "pack"


BACK = "import pack.a"
THERE = "import pack.b"


@pytest.mark.parametrize(
    ("there", "back"),
    [
        (THERE, BACK),
        ("def find():\n    from pack.b import thing", BACK),
        (THERE, "class Thing:\n    def method(self):\n        from pack import a"),
        (THERE, "from .a import thing"),
        (THERE, "from . import a as other"),
        (THERE, "try:\n    from pack.a import *\nexcept ImportError:\n    pass"),
        (THERE, "if TYPE_CHECKING:\n    pass\nelse:\n    import pack.a"),
        (THERE, "if not TYPE_CHECKING:\n    import pack.a"),
    ],
)
def test_a_circle_is_named_with_its_files_and_lines(there: str, back: str, tmp_path: Path) -> None:
    package = write_package(tmp_path, {"pack/a.py": there, "pack/b.py": back, "pack/c.py": "import pack.a"})
    (circle,) = ImportGraph(package).find_circles()
    first, second = (1 + text[: text.index("import")].count("\n") for text in (there, back))
    assert circle in (
        f"pack/a.py:{first} -> pack/b.py:{second} -> pack/a.py",
        f"pack/b.py:{second} -> pack/a.py:{first} -> pack/b.py",
    )


@pytest.mark.parametrize(
    "inner",
    ["from pack.inner.b import thing", "if TYPE_CHECKING:\n    from pack.inner.b import thing as thing"],
    ids=["passed on", "lazy"],
)
def test_a_name_that_a_package_passes_on_counts_as_an_import_of_the_file_that_defines_it(
    inner: str, tmp_path: Path
) -> None:
    files = {"pack/inner/__init__.py": inner, "pack/inner/b.py": BACK, "pack/a.py": "from pack.inner import thing"}
    (circle,) = ImportGraph(write_package(tmp_path, files)).find_circles()
    assert circle == "pack/a.py:1 -> pack/inner/b.py:1 -> pack/a.py"


def test_every_circle_is_reported_and_files_beyond_the_shortest_are_named(tmp_path: Path) -> None:
    files = {
        "pack/a.py": "import pack.b",
        "pack/b.py": "import pack.c\nimport pack.a",
        "pack/c.py": "import pack.a",
        "pack/inner/d.py": "import pack.inner.e\nimport pack.a",
        "pack/inner/e.py": "import pack.inner.d",
    }
    assert ImportGraph(write_package(tmp_path, files)).find_circles() == [
        "pack/a.py:1 -> pack/b.py:2 -> pack/a.py (with pack/c.py)",
        "pack/inner/d.py:1 -> pack/inner/e.py:1 -> pack/inner/d.py",
    ]


@pytest.mark.parametrize(
    "back",
    [
        "if TYPE_CHECKING:\n    from pack.a import thing",
        "import typing\nif typing.TYPE_CHECKING:\n    import pack.a",
        "import json",
        "from pack import c",
    ],
)
def test_imports_for_type_checkers_and_imports_one_way_make_no_circle(back: str, tmp_path: Path) -> None:
    files = {"pack/a.py": "import pack.b\nimport pack.c", "pack/b.py": back, "pack/c.py": "thing = 1"}
    assert ImportGraph(write_package(tmp_path, files)).find_circles() == []
