"""Mistakes in how a function and its pullback behave, which can be made around any right function."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from tests.faults.mutations.manners import (
    dropout_unseeded,
    input_centred,
    input_overwritten,
    pullback_unseeded,
    step_taken,
    updates_in_place,
    upstream_scaled,
)
from tests.faults.mutations.memory import (
    first_forward,
    forward_before,
    grows_by_call,
    latest_forward,
    never_cleared,
    one_buffer,
    tape_consumed,
    tape_exhausted,
)
from tests.faults.mutations.wrap import Wrap, around

__all__ = ["BEHAVIOURS", "Behaviour"]


@frozen
class Behaviour:
    """A way to misbehave.

    Args:
        name: Of the mistake.
        wrap: Makes the wrong function.
        causes: Names of the causes that say what it is.
        needs: ``"parameters"``, ``"input"`` (a single one of real numbers), ``"curved"`` (gradients that depend on the
            point), or nothing.
        count: How many functions get it.
        numbers: The mistake shows in the numbers of one call; it is compared with the right pullback.
    """

    name: str
    wrap: Wrap
    causes: str
    needs: str = ""
    count: int = 5
    numbers: bool = False


REPEAT = "SECOND_CALL_DIFFERS STALE ALIASED"
BEHAVIOURS = [
    Behaviour(
        "upstream_as_ones", around(lambda back, u: back(np.ones_like(u))), "UPSTREAM_IGNORED", count=8, numbers=True
    ),
    Behaviour("upstream_squared", around(lambda back, u: back(u * u)), "NOT_LINEAR_IN_UPSTREAM", count=6, numbers=True),
    Behaviour(
        "upstream_by_sign", around(lambda back, u: back(np.sign(u))), "NOT_LINEAR_IN_UPSTREAM", count=6, numbers=True
    ),
    Behaviour(
        "upstream_absolute", around(lambda back, u: back(np.abs(u))), "NOT_LINEAR_IN_UPSTREAM", count=6, numbers=True
    ),
    Behaviour(
        "upstream_plus_one",
        around(lambda back, u: back(np.asarray(u + u.dtype.type(1)))),
        "NOT_LINEAR_IN_UPSTREAM EXTRA_TERM",
        count=5,
        numbers=True,
    ),
    Behaviour(
        "upstream_averaged",
        around(lambda back, u: back(np.full_like(u, u.mean()))),
        "WRONG_AXIS_SUM",
        count=0,
        numbers=True,
    ),
    Behaviour(
        "upstream_clipped",
        around(lambda back, u: back(np.clip(u, -1, 1))),
        "NOT_LINEAR_IN_UPSTREAM",
        count=6,
        numbers=True,
    ),
    Behaviour("tape_consumed", tape_consumed, "SECOND_CALL_DIFFERS NOT_LINEAR_IN_UPSTREAM ZERO"),
    Behaviour("tape_exhausted", tape_exhausted, "SECOND_CALL_DIFFERS", count=3),
    Behaviour("grows_by_call", grows_by_call, REPEAT),
    Behaviour("never_cleared", never_cleared, f"{REPEAT} NOT_DETERMINISTIC"),
    Behaviour("one_buffer", one_buffer, "ALIASED", count=6),
    Behaviour("latest_forward", latest_forward, "STALE", "curved", 6),
    Behaviour("first_forward", first_forward, "STALE", "curved", 6),
    Behaviour("forward_before", forward_before, "STALE SECOND_CALL_DIFFERS", "curved", 5),
    Behaviour("step_taken", step_taken, "STALE", "parameters", 6, numbers=True),
    Behaviour("updates_in_place", updates_in_place, "MUTATES_INPUT", "parameters", 5),
    Behaviour("input_overwritten", input_overwritten, "MUTATES_INPUT", "input", 5),
    Behaviour("input_centred", input_centred, "MUTATES_INPUT", "input", 5),
    Behaviour("upstream_scaled", around(upstream_scaled), "MUTATES_UPSTREAM", count=6),
    Behaviour("dropout_unseeded", dropout_unseeded, "NOT_DETERMINISTIC SECOND_CALL_DIFFERS", count=5),
    Behaviour("pullback_unseeded", pullback_unseeded, "NOT_DETERMINISTIC SECOND_CALL_DIFFERS", count=5),
]
