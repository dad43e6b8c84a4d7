"""Recurrent: what SimpleRNN, LSTM and GRU have in common: time, masks, and the gradients of the weights."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from typing import ClassVar, cast

import attrs
import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, namespace
from nnframe.checks import truth, whole_from_one
from nnframe.errors import ShapeError
from nnframe.initializers import GlorotUniform, Orthogonal, Zeros
from nnframe.interfaces import AnyPullback, Context, Initializer, Layer, Result, Unrolled
from nnframe.layers.convert import as_initializer
from nnframe.layers.normalization import rows_of
from nnframe.layers.spatial import sequence_shape
from nnframe.layers.states import State, Step, chosen, joined, live, parted, stacked, zeros

__all__ = ["Recurrence", "Recurrent"]


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
        mask = live(context.mask, x)
        projected = xp.matmul(x, weights.input_weight)
        projected += weights.bias
        if not len(x):  # No example, no steps: shapes flow through here when a model is built.
            none = projected[..., : self.units]
            steps = none, projected, projected
            y = none if self.return_sequences else none[:, 0]
            return y, lambda dy: self._gradients(weights, x, steps, context)
        order = range(x.shape[1])[:: -1 if self.backwards else 1]
        state: State = (xp.zeros_like(projected[:, 0, : self.units]),) * self.states
        before, after, backs = {}, {}, {}
        for t in order:
            before[t] = state[0]
            new, backs[t] = self.step(weights, projected[:, t], state)
            state = new if mask is None else chosen(mask[:, t], new, state)
            after[t] = state[0]
        last = order[-1]

        def pullback(dy: Array) -> tuple[Array, Recurrence]:
            dstate: State = (xp.zeros_like(after[last]),) * self.states
            over, back_over = {}, xp.matrix_transpose(weights.recurrent_weight)
            into = {}
            for t in reversed(order):
                if self.return_sequences or t == last:
                    dstate = (dstate[0] + (dy[:, t] if self.return_sequences else dy), *dstate[1:])
                taken = dstate if mask is None else chosen(mask[:, t], dstate, zeros(dstate))
                into[t], over[t], (dh, *rest) = backs[t](taken)
                dh = dh + xp.matmul(over[t], back_over)
                dstate = (dh, *rest) if mask is None else chosen(mask[:, t], (dh, *rest), dstate)
            return self._gradients(weights, x, (stacked(before), stacked(into), stacked(over)), context)

        return stacked(after) if self.return_sequences else after[last], pullback

    def unrolled(self, x: object, context: Context) -> Unrolled:
        """The steps at once, each from states that are given, (batch, length, states, units)."""
        batch, length, _ = sequence_shape(type(self).__qualname__, cast("Array", x))
        count = batch * length * self.states * self.units
        places = np.arange(count).reshape(batch, length, self.states, self.units)
        before = np.full_like(places, -1)
        early, late = slice(None, -1), slice(1, None)
        before[:, early if self.backwards else late] = places[:, late if self.backwards else early]
        shown = places[:, :, 0] if self.return_sequences else places[:, 0 if self.backwards else -1, 0]
        return Unrolled(partial(self._steps_at_once, context), before, shown)

    def _steps_at_once(self, context: Context, parameters: object, given: object) -> tuple[Array, AnyPullback]:
        """All steps, as if each were an example of its own."""
        x, states = cast("tuple[Array, Array]", given)
        xp, weights = namespace(x), self.scaled(cast("Recurrence", parameters))
        mask = live(context.mask, x)
        rows = None if mask is None else mask.reshape(-1, 1)
        old = parted(states)
        new, back = self.step(weights, rows_of(xp.matmul(x, weights.input_weight) + weights.bias), old)
        after = new if rows is None else chosen(rows, new, old)

        def pullback(upstream: object) -> tuple[tuple[Array, Array], Recurrence]:
            dstate = parted(cast("Array", upstream))
            into, over, (dh, *rest) = back(dstate if rows is None else chosen(rows, dstate, zeros(dstate)))
            dold = (dh + xp.matmul(over, xp.matrix_transpose(weights.recurrent_weight)), *rest)
            dold = dold if rows is None else chosen(rows, dold, dstate)
            dx, gradient = self._gradients(weights, x, (old[0], into.reshape(*x.shape[:2], -1), over), context)
            return (dx, joined(dold, states)), gradient

        return joined(after, states), pullback

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
            xp.sum(dinput, axis=0),
            None if weights.candidate_bias is None else xp.sum(dover[:, -self.units :], axis=0),
        )
        return dx, self.scaled(gradient)
