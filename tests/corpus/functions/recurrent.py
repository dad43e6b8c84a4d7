"""Recurrent functions over short sequences; (steps, batch, features)."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.corpus.case import Gradients, Result, right
from tests.corpus.data import normal


def sigmoid(x: Any) -> Any:
    """``1 / (1 + e⁻ˣ)``."""
    return 1 / (1 + np.exp(-x))


@right("rnn", normal(4, 3, 2), inner=normal(2, 3), recurrent=normal(3, 3, scale=0.5), bias=normal(3))
def rnn(p: Any, x: Any) -> Result:
    """``h = tanh(x W + h U + b)``; gives the whole sequence of states."""
    states = [np.zeros((x.shape[1], 3), dtype=x.dtype)]
    for step in x:
        states.append(np.tanh(step @ p["inner"] + states[-1] @ p["recurrent"] + p["bias"]))

    def pullback(upstream: Any) -> Gradients:
        grads = {name: np.zeros_like(value) for name, value in p.items()}
        of_x, carry = np.zeros_like(x), np.zeros_like(states[0])
        for step in reversed(range(len(x))):
            inner = (upstream[step] + carry) * (1 - states[step + 1] ** 2)
            grads["inner"] += x[step].T @ inner
            grads["recurrent"] += states[step].T @ inner
            grads["bias"] += inner.sum(axis=0)
            of_x[step], carry = inner @ p["inner"].T, inner @ p["recurrent"].T
        return of_x, grads

    return np.stack(states[1:]), pullback


@right("rnn_last", normal(3, 2, 2), inner=normal(2, 2), recurrent=normal(2, 2, scale=0.5), start=normal(2))
def rnn_last(p: Any, x: Any) -> Result:
    """The last state only, from a learnt first one."""
    states = [np.broadcast_to(p["start"], (x.shape[1], 2))]
    for step in x:
        states.append(np.tanh(step @ p["inner"] + states[-1] @ p["recurrent"]))

    def pullback(upstream: Any) -> Gradients:
        grads = {"inner": np.zeros_like(p["inner"]), "recurrent": np.zeros_like(p["recurrent"])}
        of_x, carry = np.zeros_like(x), upstream
        for step in reversed(range(len(x))):
            inner = carry * (1 - states[step + 1] ** 2)
            grads["inner"] += x[step].T @ inner
            grads["recurrent"] += states[step].T @ inner
            of_x[step], carry = inner @ p["inner"].T, inner @ p["recurrent"].T
        return of_x, {**grads, "start": carry.sum(axis=0)}

    return states[-1], pullback


@right("lstm", normal(3, 2, 2), inner=normal(2, 12, scale=0.7), recurrent=normal(3, 12, scale=0.5), bias=normal(12))
def lstm(p: Any, x: Any) -> Result:
    """Input, forget, cell and output gate side by side; gives the sequence of states."""
    hidden = cell = np.zeros((x.shape[1], 3), dtype=x.dtype)
    tape, states = [], []
    for step in x:
        i, f, g, o = np.split(step @ p["inner"] + hidden @ p["recurrent"] + p["bias"], 4, axis=1)
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        before, past = cell, hidden
        cell = f * cell + i * g
        hidden = o * np.tanh(cell)
        tape.append((i, f, g, o, before, np.tanh(cell), past))
        states.append(hidden)

    def pullback(upstream: Any) -> Gradients:
        grads = {name: np.zeros_like(value) for name, value in p.items()}
        of_x, of_hidden, of_cell = np.zeros_like(x), np.zeros_like(hidden), np.zeros_like(cell)
        for step in reversed(range(len(x))):
            i, f, g, o, before, squashed, past = tape[step]
            of_hidden = of_hidden + upstream[step]
            of_cell = of_cell + of_hidden * o * (1 - squashed**2)
            parts = (of_cell * g * i * (1 - i), of_cell * before * f * (1 - f), of_cell * i * (1 - g**2))
            gates = np.concatenate([*parts, of_hidden * squashed * o * (1 - o)], axis=1)
            grads["inner"] += x[step].T @ gates
            grads["recurrent"] += past.T @ gates
            grads["bias"] += gates.sum(axis=0)
            of_x[step], of_hidden, of_cell = gates @ p["inner"].T, gates @ p["recurrent"].T, of_cell * f
        return of_x, grads

    return np.stack(states), pullback


@right("gru", normal(3, 2, 2), inner=normal(2, 9, scale=0.7), recurrent=normal(3, 9, scale=0.5), bias=normal(9))
def gru(p: Any, x: Any) -> Result:
    """Reset, update and candidate side by side; the reset applies to the recurrent product."""
    hidden = np.zeros((x.shape[1], 3), dtype=x.dtype)
    tape, states = [], []
    for step in x:
        from_x, from_h = step @ p["inner"] + p["bias"], hidden @ p["recurrent"]
        r, z = sigmoid(from_x[:, :3] + from_h[:, :3]), sigmoid(from_x[:, 3:6] + from_h[:, 3:6])
        n = np.tanh(from_x[:, 6:] + r * from_h[:, 6:])
        tape.append((r, z, n, from_h[:, 6:], hidden))
        hidden = (1 - z) * n + z * hidden
        states.append(hidden)

    def pullback(upstream: Any) -> Gradients:
        grads = {name: np.zeros_like(value) for name, value in p.items()}
        of_x, carry = np.zeros_like(x), np.zeros_like(hidden)
        for step in reversed(range(len(x))):
            r, z, n, candidate, past = tape[step]
            carry = carry + upstream[step]
            of_n = carry * (1 - z) * (1 - n**2)
            of_z, of_r = carry * (past - n) * z * (1 - z), of_n * candidate * r * (1 - r)
            outer, inner = np.hstack([of_r, of_z, of_n]), np.hstack([of_r, of_z, of_n * r])
            grads["inner"] += x[step].T @ outer
            grads["recurrent"] += past.T @ inner
            grads["bias"] += outer.sum(axis=0)
            of_x[step], carry = outer @ p["inner"].T, carry * z + inner @ p["recurrent"].T
        return of_x, grads

    return np.stack(states), pullback


@right("exponential_average", normal(5, 3), decay=normal(3))
def exponential_average(p: Any, x: Any) -> Result:
    """``m = d m + (1 − d) x`` with a learnt decay ``d = sigmoid(parameter)``."""
    decay = sigmoid(p["decay"])
    states = [np.zeros_like(x[0])]
    for step in x:
        states.append(decay * states[-1] + (1 - decay) * step)

    def pullback(upstream: Any) -> Gradients:
        of_x, carry, of_decay = np.zeros_like(x), np.zeros_like(x[0]), np.zeros_like(decay)
        for step in reversed(range(len(x))):
            carry = carry + upstream[step]
            of_decay += carry * (states[step] - x[step])
            of_x[step], carry = carry * (1 - decay), carry * decay
        return of_x, {"decay": of_decay * decay * (1 - decay)}

    return np.stack(states[1:]), pullback
