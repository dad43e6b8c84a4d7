"""Right pullbacks that do unusual but allowed things."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.corpus.case import RIGHT, Gradients, Result, tricky
from tests.corpus.data import fixed, normal, tuples


def identity(p: Any, x: Any) -> Result:
    """Hands the very upstream back."""
    return x, lambda upstream: (upstream, {})


def add_views(p: Any, x: Any) -> Result:
    """The same upstream for two inputs, and a read-only view for a parameter."""
    first, second = x
    return first + second + p["bias"], lambda upstream: (
        (upstream, upstream),
        {"bias": np.broadcast_to(upstream.sum(axis=0), p["bias"].shape)},
    )


def python_numbers(p: Any, x: Any) -> Result:
    """Output and gradients of parameters without axes as Python numbers."""
    total = float((x**2).sum())
    return float(p["scale"]) * total, lambda upstream: (
        2 * float(p["scale"]) * x * float(upstream),
        {"scale": float(upstream) * total},
    )


def fortran_gradients(p: Any, x: Any) -> Result:
    """Gradients in another memory order than their variables."""
    output, pullback = RIGHT["dense"].function(p, x)

    def ordered(upstream: Any) -> Gradients:
        of_x, of_parameters = pullback(upstream)
        return np.asfortranarray(of_x), {name: np.asfortranarray(value) for name, value in of_parameters.items()}

    return output, ordered


def caching(p: Any, x: Any) -> Result:
    """Computes what it needs at the first pullback and keeps it."""
    kept: list[Any] = []

    def pullback(upstream: Any) -> Gradients:
        if not kept:
            kept.append(1 - np.tanh(x * p["scale"]) ** 2)
        return upstream * kept[0] * p["scale"], {"scale": (upstream * kept[0] * x).sum(axis=0)}

    return np.tanh(x * p["scale"]), pullback


def seeded_dropout(p: Any, x: Any) -> Result:
    """Dropout with the same mask every time."""
    mask = (np.random.default_rng(3).random(x.shape) < 0.5) / 0.5
    return x * mask * p["scale"], lambda upstream: (
        upstream * mask * p["scale"],
        {"scale": (upstream * mask * x).sum(axis=0)},
    )


def working_on_a_copy(p: Any, x: Any) -> Result:
    """Copies, then works in place; the pullback writes into a copy of the upstream."""
    work = x.copy()
    work *= p["scale"]
    np.exp(work, out=work)

    def pullback(upstream: Any) -> Gradients:
        inner = upstream.copy()
        inner *= work
        return inner * p["scale"], {"scale": (inner * x).sum(axis=0)}

    return work.copy(), pullback


def zero_gradient_object(p: Any, x: Any) -> Result:
    """A read-only array of zeros for what is not used."""
    return x**2, lambda upstream: (2 * x * upstream, {"unused": np.broadcast_to(0.0, p["unused"].shape)})


tricky("hands_the_upstream_back", identity, normal(3, 2))
tricky("views_of_the_upstream", add_views, tuples(normal(3, 2), normal(3, 2)), bias=normal(2))
tricky("python_numbers", python_numbers, normal(3), scale=fixed(0.4))
tricky("fortran_gradients", fortran_gradients, normal(4, 3), weight=normal(3, 2), bias=normal(2))
tricky("caches_in_the_closure", caching, normal(4, 2), scale=normal(2))
tricky("dropout_with_a_seed", seeded_dropout, normal(5, 4), scale=normal(4))
tricky("in_place_on_a_copy", working_on_a_copy, normal(4, 2), scale=normal(2))
tricky("broadcast_zeros", zero_gradient_object, normal(3), unused=normal(4))
