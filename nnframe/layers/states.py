"""States: what a recurrent layer hands from step to step, and which of it a padded step leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from nnframe.arrays import Array, Booleans, namespace
from nnframe.errors import ShapeError

__all__ = ["State", "Step", "chosen", "joined", "live", "parted", "stacked", "zeros"]

State: TypeAlias = tuple[Array, ...]
"""What a layer knows of the past, (batch, units) each; the first is its output."""

Step: TypeAlias = tuple[State, Callable[[State], tuple[Array, Array, State]]]
"""The new state, and its pullback: -> the gradients of x W + b, of h U, and of the old state except through U."""


def live(mask: Booleans | None, x: Array) -> Booleans | None:
    """The mask, (batch, length, 1), or None where nothing is padded."""
    if mask is None:
        return None
    if mask.shape != x.shape[:2]:
        raise ShapeError(f"the mask must be (batch, length) {x.shape[:2]}, and is {mask.shape}")
    return mask[:, :, None]


def chosen(live: Booleans, new: State, old: State) -> State:
    """The new state where a step is live, the old one where it is padding."""
    xp = namespace(new[0])
    return tuple(xp.where(live, a, b) for a, b in zip(new, old, strict=True))


def zeros(state: State) -> State:
    """A state of zeros."""
    return (namespace(state[0]).zeros_like(state[0]),) * len(state)


def stacked(steps: dict[int, Array]) -> Array:
    """(batch, length, ...), in the order of time."""
    return namespace(steps[0]).stack([steps[t] for t in range(len(steps))], axis=1)


def parted(states: Array) -> State:
    """The states of all steps, (batch, length, states, units), as one state of (batch · length, units) each."""
    rows = states.shape[0] * states.shape[1]
    return tuple(states[:, :, s].reshape(rows, states.shape[3]) for s in range(states.shape[2]))


def joined(state: State, like: Array) -> Array:
    """The way back from ``parted``."""
    return namespace(like).stack(state, axis=1).reshape(like.shape)
