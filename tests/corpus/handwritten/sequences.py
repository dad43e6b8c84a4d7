"""Mistakes in attention, look-ups and recurrent functions, each a whole pullback written once more, wrongly."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.corpus.functions.losses import probabilities
from tests.corpus.functions.recurrent import sigmoid
from tests.corpus.handwritten.mistake import mistake

TERM = "MISSING_TERM"


def overwriting(shape: tuple[int, ...], index: Any, values: Any) -> Any:
    """Assignment where addition is meant."""
    found = np.zeros(shape)
    found[index] = values
    return found


def attention_parts(x: Any, u: Any) -> tuple[Any, Any, Any]:
    """Probabilities, their upstream, and the upstream of the scores."""
    query, key, value = x
    s = probabilities(query @ key.swapaxes(1, 2) / 2)
    of_s = u @ value.swapaxes(1, 2)
    return s, of_s, s * (of_s - (of_s * s).sum(axis=-1, keepdims=True))


mistake(
    "attention",
    "scale_forgotten",
    lambda p, x, u, g: {"input.0": 2 * g["input.0"], "input.1": 2 * g["input.1"]},
    "SCALE BATCH_MEAN",
)
mistake("attention", "scale_twice", lambda p, x, u, g: {"input.0": g["input.0"] / 2}, "SCALE BATCH_MEAN")


def diagonal_only(x: Any, u: Any) -> Any:
    """The upstream of the scores, of the diagonal of softmax's Jacobian alone."""
    s, of_s, _ = attention_parts(x, u)
    return s * (1 - s) * of_s


def over_queries(x: Any, u: Any) -> Any:
    """The upstream of the scores, summed over queries where it should be over keys."""
    s, of_s, _ = attention_parts(x, u)
    return s * (of_s - (of_s * s).sum(axis=1, keepdims=True))


mistake(
    "attention",
    "softmax_diagonal",
    lambda p, x, u, g: {"input.0": diagonal_only(x, u) @ x[1] / 2},
    also="MISSING_TERM",
)
mistake(
    "attention", "softmax_forgotten", lambda p, x, u, g: {"input.1": attention_parts(x, u)[1].swapaxes(1, 2) @ x[0] / 2}
)
mistake(
    "attention",
    "softmax_over_queries",
    lambda p, x, u, g: {"input.0": over_queries(x, u) @ x[1] / 2},
)
mistake(
    "attention",
    "value_with_upstream_scores",
    lambda p, x, u, g: {"input.2": attention_parts(x, u)[2].swapaxes(1, 2) @ u},
    "NOT_LINEAR_IN_UPSTREAM",
)
mistake("attention", "batch_mixed", lambda p, x, u, g: {"input.2": g["input.2"][::-1].copy()}, "PERMUTED")
mistake(
    "self_attention",
    "query_path_only",
    lambda p, x, u, g: {"input": g["input"] - _value_path(p, x, u)},
    also="MISSING_TERM",
)
mistake("self_attention", "key_and_query_swapped", lambda p, x, u, g: {"query": g["key"], "key": g["query"]})
mistake("self_attention", "first_sequence_only", lambda p, x, u, g: {"value": 2 * g["value"]}, "SCALE BATCH_MEAN")
mistake(
    "causal_attention",
    "value_path_forgotten",
    lambda p, x, u, g: {"input": g["input"] - _causal(p, x).T @ u},
    also="MISSING_TERM",
)
mistake("causal_attention", "mask_forgotten", lambda p, x, u, g: {"mix": x.T @ _unmasked(p, x, u)})

mistake(
    "embedding",
    "duplicates_overwritten",
    lambda p, x, u, g: {"table": overwriting((6, 3), x, u)},
    "NOT_ACCUMULATED",
    also="SPARSE_ELEMENTS MISSING_TERM",
)
mistake(
    "embedding",
    "divided_by_count",
    lambda p, x, u, g: {"table": g["table"] / np.maximum(np.bincount(x.ravel(), minlength=6), 1)[:, None]},
    "SPARSE_ELEMENTS",
    also="NOT_ACCUMULATED SCALE",
)
mistake("embedding", "off_by_one", lambda p, x, u, g: {"table": np.roll(g["table"], 1, axis=0)}, "PERMUTED")
mistake(
    "embedding",
    "padding_row_zero",
    lambda p, x, u, g: {"table": g["table"] * (np.arange(6) > 0)[:, None]},
    "SPARSE_ELEMENTS",
)
mistake(
    "gather",
    "duplicates_overwritten",
    lambda p, x, u, g: {"input.0": overwriting((6,), x[1], u * p["scale"])},
    "NOT_ACCUMULATED",
    also="SPARSE_ELEMENTS MISSING_TERM",
)
mistake("gather", "scale_of_first_values", lambda p, x, u, g: {"scale": np.asarray((u * x[0][:5]).sum())})
mistake("embedding_sum", "sum_for_mean", lambda p, x, u, g: {"table": 3 * g["table"]}, "SCALE BATCH_MEAN")
mistake("embedding_sum", "slope_forgotten", lambda p, x, u, g: {"bias": u.sum(axis=0)})
mistake(
    "embedding_sum",
    "duplicates_overwritten",
    lambda p, x, u, g: {"table": _bag_overwrite(p, x, u)},
    "NOT_ACCUMULATED",
    also="SPARSE_ELEMENTS MISSING_TERM",
)
mistake("segment_sum", "segments_mixed", lambda p, x, u, g: {"input": u[[0, 1, 2, 0, 1, 2]] * p["weight"][:, None]})
mistake(
    "segment_sum",
    "mean",
    lambda p, x, u, g: {"weight": g["weight"] / np.array([2, 2, 3, 3, 3, 1])},
    also="SPARSE_ELEMENTS",
)
mistake(
    "positional", "first_of_batch", lambda p, x, u, g: {"position": u[0].copy()}, "MISSING_BROADCAST_SUM", also=TERM
)
mistake(
    "positional",
    "over_steps",
    lambda p, x, u, g: {"position": np.repeat(u.sum(axis=(0, 1))[None], 4, axis=0)},
    "WRONG_AXIS_SUM",
)


def _value_path(p: Any, x: Any, u: Any) -> Any:
    s = probabilities((x @ p["query"]) @ (x @ p["key"]).swapaxes(1, 2) / np.sqrt(3))
    return s.swapaxes(1, 2) @ u @ p["value"].T


def _causal(p: Any, x: Any) -> Any:
    return probabilities(x @ p["mix"] @ x.T / np.sqrt(3) + np.where(np.tri(4, dtype=bool), 0.0, -1e9))


def _unmasked(p: Any, x: Any, u: Any) -> Any:
    s = probabilities(x @ p["mix"] @ x.T / np.sqrt(3))
    of_s = u @ x.T
    return s * (of_s - (of_s * s).sum(axis=-1, keepdims=True)) @ x / np.sqrt(3)


def _bag_overwrite(p: Any, x: Any, u: Any) -> Any:
    inner = u * (1 - np.tanh(p["table"][x].mean(axis=1) + p["bias"]) ** 2)
    return overwriting(p["table"].shape, x, np.repeat((inner / 3)[:, None, :], 3, axis=1))


def rnn_back(
    p: Any, x: Any, u: Any, *, slope: bool = True, carried: bool = True, shift: int = 0, steps: int = 99
) -> dict[str, Any]:
    """The pullback of the recurrent function, with parts left out."""
    states = [np.zeros((x.shape[1], 3))]
    for step in x:
        states.append(np.tanh(step @ p["inner"] + states[-1] @ p["recurrent"] + p["bias"]))
    grads = {name: np.zeros_like(value) for name, value in p.items()}
    of_x, carry = np.zeros_like(x), np.zeros_like(states[0])
    for step in list(reversed(range(len(x))))[:steps]:
        inner = (u[step] + carry) * ((1 - states[step + 1] ** 2) if slope else 1)
        grads["inner"] += x[step].T @ inner
        grads["recurrent"] += states[step + shift].T @ inner
        grads["bias"] += inner.sum(axis=0)
        of_x[step] = inner @ p["inner"].T
        carry = inner @ p["recurrent"].T if carried else 0 * carry
    return {**grads, "input": of_x}


mistake("rnn", "slope_of_tanh_forgotten", lambda p, x, u, g: rnn_back(p, x, u, slope=False))
mistake(
    "rnn",
    "nothing_carried_back",
    lambda p, x, u, g: rnn_back(p, x, u, carried=False),
    also="NOT_ACCUMULATED MISSING_TERM",
)
mistake("rnn", "state_after_for_before", lambda p, x, u, g: {"recurrent": rnn_back(p, x, u, shift=1)["recurrent"]})
mistake("rnn", "truncated", lambda p, x, u, g: rnn_back(p, x, u, steps=3), TERM, also="SPARSE_ELEMENTS")
mistake("rnn", "recurrent_transposed", lambda p, x, u, g: {"recurrent": g["recurrent"].T.copy()}, "TRANSPOSED")
mistake(
    "rnn",
    "bias_of_last_step",
    lambda p, x, u, g: {"bias": rnn_back(p, x, u, steps=1)["bias"]},
    TERM,
    also="NOT_ACCUMULATED",
)
mistake(
    "rnn",
    "overwritten_not_added",
    lambda p, x, u, g: {"inner": g["inner"] - rnn_back(p, x, u, steps=3)["inner"]},
    also="NOT_ACCUMULATED MISSING_TERM",
)
mistake("rnn_last", "start_first_of_batch", lambda p, x, u, g: {"start": g["start"] * 0.5}, "SCALE BATCH_MEAN")
mistake("rnn_last", "start_forgotten", lambda p, x, u, g: {"start": 0 * g["start"]}, "ZERO")

mistake(
    "lstm",
    "gates_swapped",
    lambda p, x, u, g: {name: _regated(g[name], (1, 0, 2, 3)) for name in p},
    "PERMUTED",
    also="SPARSE_ELEMENTS",
)
mistake(
    "lstm",
    "output_and_cell_swapped",
    lambda p, x, u, g: {name: _regated(g[name], (0, 1, 3, 2)) for name in p},
    "PERMUTED",
    also="SPARSE_ELEMENTS",
)
mistake(
    "lstm",
    "forget_gate_without_gradient",
    lambda p, x, u, g: {name: g[name] * _gate(1) for name in p},
    "SPARSE_ELEMENTS",
)
mistake(
    "lstm",
    "cell_gate_slope_of_sigmoid",
    lambda p, x, u, g: {"bias": g["bias"] * (1 - 0.5 * (1 - _gate(2)))},
    "SPARSE_ELEMENTS",
)
mistake(
    "lstm",
    "forget_bias_one_percent",
    lambda p, x, u, g: {"bias": g["bias"] * (1 + 0.01 * (1 - _gate(1)))},
    "SPARSE_ELEMENTS",
)
mistake(
    "lstm",
    "first_step_zero",
    lambda p, x, u, g: {"input": g["input"] * np.array([0.0, 1, 1])[:, None, None]},
    "SPARSE_ELEMENTS",
)
mistake(
    "gru",
    "reset_and_update_swapped",
    lambda p, x, u, g: {name: _regated(g[name], (1, 0, 2)) for name in p},
    "PERMUTED",
    also="SPARSE_ELEMENTS",
)
mistake(
    "gru",
    "update_sign",
    lambda p, x, u, g: {name: g[name] * np.repeat([1, -1.0, 1], 3) for name in p},
    "SPARSE_ELEMENTS",
)
mistake(
    "exponential_average",
    "decay_slope_forgotten",
    lambda p, x, u, g: {"decay": g["decay"] / (sigmoid(p["decay"]) * sigmoid(-p["decay"]))},
)
mistake(
    "exponential_average", "one_minus_forgotten", lambda p, x, u, g: {"input": g["input"] / (1 - sigmoid(p["decay"]))}
)


def _regated(gradient: Any, order: tuple[int, ...]) -> Any:
    parts = np.split(gradient, len(order), axis=-1)
    return np.concatenate([parts[number] for number in order], axis=-1)


def _gate(number: int) -> Any:
    return 1.0 - (np.arange(12) // 3 == number)
