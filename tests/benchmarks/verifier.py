"""What the gradient verifier costs, beside its peers in the same run: ``python -m tests.benchmarks.verifier``.

``--slow`` runs ``torch.autograd.gradcheck`` in slow mode (minutes); without it the plain loop stands in, measured on
some elements and scaled up. ``--only`` chooses rows.
"""

from __future__ import annotations

import argparse
import functools
import statistics
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np

from nnframe import Model
from nnframe.layers import LSTM, Conv2D, Dense, Flatten, MaxPool2D, Sequential
from nnframe.verification import GradientVerifier, VerificationReport, verify_pullback


def best(run: Callable[[], object], rounds: int = 3) -> float:
    """The shortest time of some runs, in seconds."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return min(times)


def typical(run: Callable[[], object], rounds: int = 7) -> float:
    """The median time of some runs after one that warms up, in seconds: a peer that runs for long shows no less."""
    run()
    return statistics.median(best(run, 1) for _ in range(rounds))


def show(work: str, seconds: float, peer: str, peer_seconds: float, ratio: str) -> None:
    """Print one row."""
    print(f"| {work} | {1000 * seconds:.4g} ms | {peer} | {1000 * peer_seconds:.4g} ms | {ratio} |", flush=True)


def wide(slow: bool) -> None:
    """Every one of 235,146 parameters: at least 300 times faster than torch's slow gradcheck."""
    loss = {"name": "cross_entropy", "from_logits": True}
    model = Model([Dense(256), "sigmoid", Dense(128), "sigmoid", Dense(10)], loss=loss, input_shape=(784,))
    x, y = np.random.default_rng(0).random((8, 784)), np.arange(8)
    every_element(f"784-256-128-10, {count(model):,} parameters", model, x, y, lambda: torch_wide(x, y), 300, slow)


def convolutional(slow: bool) -> None:
    """Two convolutions, two pools, dense, about 20,000 parameters: at least 100 times faster."""
    loss = {"name": "cross_entropy", "from_logits": True}
    first = Sequential([Conv2D(8, 3), "relu", MaxPool2D(2)])
    second = Sequential([Conv2D(16, 3), "relu", MaxPool2D(2)])
    model = Model([first, second, Flatten(), Dense(46), "relu", Dense(10)], loss=loss, input_shape=(28, 28, 1))
    x, y = np.random.default_rng(0).random((4, 28, 28, 1)), np.arange(4)
    every_element(
        f"convolutions, {count(model):,} parameters", model, x, y, lambda: torch_convolutional(x, y), 100, slow
    )


def recurrent(slow: bool) -> None:
    """LSTM 32 to 64 over 12 steps: at least 20 times faster."""
    model = Model([LSTM(64)], loss="mse", input_shape=(12, 32))
    x, y = np.random.default_rng(0).normal(size=(4, 12, 32)), np.zeros((4, 64))
    every_element(f"LSTM 32-64, 12 steps, {count(model):,}", model, x, y, lambda: torch_recurrent(x), 20, slow)


def count(model: Model) -> int:
    """How many parameters there are."""
    return int(model.to_vector().size)


def every_element(work: str, model: Model, x: Any, y: Any, peer: Callable[[], float], least: int, slow: bool) -> None:
    """Every element of a model by itself, and what the verifier chooses, beside torch's slow gradcheck or the loop."""
    peer_seconds = peer() if slow else plain_loop(model, x, y)
    name = "torch gradcheck, slow" if slow else "plain loop"
    for strategy in ("every-element", "auto"):
        verifier = GradientVerifier(strategy=strategy)
        seconds = typical(functools.partial(verified, verifier, model, x, y))
        ratio = f"{peer_seconds / seconds:.0f} times faster (at least {least})"
        show(f"{work}, {strategy}", seconds, name, peer_seconds, ratio)


def plain_loop(model: Model, x: Any, y: Any, some: int = 300) -> float:
    """Two forwards of the whole model for each parameter, measured on some of them."""
    values = max((each.value for each in model.parameters.values()), key=lambda each: each.size)
    data, target = model.prepare(x, y)
    assert model.loss is not None

    def loss() -> float:
        return float(np.mean(model.loss.forward(model.predict(data), target)[0]))  # type: ignore[union-attr]

    started = time.perf_counter()
    for index in range(some):
        before = values.flat[index]
        values.flat[index] = before + 1e-5
        high = loss()
        values.flat[index] = before - 1e-5
        _ = (high - loss()) / 2e-5
        values.flat[index] = before
    return (time.perf_counter() - started) / some * model.to_vector().size


def torch_wide(x: Any, y: Any) -> float:
    """torch.autograd.gradcheck in slow mode on the same network."""
    import torch

    sizes = [(784, 256), (256, 128), (128, 10)]
    dense = [torch.nn.Linear(*size) for size in sizes]
    return torch_gradcheck(
        torch.nn.Sequential(dense[0], torch.nn.Sigmoid(), dense[1], torch.nn.Sigmoid(), dense[2]), x, y
    )


def torch_convolutional(x: Any, y: Any) -> float:
    """The same for the convolutions; torch puts channels first."""
    from torch import nn

    layers = [
        nn.Conv2d(1, 8, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
    ]
    return torch_gradcheck(
        nn.Sequential(*layers, nn.Linear(400, 46), nn.ReLU(), nn.Linear(46, 10)), x.transpose(0, 3, 1, 2), y
    )


def torch_recurrent(x: Any) -> float:
    """The same for the LSTM, with the last state squared as loss."""
    import torch

    class Last(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm = torch.nn.LSTM(32, 64, batch_first=True)

        def forward(self, data: Any) -> Any:
            return self.lstm(data)[0][:, -1]

    return torch_gradcheck(Last(), x, None)


def torch_gradcheck(net: Any, x: Any, y: Any) -> float:
    """How long torch's slow gradcheck takes for every parameter of a network; mean squares where there is no target."""
    import torch

    net = net.double()
    names = [name for name, _ in net.named_parameters()]
    data, target = torch.tensor(x), None if y is None else torch.tensor(y)

    def loss(*values: Any) -> Any:
        output = torch.func.functional_call(net, dict(zip(names, values, strict=True)), data)
        return (output**2).mean() if target is None else torch.nn.functional.cross_entropy(output, target)

    started = time.perf_counter()
    assert torch.autograd.gradcheck(loss, tuple(value.detach().clone().requires_grad_() for value in net.parameters()))
    return time.perf_counter() - started


def small() -> None:
    """The whole verdict on the course's 4-5-3-1 network: at most 20 times the plain loop of the classics."""
    rng = np.random.default_rng(1)
    model = Model(
        [Dense(5), "relu", Dense(3), "relu", Dense(1), "sigmoid"], loss="binary_cross_entropy", input_shape=(4,)
    )
    x, y = rng.normal(size=(3, 4)), np.array([[1.0], [1.0], [0.0]])
    w = [each.value for each in model.parameters.values()]

    def loss() -> float:
        a1 = np.maximum(0, x @ w[0] + w[1])
        a2 = np.maximum(0, a1 @ w[2] + w[3])
        a = 1 / (1 + np.exp(-(a2 @ w[4] + w[5])))
        return float(-np.mean(y * np.log(a) + (1 - y) * np.log(1 - a)))

    def loop() -> None:
        for array in w:
            flat = array.reshape(-1)
            for index in range(flat.size):
                before = flat[index]
                flat[index] = before + 1e-7
                high = loss()
                flat[index] = before - 1e-7
                _ = (high - loss()) / 2e-7
                flat[index] = before

    peer = best(loop, 30)
    seconds = best(lambda: passed(GradientVerifier().verify(model, x, y)), 20)
    show("4-5-3-1, whole verdict", seconds, "plain loop", peer, f"{seconds / peer:.0f} times (at most 20)")


def large() -> None:
    """Ten million parameters: at most 40 training steps, and less than 4 times the memory of the parameters."""
    width, batch = 3162, 32
    model = Model([Dense(width)], loss="mse", input_shape=(width,))
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(batch, width)), rng.normal(size=(batch, width))
    step = best(lambda: model.loss_and_gradients(x, y))
    seconds = best(lambda: passed(GradientVerifier().verify(model, x, y)))
    tracemalloc.start()
    verified(GradientVerifier(), model, x, y)
    memory = tracemalloc.get_traced_memory()[1] / model.to_vector().nbytes
    tracemalloc.stop()
    ratio = f"{seconds / step:.0f} steps (at most 40), {memory:.1f} times the memory (below 4)"
    show("10,000,000 parameters", seconds, "forward and backward", step, ratio)


def needle() -> None:
    """One element of 1,000,000 wrong by 10 %: at most 90 forwards."""
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

    one = best(lambda: function({"w": w}, None)[0])
    report = verify_pullback(function, {"w": w}, np.zeros(0))
    assert report["w"].wrong == ((wrong,),)
    row = f"{report.forwards} forwards (at most 90)"
    show("one wrong of 1,000,000", report.seconds, "plain loop, 2,000,000 forwards", 2 * n * one, row)


def verified(verifier: GradientVerifier, model: Model, x: Any, y: Any) -> None:
    """Verify a right model."""
    passed(verifier.verify(model, x, y))


def passed(report: VerificationReport) -> None:
    """Stop if a right model does not pass."""
    assert report.passed, str(report)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slow", action="store_true", help="run torch's slow gradcheck as well (minutes)")
    parser.add_argument("--only", nargs="+", choices=ROWS, default=list(ROWS), help="rows to run")
    options = parser.parse_args()
    print("| work | verifier | peer | peer's time | ratio |\n|---|---|---|---|---|")
    for row in options.only:
        ROWS[row](options.slow)


ROWS: dict[str, Callable[[bool], None]] = {
    "small": lambda slow: small(),
    "wide": wide,
    "convolutional": convolutional,
    "recurrent": recurrent,
    "needle": lambda slow: needle(),
    "large": lambda slow: large(),
}


if __name__ == "__main__":
    main()
