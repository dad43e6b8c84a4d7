"""What importing nnframe costs, in whole processes run in turn: ``python -m tests.benchmarks.imports``.

The targets: ``import nnframe`` at most 1.25 times ``import numpy``, ``from nnframe import Model`` at most 1.8 times.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from tests.benchmarks.timing import in_turn

STATEMENTS = {
    "import numpy": 1.0,
    "import nnframe": 1.25,
    "import nnframe, numpy": 1.25,
    "from nnframe import Model": 1.8,
}


def process(statement: str) -> Callable[[], object]:
    """Run a statement in a new interpreter."""
    return lambda: subprocess.run([sys.executable, "-c", statement], check=True)


def main() -> None:
    """Print the table."""
    times = in_turn({statement: process(statement) for statement in STATEMENTS}, rounds=15, seconds=0.0)
    print("| statement | milliseconds | times numpy | at most |")
    print("|---|---|---|---|")
    for statement, most in STATEMENTS.items():
        ratio = times[statement] / times["import numpy"]
        print(f"| `{statement}` | {1000 * times[statement]:.0f} | {ratio:.2f} | {most} |")


if __name__ == "__main__":
    main()
