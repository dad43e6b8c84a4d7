"""The doctor's time grows with what is installed, and no faster."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

SCRIPT = """
import sys, time
from pathlib import Path
site, shape = Path(sys.argv[1]), sys.argv[2]

def install(name, text):
    folder = site / f"{name}-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n")
    (folder / "entry_points.txt").write_text(text)

def lines(count, value):
    return "".join(f"x{index} = {value.format(index)}\\n" for index in range(count))

def build(size):
    if shape == "foreign distributions":
        [install(f"d{index}_of_{size}", "[console_scripts]\\na = b:c\\n") for index in range(size // 20)]
    elif shape == "distributions":
        [install(f"d{index}_of_{size}", f"[nnframe.layers]\\nd{index} = m{index}:C\\n") for index in range(size // 20)]
    elif shape == "one name":
        [install(f"d{index}_of_{size}", f"[nnframe.layers]\\nd = m{index}:C\\n") for index in range(size // 20)]
    elif shape == "many groups":
        install(f"d_of_{size}", "".join(f"[nnframe.g{index}]\\nx = m:C\\n" for index in range(size)))
    elif shape == "spread over distributions":
        text = "[nnframe.layers]\\n{}"
        [install(f"d{index}_of_{size}", text.format(lines(20, f"m{index}:C{{}}"))) for index in range(size // 20)]
    else:
        value = {"one missing module": "m:C{}", "many missing modules": "m{}:C", "one broken module": "broken:C{}"}
        install(f"d_of_{size}", "[nnframe.layers]\\n" + lines(size, value[shape]))

(site / "broken.py").write_text("1 / 0")
sys.path.append(str(site))
from nnframe.registry.doctor import diagnose

def measure(size):
    build(size)
    start = time.process_time()
    diagnose()
    return time.process_time() - start

small = measure(1_000)
large = measure(9_000)
print(small, large)
"""


@pytest.mark.parametrize(
    "shape",
    [
        "foreign distributions",
        "distributions",
        "one name",
        "one missing module",
        "many missing modules",
        "one broken module",
        "spread over distributions",
        "many groups",
    ],
)
def test_ten_times_as_many_entries_take_the_doctor_about_ten_times_as_long(tmp_path: Path, shape: str) -> None:
    command = [sys.executable, "-c", SCRIPT, str(tmp_path), shape]
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100)
    small, large = map(float, result.stdout.split())
    assert large < 30 * small + 0.5  # ten times, and room for noise; what is quadratic takes a hundred times
    assert large < 2.0  # 100,000 entries take less than five seconds on a machine of which nobody else wants anything


def test_the_doctor_says_much_for_programs_and_little_for_people(tmp_path: Path) -> None:
    folder = tmp_path / "big-1.0.dist-info"
    folder.mkdir()
    entries = "".join(f"x{index} = gone:C{index}\n" for index in range(1000))
    (folder / "entry_points.txt").write_text(f"[nnframe.layers]\n{entries}")
    script = textwrap.dedent("""
        import sys
        sys.path.append(sys.argv.pop(1))
        from nnframe.cli import main
        main()
    """)
    said = [
        subprocess.run(
            [sys.executable, "-c", script, str(tmp_path), "plugins", "doctor", *options],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        ).stdout
        for options in ([], ["--json"])
    ]
    assert said[0].count("\n") < 50
    assert "stale: 990 more (big unknown); --json lists all" in said[0]
    findings = json.loads(said[1])["findings"]
    assert len([finding for finding in findings if finding["distributions"] == ["big unknown"]]) == 1000
