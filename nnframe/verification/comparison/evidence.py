"""Evidence: what is known about a gradient, of which nothing is changed once it was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from attrs import define, field, frozen

from nnframe.arrays import Array, Booleans, Integers, Shape
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.report.cause import Cause
from nnframe.verification.report.finding import Index

__all__ = [
    "FAILED",
    "KINK",
    "PASSED",
    "UNDECIDED",
    "UNNOTICED",
    "ZERO",
    "Accusal",
    "Charge",
    "Charges",
    "Excuse",
    "Lines",
    "Measurement",
    "Tally",
    "find_corner",
]

UNDECIDED, PASSED, ZERO, KINK, UNNOTICED, FAILED = range(6)
"""Element by element: not looked at, right, numerically zero, right at a kink, hidden by noise, wrong."""

LARGEST_EXCESS = 1e30
MOST_LINES = 2**15
"""Elements of one gradient about which everything is kept."""


@frozen(eq=False)
class Charge:
    """Evidence against a gradient as a whole.

    Args:
        path: Which gradient; "forward" and "upstream" stand for the function itself.
        cause: What is wrong.
        hint: A sentence for a person.
        wrong, wrong_count: The elements it concerns, where some do.
    """

    path: str
    cause: Cause | None
    hint: str
    wrong: tuple[Index, ...] = ()
    wrong_count: int = 0


@define(eq=False)
class Charges:
    """The charges that a check finds: the first against each path counts."""

    by_path: dict[str, Charge] = field(factory=dict)

    def add(self, path: str, cause: Cause, hint: str) -> None:
        """Note a charge, if it is the first against its path."""
        self.by_path.setdefault(path, Charge(path, cause, hint))

    def __contains__(self, path: object) -> bool:
        return path in self.by_path

    def __iter__(self) -> Iterator[Charge]:
        return iter(self.by_path.values())

    def __len__(self) -> int:
        return len(self.by_path)


@frozen(eq=False)
class Excuse:
    """Elements outside the slopes on both sides of a kink that are not wrong for that.

    Args:
        path: Which gradient.
        elements: Their flat indices.
        state: KINK where their gradient is a limit of right gradients; UNDECIDED where the budget did not allow to ask.
    """

    path: str
    elements: Integers
    state: int


@frozen(eq=False)
class Accusal:
    """Elements, each of which lies between the slopes of its own kink, and which are wrong together.

    Args:
        path: Which gradient.
        elements: Their flat indices.
        off: (upstreams, elements) what their derivatives are above their gradients, if all are off alike.
    """

    path: str
    elements: Integers
    off: Array


@define(eq=False)
class Lines:
    """What is measured of some elements: (upstreams, lines) arrays in gradient units, and (lines,) states.

    Attributes:
        analytic: What the pullback gives.
        index: The flat index of each element.
        numeric: The derivative as measured; NaN where it was not.
        bar: How far the two may be apart.
        low, high: The one-sided slopes, where they differ; NaN elsewhere.
        state: What is known of each.
    """

    analytic: Array
    index: Integers
    numeric: Array = field(init=False)
    bar: Array = field(init=False)
    low: Array = field(init=False)
    high: Array = field(init=False)
    state: Integers = field(init=False)

    def __attrs_post_init__(self) -> None:
        for name in ("numeric", "bar", "low", "high"):
            setattr(self, name, np.full(self.analytic.shape, np.nan))
        self.state = np.zeros(self.analytic.shape[1], dtype=np.int8)

    @property
    def wrong(self) -> Booleans:
        """Which are wrong."""
        return np.asarray(self.state == FAILED)

    @property
    def open(self) -> Booleans:
        """Which are not decided yet."""
        return np.asarray(self.state == UNDECIDED)

    def excess(self) -> Array:
        """(lines,) the distance of the analytic from the numeric value, in error bars, under the worst upstream."""
        error = np.abs(self.analytic - self.numeric)
        bar = np.maximum(self.bar, np.finfo(np.float64).tiny)
        return np.asarray(np.where(np.isfinite(error), np.where(error > 0, error / bar, 0.0), 0.0).max(0))

    def take(self, lines: Booleans | Integers) -> Lines:
        """Return what is known of some of them."""
        part = Lines(self.analytic[:, lines], self.index[lines])
        for name in ("numeric", "bar", "low", "high"):
            setattr(part, name, getattr(self, name)[:, lines])
        part.state = self.state[lines]
        return part

    @classmethod
    def join(cls, parts: Sequence[Lines], upstreams: int) -> Lines:
        """Return several parts as one."""
        if len(parts) == 1:
            return parts[0]
        analytic = np.concatenate([np.zeros((upstreams, 0)), *(each.analytic for each in parts)], 1)
        whole = cls(analytic, np.concatenate([np.zeros(0, dtype=np.intp), *(each.index for each in parts)]))
        for name in ("numeric", "bar", "low", "high"):
            columns = [np.zeros((upstreams, 0)), *(getattr(each, name) for each in parts)]
            setattr(whole, name, np.concatenate(columns, 1))
        whole.state = np.concatenate([np.zeros(0, dtype=np.int8), *(each.state for each in parts)])
        return whole


@define(eq=False)
class Tally:
    """The sums over all elements that were measured, also those of which nothing else is kept.

    Attributes:
        counts: How many have each state.
        visible: The largest error bar of those that are decided.
        difference, analytic, numeric: ``‖a − n‖``, ``‖a‖`` and ``‖n‖`` under the first upstream.
        moves: Some analytic or numeric value is not zero.
        wrong: Which elements are wrong; None where none is.
        excess: The excess of each element, NaN where it was not measured; only where a picture is asked for.
    """

    shape: Shape
    counts: Integers = field(factory=lambda: np.zeros(6, dtype=np.intp))
    visible: float = 0.0
    difference: float = 0.0
    analytic: float = 0.0
    numeric: float = 0.0
    measured: bool = False
    moves: bool = False
    wrong: Booleans | None = None
    excess: Array | None = None

    def add(self, lines: Lines) -> None:
        """Add some elements."""
        self.counts += np.bincount(lines.state, minlength=6)
        decided = lines.bar[:, ~lines.open]
        if np.isfinite(decided).any():
            self.visible = max(self.visible, float(np.nanmax(decided)))
        known = np.isfinite(lines.numeric[0])
        if known.any():
            a, n = lines.analytic[0][known], lines.numeric[0][known]
            self.measured = True
            self.difference = float(np.hypot(self.difference, _norm(a - n)))
            self.analytic = float(np.hypot(self.analytic, _norm(a)))
            self.numeric = float(np.hypot(self.numeric, _norm(n)))
        self.moves = bool(self.moves or lines.analytic.any() or np.nan_to_num(lines.numeric, nan=1.0).any())
        if self.excess is not None:
            known = np.isfinite(lines.numeric).any(0)
            self.excess[lines.index[known]] = np.minimum(lines.excess()[known], LARGEST_EXCESS)
        if lines.wrong.any():
            if self.wrong is None:
                self.wrong = np.zeros(int(np.prod(self.shape)), dtype=bool)
            self.wrong[lines.index[lines.wrong]] = True


def _norm(values: Array) -> float:
    largest = float(np.abs(values).max(initial=0.0))
    return largest * float(np.linalg.norm(values / largest)) if largest > 0 else 0.0


@frozen(eq=False)
class Measurement:
    """Evidence about one variable, and the strategy that produced it.

    Args:
        lines: What is kept of single elements: all of a small variable; of a large one what is not right, the worst,
            and those of a corner, which the diagnosis looks at.
        tally: The sums over all that were looked at.
        partition: The structure that was found.
        by_directions: Elements that were covered by directions.
        visible: The smallest error in one element that the directions would have shown.
        wrong_direction: A direction disagrees, although no single wrong element was found.
        bisected: The wrong elements were found by bisection, so the others are right.
        whole: Every element that was looked at is among the lines.
    """

    lines: Lines
    tally: Tally
    partition: Partition
    by_directions: int = 0
    visible: float = 0.0
    wrong_direction: bool = False
    bisected: bool = False
    whole: bool = True


def find_corner(shape: Shape) -> tuple[slice, ...]:
    """Return the leading elements of a large array, as long along each axis as few enough elements allow.

    >>> find_corner((10_000, 1000)), find_corner((4, 5))
    ((slice(0, 181, None), slice(0, 181, None)), (slice(0, 4, None), slice(0, 5, None)))
    """
    longest = max(shape, default=1)
    while int(np.prod([min(length, longest) for length in shape])) > MOST_LINES:
        longest -= max(1, longest // 64)
    return tuple(slice(0, min(length, longest)) for length in shape)
