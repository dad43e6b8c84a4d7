"""check_part: holds a part to the contract of its kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nnframe.errors import ConfigurationError
from nnframe.interfaces import Part
from nnframe.interfaces.part import did_you_mean
from nnframe.testing.candidate import Candidate
from nnframe.testing.check import Check
from nnframe.testing.result import PartResult
from nnframe.testing.session import Session

__all__ = ["check_part", "checks_of", "session_of"]


def check_part(
    part: Part | type | Candidate,
    *,
    inputs: Sequence[object] = (),
    expected_failures: Mapping[str, str] | None = None,
    name: str | None = None,
    types: bool = False,
) -> PartResult:
    """Hold a part to the contract of its kind: configuration, shapes, dtypes, purity, modes, gradients, and more.

    Checks build on one another: a part that fails a basic one has one root cause and not thirty failures.

    Args:
        part: The part; or its class, where its options can be guessed.
        inputs: Example inputs, each an array or a tuple of arrays; of a loss or metric, tuples (prediction, target).
            By default the kit looks for some that the part takes.
        expected_failures: Names of checks that are known to fail, each with the reason.
        name: The name that the part has to be registered under.
        types: Whether to ask mypy as well.

    Returns:
        What was found; ``raise_if_failed()`` makes a test of it.

    Raises:
        ConfigurationError: An expected failure has no reason, or there is no such check.

    >>> from nnframe.activations import Tanh
    >>> result = check_part(Tanh())
    >>> result.passed, result.root_cause
    (True, None)
    """
    if not isinstance(part, Candidate):
        part = Candidate(part, inputs, expected_failures or {}, name, types)
    return session_of(part).run()


def checks_of(kind: str, *, types: bool = False) -> tuple[Check, ...]:
    """Return the checks of one kind of parts, in their order.

    >>> checks_of("schedule")[0].name
    'is a frozen attrs class'
    """
    from nnframe.testing.checks import CHECKS, TYPES

    chosen = tuple(check for check in CHECKS if kind in check.kinds or kind == "part")
    return (*chosen, TYPES) if types else chosen


def session_of(candidate: Candidate) -> Session:
    """Return the session that runs the checks of a candidate.

    Raises:
        ConfigurationError: A failure is expected of a check that does not exist.
    """
    checks = checks_of(candidate.kind, types=candidate.types)
    names = [check.name for check in checks]
    for expected in candidate.expected_failures:
        if expected not in names:
            raise ConfigurationError(f"a {candidate.kind} has no check {expected!r}{did_you_mean(expected, names)}")
    return Session(candidate, checks)
