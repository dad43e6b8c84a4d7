"""No public method hands out ``Any``, other than inside the aliases of array types."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
MODULES = [
    "arrays",
    "composition",
    "errors",
    "interfaces",
    "layers",
    "model",
    "persistence",
    "registry",
    "training",
    "verification",
]
ALIASES = [
    r"numpy\.ndarray\[tuple\[Any, \.\.\.\], numpy\.dtype\[numpy\.(floating|integer)\[Any\]\]\]",
    r"numpy\.ndarray\[tuple\[Any, \.\.\.\], numpy\.dtype\[numpy\.bool\[builtins\.bool\]\]\]",
    r"numpy\.ndarray\[tuple\[Any, \.\.\.\], numpy\.dtype\[(Any|numpy\.float64)\]\]",
    r"numpy\.dtype\[(numpy\.floating\[)?Any\]?\]",
]
REVEALED = re.compile(r':(\d+): note: Revealed type is "(.*)"$', re.MULTILINE)


def public_names(module: ModuleType) -> list[str]:
    return [name for name in dir(module) if not name.startswith("_") and name[0].isalpha()]


def expressions() -> Iterator[tuple[str, str]]:
    """A module, and an expression in it whose type is to be revealed."""
    for name in MODULES:
        module = importlib.import_module(f"nnframe.{name}")
        for public in public_names(module):
            value = getattr(module, public)
            if inspect.isclass(value) and value.__module__.startswith("nnframe."):
                for method in vars(value):
                    if not method.startswith("_") and callable(getattr(value, method)):
                        yield name, f"{public}.{method}"
            elif inspect.isfunction(value) and value.__module__.startswith("nnframe."):
                yield name, public


def test_no_public_method_reveals_any(tmp_path: Path) -> None:
    found = list(expressions())
    assert len(found) > 100
    lines = [f"import nnframe.{name}" for name in MODULES]
    first = len(lines) + 1
    lines += [f"reveal_type(nnframe.{module}.{expression})" for module, expression in found]
    file = tmp_path / "reveal.py"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    revealed = {int(line): text for line, text in REVEALED.findall(result.stdout)}
    assert len(revealed) > 0.9 * len(found), result.stdout[-3000:]
    leaks = []
    for line, text in revealed.items():
        returned = text.rsplit(" -> ", 1)[-1] if " -> " in text else text
        for alias in ALIASES:
            returned = re.sub(alias, "", returned)
        if re.search(r"\bAny\b", returned):
            leaks.append(f"{'.'.join(found[line - first])}: {text}")
    assert not leaks, "\n".join(leaks)
