"""Whether a part leaves alone what it is given."""

from __future__ import annotations

import numpy as np

from nnframe.errors import ConformanceError
from nnframe.testing.check import FUNCTIONS, check
from nnframe.testing.checks.examples import forward_follows
from nnframe.testing.checks.modes import no_randomness
from nnframe.testing.subject import Subject
from nnframe.testing.trees import Arrays, first_difference, named, random_like

__all__ = ["leaves_arguments"]


@check("leaves its arguments alone", forward_follows, no_randomness, kinds=FUNCTIONS)
def leaves_arguments(subject: Subject) -> None:
    """Neither forward nor pullback writes into the input, the parameters, the target or the upstream gradient."""
    for case, training in subject.each():
        given = {"parameters": case.parameters, "input": case.x, "target": case.target}
        before = {what: _copied(tree, what) for what, tree in given.items()}
        try:
            output, pullback = case.run(case.parameters, case.x, case.target, case.context(training))
            _compare("forward", given, before)
            given["upstream"] = random_like(output, np.random.default_rng(0))
            before["upstream"] = _copied(given["upstream"], "upstream")
            pullback(given["upstream"])
            _compare("the pullback", given, before)
        finally:
            _restore(given, before)


def _compare(who: str, given: dict[str, object], before: dict[str, Arrays]) -> None:
    for what, tree in given.items():
        path = first_difference(before[what], named(tree, what))
        if path is not None:
            name = path.removeprefix("parameters.")
            raise ConformanceError(f"{who} writes into {name}: compute a new array, or copy before writing")


def _copied(tree: object, what: str) -> Arrays:
    return {path: array.copy() for path, array in named(tree, what).items()}


def _restore(given: dict[str, object], before: dict[str, Arrays]) -> None:
    for what, tree in given.items():
        for path, array in named(tree, what).items():
            if array.flags.writeable and array.shape == before[what][path].shape:
                array[...] = before[what][path]
