"""The time of importing nnframe, beside NumPy's: each import in an interpreter of its own, in turn.

    python -m tests.benchmarks.imports

The targets: ``import nnframe`` at most 1.25 times ``import numpy``, ``from nnframe import Model`` at most 1.8 times.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from tests.benchmarks.processes import Side
from tests.benchmarks.side import Work
from tests.benchmarks.tables import MILLISECONDS, Row, compare, make_parser, print_machine

STATEMENTS = {
    "import numpy": 1.0,
    "import nnframe": 1.25,
    "import nnframe, numpy": 1.25,
    "from nnframe import Model": 1.8,
}


def build_interpreter(statement: str) -> Work:
    """Return the run of a statement in a new interpreter, which imports from PYTHONPATH, not from where it stands."""
    return Work(lambda: subprocess.run([sys.executable, "-P", "-c", statement], check=True), warmups=1)


def make_row() -> Row:
    """The statements, which are compared with the first."""
    return Row(
        "the whole process",
        {
            statement: Side(
                "tests.benchmarks.imports:build_interpreter",
                (statement,),
                ("nnframe",) if "nnframe" in statement else ("numpy",),
            )
            for statement in STATEMENTS
        },
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    options = make_parser(__doc__, seconds=2.0).parse_args(arguments)
    print_machine(options)
    compare([make_row()], options, MILLISECONDS)
    print("\nAt most: " + ", ".join(f"`{statement}` {most}" for statement, most in STATEMENTS.items()) + ".")


if __name__ == "__main__":
    main()
