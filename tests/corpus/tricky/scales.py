"""Very large, very small, saturated, dead and truly zero gradients, and scales side by side."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.corpus.case import RIGHT, Gradients, Result, tricky
from tests.corpus.data import fixed, normal, tuples
from tests.corpus.functions.elementwise import elementwise


def scaled(name: str, factor: float) -> Any:
    """A right function, its output times a factor."""
    inner = RIGHT[name].function

    def function(p: Any, x: Any) -> Result:
        output, pullback = inner(p, x)
        return output * factor, lambda upstream: pullback(upstream * factor)

    return function


def offset(name: str, by: float) -> Any:
    """A right function, its output next to a large number."""
    inner = RIGHT[name].function

    def function(p: Any, x: Any) -> Result:
        output, pullback = inner(p, x)
        return output + by, pullback

    return function


for factor in (1e-20, 1e20, 1e-100, 1e100):
    tricky(f"dense_times_{factor:g}", scaled("dense", factor), normal(4, 3), weight=normal(3, 2), bias=normal(2))
    tricky(f"mlp_times_{factor:g}", scaled("mlp_cross_entropy", factor), normal(4, 3), **RIGHT["mlp_tanh"].parameters)
tricky("dense_next_to_million", offset("dense", 1e6), normal(4, 3), weight=normal(3, 2, scale=1e-3), bias=normal(2))
tricky(
    "loss_million_gradient_thousandth", offset("mse", 1e6), tuples(normal(3, 2, scale=3e-3), normal(3, 2, scale=3e-3))
)
tricky("loss_thousand", offset("mlp_cross_entropy", 1e3), normal(4, 3), **RIGHT["mlp_tanh"].parameters)

SATURATED = {
    "sigmoid_saturated": ([20.0, 40.0, -40.0, 0.5], "sigmoid"),
    "sigmoid_far_below": ([-100.0, -300.0, -30.0], "sigmoid"),
    "tanh_saturated": ([10.0, -15.0, 25.0, 0.1], "tanh"),
    "softplus_far": ([-40.0, 40.0, -200.0, 200.0], "softplus"),
    "silu_far": ([-30.0, 30.0, -200.0], "silu"),
    "gelu_far": ([-7.0, 7.0, -20.0], "gelu"),
    "elu_far": ([-40.0, 3.0, -10.0], "elu"),
    "relu_dead": ([-1.0, -2.0, -3.0], "relu"),
    "exponential_far": ([20.0, -20.0, 100.0, -100.0], "exponential"),
    "hard_sigmoid_dead": ([4.0, -5.0], "hard_sigmoid"),
    "sigmoid_moderately_far": ([15.0, 18.0, -18.0], "sigmoid"),
}
for name, (values, kind) in SATURATED.items():
    tricky(name, RIGHT[kind].function, fixed(values))

tricky("softmax_large_logits", RIGHT["softmax"].function, fixed([[1000.0, 999.0, 0.0], [-500.0, 0.0, 1.0]]))
tricky("log_softmax_large_logits", RIGHT["log_softmax"].function, fixed([[1000.0, 999.0, 0.0], [-500.0, 0.0, 1.0]]))
tricky(
    "cross_entropy_certain",
    RIGHT["cross_entropy"].function,
    tuples(fixed([[30.0, 0, 0], [0, 25.0, 0]]), fixed(np.array([0, 1]))),
)
tricky(
    "cross_entropy_certainly_wrong",
    RIGHT["cross_entropy"].function,
    tuples(fixed([[30.0, 0, 0], [0, 25.0, 0]]), fixed(np.array([1, 2]))),
)
tricky(
    "cross_entropy_uniform",
    RIGHT["cross_entropy"].function,
    tuples(fixed(np.zeros((3, 3))), fixed(np.array([0, 1, 2]))),
)
tricky("mse_at_minimum", RIGHT["mse"].function, lambda rng: (np.arange(6.0), np.arange(6.0)), free=())
tricky("mse_nearly_at_minimum", RIGHT["mse"].function, lambda rng: (np.arange(6.0), np.arange(6.0) + 1e-7))
tricky(
    "attention_sharp",
    RIGHT["attention"].function,
    tuples(normal(1, 2, 3, scale=20), normal(1, 3, 3, scale=20), normal(1, 3, 2)),
)
tricky("cosine_parallel", RIGHT["cosine_similarity"].function, tuples(fixed([[1.0, 2, 3]]), fixed([[2.0, 4, 6]])))
tricky(
    "cosine_tiny_vectors",
    RIGHT["cosine_similarity"].function,
    tuples(normal(2, 3, scale=1e-8), normal(2, 3, scale=1e8)),
)
tricky(
    "scale_shift_mixed",
    RIGHT["scale_shift"].function,
    normal(4, 3),
    scale=fixed([1e-8, 1.0, 1e8]),
    shift=fixed([1e8, 1e-8, 0.0]),
)
tricky(
    "dense_mixed",
    RIGHT["dense"].function,
    lambda rng: rng.normal(size=(4, 3)) * [1e-8, 1, 1e8],
    weight=lambda rng: rng.normal(size=(3, 2)) * [[1e8], [1], [1e-8]],
    bias=normal(2),
)
tricky(
    "polynomial_mixed",
    RIGHT["polynomial_weights"].function,
    fixed([1e-4, 1.0, 100.0]),
    coefficients=fixed([1.0, 1e-6, 1e3, 1e-3]),
)
tricky(
    "input_large", RIGHT["dense"].function, normal(3, 2, scale=1e10), weight=normal(2, 2, scale=1e-10), bias=normal(2)
)
tricky(
    "weights_tiny",
    RIGHT["mlp_tanh"].function,
    normal(3, 3),
    **{name: (lambda rng, draw=draw: 1e-12 * draw(rng)) for name, draw in RIGHT["mlp_tanh"].parameters.items()},
)
tricky(
    "weights_zero",
    RIGHT["mlp_tanh"].function,
    normal(3, 3),
    **{name: (lambda rng, draw=draw: 0 * draw(rng)) for name, draw in RIGHT["mlp_tanh"].parameters.items()},
)
tricky(
    "weights_large",
    RIGHT["mlp_tanh"].function,
    normal(3, 3),
    **{name: (lambda rng, draw=draw: 10 * draw(rng)) for name, draw in RIGHT["mlp_tanh"].parameters.items()},
)
tricky("product_of_many", RIGHT["product"].function, lambda rng: rng.uniform(0.1, 0.3, size=(2, 30)))
tricky("polynomial_of_degree_20", elementwise(lambda x: x**20, lambda x: 20 * x**19), fixed([0.1, 1.0, 3.0, -2.0]))
tricky("stationary_points", elementwise(np.cos, lambda x: -np.sin(x)), fixed([0.0, np.pi, 1.0]))
tricky("flat_minimum", elementwise(lambda x: x**4, lambda x: 4 * x**3), fixed([0.0, 1e-3, 0.5]))


def with_unused(p: Any, x: Any) -> Result:
    """A function that ignores one parameter, and has one that is multiplied by zero."""

    def pullback(upstream: Any) -> Gradients:
        return upstream * p["scale"], {
            "scale": (upstream * x).sum(axis=0),
            "unused": np.zeros_like(p["unused"]),
            "muted": np.zeros_like(p["muted"]),
        }

    return x * p["scale"] + 0 * p["muted"], pullback


tricky("unused_parameters", with_unused, normal(3, 2), scale=normal(2), unused=normal(4), muted=normal(2))


def deep_chain(p: Any, x: Any) -> Result:
    """Thirty layers of tanh, so that the gradient nearly vanishes."""
    states = [x]
    for _ in range(30):
        states.append(np.tanh(states[-1] * p["weight"]))

    def pullback(upstream: Any) -> Gradients:
        of_weight = np.zeros_like(p["weight"])
        for before, after in zip(reversed(states[:-1]), reversed(states[1:]), strict=True):
            inner = upstream * (1 - after**2)
            of_weight = of_weight + (inner * before).sum(axis=0)
            upstream = inner * p["weight"]
        return upstream, {"weight": of_weight}

    return states[-1], pullback


tricky("deep_chain_vanishing", deep_chain, normal(2, 3), weight=fixed([0.3, 0.5, 0.7]))
tricky("deep_chain_steep", deep_chain, normal(2, 2), weight=fixed([1.5, 3.0]))
