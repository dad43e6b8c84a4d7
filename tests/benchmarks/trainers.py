"""The same training by nnframe, by its peers, and by the matrix products alone: each returns a function of one epoch.

Every trainer begins with the same weights, goes through the same batches in the same order, and takes plain SGD or Adam
with a learning rate of 0.001. The function returns a loss, of the last step or the last epoch, so that a test with one
step an epoch can show that all of them compute the same.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from tests.benchmarks.cases import Case

__all__ = ["TRAINERS", "fitting"]

RATE = 1e-3
Epoch = Callable[[], float]


def nnframe(case: Case, adam: bool) -> Epoch:
    """``model.fit`` through the public API, all checks of its arguments and its data included."""
    model, (x, y) = case.build(), case.data
    optimizer = {"name": "adam" if adam else "sgd", "learning_rate": RATE}

    def epoch() -> float:
        history = model.fit(
            x, y, optimizer=optimizer, epochs=case.epochs, batch_size=case.batch, shuffle=False, progress=False
        )
        return history.last["loss"]

    return epoch


def torch_eager(case: Case, adam: bool, compiled: bool = False) -> Epoch:
    """The loop of torch's tutorials."""
    import torch

    layers: list[Any] = []
    for number in range(len(case.filters)):
        into = (case.image[2], *case.filters)[number]
        layers += [torch.nn.Conv2d(into, case.filters[number], case.kernel, padding=case.kernel // 2)]
        layers += [torch.nn.ReLU(), torch.nn.MaxPool2d(2)]
    layers += [torch.nn.Flatten()] if case.filters else []
    for first, units in pairwise(case.sizes):
        layers += [torch.nn.Linear(first, units), torch.nn.ReLU() if case.classes else torch.nn.Tanh()]
    model: Any = torch.nn.Sequential(*(layers[:-1] if case.classes else layers)).to(getattr(torch, case.dtype))
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), case.weights, strict=True):
            axes = (3, 2, 0, 1) if value.ndim == 4 else (1, 0) if value.ndim == 2 else (0,)
            array = _channels_first(value, case) if value.ndim == 2 else value
            parameter.copy_(torch.tensor(np.ascontiguousarray(array.transpose(axes))))
    loss_of = torch.nn.CrossEntropyLoss() if case.classes else torch.nn.MSELoss()
    optimizer = (torch.optim.Adam if adam else torch.optim.SGD)(model.parameters(), lr=RATE)
    x, y = case.data
    x = np.ascontiguousarray(x.transpose(0, 3, 1, 2)) if case.filters else x
    x, y = torch.tensor(x), torch.tensor(y)
    called = torch.compile(model) if compiled else model

    def epoch() -> float:
        for start in case.starts():
            optimizer.zero_grad()
            loss = loss_of(called(x[start : start + case.batch]), y[start : start + case.batch])
            loss.backward()
            optimizer.step()
        return float(loss.detach())

    return epoch


def _channels_first(weight: Any, case: Case) -> Any:
    """Reorder the rows of the first dense weight after images: torch flattens channels first."""
    if not case.filters or weight.shape[0] != case.sizes[0]:
        return weight
    side = (case.image[0] >> len(case.filters), case.image[1] >> len(case.filters), case.filters[-1])
    return weight.reshape(*side, -1).transpose(2, 0, 1, 3).reshape(weight.shape)


def torch_compiled(case: Case, adam: bool) -> Epoch:
    """The same with ``torch.compile``."""
    return torch_eager(case, adam, compiled=True)


def _jax_prediction(case: Case, weights: Any, x: Any) -> Any:
    import jax
    import jax.numpy as jnp

    convolutions = len(case.filters)
    for number in range(convolutions):
        kernel, bias = weights[2 * number : 2 * number + 2]
        names = ("NHWC", "HWIO", "NHWC")
        x = jax.nn.relu(jax.lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=names) + bias)
        x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    x = x.reshape(len(x), -1)
    *hidden, last = zip(weights[2 * convolutions :: 2], weights[2 * convolutions + 1 :: 2], strict=True)
    for weight, bias in hidden:
        x = (jax.nn.relu if case.classes else jnp.tanh)(x @ weight + bias)
    x = x @ last[0] + last[1]
    return x if case.classes else jnp.tanh(x)


def jax_jit(case: Case, adam: bool) -> Epoch:
    """One compiled step, whose arguments are given away for its results."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", case.dtype == "float64")

    def loss_of(weights: Any, x: Any, y: Any) -> Any:
        output = _jax_prediction(case, weights, x)
        if not case.classes:
            return jnp.mean((output - y) ** 2)
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(output), y[:, None], 1))

    def step(weights: Any, moments: Any, number: Any, x: Any, y: Any) -> Any:
        loss, gradients = jax.value_and_grad(loss_of)(weights, x, y)
        number = number + 1
        if not adam:
            return [w - RATE * g for w, g in zip(weights, gradients, strict=True)], moments, number, loss
        return *adam_step(weights, gradients, moments, number), loss

    def adam_step(weights: Any, gradients: Any, moments: Any, number: Any) -> Any:
        means = [0.9 * m + 0.1 * g for m, g in zip(moments[0], gradients, strict=True)]
        squares = [0.999 * v + 0.001 * g * g for v, g in zip(moments[1], gradients, strict=True)]
        m_scale, v_scale = 1 / (1 - 0.9**number), 1 / (1 - 0.999**number)
        moved = [
            w - RATE * m * m_scale / (jnp.sqrt(v * v_scale) + 1e-8)
            for w, m, v in zip(weights, means, squares, strict=True)
        ]
        return moved, (means, squares), number

    compiled = jax.jit(step, donate_argnums=(0, 1, 2))
    weights = [jnp.array(each) for each in case.weights]
    state = [weights, ([w * 0 for w in weights], [w * 0 for w in weights]), jnp.array(0.0, case.dtype)]
    x, y = map(jnp.array, case.data)

    def epoch() -> float:
        for start in case.starts():
            *state[:], loss = compiled(*state, x[start : start + case.batch], y[start : start + case.batch])
        return float(loss)

    return epoch


def scikit_learn(case: Case, adam: bool) -> Epoch:
    """``MLPClassifier.fit``, which goes on where it was."""
    from sklearn.neural_network import MLPClassifier

    (x, y), weights = case.data, case.weights
    options: dict[str, Any] = {} if adam else {"momentum": 0.0, "nesterovs_momentum": False}
    network = MLPClassifier(
        case.sizes[1:-1],
        solver="adam" if adam else "sgd",
        alpha=0.0,
        batch_size=case.batch,
        learning_rate_init=RATE,
        max_iter=1,
        shuffle=False,
        warm_start=True,
        **options,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network.fit(x, y)
    for own, value in zip(network.coefs_ + network.intercepts_, weights[::2] + weights[1::2], strict=True):
        own[...] = value

    def epoch() -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            network.fit(x, y)
        return float(network.loss_)

    return epoch


def thinc(case: Case, adam: bool) -> Epoch:
    """Thinc's layers, and its optimizers."""
    from thinc import api

    relu, linear = [api.Relu(units) for units in case.sizes[1:-1]], api.Linear(case.sizes[-1])
    model: Any = api.chain(*relu, linear)
    x, y = case.data
    labels = np.eye(case.sizes[-1], dtype="float32")[y]
    model.initialize(X=x, Y=labels)
    for layer, weight, bias in zip((*relu, linear), case.weights[::2], case.weights[1::2], strict=True):
        layer.set_param("W", np.ascontiguousarray(weight.T))
        layer.set_param("b", bias)
    optimizer = api.Adam(RATE, L2=0.0, grad_clip=0.0) if adam else api.SGD(RATE, L2=0.0, grad_clip=0.0)

    def epoch() -> float:
        for start in case.starts():
            target = labels[start : start + case.batch]
            logits, back = model.begin_update(x[start : start + case.batch])
            e = np.exp(logits - logits.max(-1, keepdims=True))
            probabilities = e / e.sum(-1, keepdims=True)
            back((probabilities - target) / case.batch)
            model.finish_update(optimizer)
        return float(-np.log((probabilities * target).sum(-1)).mean())

    return epoch


def products(case: Case, adam: bool) -> Epoch:
    """The floor: the matrix products of forward and backward alone, with the same NumPy."""
    weights = case.weights[::2]
    x = case.data[0]
    inputs = [np.ones((case.batch, size), case.dtype) for size in case.sizes]

    def epoch() -> float:
        for start in case.starts():
            inputs[0] = x[start : start + case.batch]
            for index, weight in enumerate(weights):
                inputs[index].dot(weight)
                inputs[index].T.dot(inputs[index + 1])
                if index:
                    inputs[index + 1].dot(weight.T)
        return 0.0

    return epoch


TRAINERS = {
    "nnframe": nnframe,
    "torch": torch_eager,
    "torch.compile": torch_compiled,
    "JAX jit": jax_jit,
    "scikit-learn": scikit_learn,
    "Thinc": thinc,
    "products alone": products,
}


def fitting(case: Case) -> Iterator[str]:
    """The trainers that have this case: scikit-learn, Thinc and the floor are dense networks of classes."""
    dense = case.classes and not case.filters
    for name in TRAINERS:
        if dense or name not in ("scikit-learn", "Thinc", "products alone"):
            yield name
