"""Exit codes, and which of them an error gets: the one place that decides, for every command."""

from __future__ import annotations

import errno
import io
import os
import select
import site
import sys
import sysconfig
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TextIO

from nnframe.errors import GradientError, NNFrameError, SaveError
from nnframe.text import make_line

__all__ = [
    "CLOSED_PIPE",
    "COULD_NOT_RUN",
    "INTERRUPTED",
    "NOT_REACHED",
    "REACHED",
    "UNDECIDED",
    "report_error",
    "run_guarded",
]

REACHED, NOT_REACHED, UNDECIDED, COULD_NOT_RUN, INTERRUPTED, CLOSED_PIPE = 0, 1, 2, 3, 130, 141
"""What was asked for was reached, was not, cannot be said, could not be tried; Ctrl-C; nobody reads the output."""


def run_guarded(command: Callable[[], int]) -> int:
    """Run a command and return its exit code; whatever it raises becomes a code, and one line on the standard error.

    A traceback is printed only where the environment variable NNFRAME_TRACEBACK is 1.

    >>> run_guarded(lambda: UNDECIDED), run_guarded(lambda: sys.exit(0))
    (2, 3)
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # what the terminal's encoding lacks is escaped
    try:
        _check_output()
        code = command()
        _flush_output()
    except BaseException as error:
        code = _choose_code(error)
        if code != CLOSED_PIPE:
            report_error(error)
    _abandon_broken_output()
    return code


def _choose_code(error: BaseException) -> int:
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if _is_closed_pipe(error):
        return CLOSED_PIPE
    return COULD_NOT_RUN


def _is_closed_pipe(error: BaseException) -> bool:
    """Tell a reader that went away from any other broken pipe, such as that of a user's socket."""
    return isinstance(error, BrokenPipeError) and _has_no_reader(sys.stdout)


def _has_no_reader(stream: TextIO | None) -> bool:
    if not hasattr(select, "poll"):  # on Windows; there it is the likely reason
        return True
    try:
        poll = select.poll()
        poll.register(-1 if stream is None else stream.fileno(), 0)
        return any(event & select.POLLERR for _, event in poll.poll(0))
    except (OSError, ValueError):  # no stream, or one without a descriptor
        return False


def report_error(error: BaseException) -> None:
    """Tell an error on the standard error: in one line, behind its traceback where that is asked for."""
    with suppress(OSError, ValueError):  # the standard error may be closed or full as well
        with suppress(OSError, ValueError):
            _flush_output()
        if os.environ.get("NNFRAME_TRACEBACK") == "1":
            print(_read_safely(_format_traceback, error), file=sys.stderr)
        print(f"nnframe: {_read_safely(_describe, error)}", file=sys.stderr, flush=True)


def _read_safely(read: Callable[[BaseException], str], error: BaseException) -> str:
    """Return what ``read`` says of an error; a user's own class may raise anything while it is asked."""
    try:
        return read(error)
    except KeyboardInterrupt:
        raise
    except BaseException:
        return make_line(f"{type(error).__name__}: its message cannot be read{_find_place(error.__traceback__)}")


def _format_traceback(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)).rstrip("\n")


def _describe(error: BaseException) -> str:
    return make_line(_write_sentence(error))


def _write_sentence(error: BaseException) -> str:
    """Say in a sentence what went wrong, for a user and not for an author of nnframe."""
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    if isinstance(error, NNFrameError):
        return str(error).partition("\n")[0] if isinstance(error, GradientError) else str(error)  # a report follows
    if isinstance(error, OSError) and error.strerror:
        return _describe_system_error(error)
    place = _find_place(error.__traceback__)
    if isinstance(error, SystemExit):
        text = f"the code that was run ended the process: sys.exit({error.code!r})"
    elif isinstance(error, MemoryError):
        text = f"there is not enough memory: {error}"
    else:
        kind = "nested too deep" if isinstance(error, RecursionError) else type(error).__name__
        text = f"{kind}: {error}"
    return f"{text}{place}. NNFRAME_TRACEBACK=1 shows the traceback"


def _describe_system_error(error: OSError) -> str:
    if error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    writing = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return f"the output cannot be written: {error.strerror}" if writing else str(error.strerror)


def _find_place(trace: TracebackType | None) -> str:
    """Say which line of a user's own code an error came through last; "" where it came through none."""
    paths = [str(Path(__file__).parents[1]), sysconfig.get_path("stdlib"), *site.getsitepackages()]
    libraries = tuple(str(Path(path).resolve()) for path in paths)
    place = ""
    for frame, line in traceback.walk_tb(trace):
        name = frame.f_code.co_filename
        if Path(name).is_file() and not str(Path(name).resolve()).startswith(libraries):
            place = f" (in {name}, line {line})"
    return place


def _check_output() -> None:
    if sys.stdout is None or sys.stdout.closed:
        raise SaveError(
            f"the output cannot be written: the standard output is closed (> {os.devnull} throws the output away)"
        )


def _flush_output() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


def _abandon_broken_output() -> None:
    """Let a stream that cannot be written end in nothing, so that Python does not complain when it ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                nothing = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nothing, stream.fileno())
                os.close(nothing)
