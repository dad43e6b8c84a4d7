"""The training that is measured, by JAX: one compiled step, whose arguments are given away for its results."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from tests.benchmarks.cases import Case, Parts, encode_positions

__all__ = ["train"]

EPSILON = 1e-5


def train(case: Case, adam: bool, rate: float) -> Callable[[], float]:
    """``jax.jit`` of a step."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", case.dtype == "float64")

    def loss_of(weights: Any, x: Any, y: Any) -> Any:
        output = _apply_all(case.parts, iter(weights), x)
        if not case.classes:
            return jnp.mean((output - y) ** 2)
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(output), y[..., None], -1))

    def step(weights: Any, moments: Any, number: Any, x: Any, y: Any) -> Any:
        loss, gradients = jax.value_and_grad(loss_of)(weights, x, y)
        number = number + 1
        if not adam:
            return [w - rate * g for w, g in zip(weights, gradients, strict=True)], moments, number, loss
        return *_step_adam(weights, gradients, moments, number, rate), loss

    compiled = jax.jit(step, donate_argnums=(0, 1, 2))
    weights = [jnp.array(each) for each in case.weights]
    state = [weights, ([w * 0 for w in weights], [w * 0 for w in weights]), jnp.array(0.0, case.dtype)]
    x, y = map(jnp.array, case.data)

    def epoch() -> float:
        for start in case.starts():
            *state[:], loss = compiled(*state, x[start : start + case.batch], y[start : start + case.batch])
        return float(loss)

    return epoch


def _step_adam(weights: Any, gradients: Any, moments: Any, number: Any, rate: float) -> Any:
    import jax.numpy as jnp

    means = [0.9 * m + 0.1 * g for m, g in zip(moments[0], gradients, strict=True)]
    squares = [0.999 * v + 0.001 * g * g for v, g in zip(moments[1], gradients, strict=True)]
    m_scale, v_scale = 1 / (1 - 0.9**number), 1 / (1 - 0.999**number)
    moved = [
        w - rate * m * m_scale / (jnp.sqrt(v * v_scale) + 1e-8) for w, m, v in zip(weights, means, squares, strict=True)
    ]
    return moved, (means, squares), number


def _apply_all(parts: Parts, weights: Iterator[Any], x: Any) -> Any:
    for part in parts:
        x = _apply(part, weights, x)
    return x


def _apply(part: tuple[Any, ...], weights: Iterator[Any], x: Any) -> Any:
    import jax
    import jax.numpy as jnp

    kind, *options = part
    functions: dict[str, Callable[[], Any]] = {
        "dense": lambda: x @ next(weights) + next(weights),
        "conv": lambda: _convolve(x, next(weights), next(weights)),
        "max_pool": lambda: _pool(x, (1, options[0], options[0], 1)),
        "global_average_pool": lambda: x.mean((1, 2)),
        "batch_norm": lambda: _normalise(x, tuple(range(x.ndim - 1)), next(weights), next(weights)),
        "layer_norm": lambda: _normalise(x, (-1,), next(weights), next(weights)),
        "embedding": lambda: next(weights)[x],
        "position": lambda: x + jnp.array(encode_positions(*x.shape[1:]), x.dtype),
        "attention": lambda: _attend(x, options[0], [next(weights) for _ in range(8)]),
        "lstm": lambda: _remember(x, *(next(weights) for _ in range(3))),
        "residual": lambda: x + _apply_all(tuple(options), weights, x),
        "flatten": lambda: x.reshape(len(x), -1),
        "relu": lambda: jax.nn.relu(x),
        "tanh": lambda: jnp.tanh(x),
    }
    return functions[kind]()


def _convolve(x: Any, kernel: Any, bias: Any) -> Any:
    import jax

    names = ("NHWC", "HWIO", "NHWC")
    return jax.lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=names) + bias


def _pool(x: Any, window: tuple[int, ...]) -> Any:
    import jax

    return jax.lax.reduce_window(x, -math.inf, jax.lax.max, window, window, "VALID")


def _normalise(x: Any, axes: tuple[int, ...], scale: Any, shift: Any) -> Any:
    import jax

    centred = x - x.mean(axes, keepdims=True)
    return centred * jax.lax.rsqrt((centred * centred).mean(axes, keepdims=True) + EPSILON) * scale + shift


def _attend(x: Any, heads: int, weights: list[Any]) -> Any:
    import jax

    projected = (x @ weight + bias for weight, bias in zip(weights[:3], weights[4:7], strict=True))
    query, key, value = (each.reshape(*x.shape[:2], heads, -1) for each in projected)
    mixed = jax.nn.dot_product_attention(query, key, value, is_causal=True)
    return mixed.reshape(x.shape) @ weights[3] + weights[7]


def _remember(x: Any, inward: Any, recurrent: Any, bias: Any) -> Any:
    import jax
    import jax.numpy as jnp

    def step(state: Any, projected: Any) -> Any:
        h, c = state
        i, f, o, g = jnp.split(projected + h @ recurrent, 4, -1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    start = jnp.zeros((len(x), len(recurrent)), x.dtype)
    return jax.lax.scan(step, (start, start), (x @ inward + bias).swapaxes(0, 1))[1].swapaxes(0, 1)
