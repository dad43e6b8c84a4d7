"""Purity: a function under test leaves its arguments alone, and a pullback gives the same whenever it is called.

In this order: two forwards agree and change nothing; the pullback leaves its arguments alone; a later call does not
write into an earlier result; the same call gives the same again; a forward elsewhere does not disturb an old pullback.
At most three gradients are in memory at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

import numpy as np
from attrs import evolve, frozen

from nnframe.arrays import Array
from nnframe.interruption import is_from_signal
from nnframe.verification.budget import BudgetSpent
from nnframe.verification.comparison.evidence import Charges
from nnframe.verification.floats.bitwise import equal_numbers, same_bits
from nnframe.verification.function.function import FunctionUnderTest, Gradients, PointRefused, Pull
from nnframe.verification.report.cause import Cause

__all__ = ["CARRIED", "Purity", "call_again", "check_purity", "find_different", "shuffle"]

REFUSED = "the pullback raises {} ({}) when it is called again: it consumes what it needs; keep it for every call"
OVERWRITES = (
    "a second call of the pullback overwrites the gradient of {} that the first one returned: return a new array each "
    "time"
)
AGAIN = "the same pullback gives something else when it is called again: it keeps or consumes state"
CARRIED = "a new pullback at the same point gives another gradient: state is carried from call to call"
STALE = (
    "after a forward at another point the old pullback gives another gradient: it reads what the last forward left "
    "behind instead of what its own forward saw"
)
MANY = 2**20


@frozen(eq=False)
class Purity:
    """What was seen of a function's purity.

    Args:
        function: The function; one that writes into its arguments gets fresh copies from now on.
        gradients: What it returned for each upstream.
        workspace: The copies of the variables that it was called with.
    """

    function: FunctionUnderTest
    gradients: list[Gradients]
    workspace: dict[str, Array]


def check_purity(function: FunctionUnderTest, output: Array, upstreams: Sequence[Array], charges: Charges) -> Purity:
    """Check that a function changes nothing and repeats itself.

    Args:
        function: The function.
        output: What a first forward gave.
        upstreams: The upstream gradients to call its pullback with.
        charges: Where charges are added.
    """
    workspace = function.copy_values()
    again, pull = function.run(workspace)
    if not equal_numbers(output, again):
        hint = "two forwards at the same point differ: fix the seed of whatever is random in it, then verify again"
        charges.add("forward", Cause.NOT_DETERMINISTIC, hint)
        return Purity(function, [], workspace)
    if _is_written(function, workspace, "forward", charges):
        function = evolve(function, writes=True)
        pull = function.run(function.copy_values())[1]
    first, gradients = _call_with_each(function, pull, upstreams, charges)
    if not function.writes and _is_written(function, workspace, "pullback", charges):
        function = evolve(function, writes=True)
    if not function.writes:
        for path in find_different(first, gradients[0]):
            charges.add(path, Cause.ALIASED, OVERWRITES.format(path))
    gradients[0] = first
    if charges and not function.fixed:
        gradients = [_call_fresh(function, upstream) for upstream in upstreams]
    else:
        _check_repetition(function, pull, first, upstreams[0], charges)
    return Purity(function, gradients, workspace)


def _call_with_each(
    function: FunctionUnderTest, pull: Pull, upstreams: Sequence[Array], charges: Charges
) -> tuple[Gradients, list[Gradients]]:
    """Call a pullback with each upstream; returns a copy of the first result, taken at once, and all results."""
    first: Gradients | None = None
    found: list[Gradients] = []
    for upstream in upstreams:
        given = upstream.copy()
        found.append(pull(given) if first is None else _call_once_more(function, pull, given, charges))
        if not same_bits(given, upstream):
            charges.add(
                "upstream", Cause.MUTATES_UPSTREAM, "the pullback writes into the upstream gradient it was given"
            )
        if first is None:
            first = {path: _copy(each) for path, each in found[0].items()}
    return first or {}, found


def _call_once_more(function: FunctionUnderTest, pull: Pull, upstream: Array, charges: Charges) -> Gradients:
    """A later call of one pullback; where it refuses, what a fresh one gives, and a charge for each gradient."""
    try:
        return pull(upstream)
    except BudgetSpent:
        raise
    except Exception as error:
        if is_from_signal(error):
            raise
        gradients = _call_fresh(function, upstream)
        for path in function.values:
            if gradients.get(path) is not None:
                charges.add(path, Cause.SECOND_CALL_DIFFERS, REFUSED.format(type(error).__name__, error))
        return gradients


def _call_fresh(function: FunctionUnderTest, upstream: Array) -> Gradients:
    """The gradients of a pullback that was never called before."""
    gradients = function.run(function.copy_values())[1](upstream.copy())
    return {path: _copy(each) for path, each in gradients.items()}


def _is_written(function: FunctionUnderTest, workspace: Mapping[str, Array], where: str, charges: Charges) -> bool:
    written = [path for path, value in workspace.items() if not equal_numbers(value, function.values[path])]
    for path in written:
        charges.add(path, Cause.MUTATES_INPUT, f"the {where} writes into {path}, which it was only lent")
    return bool(written)


def _check_repetition(
    function: FunctionUnderTest, pull: Pull, first: Gradients, upstream: Array, charges: Charges
) -> None:
    """The first upstream once more: on the same pullback, and after a forward elsewhere."""
    for path in find_different(first, call_again(pull, upstream)):
        charges.add(path, Cause.SECOND_CALL_DIFFERS, AGAIN)
    if charges or function.fixed:
        return
    _run_elsewhere(function)
    changed = find_different(first, call_again(pull, upstream))
    if changed:
        carried = find_different(first, _call_fresh(function, upstream))
        for path in changed:
            charges.add(path, *((Cause.SECOND_CALL_DIFFERS, CARRIED) if path in carried else (Cause.STALE, STALE)))


def _run_elsewhere(function: FunctionUnderTest) -> None:
    """Forwards at other points."""
    large = sum(value.size for value in function.values.values()) > MANY
    for move in (shuffle,) if large else (_grow, shuffle):
        with suppress(PointRefused):
            function.run_elsewhere({path: move(value) for path, value in function.values.items()})


def call_again(pull: Pull, upstream: Array) -> Gradients:
    """Return the gradients of one more call, to be compared before the next one; none where the pullback refuses."""
    try:
        return pull(upstream.copy())
    except BudgetSpent:
        raise
    except Exception as error:
        if is_from_signal(error):
            raise
        return {}


def _grow(value: Array) -> Array:
    grown = np.asarray(value * value.dtype.type(1.25))
    return grown if value.all() else np.asarray(np.add(grown, value.dtype.type(0.0625), out=grown, where=value == 0))


def shuffle(value: Array) -> Array:
    """Return the same values in other places, where some are negative and others not: all stay in the domain."""
    mixed = value.size > 1 and bool((value < 0).any()) and not bool((value < 0).all())
    return np.roll(value.reshape(-1), 1).reshape(value.shape) if mixed else _grow(value)


def _copy(value: object) -> object:
    return value.copy() if isinstance(value, np.ndarray) else value


def _same(one: object, two: object) -> bool:
    if one is None or two is None:
        return one is two
    return equal_numbers(np.asarray(one), np.asarray(two))


def find_different(one: Gradients, two: Gradients) -> list[str]:
    """Return the paths whose gradients are not the same."""
    return [path for path, value in one.items() if not _same(value, two.get(path))]
