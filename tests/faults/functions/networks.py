"""Small networks: chains of several layers."""

from __future__ import annotations

import numpy as np

from tests.faults.case import Gradients, Parameters, Result, right
from tests.faults.draws import Array, normal, pair, uniform
from tests.faults.functions.losses import log_softmax_of
from tests.faults.functions.pointwise import sigmoid

LAYERS = {"weight1": normal(3, 4), "bias1": normal(4), "weight2": normal(4, 2), "bias2": normal(2)}


@right(normal(5, 3), **LAYERS)
def mlp_tanh(p: Parameters, x: Array) -> Result:
    """``tanh(x W1 + b1) W2 + b2``."""
    hidden = np.tanh(x @ p["weight1"] + p["bias1"])

    def pullback(u: Array) -> Gradients:
        inner = (u @ p["weight2"].T) * (1 - hidden**2)
        return inner @ p["weight1"].T, {
            "weight1": x.T @ inner,
            "bias1": inner.sum(axis=0),
            "weight2": hidden.T @ u,
            "bias2": u.sum(axis=0),
        }

    return hidden @ p["weight2"] + p["bias2"], pullback


@right(normal(5, 3), **LAYERS)
def mlp_classifier(p: Parameters, x: Array) -> Result:
    """A softplus layer, a dense one, and the mean cross-entropy with fixed targets."""
    target = np.array([0, 1, 1, 0, 1])
    before = x @ p["weight1"] + p["bias1"]
    hidden = np.logaddexp(x.dtype.type(0), before)
    logs = log_softmax_of(hidden @ p["weight2"] + p["bias2"])

    def pullback(u: Array) -> Gradients:
        of_logits = np.exp(logs)
        of_logits[np.arange(5), target] -= 1
        of_logits = u * of_logits / 5
        inner = (of_logits @ p["weight2"].T) * sigmoid(before)
        return inner @ p["weight1"].T, {
            "weight1": x.T @ inner,
            "bias1": inner.sum(axis=0),
            "weight2": hidden.T @ of_logits,
            "bias2": of_logits.sum(axis=0),
        }

    return -logs[np.arange(5), target].mean(), pullback


@right(normal(4, 3), weight=normal(3, 2), bias=normal(2))
def dense_relu(p: Parameters, x: Array) -> Result:
    """``max(0, x W + b)``."""
    before = x @ p["weight"] + p["bias"]
    active = (before > 0).astype(x.dtype)

    def pullback(u: Array) -> Gradients:
        inner = u * active
        return inner @ p["weight"].T, {"weight": x.T @ inner, "bias": inner.sum(axis=0)}

    return before * active, pullback


@right(pair(normal(6, 3), uniform(0, 1, 6)), weight=normal(3), bias=normal(), decay=uniform(0.05, 0.3))
def ridge_logistic(p: Parameters, x: tuple[Array, Array]) -> Result:
    """Logistic regression with a penalty: ``mean softplus(z) - t z + d |w|² / 2``."""
    data, target = x
    z = data @ p["weight"] + p["bias"]

    def pullback(u: Array) -> Gradients:
        of_z = u * (sigmoid(z) - target) / 6
        return (np.outer(of_z, p["weight"]), -u * z / 6), {
            "weight": data.T @ of_z + u * p["decay"] * p["weight"],
            "bias": np.asarray(of_z.sum()),
            "decay": np.asarray(u * (p["weight"] ** 2).sum() / 2),
        }

    penalty = p["decay"] * (p["weight"] ** 2).sum() / 2
    return (np.logaddexp(z.dtype.type(0), z) - target * z).mean() + penalty, pullback


@right(normal(3, 4), weight1=normal(4, 3, scale=0.7), weight2=normal(3, 4, scale=0.7))
def residual_block(p: Parameters, x: Array) -> Result:
    """``x + tanh(x A) B``."""
    hidden = np.tanh(x @ p["weight1"])

    def pullback(u: Array) -> Gradients:
        inner = (u @ p["weight2"].T) * (1 - hidden**2)
        return u + inner @ p["weight1"].T, {"weight1": x.T @ inner, "weight2": hidden.T @ u}

    return x + hidden @ p["weight2"], pullback


@right(normal(3, 3), carry=normal(3, 3), change=normal(3, 3))
def highway(p: Parameters, x: Array) -> Result:
    """``g tanh(x B) + (1 - g) x`` with ``g = sigmoid(x A)``."""
    gate, new = sigmoid(x @ p["carry"]), np.tanh(x @ p["change"])

    def pullback(u: Array) -> Gradients:
        of_gate = u * (new - x) * gate * (1 - gate)
        of_new = u * gate * (1 - new**2)
        of_x = u * (1 - gate) + of_gate @ p["carry"].T + of_new @ p["change"].T
        return of_x, {"carry": x.T @ of_gate, "change": x.T @ of_new}

    return gate * new + (1 - gate) * x, pullback


@right(normal(4, 3), gate=normal(3, 2), experts=normal(2, 3, 2))
def mixture_of_experts(p: Parameters, x: Array) -> Result:
    """Experts weighted by a softmax gate."""
    logs = log_softmax_of(x @ p["gate"])
    share = np.exp(logs)
    answers = np.einsum("ni,eio->neo", x, p["experts"])

    def pullback(u: Array) -> Gradients:
        of_share = np.einsum("no,neo->ne", u, answers)
        of_logits = share * (of_share - (share * of_share).sum(axis=1, keepdims=True))
        of_answers = share[..., None] * u[:, None]
        of_x = of_logits @ p["gate"].T + np.einsum("neo,eio->ni", of_answers, p["experts"])
        return of_x, {"gate": x.T @ of_logits, "experts": np.einsum("neo,ni->eio", of_answers, x)}

    return np.einsum("ne,neo->no", share, answers), pullback


@right(normal(4, 3), linear=normal(3), factors=normal(3, 2), bias=normal())
def factorization_machine(p: Parameters, x: Array) -> Result:
    """``b + x·w + Σ_k ((x·v_k)² - x²·v_k²) / 2``."""
    v = p["factors"]
    sums = x @ v

    def pullback(u: Array) -> Gradients:
        of_x = u[:, None] * (p["linear"] + sums @ v.T - x * (v**2).sum(axis=1))
        of_v = x.T @ (u[:, None] * sums) - v * (u @ x**2)[:, None]
        return of_x, {"linear": x.T @ u, "factors": of_v, "bias": np.asarray(u.sum())}

    return p["bias"] + x @ p["linear"] + (sums**2 - x**2 @ v**2).sum(axis=1) / 2, pullback


@right(normal(4, 2), centres=normal(3, 2), width=uniform(0.5, 1.5), weight=normal(3))
def radial_basis(p: Parameters, x: Array) -> Result:
    """``Σ w e^{-s |x - c|²}``."""
    gap = x[:, None] - p["centres"]
    square = (gap**2).sum(axis=2)
    bumps = np.exp(-p["width"] * square)

    def pullback(u: Array) -> Gradients:
        of_square = -p["width"] * bumps * u[:, None] * p["weight"]
        of_gap = 2 * of_square[..., None] * gap
        of_width = -(square * bumps * u[:, None] * p["weight"]).sum()
        return of_gap.sum(axis=1), {
            "centres": -of_gap.sum(axis=0),
            "width": np.asarray(of_width),
            "weight": bumps.T @ u,
        }

    return bumps @ p["weight"], pullback


@right(normal(3, 4), weight=normal(4, 2), inner=normal(2), outer=normal(4))
def tied_autoencoder(p: Parameters, x: Array) -> Result:
    """Half the squared error of ``tanh(x W + a) Wᵀ + b``."""
    code = np.tanh(x @ p["weight"] + p["inner"])
    gap = code @ p["weight"].T + p["outer"] - x

    def pullback(u: Array) -> Gradients:
        of_gap = u * gap
        inner = (of_gap @ p["weight"]) * (1 - code**2)
        return inner @ p["weight"].T - of_gap, {
            "weight": of_gap.T @ code + x.T @ inner,
            "inner": inner.sum(axis=0),
            "outer": of_gap.sum(axis=0),
        }

    return (gap**2).sum() / 2, pullback
