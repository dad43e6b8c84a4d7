"""What mypy says about a part's module, where it is asked."""

from __future__ import annotations

import inspect
import subprocess
import sys
from importlib.util import find_spec

from nnframe.errors import ConformanceError
from nnframe.testing.check import NotApplicable, check
from nnframe.testing.checks.definition import is_part
from nnframe.testing.subject import Subject

__all__ = ["TYPES"]


@check("mypy --strict is content", is_part)
def TYPES(subject: Subject) -> None:  # noqa: N802 - it is a constant once decorated
    """Every function of the module is annotated, and the types agree: a forgotten gradient is a type error."""
    if find_spec("mypy") is None:
        raise NotApplicable("mypy is not installed")
    try:
        file = inspect.getfile(subject.cls)
    except (TypeError, OSError) as cause:
        raise NotApplicable(f"{subject.name} is in no file") from cause
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--follow-imports=silent", file]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise ConformanceError("\n".join((result.stdout + result.stderr).splitlines()[:10]))
