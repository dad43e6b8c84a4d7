"""Power: shows that a verification can fail, by putting faults into right pullbacks and counting those that are seen.

A verifier that lets every gradient pass raises no false alarm either. So zeros, wrong signs, factors, swapped
elements and errors in one element are injected into a model's own pullbacks, gradient by gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from attrs import field, frozen

from nnframe.arrays import Array
from nnframe.verification.budget import Budget
from nnframe.verification.floats.sampling import Draws
from nnframe.verification.function.function import Call, FunctionUnderTest, Pull, Values
from nnframe.verification.function.isolation import Isolation
from nnframe.verification.pipeline import Settings, check_function
from nnframe.verification.report.finding import Finding
from nnframe.verification.report.verdict import Verdict

__all__ = ["FAULTS", "Injection", "PowerReport", "inject"]


def _one_element(gradient: Array) -> Array:
    changed = gradient.copy()
    changed.reshape(-1)[np.abs(changed).argmax()] *= 1.1
    return changed


FAULTS: dict[str, Callable[[Array], Array]] = {
    "zero": np.zeros_like,
    "sign": np.negative,
    "twice": lambda gradient: gradient * 2,
    "1 % more": lambda gradient: gradient * gradient.dtype.type(1.01),
    "0.01 % more": lambda gradient: gradient * gradient.dtype.type(1.0001),
    "rolled": lambda gradient: np.roll(gradient, 1),
    "one element 10 % more": _one_element,
}
"""What is injected: from a right gradient to a wrong one."""


@frozen
class Injection:
    """One fault in one gradient.

    Args:
        path: Which gradient.
        fault: What was done to it.
        seen: Whether the verification failed for exactly this gradient.
        why: Where it was not seen, why not.
    """

    path: str
    fault: str
    seen: bool
    why: str = ""


def _injections(injections: Iterable[Injection]) -> tuple[Injection, ...]:
    return tuple(injections)


@frozen
class PowerReport:
    """Which injected faults were seen.

    >>> report = PowerReport((Injection("weight", "zero", True), Injection("bias", "zero", False, "numerically zero")))
    >>> report.share
    0.5
    """

    injections: tuple[Injection, ...] = field(converter=_injections)

    @property
    def share(self) -> float:
        """The part of the faults that was seen; 1 where none was injected."""
        return sum(each.seen for each in self.injections) / len(self.injections) if self.injections else 1.0

    @property
    def missed(self) -> tuple[Injection, ...]:
        """The faults that were not seen."""
        return tuple(each for each in self.injections if not each.seen)

    def __str__(self) -> str:
        lines = [f"{len(self.injections) - len(self.missed)} of {len(self.injections)} injected faults were seen"]
        lines += [f"  missed: {each.path}, {each.fault}{f' ({each.why})' if each.why else ''}" for each in self.missed]
        return "\n".join(lines)


def inject(function: FunctionUnderTest, place: str, seed: int, upstream: Array | None) -> Iterator[Injection]:
    """Put every fault into every gradient of a function, one at a time, and verify it."""
    isolation = Isolation.of(function.values.values())

    def verify(call: Call) -> Sequence[Finding]:
        changed = isolation.isolate(FunctionUnderTest(function.values, call, Budget(), function.optional))
        return isolation.run(lambda: check_function(changed, Draws(seed), Settings(), upstream))

    by_path = {each.path: each for each in verify(function.call)}
    for path, value in function.values.items():
        finding = by_path.get(path)
        if finding is None or finding.verdict is Verdict.FAIL or not value.size:
            continue
        for fault, change in FAULTS.items():
            found = verify(_make_faulty(function.call, path, change))
            seen = [each.path for each in found if each.verdict is Verdict.FAIL] == [path]
            why = "numerically zero" if finding.numerically_zero else "changes nothing" if value.size == 1 else ""
            yield Injection(place + path, fault, seen, "" if seen else why)


def _make_faulty(right: Call, path: str, change: Callable[[Array], Array]) -> Call:
    def call(values: Values) -> tuple[object, Pull]:
        output, pull = right(values)

        def pull_wrong(upstream: Array) -> dict[str, object]:
            gradients = dict(pull(upstream))
            gradients[path] = change(np.asarray(gradients[path]))
            return gradients

        return output, pull_wrong

    return call
