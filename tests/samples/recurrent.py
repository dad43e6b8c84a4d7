"""A recurrent layer: time, and a mask."""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array
from nnframe.interfaces import Context, Layer, Result


@frozen(eq=False)
class Recurrence:
    """input: (features, units); state: (units, units); bias: (units,)."""

    input: Array
    state: Array
    bias: Array


@frozen
class SmallRecurrent(Layer[Recurrence]):
    """hₜ = tanh(xₜ A + hₜ₋₁ B + c), the last h; a masked step leaves h as it was."""

    units: int

    def initialize(self, x: Array, rng: Generator) -> Recurrence:
        return Recurrence(
            rng.normal(size=(x.shape[-1], self.units)) / 2,
            rng.normal(size=(self.units, self.units)) / 2,
            np.zeros(self.units),
        )

    def forward(self, parameters: Recurrence, x: Array, context: Context) -> Result[Recurrence]:
        time = x.shape[1]
        live = np.ones(x.shape[:2], bool) if context.mask is None else context.mask
        states = [np.zeros((len(x), self.units), x.dtype)]
        for step in range(time):
            new = np.tanh(x[:, step] @ parameters.input + states[-1] @ parameters.state + parameters.bias)
            states.append(np.where(live[:, step, None], new, states[-1]))

        def pullback(dy: Array) -> tuple[Array, Recurrence]:
            dx = np.zeros_like(x)
            gradient = Recurrence(*(np.zeros_like(a) for a in (parameters.input, parameters.state, parameters.bias)))
            for step in reversed(range(time)):
                on = live[:, step, None]
                dsum = np.where(on, dy * (1 - states[step + 1] ** 2), 0)
                gradient.input[...] += x[:, step].T @ dsum
                gradient.state[...] += states[step].T @ dsum
                gradient.bias[...] += dsum.sum(0)
                dx[:, step] = dsum @ parameters.input.T
                dy = np.where(on, dsum @ parameters.state.T, dy)
            return dx, gradient

        return states[-1], pullback
