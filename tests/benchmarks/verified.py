"""The networks and functions that the benchmark of the verifier checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from attrs import field, frozen

__all__ = ["NETWORKS", "Network", "build_course", "build_model", "build_wide_layer", "draw_course", "needle_function"]


@frozen(eq=False)
class Network:
    """A network whose every parameter is checked.

    Attributes:
        layers: From ``nnframe.layers`` to nnframe's layers.
        module: From ``torch`` to torch's module.
        shape: Of the input, nnframe's layout.
        output: Features that are squared in the loss; 0: cross-entropy of ten classes.
        least: How many times as fast as torch's slow gradcheck the verifier should be.
    """

    layers: Callable[[Any], list[Any]]
    module: Callable[[Any], Any]
    shape: tuple[int, ...]
    output: int
    least: int
    x: Any = field(init=False, repr=False)
    y: Any = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        rng = np.random.default_rng(0)
        x = rng.normal(size=self.shape) if self.output else rng.random(self.shape)
        object.__setattr__(self, "x", x)
        object.__setattr__(self, "y", np.zeros((len(x), self.output)) if self.output else np.arange(len(x)))


def _wide(torch: Any) -> Any:
    nn = torch.nn
    return nn.Sequential(nn.Linear(784, 256), nn.Sigmoid(), nn.Linear(256, 128), nn.Sigmoid(), nn.Linear(128, 10))


def _convolutional(torch: Any) -> Any:
    nn = torch.nn
    first = (nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2))
    second = (nn.Conv2d(8, 16, 3), nn.ReLU(), nn.MaxPool2d(2))
    return nn.Sequential(*first, *second, nn.Flatten(), nn.Linear(400, 46), nn.ReLU(), nn.Linear(46, 10))


def _recurrent(torch: Any) -> Any:
    class Last(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm = torch.nn.LSTM(32, 64, batch_first=True)

        def forward(self, data: Any) -> Any:
            return self.lstm(data)[0][:, -1]

    return Last()


def _convolve(own: Any) -> list[Any]:
    first = own.Sequential([own.Conv2D(8, 3), "relu", own.MaxPool2D(2)])
    second = own.Sequential([own.Conv2D(16, 3), "relu", own.MaxPool2D(2)])
    return [first, second, own.Flatten(), own.Dense(46), "relu", own.Dense(10)]


NETWORKS = {
    "784-256-128-10, every one of 235,146": Network(
        lambda own: [own.Dense(256), "sigmoid", own.Dense(128), "sigmoid", own.Dense(10)], _wide, (8, 784), 0, 300
    ),
    "two convolutions, two pools, dense: every one of 20,164": Network(
        _convolve, _convolutional, (4, 28, 28, 1), 0, 100
    ),
    "LSTM 32 to 64 over 12 steps: every one of 24,832": Network(
        lambda own: [own.LSTM(64)], _recurrent, (4, 12, 32), 64, 20
    ),
}


def build_model(network: Network) -> Any:
    """Make nnframe's model."""
    from nnframe import Model, layers

    loss: Any = "mse" if network.output else {"name": "cross_entropy", "from_logits": True}
    return Model(network.layers(layers), loss=loss, input_shape=network.shape[1:])


def draw_course() -> tuple[list[Any], Any, Any]:
    """Return weights, x and y of the course's 4-5-3-1 network."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(3, 4)), np.array([[1.0], [1.0], [0.0]])
    sizes = ((4, 5), (5, 3), (3, 1))
    return [each for size in sizes for each in (rng.normal(size=size) / np.sqrt(size[0]), np.zeros(size[1]))], x, y


def build_course() -> tuple[Any, Any, Any]:
    """Make nnframe's model of it."""
    from nnframe import Model
    from nnframe.layers import Dense

    weights, x, y = draw_course()
    layers: list[Any] = [Dense(5), "relu", Dense(3), "relu", Dense(1), "sigmoid"]
    model = Model(layers, loss="binary_cross_entropy", input_shape=(4,))
    model.load_vector(np.concatenate([each.ravel() for each in weights]))
    return model, x, y


def build_wide_layer() -> tuple[Any, Any, Any]:
    """Make nnframe's model of ten million parameters."""
    from nnframe import Model
    from nnframe.layers import Dense

    width, batch = 3162, 32
    rng = np.random.default_rng(0)
    model = Model([Dense(width)], loss="mse", input_shape=(width,))
    return model, rng.normal(size=(batch, width)), rng.normal(size=(batch, width))


def needle_function() -> tuple[Callable[[Any, Any], Any], Any, int]:
    """Return a function of a million elements without structure, its point, and the element whose gradient is wrong."""
    n, wrong = 1_000_000, 654_321
    rng = np.random.default_rng(0)
    c, w = rng.normal(size=n), rng.normal(size=n)

    def function(p: Any, x: Any) -> Any:
        s = np.sin(p["w"]) @ c

        def pullback(u: Any) -> Any:
            gradient = u * (2e-3 * s * np.cos(p["w"]) * c + p["w"] / 5)
            gradient[wrong] *= 1.1
            return None, {"w": gradient}

        return s * s / 1e3 + p["w"] @ p["w"] / 10, pullback

    return function, w, wrong
