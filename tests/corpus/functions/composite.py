"""Small networks and losses made of several steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.corpus.case import Gradients, Result, right
from tests.corpus.data import normal, positive, tuples
from tests.corpus.functions.elementwise import sigmoid
from tests.corpus.functions.losses import log_softmax

MLP = {"weight1": normal(3, 5), "bias1": normal(5), "weight2": normal(5, 2), "bias2": normal(2)}


def two_layers(p: Any, x: Any, activation: Any, slope: Any) -> Result:
    """Dense, activation, dense; the slope is a function of the activation's output."""
    hidden = activation(x @ p["weight1"] + p["bias1"])

    def pullback(upstream: Any) -> Gradients:
        inner = (upstream @ p["weight2"].T) * slope(hidden)
        return inner @ p["weight1"].T, {
            "weight1": x.T @ inner,
            "bias1": inner.sum(axis=0),
            "weight2": hidden.T @ upstream,
            "bias2": upstream.sum(axis=0),
        }

    return hidden @ p["weight2"] + p["bias2"], pullback


@right("mlp_tanh", normal(4, 3), **MLP)
def mlp_tanh(p: Any, x: Any) -> Result:
    """Two layers with tanh."""
    return two_layers(p, x, np.tanh, lambda hidden: 1 - hidden**2)


@right("mlp_relu", normal(4, 3), **MLP)
def mlp_relu(p: Any, x: Any) -> Result:
    """Two layers with relu."""
    return two_layers(p, x, lambda z: np.maximum(z, 0), lambda hidden: (hidden > 0).astype(hidden.dtype))


@right("mlp_sigmoid_mse", tuples(normal(4, 3), normal(4, 2)), **MLP)
def mlp_sigmoid_mse(p: Any, x: Any) -> Result:
    """Two layers with sigmoid, mean squared error against a second input."""
    output, back = two_layers(p, x[0], sigmoid, lambda hidden: hidden * (1 - hidden))
    difference = output - x[1]

    def pullback(upstream: Any) -> Gradients:
        inner = 2 * upstream * difference / difference.size
        of_x, of_parameters = back(inner)
        return (of_x, -inner), of_parameters

    return (difference**2).mean(), pullback


@right("mlp_cross_entropy", normal(4, 3), **MLP)
def mlp_cross_entropy(p: Any, x: Any) -> Result:
    """Two layers with tanh, mean cross-entropy with fixed classes."""
    logits, back = mlp_tanh(p, x)
    log_s, log_back = log_softmax({}, logits)
    rows, target = np.arange(len(x)), np.arange(len(x)) % 2

    def pullback(upstream: Any) -> Gradients:
        spread = np.zeros_like(log_s)
        spread[rows, target] = -upstream / len(x)
        return back(log_back(spread)[0])

    return -log_s[rows, target].mean(), pullback


@right("logistic_regression", normal(6, 3), weight=normal(3), bias=normal(), decay=positive(low=0.01, high=0.1))
def logistic_regression(p: Any, x: Any) -> Result:
    """Mean binary cross-entropy with weight decay, the decay a parameter."""
    target = (np.arange(len(x)) % 2).astype(x.dtype)
    logits = x @ p["weight"] + p["bias"]

    def pullback(upstream: Any) -> Gradients:
        inner = upstream * (sigmoid(logits) - target) / len(x)
        return np.outer(inner, p["weight"]), {
            "weight": x.T @ inner + upstream * p["decay"] * p["weight"],
            "bias": np.asarray(inner.sum()),
            "decay": np.asarray(0.5 * upstream * (p["weight"] ** 2).sum()),
        }

    loss = (np.logaddexp(0, logits) - target * logits).mean()
    return loss + 0.5 * p["decay"] * (p["weight"] ** 2).sum(), pullback


@right("residual_block", normal(3, 4), weight1=normal(4, 3), weight2=normal(3, 4))
def residual_block(p: Any, x: Any) -> Result:
    """``x + tanh(x A) B``."""
    hidden = np.tanh(x @ p["weight1"])

    def pullback(upstream: Any) -> Gradients:
        inner = (upstream @ p["weight2"].T) * (1 - hidden**2)
        return upstream + inner @ p["weight1"].T, {"weight1": x.T @ inner, "weight2": hidden.T @ upstream}

    return x + hidden @ p["weight2"], pullback


@right("gated_unit", normal(3, 4), value=normal(4, 2), gate=normal(4, 2), bias=normal(2))
def gated_unit(p: Any, x: Any) -> Result:
    """``(x V) sigmoid(x G + b)``."""
    value, gate = x @ p["value"], sigmoid(x @ p["gate"] + p["bias"])

    def pullback(upstream: Any) -> Gradients:
        of_value, of_gate = upstream * gate, upstream * value * gate * (1 - gate)
        return of_value @ p["value"].T + of_gate @ p["gate"].T, {
            "value": x.T @ of_value,
            "gate": x.T @ of_gate,
            "bias": of_gate.sum(axis=0),
        }

    return value * gate, pullback


@right("factorization_machine", normal(5, 4), linear=normal(4), factors=normal(4, 2))
def factorization_machine(p: Any, x: Any) -> Result:
    """``x w + ½ Σ ((x V)² − x² V²)``."""
    factors = p["factors"]
    mixed = x @ factors

    def pullback(upstream: Any) -> Gradients:
        scaled = upstream[:, None]
        of_x = scaled * (p["linear"] + mixed @ factors.T - x * (factors**2).sum(axis=1))
        squares = (scaled * x**2).sum(axis=0)[:, None]
        return of_x, {"linear": x.T @ upstream, "factors": (scaled * x).T @ mixed - squares * factors}

    return x @ p["linear"] + 0.5 * (mixed**2 - x**2 @ factors**2).sum(axis=1), pullback


@right("reparameterized", normal(4, 3), mean=normal(3), log_scale=normal(3, scale=0.4))
def reparameterized(p: Any, x: Any) -> Result:
    """``m + e^s ε``, and the divergence from the standard normal in a last column."""
    scale = np.exp(p["log_scale"])
    divergence = 0.5 * (scale**2 + p["mean"] ** 2 - 1).sum() - p["log_scale"].sum()
    output = np.hstack([p["mean"] + scale * x, np.broadcast_to(divergence, (len(x), 1))])

    def pullback(upstream: Any) -> Gradients:
        sample, total = upstream[:, :3], upstream[:, 3].sum()
        return sample * scale, {
            "mean": sample.sum(axis=0) + total * p["mean"],
            "log_scale": (sample * x * scale).sum(axis=0) + total * (scale**2 - 1),
        }

    return output, pullback
