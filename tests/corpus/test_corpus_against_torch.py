"""The right functions of the corpus agree with torch, forwards and backwards."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.corpus.case import gradients_at
from tests.corpus.catalogue import right_cases
from tests.corpus.independent import upstreams_of


def torch_of(torch: Any, name: str, p: Any, x: Any) -> Any:
    """What torch computes for a function of the corpus."""
    functional = torch.nn.functional
    table = {
        "conv1d": lambda: functional.conv1d(x, p["kernel"], p["bias"]),
        "conv2d": lambda: functional.conv2d(x, p["kernel"], p["bias"]),
        "conv2d_padded_strided": lambda: functional.conv2d(x, p["kernel"], stride=2, padding=1),
        "max_pool2d": lambda: functional.max_pool2d(x, 2),
        "batch_norm": lambda: functional.batch_norm(x, None, None, p["scale"], p["shift"], training=True),
        "batch_norm2d": lambda: functional.batch_norm(x, None, None, p["scale"], p["shift"], training=True),
        "layer_norm": lambda: functional.layer_norm(x, x.shape[1:], p["scale"], p["shift"]),
        "softmax": lambda: functional.softmax(x, -1),
        "log_softmax": lambda: functional.log_softmax(x, -1),
        "cross_entropy": lambda: functional.cross_entropy(x[0], x[1]),
        "mse": lambda: functional.mse_loss(x[0], x[1]),
        "binary_cross_entropy": lambda: functional.binary_cross_entropy_with_logits(x[0], x[1], reduction="none"),
        "attention": lambda: functional.scaled_dot_product_attention(*x),
        "embedding": lambda: functional.embedding(x, p["table"]),
        "gelu": lambda: functional.gelu(x),
        "gelu_tanh": lambda: functional.gelu(x, approximate="tanh"),
        "silu": lambda: functional.silu(x),
        "softplus": lambda: functional.softplus(x),
        "mish": lambda: functional.mish(x),
        "elu": lambda: functional.elu(x),
        "cosine_similarity": lambda: functional.cosine_similarity(x[0], x[1], dim=1),
        "inverse": lambda: torch.linalg.inv(x),
        "solve": lambda: torch.linalg.solve(p["matrix"], x),
        "logdet": lambda: torch.linalg.slogdet(x)[1],
        "symmetric_eigenvalues": lambda: torch.linalg.eigvalsh((x + x.T) / 2),
        "sort": lambda: torch.sort(x, dim=1).values * p["weight"],
        "cumulative_product": lambda: torch.cumprod(x, dim=1),
        "transposed_conv1d": lambda: functional.conv_transpose1d(x, p["kernel"], stride=2),
    }
    return table[name]()


@pytest.mark.parametrize(
    "name",
    [
        "conv1d",
        "conv2d",
        "conv2d_padded_strided",
        "max_pool2d",
        "batch_norm",
        "batch_norm2d",
        "layer_norm",
        "softmax",
        "log_softmax",
        "cross_entropy",
        "mse",
        "binary_cross_entropy",
        "attention",
        "embedding",
        "gelu",
        "gelu_tanh",
        "silu",
        "softplus",
        "mish",
        "elu",
        "cosine_similarity",
        "inverse",
        "solve",
        "logdet",
        "symmetric_eigenvalues",
        "sort",
        "cumulative_product",
        "transposed_conv1d",
    ],
)
def test_right_functions_agree_with_torch(name: str) -> None:
    torch = pytest.importorskip("torch")
    point = right_cases()[name].build()
    upstream = upstreams_of(point, 1)[0]

    def tensor(value: Any) -> Any:
        found = torch.tensor(np.asarray(value))
        return found.requires_grad_() if found.is_floating_point() else found

    p = {key: tensor(value) for key, value in point.parameters.items()}
    x = tuple(map(tensor, point.x)) if isinstance(point.x, tuple) else tensor(point.x)
    output = torch_of(torch, name, p, x)
    np.testing.assert_allclose(
        output.detach().numpy(), point.function(point.parameters, point.x)[0], rtol=1e-10, atol=1e-12
    )
    output.backward(torch.tensor(upstream))
    wanted = {
        **p,
        **({f"input.{number}": each for number, each in enumerate(x)} if isinstance(x, tuple) else {"input": x}),
    }
    for path, gradient in gradients_at(point, upstream).items():
        np.testing.assert_allclose(gradient, wanted[path].grad.numpy(), rtol=1e-8, atol=1e-10, err_msg=path)
