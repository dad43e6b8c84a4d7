"""Pre-flight of a subject that is lent its parameters: the same questions, in the memory of two gradients.

It answers one thing only, whether all is well. Where it has a doubt, the ordinary pre-flight, which keeps copies of
everything, says what is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nnframe.arrays import Array
from nnframe.interruption import is_from_signal
from nnframe.verification.floats.bitwise import same_bits
from nnframe.verification.function.function import FunctionUnderTest, Pull
from nnframe.verification.preconditions.linearity import some, together
from nnframe.verification.preconditions.purity import AGAIN, OVERWRITES, Preflight, collect, different, go_elsewhere
from nnframe.verification.report.cause import Cause

__all__ = ["preflight_sparingly"]

Gradients = Mapping[str, object]


class _Doubt(Exception):  # noqa: N818 - it is none
    """Something is not as expected, or cannot be seen this way."""


def preflight_sparingly(subject: FunctionUnderTest, output: Array, upstreams: list[Array]) -> Preflight | None:
    """What the pre-flight finds; None where there is a doubt that the ordinary one has to look into."""
    found = Preflight(output, upstreams)
    try:
        found.raw = _gradients(found, subject)
    except Exception as error:
        if is_from_signal(error):
            raise
        return found if found.findings else None
    collect(found, subject)
    return found


def _gradients(found: Preflight, subject: FunctionUnderTest) -> list[Gradients]:
    """The gradients of both upstreams; of each only samples are kept while another one is computed."""
    one, two = found.upstreams
    again, pull = subject.run(subject.copies())
    _sure(again.shape == found.output.shape and np.array_equal(again, found.output, equal_nan=True))
    first = _asked(pull, one)
    samples = [_sampled(first)]
    samples.append(_sampled(_asked(pull, two)))
    _sure(_untouched(subject))
    _all_the_same(found, samples[0], _sampled(first), Cause.ALIASED, OVERWRITES)
    go_elsewhere(subject)
    again_first = _asked(pull, one)
    _sure(_apart(first, again_first))
    _all_the_same(found, first, again_first, Cause.SECOND_CALL_DIFFERS, AGAIN)
    del again_first
    fresh = subject.run(subject.copies())[1]
    _sure(together(fresh, found.upstreams, samples))
    second = _asked(fresh, two)
    _sure(_apart(first, second) and not different(samples[1], _sampled(second)))
    return [first, second]


def _sure(fact: bool) -> None:
    if not fact:
        raise _Doubt


def _asked(pull: Pull, upstream: Array) -> Gradients:
    """The gradients of a pullback that leaves its upstream alone."""
    given = upstream.copy()
    gradients = pull(given)
    _sure(same_bits(given, upstream))
    return gradients


def _untouched(subject: FunctionUnderTest) -> bool:
    """Whether everything that was lent is as it was."""
    return all(same_bits(each, subject.values[path]) for path, each in (subject.lent or {}).items())


def _all_the_same(found: Preflight, first: Gradients, later: Gradients, cause: Cause, hint: str) -> None:
    """Note what is not the same any more."""
    for path in different(first, later):
        found.fail(path, cause, hint.format(path))
    _sure(not found.findings)


def _apart(one: Gradients, two: Gradients) -> bool:
    """Whether no gradient lies in the memory of another one."""
    arrays = [[each for each in gradients.values() if isinstance(each, np.ndarray)] for gradients in (one, two)]
    return not any(np.may_share_memory(first, second) for first in arrays[0] for second in arrays[1])


def _sampled(gradients: Gradients) -> dict[str, Array]:
    """Copies of gradients; of a very large one, of every so manieth element."""
    return {path: np.array(some(np.asarray(each))) for path, each in gradients.items() if each is not None}
