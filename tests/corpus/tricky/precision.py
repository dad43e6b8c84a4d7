"""Single and half precision."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.corpus.case import RIGHT, Gradients, Result, tricky
from tests.corpus.data import fixed, normal, tuples

SINGLE = (
    "dense",
    "dense_sequence",
    "low_rank",
    "bilinear",
    "scale_shift",
    "scalar_affine",
    "broadcast_both",
    "cumsum",
    "shared_twice",
    "conv1d",
    "conv2d",
    "depthwise",
    "max_pool2d",
    "average_pool2d",
    "batch_norm",
    "layer_norm",
    "rms_norm",
    "weight_norm",
    "softmax",
    "log_softmax",
    "cross_entropy",
    "mse",
    "huber",
    "hinge",
    "binary_cross_entropy",
    "logsumexp",
    "cosine_similarity",
    "attention",
    "self_attention",
    "embedding",
    "gather",
    "rnn",
    "lstm",
    "gru",
    "sigmoid",
    "tanh",
    "relu",
    "gelu",
    "silu",
    "softplus",
    "prelu",
    "division",
    "inverse",
    "solve",
    "logdet",
    "quadratic_form",
    "max_rows",
    "sort",
    "mlp_tanh",
    "mlp_relu",
    "mlp_cross_entropy",
    "logistic_regression",
    "residual_block",
    "factorization_machine",
)
for name in SINGLE:
    case = RIGHT[name]
    tricky(f"{name}_float32", case.function, case.x, dtype=np.float32, **case.parameters)

MLP = RIGHT["mlp_tanh"].parameters
tricky(
    "float32_wide_dense",
    RIGHT["dense"].function,
    normal(8, 64),
    dtype=np.float32,
    weight=normal(64, 8, scale=0.1),
    bias=normal(8),
)
tricky(
    "float32_large_bias",
    RIGHT["dense"].function,
    normal(4, 3),
    dtype=np.float32,
    weight=normal(3, 2),
    bias=normal(2, mean=1e4),
)
tricky("float32_mse_large", RIGHT["mse"].function, tuples(normal(4, 3, mean=100), normal(4, 3)), dtype=np.float32)
tricky(
    "float32_softmax_large", RIGHT["softmax"].function, fixed([[80.0, 79.0, 0.0], [-50.0, 0.0, 1.0]]), dtype=np.float32
)
tricky(
    "float32_cross_entropy_certain",
    RIGHT["cross_entropy"].function,
    tuples(fixed([[12.0, 0, 0], [0, 9.0, 0]]), fixed(np.array([0, 1]))),
    dtype=np.float32,
)
tricky("float32_sigmoid_saturated", RIGHT["sigmoid"].function, fixed([10.0, -10.0, 20.0, 0.5]), dtype=np.float32)
tricky("float32_tanh_saturated", RIGHT["tanh"].function, fixed([5.0, -9.0, 20.0, 0.5]), dtype=np.float32)
tricky("float32_variance_of_large", RIGHT["variance"].function, normal(6, 2, mean=100.0), dtype=np.float32)
tricky("float32_relu_near_zero", RIGHT["relu"].function, fixed([1e-6, -1e-6, 1e-8, 1.0]), dtype=np.float32)
tricky("float32_absolute_at_zero", RIGHT["absolute"].function, fixed([0.0, 1.0, -1.0]), dtype=np.float32)
tricky("float32_log_near_zero", RIGHT["log_root"].function, fixed([1e-6, 1e-3, 1.0]), dtype=np.float32)
tricky(
    "float32_tiny_gradients",
    RIGHT["scale_shift"].function,
    normal(3, 2, scale=1e-15),
    dtype=np.float32,
    scale=normal(2, scale=1e-12),
    shift=normal(2),
)
tricky(
    "float32_batch_norm_large_mean",
    RIGHT["batch_norm"].function,
    normal(5, 2, mean=50),
    dtype=np.float32,
    scale=normal(2),
    shift=normal(2),
)


def insisting_on_single(p: Any, x: Any) -> Result:
    """A network that refuses anything but single precision, so that no wide forward can help."""
    if x.dtype != np.float32:
        raise TypeError(f"expected float32, got {x.dtype}")
    return RIGHT["mlp_tanh"].function(p, x)


def converting_to_single(p: Any, x: Any) -> Result:
    """A network that converts to single precision itself."""
    output, pullback = RIGHT["mlp_tanh"].function(
        {name: np.float32(value) for name, value in p.items()}, x.astype(np.float32)
    )
    return output, lambda upstream: pullback(np.asarray(upstream, np.float32))


tricky("float32_refusing_float64", insisting_on_single, normal(4, 3), dtype=np.float32, **MLP)
tricky("float32_converting", converting_to_single, normal(4, 3), dtype=np.float32, **MLP)


def half_data(p: Any, x: Any) -> Result:
    """A dense map with parameters in double and data in half precision."""
    wide = x.astype(np.float64)

    def pullback(upstream: Any) -> Gradients:
        return upstream @ p["weight"].T, {"weight": wide.T @ upstream, "bias": upstream.sum(axis=0)}

    return wide @ p["weight"] + p["bias"], pullback


def half(*shape: int) -> Any:
    """Normal numbers in half precision."""
    return lambda rng: rng.normal(size=shape).astype(np.float16)


tricky("float16_data", half_data, half(4, 3), weight=normal(3, 2), bias=normal(2))
tricky(
    "float16_data_float32_parameters",
    half_data,
    half(4, 3),
    weight=lambda rng: rng.normal(size=(3, 2)).astype(np.float32),
    bias=lambda rng: rng.normal(size=2).astype(np.float32),
)
tricky(
    "mixed_single_and_double",
    RIGHT["dense"].function,
    lambda rng: rng.normal(size=(4, 3)).astype(np.float32),
    weight=normal(3, 2),
    bias=normal(2),
)
