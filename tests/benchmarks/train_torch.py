"""The training that is measured, by torch: the loop of its tutorials, with images channels first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tests.benchmarks.cases import Case, Parts, encode_positions

__all__ = ["build_model", "train", "train_compiled"]


def train(case: Case, adam: bool, rate: float, compiled: bool = False) -> Callable[[], float]:
    """Eager torch."""
    import torch

    model = build_model(case)
    loss_of = torch.nn.CrossEntropyLoss() if case.classes else torch.nn.MSELoss()
    learned = [each for each in model.parameters() if each.requires_grad]
    optimizer = (torch.optim.Adam if adam else torch.optim.SGD)(learned, lr=rate)
    x, y = case.data
    if len(case.shape) == 3:
        x = np.ascontiguousarray(x.transpose(0, 3, 1, 2))
    x, y = torch.tensor(x), torch.tensor(y)
    called = torch.compile(model) if compiled else model

    def epoch() -> float:
        for start in case.starts():
            optimizer.zero_grad()
            output, target = called(x[start : start + case.batch]), y[start : start + case.batch]
            if case.below:
                output, target = output.flatten(0, 1), target.flatten()
            loss = loss_of(output, target)
            loss.backward()
            optimizer.step()
        return float(loss.detach())

    return epoch


def train_compiled(case: Case, adam: bool, rate: float) -> Callable[[], float]:
    """The same with ``torch.compile``."""
    return train(case, adam, rate, compiled=True)


def build_model(case: Case) -> Any:
    """Make the network, with the weights of the case."""
    return _build(case.parts, iter(case.weights), case)


def _build(parts: Parts, weights: Iterator[Any], case: Case) -> Any:
    """Make the network, and give its modules their weights."""
    import torch

    return torch.nn.Sequential(*(_build_module(part, weights, case) for part in parts))


def _build_module(part: tuple[Any, ...], weights: Iterator[Any], case: Case) -> Any:
    from torch import nn

    kind, *options = part
    builders: dict[str, Callable[[], Any]] = {
        "dense": lambda: _build_linear(next(weights), next(weights), case),
        "conv": lambda: _build_conv(next(weights), next(weights)),
        "max_pool": lambda: nn.MaxPool2d(*options),
        "global_average_pool": lambda: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
        "batch_norm": lambda: _fill_norm(nn.BatchNorm2d, next(weights), next(weights)),
        "layer_norm": lambda: _fill_norm(nn.LayerNorm, next(weights), next(weights)),
        "embedding": lambda: _fill(nn.Embedding(*options), next(weights)),
        "position": lambda: _build_position(case),
        "attention": lambda: _build_attention(options[0], [next(weights) for _ in range(8)]),
        "lstm": lambda: _build_lstm(options[0], [next(weights) for _ in range(3)]),
        "residual": lambda: _build_residual(_build(tuple(options), weights, case)),
        "flatten": nn.Flatten,
        "relu": nn.ReLU,
        "tanh": nn.Tanh,
    }
    return builders[kind]()


def _build_linear(weight: Any, bias: Any, case: Case) -> Any:
    from torch import nn

    height, width, channels = _find_flattened(case)
    if len(weight) == height * width * channels:  # torch flattens channels first
        weight = weight.reshape(height, width, channels, -1).transpose(2, 0, 1, 3).reshape(weight.shape)
    return _fill(nn.Linear(*weight.shape), weight.T, bias)


def _find_flattened(case: Case) -> tuple[int, int, int]:
    """Return height, width and channels of the images that are flattened; zeros if none are."""
    if ("flatten",) not in case.parts:
        return 0, 0, 0
    height, width, channels = case.shape
    for kind, *options in case.parts:
        if kind == "max_pool":
            height, width = height // options[0], width // options[0]
        channels = options[0] if kind == "conv" else channels
    return height, width, channels


def _build_conv(weight: Any, bias: Any) -> Any:
    from torch import nn

    kernel, _, before, filters = weight.shape
    return _fill(nn.Conv2d(before, filters, kernel, padding=kernel // 2), weight.transpose(3, 2, 0, 1), bias)


def _fill_norm(norm: Callable[[int], Any], scale: Any, shift: Any) -> Any:
    return _fill(norm(len(scale)), scale, shift)


def _build_position(case: Case) -> Any:
    import torch

    class Position(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            features = next(part[2] for part in case.parts if part[0] == "embedding")
            self.register_buffer("waves", torch.tensor(encode_positions(case.shape[0], features).astype(case.dtype)))

        def forward(self, x: Any) -> Any:
            return x + self.waves

    return Position()


def _build_attention(heads: int, weights: list[Any]) -> Any:
    from torch import nn

    class Attention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            features = len(weights[3])
            inward, biases = np.concatenate(weights[:3], 1), np.concatenate(weights[4:7])
            self.inward = _fill(nn.Linear(features, 3 * features), inward.T, biases)
            self.outward = _fill(nn.Linear(features, features), weights[3].T, weights[7])

        def forward(self, x: Any) -> Any:
            batch, length, features = x.shape
            projected = self.inward(x).view(batch, length, 3, heads, -1).permute(2, 0, 3, 1, 4)
            mixed = nn.functional.scaled_dot_product_attention(*projected, is_causal=True)
            return self.outward(mixed.transpose(1, 2).reshape(batch, length, features))

    return Attention()


def _build_lstm(units: int, weights: list[Any]) -> Any:
    from torch import nn

    class LSTM(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            inward, recurrent, bias = map(_reorder_gates, weights)
            self.inner = _fill(nn.LSTM(len(inward), units, batch_first=True), inward.T, recurrent.T, bias, 0 * bias)
            self.inner.bias_hh_l0.requires_grad_(False)  # nnframe has one bias

        def forward(self, x: Any) -> Any:
            return self.inner(x)[0]

    return LSTM()


def _reorder_gates(array: Any) -> Any:
    """From nnframe's order input, forget, output, candidate to torch's, whose candidate is third."""
    i, f, o, g = np.split(array, 4, -1)
    return np.concatenate([i, f, g, o], -1)


def _build_residual(inner: Any) -> Any:
    from torch import nn

    class Residual(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = inner

        def forward(self, x: Any) -> Any:
            return x + self.inner(x)

    return Residual()


def _fill(module: Any, *arrays: Any) -> Any:
    """Give a module's parameters these values and their dtype."""
    import torch

    module = module.to(getattr(torch, str(arrays[0].dtype)))
    with torch.no_grad():
        for parameter, array in zip(module.parameters(), arrays, strict=True):
            parameter.copy_(torch.tensor(np.ascontiguousarray(array)))
    return module
