"""What holds for every optimizer; and the rules that torch does not have."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest

from nnframe import registry
from nnframe.errors import ConfigurationError
from nnframe.optimizers import SGD, Adam, AdamW, Lion, RMSprop

VARIANTS: list[tuple[str, dict[str, Any]]] = [
    *((name, {}) for name in registry.optimizers.names()),
    ("sgd", {"momentum": 0.9}),
    ("sgd", {"momentum": 0.9, "nesterov": True}),
    ("adam", {"amsgrad": True}),
    ("rmsprop", {"momentum": 0.9, "centred": True}),
    ("lion", {"decay": 0.1}),
]
every_rule = pytest.mark.parametrize(("name", "options"), VARIANTS)


def run(optimizer: Any, value: Any, gradients: Any, rate: float = 0.01) -> Any:
    slots = optimizer.initialize(value)
    for step, gradient in enumerate(gradients, 1):
        optimizer.update(value, gradient, slots, step, rate)
    return slots


@every_rule
def test_single_precision_stays_single_and_gradients_are_left_alone(name: str, options: Any) -> None:
    value = np.ones((2, 3), np.float32)
    gradient = np.full((2, 3), 0.5, np.float32)
    gradient.setflags(write=False)
    slots = run(registry.optimizers.create(name, **options), value, [gradient] * 3)
    assert value.dtype == np.float32
    for field in attrs.fields(type(slots)):
        array = getattr(slots, field.name)
        assert array is None or (array.dtype == np.float32 and array.shape == value.shape)


@every_rule
def test_the_value_and_the_slots_are_moved_in_place(name: str, options: Any) -> None:
    value, optimizer = np.ones(4), registry.optimizers.create(name, **options)
    slots: Any = optimizer.initialize(value)
    names = [field.name for field in attrs.fields(type(slots))]
    before = [getattr(slots, name) for name in names]
    start = value.copy()
    optimizer.update(value, np.ones(4), slots, 1, 0.1)
    assert (value < start).all()
    assert all(getattr(slots, name) is array for name, array in zip(names, before, strict=True))


@every_rule
def test_parameters_may_be_joined(name: str, options: Any) -> None:
    rng = np.random.default_rng(0)
    apart, gradients = rng.normal(size=(2, 3)), rng.normal(size=(5, 2, 3))
    optimizer, joined = registry.optimizers.create(name, **options), apart.reshape(-1).copy()
    assert optimizer.elementwise
    run(optimizer, joined, gradients.reshape(5, -1))
    for row in range(2):
        run(optimizer, apart[row], gradients[:, row])
    np.testing.assert_array_equal(joined, apart.reshape(-1))


@every_rule
def test_a_bowl_is_descended(name: str, options: Any) -> None:
    value = np.array([1.0, -2.0, 3.0])
    optimizer = registry.optimizers.create(name, **options)
    slots = optimizer.initialize(value)
    rate = {"adadelta": 5.0, "adagrad": 0.5, "radam": 0.05}.get(name, 0.02)
    for step in range(1, 601):
        optimizer.update(value, value * np.array([1.0, 2.0, 0.5]), slots, step, rate)
    assert np.abs(value).max() < 0.1


@every_rule
def test_a_gradient_of_zero_and_huge_gradients_give_no_warning(name: str, options: Any) -> None:
    value = np.ones(3, np.float32)
    run(registry.optimizers.create(name, **options), value, [np.zeros(3, np.float32), np.full(3, 1e15, np.float32)])
    assert np.isfinite(value).all()


def test_sgd_with_momentum_by_hand() -> None:
    value = np.array([1.0])
    run(SGD(momentum=0.5), value, [np.array([2.0]), np.array([4.0])], rate=0.1)
    assert value[0] == pytest.approx(1 - 0.1 * 2 - 0.1 * (0.5 * 2 + 4))


def test_nesterov_by_hand() -> None:
    value = np.array([1.0])
    run(SGD(momentum=0.5, nesterov=True), value, [np.array([2.0])], rate=0.1)
    assert value[0] == pytest.approx(1 - 0.1 * (2 + 0.5 * 2))


def test_adam_by_hand() -> None:
    value, (b1, b2), m, v, expected = np.array([1.0]), (0.8, 0.9), 0.0, 0.0, 1.0
    gradients = [3.0, -1.0, 0.5]
    run(Adam(beta1=b1, beta2=b2, epsilon=1e-3), value, [np.array([g]) for g in gradients], rate=0.1)
    for t, g in enumerate(gradients, 1):
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        expected -= 0.1 * (m / (1 - b1**t)) / ((v / (1 - b2**t)) ** 0.5 + 1e-3)
    assert value[0] == pytest.approx(expected, rel=1e-14)


def test_decay_is_decoupled_from_the_averages() -> None:
    plain, decayed = np.array([2.0]), np.array([2.0])
    run(Adam(), plain, [np.array([3.0])], rate=0.1)
    run(AdamW(decay=0.5), decayed, [np.array([3.0])], rate=0.1)
    assert decayed[0] == pytest.approx(plain[0] - 0.1 * 0.5 * 2.0)


def test_lion_by_hand() -> None:
    value, m, expected = np.array([1.0, 1.0]), np.zeros(2), np.ones(2)
    gradients = np.random.default_rng(0).normal(size=(20, 2))
    run(Lion(beta1=0.8, beta2=0.9, decay=0.1), value, gradients, rate=0.01)
    for g in gradients:
        expected = expected - 0.01 * (np.sign(0.8 * m + 0.2 * g) + 0.1 * expected)
        m = 0.9 * m + 0.1 * g
    np.testing.assert_allclose(value, expected, rtol=1e-13)


def test_options_are_checked() -> None:
    wrong: list[tuple[Any, dict[str, Any], str]] = [
        (SGD, {"learning_rate": -1.0}, "learning_rate must be"),
        (SGD, {"momentum": 1.0}, r"momentum must be in \[0, 1\)"),
        (SGD, {"nesterov": True}, "nesterov needs a momentum"),
        (Adam, {"beta2": 1.5}, "beta2 must be"),
        (Adam, {"learning_rate": "fast"}, "learning_rate must be a number"),
        (RMSprop, {"centered": True}, "did you mean 'centred'"),
    ]
    for part, options, message in wrong:
        with pytest.raises(ConfigurationError, match=message):
            part(**options)


def test_a_schedule_may_stand_for_the_learning_rate() -> None:
    schedule = registry.schedules.create("cosine", base=0.1, length=10)
    assert Adam(schedule).learning_rate == schedule
    spec = {"name": "adam", "learning_rate": {"name": "cosine", "base": 0.1, "length": 10}}
    assert registry.optimizers.resolve(spec) == Adam(schedule)
