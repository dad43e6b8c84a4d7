"""Recurrent: what SimpleRNN, LSTM and GRU have in common: time, masks, and the gradients of the weights."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar, TypeAlias

import attrs
import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, Booleans, namespace
from nnframe.checks import truth, whole_from_one
from nnframe.errors import ShapeError
from nnframe.initializers import GlorotUniform, Orthogonal, Zeros
from nnframe.interfaces import Context, Initializer, Layer, Result
from nnframe.layers.convert import as_initializer
from nnframe.layers.normalization import column_sums, rows_of
from nnframe.layers.spatial import sequence_shape

__all__ = ["Recurrence", "Recurrent", "State", "Step"]


@frozen(eq=False)
class Recurrence:
    """The parameters of a recurrent layer. The gates stand side by side, in the order that the layer gives."""

    input_weight: Array
    """(features, gates · units)"""
    recurrent_weight: Array
    """(units, gates · units)"""
    bias: Array
    """(gates · units,)"""
    candidate_bias: Array | None = None
    """(units,), of GRU only: inside the reset gate"""


State: TypeAlias = tuple[Array, ...]
"""What a layer knows of the past, (batch, units) each; the first is its output."""

Step: TypeAlias = tuple[State, Callable[[State], tuple[Array, Array, State]]]
"""The new state, and its pullback: -> the gradients of x W + b, of h U, and of the old state except through U."""


@frozen
class Recurrent(Layer[Recurrence]):
    """(batch, length, features) -> (batch, length, units), or the last (batch, units).

    Examples do not see each other. A padded step (``context.mask`` is False) leaves the state as it is.

    Args:
        units: The length of the state.
        return_sequences: Whether the output is the state after every step, not only the last.
        backwards: Whether time runs from the end to the start; a sequence is returned in the order of the input.
        input_initializer, recurrent_initializer, bias_initializer: Where W (each gate), U (each gate) and b begin.
    """

    gates: ClassVar[int]
    states: ClassVar[int] = 1
    units: int = attrs.field(validator=whole_from_one)
    return_sequences: bool = attrs.field(default=False, validator=truth)
    backwards: bool = attrs.field(default=False, validator=truth, kw_only=True)
    input_initializer: Initializer = attrs.field(default=GlorotUniform(), converter=as_initializer, kw_only=True)
    recurrent_initializer: Initializer = attrs.field(default=Orthogonal(), converter=as_initializer, kw_only=True)
    bias_initializer: Initializer = attrs.field(default=Zeros(), converter=as_initializer, kw_only=True)

    @abstractmethod
    def step(self, weights: Recurrence, projected: Array, state: State) -> Step:
        """Take one step: ``projected`` is x W + b at it, (batch, gates · units)."""

    def scaled(self, weights: Recurrence) -> Recurrence:
        """Return the weights as ``step`` wants them: a multiple of each column. Their gradients go through it too."""
        return weights

    def initialize(self, x: Array, rng: Generator) -> Recurrence:
        name = type(self).__qualname__
        _, length, features = sequence_shape(name, x)
        if length < 1:
            raise ShapeError(f"{name} needs sequences of at least one step, got {x.shape}")
        into = [self.input_initializer((features, self.units), rng) for _ in range(self.gates)]
        over = [self.recurrent_initializer((self.units, self.units), rng) for _ in range(self.gates)]
        bias = self.bias_initializer((self.gates * self.units,), rng)
        return Recurrence(np.concatenate(into, 1), np.concatenate(over, 1), bias)

    def forward(self, parameters: Recurrence, x: Array, context: Context) -> Result[Recurrence]:
        xp, weights = namespace(x), self.scaled(parameters)
        mask = _live(context.mask, x)
        projected = xp.matmul(x, weights.input_weight)
        projected += weights.bias
        order = range(x.shape[1])[:: -1 if self.backwards else 1]
        state: State = (xp.zeros_like(projected[:, 0, : self.units]),) * self.states
        before, after, backs = {}, {}, {}
        for t in order:
            before[t] = state[0]
            new, backs[t] = self.step(weights, projected[:, t], state)
            state = new if mask is None else _chosen(mask[:, t], new, state)
            after[t] = state[0]
        last = order[-1]

        def pullback(dy: Array) -> tuple[Array, Recurrence]:
            dstate: State = (xp.zeros_like(after[last]),) * self.states
            over, back_over = {}, xp.matrix_transpose(weights.recurrent_weight)
            into = {}
            for t in reversed(order):
                if self.return_sequences or t == last:
                    dstate = (dstate[0] + (dy[:, t] if self.return_sequences else dy), *dstate[1:])
                taken = dstate if mask is None else _chosen(mask[:, t], dstate, _zeros(dstate))
                into[t], over[t], (dh, *rest) = backs[t](taken)
                dh = dh + xp.matmul(over[t], back_over)
                dstate = (dh, *rest) if mask is None else _chosen(mask[:, t], (dh, *rest), dstate)
            return self._gradients(weights, x, (_stacked(before), _stacked(into), _stacked(over)), context)

        return _stacked(after) if self.return_sequences else after[last], pullback

    def _gradients(
        self, weights: Recurrence, x: Array, steps: tuple[Array, Array, Array], context: Context
    ) -> tuple[Array, Recurrence]:
        """Put the gradients of all steps together: one product for each weight."""
        xp, (before, into, over) = namespace(x), steps
        dinput, dover = rows_of(into), rows_of(over)
        dx = xp.matmul(into, xp.matrix_transpose(weights.input_weight)) if context.input_gradient else into
        gradient = Recurrence(
            xp.matmul(xp.matrix_transpose(rows_of(x)), dinput),
            xp.matmul(xp.matrix_transpose(rows_of(before)), dover),
            column_sums(dinput),
            None if weights.candidate_bias is None else column_sums(dover[:, -self.units :]),
        )
        return dx, self.scaled(gradient)


def _live(mask: Booleans | None, x: Array) -> Booleans | None:
    """The mask, (batch, length, 1), or None where nothing is padded."""
    if mask is None:
        return None
    if mask.shape != x.shape[:2]:
        raise ShapeError(f"the mask must be (batch, length) {x.shape[:2]}, and is {mask.shape}")
    return mask[:, :, None]


def _chosen(live: Booleans, new: State, old: State) -> State:
    xp = namespace(new[0])
    return tuple(xp.where(live, a, b) for a, b in zip(new, old, strict=True))


def _zeros(state: State) -> State:
    return (namespace(state[0]).zeros_like(state[0]),) * len(state)


def _stacked(steps: dict[int, Array]) -> Array:
    """(batch, length, ...), in the order of time."""
    return namespace(steps[0]).stack([steps[t] for t in range(len(steps))], axis=1)
