"""Runs the command in processes that are forked from one, so that each costs little; reads calls and prints outcomes.

The input has ``warm``, calls that are made first so that all is imported, and ``cases``. A case has ``arguments``;
``output``, a file that the output goes to, or "" for a pipe that nobody reads; and ``interrupt``, after how many
seconds of computing Ctrl-C comes, 0 for never.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from nnframe.cli import main


def run_case(case: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryFile() as errors:
        pid = os.fork()
        if not pid:
            become(case, errors.fileno())
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        errors.seek(0)
        return {"code": code, "errors": errors.read().decode()}


def become(case: dict[str, Any], errors: int) -> None:
    """End this process as the command would."""
    if case["output"]:
        target = os.open(case["output"], os.O_WRONLY)
    else:
        reader, target = os.pipe()
        os.close(reader)
    os.dup2(target, 1)
    os.dup2(errors, 2)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGVTALRM, lambda number, frame: signal.raise_signal(signal.SIGINT))
    signal.setitimer(signal.ITIMER_VIRTUAL, case["interrupt"])
    sys.exit(main(case["arguments"]))


def answer(calls: dict[str, Any]) -> list[dict[str, Any]]:
    with Path(os.devnull).open("w", encoding="utf-8") as nothing, contextlib.redirect_stdout(nothing):
        for arguments in calls["warm"]:
            main(arguments)
    gc.freeze()  # what is there needs not be walked through, and so copied, by each child
    return [run_case(case) for case in calls["cases"]]


if __name__ == "__main__":
    json.dump(answer(json.load(sys.stdin)), sys.stdout)
