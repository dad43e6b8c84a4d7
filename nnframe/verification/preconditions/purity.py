"""Pre-flight: what can be seen of a pullback before any derivative is measured.

In this order: two forwards agree and change nothing; the pullback leaves its arguments alone; a later call does not
write into an earlier result; the same call gives the same again; a forward elsewhere does not disturb an old pullback;
shapes, dtypes and finite numbers; linearity in the upstream, which needs no forwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import numpy as np
from attrs import define, field

from nnframe.arrays import Array
from nnframe.interruption import is_from_signal
from nnframe.verification.floats.bitwise import same_bits
from nnframe.verification.function.function import FunctionUnderTest, Pull
from nnframe.verification.preconditions.linearity import not_linear
from nnframe.verification.preconditions.shapes import gradient_problem
from nnframe.verification.report.cause import Cause
from nnframe.verification.report.finding import Finding
from nnframe.verification.report.verdict import Verdict

__all__ = ["AGAIN", "OVERWRITES", "Preflight", "collect", "different", "go_elsewhere", "preflight", "shuffled"]


@define(eq=False)
class Preflight:
    """What the pre-flight found.

    Attributes:
        output: The output at the point.
        upstreams: The upstream gradients that were used.
        gradients: For each upstream, the gradients by path, as float64 arrays; only of paths that can be compared.
        findings: What is wrong already.
        broken: Paths of gradients that cannot be compared with anything.
    """

    output: Array
    upstreams: list[Array]
    gradients: list[dict[str, Array]] = field(factory=list)
    findings: list[Finding] = field(factory=list)
    broken: set[str] = field(factory=set)
    raw: list[Mapping[str, object]] = field(factory=list)

    def forget(self) -> None:
        """Let go of all gradients: very large ones need not be in memory together with those at another point."""
        self.gradients.clear()
        self.raw.clear()

    def fail(self, path: str, cause: Cause, hint: str) -> None:
        """Note a failure, the first for each path."""
        if not any(each.path == path for each in self.findings):
            self.findings.append(Finding(path, Verdict.FAIL, cause, hint=hint))


def preflight(subject: FunctionUnderTest, output: Array, upstreams: list[Array]) -> Preflight:
    """Check a subject's manners; ``output`` is what a first forward gave."""
    found = Preflight(output, upstreams)
    values = subject.copies()
    again, pull = subject.run(values)
    _deterministic(found, output, again)
    if found.findings:
        return found
    _unchanged(found, subject, values, "forward")
    if subject.fragile:
        values = subject.copies()
        again, pull = subject.run(values)
        values = {path: value.copy() for path, value in values.items()}
    first = _ask(found, subject, pull)
    if not subject.fragile:
        _unchanged(found, subject, values, "pullback")
    if not subject.fragile:
        _not_aliased(found, first, found.raw[0])
        subject.lent = values if subject.large and not subject.fragile else None
    found.raw[0] = first
    if found.findings and not subject.fixed:
        found.raw = [_fresh(subject, upstream) for upstream in upstreams]
    else:
        _repeatable(found, subject, pull, first)
    collect(found, subject)
    if found.gradients and not subject.fixed:
        for path, (cause, hint) in not_linear(subject, upstreams, found.gradients, bool(found.findings)).items():
            found.fail(path, cause, hint)
    return found


def _ask(found: Preflight, subject: FunctionUnderTest, pull: Pull) -> dict[str, object]:
    """Call the pullback with each upstream; returns a copy of what it gave for the first one, taken at once."""
    first: dict[str, object] = {}
    for upstream in found.upstreams:
        given = upstream.copy()
        found.raw.append(pull(given) if not first else _again(found, subject, pull, given))
        if not same_bits(given, upstream):
            hint = "the pullback writes into the upstream gradient it was given"
            found.fail("upstream", Cause.MUTATES_UPSTREAM, hint)
        first = first or {path: _copied(each) for path, each in found.raw[0].items()}
    return first


def _again(found: Preflight, subject: FunctionUnderTest, pull: Pull, upstream: Array) -> Mapping[str, object]:
    """A later call of the same pullback; where it refuses, what a fresh one gives, and a finding for each gradient."""
    try:
        return pull(upstream)
    except Exception as error:
        if is_from_signal(error):
            raise
        gradients = _fresh(subject, upstream)
        for path in subject.values:
            if gradients.get(path) is not None:
                found.fail(path, Cause.SECOND_CALL_DIFFERS, _REFUSED.format(type(error).__name__, error))
        return gradients


def _fresh(subject: FunctionUnderTest, upstream: Array) -> dict[str, object]:
    """The gradients of a pullback that was never called before."""
    gradients = subject.run(subject.copies())[1](upstream.copy())
    return {path: _copied(each) for path, each in gradients.items()}


def _deterministic(found: Preflight, output: Array, again: Array) -> None:
    if output.shape != again.shape or not np.array_equal(output, again, equal_nan=True):
        found.fail(
            "forward",
            Cause.NOT_DETERMINISTIC,
            "two forwards at the same point differ: fix the seed of whatever is random in it, then verify again",
        )


def _unchanged(found: Preflight, subject: FunctionUnderTest, values: dict[str, Array], where: str) -> None:
    for path, value in values.items():
        before = subject.values[path]
        if not same_bits(value, before) and not np.array_equal(value, before, equal_nan=True):
            subject.fragile = True
            found.fail(path, Cause.MUTATES_INPUT, f"the {where} writes into {path}, which it was only lent")


def _not_aliased(found: Preflight, first: Mapping[str, object], later: Mapping[str, object]) -> None:
    for path in different(first, later):
        found.fail(path, Cause.ALIASED, OVERWRITES.format(path))


def _repeatable(found: Preflight, subject: FunctionUnderTest, pull: Pull, first: Mapping[str, object]) -> None:
    """The first upstream once more: on the same pullback, on a fresh one, and after a forward elsewhere."""
    upstream = found.upstreams[0]
    if subject.large and not subject.fixed:  # all at once; one by one only where that is not the same
        go_elsewhere(subject)
        if not different(first, _attempt(pull, upstream)):
            return
        pull = subject.run(subject.copies())[1]
    for path in different(first, _attempt(pull, upstream)):
        found.fail(path, Cause.SECOND_CALL_DIFFERS, AGAIN)
    if found.findings or subject.fixed:
        return
    _, fresh = subject.run(subject.copies())
    go_elsewhere(subject)
    anew = _attempt(fresh, upstream)
    changed = different(first, anew)
    if changed:
        carried = different(first, _fresh(subject, upstream))
        for path in changed:
            found.fail(path, *((Cause.SECOND_CALL_DIFFERS, _CARRIED) if path in carried else (Cause.STALE, _STALE)))


def go_elsewhere(subject: FunctionUnderTest) -> None:
    """Forwards at other points."""
    for move in (shuffled,) if subject.large else (_grown, shuffled):
        with suppress(ValueError, ArithmeticError):
            subject.run({path: move(value) for path, value in subject.values.items()})


_REFUSED = "the pullback raises {} ({}) when it is called again: it consumes what it needs; keep it for every call"
OVERWRITES = (
    "a second call of the pullback overwrites the gradient of {} that the first one returned: return a new array each "
    "time"
)
AGAIN = "the same pullback gives something else when it is called again: it keeps or consumes state"
_CARRIED = "a new pullback at the same point gives another gradient: state is carried from call to call"
_STALE = (
    "after a forward at another point the old pullback gives another gradient: it reads what the last forward left "
    "behind instead of what its own forward saw"
)


def _attempt(pull: Pull, upstream: Array) -> Mapping[str, object]:
    """The gradients of one more call, to be compared before the next one; none where the pullback refuses it."""
    try:
        return pull(upstream.copy())
    except Exception as error:
        if is_from_signal(error):
            raise
        return {}


def _grown(value: Array) -> Array:
    grown = np.asarray(value * value.dtype.type(1.25))
    return grown if value.all() else np.asarray(np.add(grown, value.dtype.type(0.0625), out=grown, where=value == 0))


def shuffled(value: Array) -> Array:
    """The same values in other places, where some are negative and others are not: no value is outside the domain."""
    mixed = value.size > 1 and bool((value < 0).any()) and not bool((value < 0).all())
    return np.roll(value.reshape(-1), 1).reshape(value.shape) if mixed else _grown(value)


def collect(found: Preflight, subject: FunctionUnderTest) -> None:
    """Gradients as float64 arrays; what cannot be one becomes a finding."""
    for raw in found.raw:
        found.gradients.append({})
        given = any(raw.get(path) is not None for path in subject.optional)
        for path, value in subject.values.items():
            gradient = raw.get(path)
            if gradient is None and path in subject.optional and not given:
                found.broken.add(path)
                continue
            problem = gradient_problem(path, value, gradient, found.output)
            if problem is not None:
                found.broken.add(path)
                if not any(each.path == path for each in found.findings):
                    found.findings.append(problem)
                continue
            found.gradients[-1][path] = np.asarray(gradient)
    for gradients in found.gradients:
        for path in found.broken:
            gradients.pop(path, None)


def _copied(value: object) -> object:
    return value.copy() if isinstance(value, np.ndarray) else value


def _same(one: object, two: object) -> bool:
    if one is None or two is None:
        return one is two
    first, second = np.asarray(one), np.asarray(two)
    return first.shape == second.shape and (
        same_bits(first, second) or np.array_equal(first, second, equal_nan=first.dtype.kind == "f")
    )


def different(one: Mapping[str, object], two: Mapping[str, object]) -> list[str]:
    """The paths whose gradients are not the same."""
    return [path for path, value in one.items() if not _same(value, two.get(path))]
