"""A result as text: what ran, what failed, what was skipped and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnframe.testing.outcome import Outcome, Status

if TYPE_CHECKING:
    from nnframe.testing.result import PartResult

__all__ = ["render"]


def render(result: PartResult) -> str:
    """Write a result for people.

    >>> from nnframe.testing import PartResult
    >>> skipped = Outcome("examples do not mix", "skipped", "BatchNorm declares otherwise")
    >>> print(render(PartResult("BatchNorm()", "layer", (Outcome("is a part", "passed"), skipped))))
    BatchNorm(): 1 of 2 checks ran in 0.00 s, all passed
      skipped: 'examples do not mix' because BatchNorm declares otherwise
    """
    count = len(result.failures)
    verdict = f"{count} failed" if count else "all passed" if result.ran else "nothing to say"
    head = f"{result.part}: {result.ran} of {len(result.outcomes)} checks ran in {result.seconds:.2f} s, {verdict}"
    return "\n".join([head, *(_indented(line) for line in _lines(result))])


def _lines(result: PartResult) -> list[str]:
    lines = [f"FAILED {outcome.check!r}: {outcome.message}" for outcome in result.failures]
    lines += [f"failed as expected: {each.check!r} because {each.message}" for each in _all(result, Status.EXPECTED)]
    lines += [f"skipped: {each.check!r} because {each.message}" for each in _all(result, Status.SKIPPED)]
    blocked = _all(result, Status.BLOCKED)
    if blocked:
        lines.append(f"not run until that is mended: {len(blocked)} checks")
    return lines


def _all(result: PartResult, status: Status) -> list[Outcome]:
    return [outcome for outcome in result.outcomes if outcome.status is status]


def _indented(text: str) -> str:
    return "  " + text.replace("\n", "\n    ")
