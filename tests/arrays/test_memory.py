"""Memory that a step has freed is still there for the next one."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

FAULTS = """
import resource
import numpy as np
{imports}

def step():
    first, second = np.ones(800_000), np.ones(800_000)

for _ in range(5):
    step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    step()
print((resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) // 20)
"""
GLIBC = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the memory is managed in another way")


def pages_touched_anew(imports: str) -> int:
    """How many pages the system has to give in each step of a new process."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    command = [sys.executable, "-c", FAULTS.format(imports=imports)]
    return int(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


@GLIBC
def test_a_step_gets_the_memory_of_the_last_one() -> None:
    assert pages_touched_anew("import nnframe.arrays") < 100


@GLIBC
def test_without_nnframe_it_would_not() -> None:
    """Otherwise the other test could not fail, and ``keep_freed_memory`` were not needed."""
    assert pages_touched_anew("") > 1000
