"""What type checkers say: nothing of good code, and something of each mistake."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
RULES = {"reportUnknownMemberType": False, "reportUnknownVariableType": False, "reportUnknownArgumentType": False}
"""NumPy's own functions leak unknown types; everything else of the strict mode holds."""
EXPECTED = re.compile(r"# error: (.*)$")


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a checker as a user does, from the root of the repository."""
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)


def test_mypy_strict_accepts_the_package_the_plugins_and_a_users_file() -> None:
    plugins = sorted(str(path) for path in ROOT.glob("plugins/*/src/*"))
    assert len(plugins) >= 4
    result = run("mypy", "--strict", "nnframe", *plugins, str(HERE / "sample.py"))
    assert result.returncode == 0, result.stdout


def test_mypy_strict_finds_each_mistake_and_no_other(tmp_path: Path) -> None:
    lines = (HERE / "mistakes.py").read_text(encoding="utf-8").splitlines()
    expected = {number: found[1] for number, line in enumerate(lines, 1) if (found := EXPECTED.search(line))}
    result = run("mypy", "--strict", "--cache-dir", str(tmp_path), str(HERE / "mistakes.py"))
    said = {int(match[1]): match[2] for match in re.finditer(r"mistakes\.py:(\d+): error: (.*)", result.stdout)}
    assert said.keys() == expected.keys(), result.stdout
    for number, message in expected.items():
        assert message in said[number]


def test_pyright_accepts_the_same_users_file(tmp_path: Path) -> None:
    """basedpyright is pyright packed for pip; set to pyright's own rules."""
    config = tmp_path / "pyrightconfig.json"
    config.write_text(json.dumps({"typeCheckingMode": "strict", "include": [str(HERE / "sample.py")], **RULES}))
    result = run("basedpyright", "--project", str(config), "--pythonpath", sys.executable)
    assert result.returncode == 0, result.stdout
