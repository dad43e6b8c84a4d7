"""The preconditions of a comparison, in order: finite numbers, purity, shapes, linearity in the upstream."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import define, field

from nnframe.arrays import Array
from nnframe.verification.comparison.evidence import Charge, Charges
from nnframe.verification.floats.sampling import Draws
from nnframe.verification.function.function import FunctionUnderTest, Gradients
from nnframe.verification.preconditions.cotangents import draw_upstreams
from nnframe.verification.preconditions.linearity import check_linearity
from nnframe.verification.preconditions.purity import check_purity
from nnframe.verification.preconditions.shapes import check_shape
from nnframe.verification.report.cause import Cause

__all__ = ["Preconditions", "check_preconditions"]


@define(eq=False)
class Preconditions:
    """What was seen of a function before any derivative was measured.

    Attributes:
        function: The function; one that writes into its arguments gets copies from now on.
        output: Its output at the point.
        upstreams: The upstream gradients that it was asked with.
        gradients: For each of them the gradients by path: those that can be compared.
        workspace: Copies of the variables that may be used again; None where the function writes into them.
        charges: What is wrong already.
        once: Each pullback may be called only once.
    """

    function: FunctionUnderTest
    output: Array
    upstreams: Sequence[Array]
    charges: Charges
    gradients: list[dict[str, Array]] = field(factory=list)
    workspace: dict[str, Array] | None = None

    @property
    def stops(self) -> bool:
        """Whether there is nothing to compare with: the forward itself is wrong."""
        return "forward" in self.charges

    @property
    def once(self) -> bool:
        """Whether each pullback may be called only once."""
        return bool(self.charges)


def check_preconditions(
    function: FunctionUnderTest, draws: Draws, captured: Array | None, charges: Charges
) -> Preconditions:
    """Check everything that needs no derivative.

    Args:
        function: The function.
        draws: Make upstream gradients.
        captured: The upstream gradient that was captured in a model; None where there is none.
        charges: Where charges are added.

    Raises:
        BudgetSpent: The budget does not allow it; charges up to then are known.
    """
    output = function.run(function.copy_values())[0].copy()
    if not np.isfinite(output).all():
        count = int((~np.isfinite(output)).sum())
        hint = f"{count} of {output.size} outputs are infinite or NaN: there is nothing to differentiate"
        charges.add("forward", Cause.NON_FINITE, hint)
        return Preconditions(function, output, [], charges)
    upstreams = draw_upstreams(output, draws.generator("", "upstreams"), captured)
    purity = check_purity(function, output, upstreams, charges)
    found = Preconditions(purity.function, output, upstreams, charges)
    if found.stops:
        return found
    found.workspace = None if purity.function.writes else purity.workspace
    found.gradients = _collect(purity.function, purity.gradients, output, charges)
    if found.gradients and not function.fixed:
        check_linearity(purity.function, upstreams, found.gradients, charges)
    return found


def _collect(
    function: FunctionUnderTest, returned: Sequence[Gradients], output: Array, charges: Charges
) -> list[dict[str, Array]]:
    """The gradients that can be compared, under every upstream; what keeps one from it is a charge."""
    gradients: list[dict[str, Array]] = []
    broken: set[str] = set()
    for each in returned:
        gradients.append({})
        given = any(each.get(path) is not None for path in function.optional)
        for path, value in function.values.items():
            gradient = each.get(path)
            if gradient is None and path in function.optional and not given:
                broken.add(path)
                continue
            problem: Charge | None = check_shape(path, value, gradient, output)
            if problem is None:
                gradients[-1][path] = np.asarray(gradient)
            else:
                broken.add(path)
                charges.by_path.setdefault(path, problem)
    return [{path: each for path, each in several.items() if path not in broken} for several in gradients]
