"""Linear and multilinear functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.corpus.case import Gradients, Result, right
from tests.corpus.data import normal, tuples


@right("dense", normal(5, 4), weight=normal(4, 3), bias=normal(3))
def dense(p: Any, x: Any) -> Result:
    """``x W + b``."""

    def pullback(upstream: Any) -> Gradients:
        return upstream @ p["weight"].T, {"weight": x.T @ upstream, "bias": upstream.sum(axis=0)}

    return x @ p["weight"] + p["bias"], pullback


@right("dense_square", normal(6, 4), weight=normal(4, 4))
def dense_square(p: Any, x: Any) -> Result:
    """``x W`` with a square weight."""

    def pullback(upstream: Any) -> Gradients:
        return upstream @ p["weight"].T, {"weight": x.T @ upstream}

    return x @ p["weight"], pullback


@right("dense_sequence", normal(2, 3, 4), weight=normal(4, 5), bias=normal(5))
def dense_sequence(p: Any, x: Any) -> Result:
    """A dense map over the last axis of three."""

    def pullback(upstream: Any) -> Gradients:
        return upstream @ p["weight"].T, {
            "weight": np.einsum("bti,btj->ij", x, upstream),
            "bias": upstream.sum(axis=(0, 1)),
        }

    return x @ p["weight"] + p["bias"], pullback


@right("low_rank", normal(4, 5), left=normal(5, 2), right=normal(2, 3))
def low_rank(p: Any, x: Any) -> Result:
    """``x A B``."""
    middle = x @ p["left"]

    def pullback(upstream: Any) -> Gradients:
        inner = upstream @ p["right"].T
        return inner @ p["left"].T, {"left": x.T @ inner, "right": middle.T @ upstream}

    return middle @ p["right"], pullback


@right("bilinear", tuples(normal(4, 3), normal(4, 2)), weight=normal(5, 3, 2), bias=normal(5))
def bilinear(p: Any, x: Any) -> Result:
    """``x1ᵀ W_k x2 + b_k``, with a parameter of three axes."""
    first, second = x

    def pullback(upstream: Any) -> Gradients:
        weight = p["weight"]
        return (
            np.einsum("bk,kij,bj->bi", upstream, weight, second),
            np.einsum("bk,kij,bi->bj", upstream, weight, first),
        ), {"weight": np.einsum("bk,bi,bj->kij", upstream, first, second), "bias": upstream.sum(axis=0)}

    return np.einsum("bi,kij,bj->bk", first, p["weight"], second) + p["bias"], pullback


@right("outer", tuples(normal(4), normal(3)))
def outer(p: Any, x: Any) -> Result:
    """``a bᵀ``."""
    first, second = x
    return np.outer(first, second), lambda upstream: ((upstream @ second, upstream.T @ first), {})


@right("batched_matmul", normal(3, 2, 4), weight=normal(3, 4, 2))
def batched_matmul(p: Any, x: Any) -> Result:
    """A matrix of its own for each member of the batch."""

    def pullback(upstream: Any) -> Gradients:
        return upstream @ p["weight"].transpose(0, 2, 1), {"weight": x.transpose(0, 2, 1) @ upstream}

    return x @ p["weight"], pullback


@right("scale_shift", normal(4, 3), scale=normal(3), shift=normal(3))
def scale_shift(p: Any, x: Any) -> Result:
    """``x s + t`` with a scale and a shift for each feature."""

    def pullback(upstream: Any) -> Gradients:
        return upstream * p["scale"], {"scale": (upstream * x).sum(axis=0), "shift": upstream.sum(axis=0)}

    return x * p["scale"] + p["shift"], pullback


@right("scalar_affine", normal(5), slope=normal(), intercept=normal())
def scalar_affine(p: Any, x: Any) -> Result:
    """``a x + b`` with parameters without axes."""

    def pullback(upstream: Any) -> Gradients:
        return upstream * p["slope"], {
            "slope": np.asarray((upstream * x).sum()),
            "intercept": np.asarray(upstream.sum()),
        }

    return x * p["slope"] + p["intercept"], pullback


@right("broadcast_both", normal(3, 1, 4), row=normal(2, 1), cell=normal(1, 2, 4))
def broadcast_both(p: Any, x: Any) -> Result:
    """``x r + c``, where everything is broadcast along some axis."""

    def pullback(upstream: Any) -> Gradients:
        return (upstream * p["row"]).sum(axis=1, keepdims=True), {
            "row": (upstream * x).sum(axis=(0, 2))[:, None],
            "cell": upstream.sum(axis=0, keepdims=True),
        }

    return x * p["row"] + p["cell"], pullback


@right("cumsum", normal(3, 5), weight=normal(5))
def cumsum(p: Any, x: Any) -> Result:
    """Running sums of weighted columns."""

    def pullback(upstream: Any) -> Gradients:
        reversed_sum = np.cumsum(upstream[:, ::-1], axis=1)[:, ::-1]
        return reversed_sum * p["weight"], {"weight": (reversed_sum * x).sum(axis=0)}

    return np.cumsum(x * p["weight"], axis=1), pullback


@right("shared_twice", normal(3, 4), weight=normal(4, 4, scale=0.5))
def shared_twice(p: Any, x: Any) -> Result:
    """``tanh(x W) W``: one weight, used twice."""
    weight = p["weight"]
    middle = np.tanh(x @ weight)

    def pullback(upstream: Any) -> Gradients:
        inner = (upstream @ weight.T) * (1 - middle**2)
        return inner @ weight.T, {"weight": middle.T @ upstream + x.T @ inner}

    return middle @ weight, pullback


@right("tied_autoencoder", normal(4, 5), weight=normal(5, 3, scale=0.6), hidden=normal(3), visible=normal(5))
def tied_autoencoder(p: Any, x: Any) -> Result:
    """``tanh(x W + b) Wᵀ + c``."""
    weight = p["weight"]
    code = np.tanh(x @ weight + p["hidden"])

    def pullback(upstream: Any) -> Gradients:
        inner = (upstream @ weight) * (1 - code**2)
        return inner @ weight.T, {
            "weight": upstream.T @ code + x.T @ inner,
            "hidden": inner.sum(axis=0),
            "visible": upstream.sum(axis=0),
        }

    return code @ weight.T + p["visible"], pullback
