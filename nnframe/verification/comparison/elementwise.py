"""Every element of one variable: a quick pass for all of them, the whole ladder for those that it leaves open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from attrs import define, evolve, field

from nnframe.arrays import Array, Booleans, Integers
from nnframe.verification.comparison.adaptive import LineResult, PredictedSlope, one_sided, refine
from nnframe.verification.comparison.evidence import FAILED, KINK, PASSED, UNDECIDED, Evidence, together
from nnframe.verification.comparison.quick import (
    agrees_at_once,
    agrees_at_second,
    between,
    central,
    noise_of,
    stays_bent,
)
from nnframe.verification.comparison.second_look import SecondLook
from nnframe.verification.comparison.tolerance import allowance, reference
from nnframe.verification.numerical.difference import CentralDifference
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.numerical.extrapolation import estimate, stack
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.numerical.perturbation import Bundle, element_bundle
from nnframe.verification.numerical.step_ladder import ladder_of

__all__ = ["examine_elements"]

FIRST_BATCH = 4
FEW_GROUPS = 8
ENOUGH = 256
CLEARLY_WRONG = 3.0
BLURRED = 1e-3


def examine_elements(
    probe: Evaluator,
    path: str,
    partitions: Sequence[Partition],
    gradients: Sequence[Mapping[str, Array]],
    unit: float,
    *,
    straight: bool = False,
    groups: Integers | None = None,
) -> Evidence:
    """Compare every element of a gradient with a derivative of its own, (parts, lines) in the order of the parts.

    Args:
        probe: Evaluates the forward.
        path: The variable.
        partitions: Which of its elements can be moved together: one for each part of the variable.
        gradients: What the pullback gives, one mapping for each upstream.
        unit: The unit round-off of the pullback.
        straight: The forward is affine in the variable, so that one side is enough.
        groups: Only these groups of the partition; None for all.
    """
    parts = [_Elements(probe, path, each, gradients, unit, straight, groups) for each in partitions]
    for work in parts:
        work.measure()
    largest = np.max([work.largest for work in parts], axis=0)
    for work in parts:
        work.at_once(largest)
        work.at_second()
        if work.partition.blocks > 1:  # of one element by itself the whole ladder says as much, for little more
            work.at_kinks()
            work.close_by()
        work.one_by_one()
    return together([work.evidence for work in parts])


@define(eq=False)
class _Elements:
    """The state of one examination; lines are ordered (group, block)."""

    probe: Evaluator
    path: str
    partition: Partition
    gradients: Sequence[Mapping[str, Array]]
    unit: float
    straight: bool
    groups: Integers | None
    scales: Array = field(init=False)
    bundles: list[Bundle] = field(init=False)
    promise: PredictedSlope = field(init=False)
    evidence: Evidence = field(init=False)
    largest: Array = field(init=False)
    """(upstreams, 1) the size of the largest gradient, in all parts."""
    again: SecondLook = field(init=False)
    rungs: list[CentralDifference] = field(init=False, factory=list)
    seen: Booleans = field(init=False)
    """(lines,) those that the rungs are about."""

    def __attrs_post_init__(self) -> None:
        scales = self.probe.scales(self.path)
        chosen = range(self.partition.groups) if self.groups is None else self.groups
        self.bundles = [element_bundle(self.path, self.partition, int(group), scales) for group in chosen]
        index = (
            self.partition.members.reshape(-1) if self.groups is None else self.partition.members[chosen].reshape(-1)
        )
        self.scales = scales[index]
        analytic = np.stack([each[self.path].reshape(-1)[index] for each in self.gradients]).astype(np.float64)
        self.evidence = Evidence(analytic, index)
        self.again = SecondLook(
            self.probe, self.path, self.partition, self.gradients, self.unit, self.evidence, self.scales
        )
        slope = analytic * self.scales
        self.promise = PredictedSlope(slope, np.abs(slope), np.zeros(slope.shape), self.unit)

    def measure(self) -> None:
        """The first rung, for all lines."""
        ladder = ladder_of(self.probe.unit)
        exponent = ladder.main + 6 if self.straight else ladder.main
        self.rungs = [self._rung(self.bundles, exponent, both=not self.straight)]
        self.seen = np.ones(len(self.scales), dtype=bool)
        self.largest = reference(self.promise.slope, central(self.rungs[0]), self.scales)

    def at_once(self, largest: Array) -> None:
        """What the first rung says, beside the largest gradient of all parts."""
        rung = self.rungs[0]
        slope = central(rung)
        self.largest = largest
        self.promise = evolve(self.promise, largest=largest * self.scales)
        right = agrees_at_once(self.promise, rung)
        self._note(slice(None), slope, 12 * rung.quantum / rung.step + 3e-8 * np.abs(slope))
        self.evidence.state[right] = PASSED
        self.rungs = [] if self.straight else [rung]

    def at_second(self) -> None:
        """The second rung, for the lines that are open."""
        lines = self._keep_open()
        if not lines.any():
            return
        ladder = ladder_of(self.probe.unit)
        self.rungs += self._more(ladder.second) if self.rungs else self._more(ladder.main, ladder.second)
        first, second = self.rungs
        found = estimate(stack(self.rungs), measured=False)
        promise = self.promise.at(lines)
        self._note(
            lines,
            found.value,
            found.bar + allowance(found.value, promise.size, found.terms, promise.largest, self.unit),
        )
        self._measure_again()
        promise = self.promise.at(lines)
        self.evidence.state[np.flatnonzero(lines)[agrees_at_second(promise, found, first, second)]] = PASSED

    def at_kinks(self) -> None:
        """The smallest step of all, for a few groups with lines that a kink lies at."""
        lines = self._keep_open()
        groups = self._open_groups()
        if not 0 < len(groups) <= FEW_GROUPS:
            return
        first, second = self.rungs
        kinks = stays_bent(first, second, *self._more(ladder_of(self.probe.unit).rungs[-1]))
        if not kinks.any():
            return
        some = lines.reshape(-1, self.partition.blocks)[groups].reshape(-1)
        bundles = [self.bundles[group] for group in groups]
        low, high = one_sided(self.probe, self.partition, bundles, some, kinks, np.full(len(kinks), second.step))
        bar = noise_of(second)
        state = np.where(kinks & between(self.promise.at(lines).slope, low, high, bar), KINK, UNDECIDED)
        self._accept(lines, LineResult(state, central(second), bar, low, high, 2.0))

    def close_by(self) -> None:
        """Two much smaller steps, for a few groups with lines that a kink lies near."""
        lines = self._keep_open()
        if not 0 < len(self._open_groups()) <= FEW_GROUPS:
            return
        near = self._more(*ladder_of(self.probe.unit).near)
        found = estimate(stack(near), measured=False)
        right = agrees_at_second(self.promise.at(lines), found, *near)
        where = np.flatnonzero(lines)[right]
        self._note(where, found.value[:, right], found.bar[:, right])
        self.evidence.state[where] = PASSED

    def one_by_one(self) -> None:
        """The whole ladder, in batches that grow, for the groups that are still open."""
        size = FIRST_BATCH
        while len(groups := self._open_groups()) and not self.probe.subject.exhausted:
            worst = np.where(self.evidence.open, self.evidence.excess(), -1.0).reshape(-1, self.partition.blocks)
            order = groups[np.argsort(-worst[groups].max(1), kind="stable")][:size]
            lines = self._judged(self._lines(order))
            sentence = self._climb(np.sort(order), lines)
            self._accept(lines, sentence)
            self.again.look(lines, self.promise.largest)
            self._learn(sentence)
            size *= 2

    def _climb(self, groups: Integers, lines: Booleans) -> LineResult:
        bundles = [self.bundles[group] for group in groups]
        some = lines.reshape(-1, self.partition.blocks)[groups].reshape(-1)
        return refine(self.probe, self.partition, bundles, self.promise.at(lines), some)

    def _judged(self, lines: Booleans) -> Booleans:
        """Those lines that are open, and enough others to tell how noisy the forward is."""
        others = np.flatnonzero(lines & ~self.evidence.open)
        judged = lines & self.evidence.open
        judged[others[:: max(1, len(others) // ENOUGH)]] = True
        return judged

    def _accept(self, lines: Booleans, sentence: LineResult) -> None:
        """Take over what the ladder said about the lines that were open."""
        mine = self.evidence.open[lines]
        where = np.flatnonzero(lines)[mine]
        self.evidence.state[where] = sentence.state[mine]
        scales = self.scales[where]
        for name in ("numeric", "bar", "low", "high"):
            values = getattr(sentence, "value" if name == "numeric" else name)
            getattr(self.evidence, name)[:, where] = values[:, mine] / scales

    def _learn(self, sentence: LineResult) -> None:
        """Judge the open lines again by their two rungs, with the noise that the ladder measured."""
        lines = self.evidence.open
        if not lines.any() or len(self.rungs) < 2:
            return
        first, second = (each.at(lines[self.seen]) for each in self.rungs)
        found = estimate(stack([first, second]), sentence.unit, measured=False)
        self._measure_again()
        promise = self.promise.at(lines)
        accept = found.bar + allowance(found.value, promise.size, found.terms, promise.largest, self.unit)
        error = np.abs(promise.slope - found.value)
        self._note(lines, found.value, accept)
        sharp = (accept <= BLURRED * np.maximum(np.abs(found.value), promise.largest)).all(0)
        curved = np.abs(second.plus + second.minus) > np.abs(first.plus + first.minus) / 16 + 24 * second.quantum
        bends = (curved & (np.abs(second.plus + second.minus) > 2.0**-9 * np.abs(second.plus - second.minus))).any(0)
        where = np.flatnonzero(lines)
        self.evidence.state[where[(error <= accept).all(0) & sharp & ~bends]] = PASSED
        if (sentence.state == FAILED).any():
            wrong = (error > CLEARLY_WRONG * accept).any(0) & sharp & ~bends
            self.evidence.state[where[wrong]] = FAILED

    def _measure_again(self) -> None:
        """The size of the largest gradient, with what is known by now."""
        found = reference(self.promise.slope, self.evidence.numeric * self.scales, self.scales)
        self.promise = evolve(self.promise, largest=np.maximum(found, self.largest) * self.scales)

    def _rung(self, bundles: Sequence[Bundle], exponent: int, *, both: bool = True) -> CentralDifference:
        return self.probe.rung(self.partition, bundles, exponent, both=both)

    def _note(self, lines: Booleans | Integers | slice, value: Array, bar: Array) -> None:
        self.evidence.numeric[:, lines] = value / self.scales[lines]
        self.evidence.bar[:, lines] = bar / self.scales[lines]

    def _keep_open(self) -> Booleans:
        """The lines that are open; what was seen of others is forgotten."""
        lines = self.evidence.open
        self.rungs = [each.at(lines[self.seen]) for each in self.rungs]
        self.seen = lines
        return lines

    def _more(self, *exponents: int) -> list[CentralDifference]:
        """The open lines at other steps."""
        groups = self._open_groups()
        bundles = [self.bundles[group] for group in groups]
        some = self.evidence.open.reshape(-1, self.partition.blocks)[groups].reshape(-1)
        return [self._rung(bundles, each).at(some) for each in exponents]

    def _open_groups(self) -> Integers:
        return np.flatnonzero((self.evidence.state == UNDECIDED).reshape(-1, self.partition.blocks).any(1))

    def _lines(self, groups: Integers) -> Booleans:
        lines = np.zeros((len(self.bundles), self.partition.blocks), dtype=bool)
        lines[groups] = True
        return lines.reshape(-1)
