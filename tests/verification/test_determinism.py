"""One seed, one report: whatever was verified before, beside it, or in another process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from attrs import evolve

from nnframe import Model
from nnframe.composition import Parameter
from nnframe.interfaces import AnyLayer
from nnframe.layers import LSTM, BatchNorm, Conv2D, Dense, Dropout, Flatten, MaxPool2D
from nnframe.verification import GradientVerifier, GradientVisitor, VerificationReport, verify_layer
from nnframe.verification.floats.sampling import Draws

RNG = np.random.default_rng(0)
IMAGES = RNG.normal(size=(3, 6, 6, 1))
SEQUENCES = RNG.normal(size=(2, 3, 4))
VECTORS = RNG.normal(size=(5, 6))


def make_models() -> list[tuple[Model, Any]]:
    """Models with kinks, random layers, steps, float32, and a variable that "auto" takes directions for."""
    image: list[Any] = [Conv2D(2, 3), "relu", MaxPool2D(2), BatchNorm(), Flatten(), Dense(4)]
    return [
        (Model(image, loss="mse", input_shape=(6, 6, 1)), IMAGES),
        (Model([LSTM(3), Dropout(0.3), Dense(4)], loss="mse", input_shape=(3, 4)), SEQUENCES),
        (Model([Dense(5), "relu", Dense(4)], loss="mse", input_shape=(6,), dtype="float32"), VECTORS),
    ]


def verify(model: Model, x: Any, **options: Any) -> VerificationReport:
    return GradientVerifier(**options).verify(model, x, np.ones((len(x), 4)))


def digest(report: VerificationReport) -> str:
    """Everything in a report but the seconds."""
    return evolve(report, seconds=0.0).to_json()


OPTIONS: list[dict[str, Any]] = [
    {},
    {"strategy": "search", "seed": 3},
    {"strategy": "sample"},
    {"strategy": "end-to-end"},
    {"budget": 100},
    {"details": True},
]


def verify_all() -> list[str]:
    models = make_models()
    found = [digest(verify(*models[number % 3], **options)) for number, options in enumerate(OPTIONS)]
    return [
        *found,
        *(digest(verify(model, x)) for model, x in models),
        digest(verify_layer(Dense(700), np.ones((4, 3)), seed=1)),
    ]


def test_one_seed_gives_one_report_twice_in_one_process() -> None:
    first = verify_all()
    np.random.seed(5)  # noqa: NPY002 - NumPy's global numbers change nothing
    assert verify_all() == first


def test_one_seed_gives_one_report_in_two_processes() -> None:
    """With hashes of strings of their own, so that no order of a set decides anything."""
    script = "from tests.verification.test_determinism import verify_all; import json; print(json.dumps(verify_all()))"
    other = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "1"},
    ).stdout
    assert json.loads(other) == verify_all()


def test_another_seed_makes_other_draws() -> None:
    model, x = make_models()[0]
    one, two = (verify(model, x, seed=seed, strategy="search")["0.weight"].coverage for seed in (0, 1))
    assert one is not None
    assert two is not None
    assert one.smallest_visible != two.smallest_visible


class Without(GradientVisitor):
    """Leaves out a layer."""

    def __init__(self, path: tuple[str | int, ...], *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self._left_out = path

    def visit_layer(self, visit: Any) -> bool | None:
        return False if visit.path == self._left_out else super().visit_layer(visit)


@pytest.mark.parametrize(
    ("number", "path"),
    [(0, (0,)), (0, (1,)), (0, (2,)), (0, (5,)), (1, (0,)), (1, (1,)), (1, (2,)), (2, (0,)), (2, (2,))],
)
def test_the_findings_of_the_others_stay_when_a_layer_is_pruned(number: int, path: tuple[int, ...]) -> None:
    model, x = make_models()[number]
    complete = verify(model, x)
    pruned = model.accept(Without(path, x, np.ones((len(x), 4))))
    left = [each.path for each in complete.findings if each.path.split(".")[0] != str(path[0])]
    assert [each.path for each in pruned.findings] == left
    assert [pruned[path] for path in left] == [complete[path] for path in left]


class Backwards(GradientVisitor):
    """Meets all parameters of the model only when it leaves the outermost layer, the last one first."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._calls: list[Any] = []

    def visit_layer(self, visit: Any) -> bool | None:
        self._calls.append(("layer", visit))
        return None

    def visit_parameter(self, parameter: Parameter, layer: AnyLayer) -> None:
        self._calls.append(("parameter", parameter, layer))

    def leave_layer(self, visit: Any) -> None:
        if visit.path:
            return
        blocks: list[list[Any]] = []
        for call in self._calls:
            blocks.append([call]) if call[0] == "layer" else blocks[-1].append(call)
        for (_, each), *parameters in reversed(blocks):
            super().visit_layer(each)
            for _, parameter, layer in reversed(parameters):
                super().visit_parameter(parameter, layer)
            super().leave_layer(each)


@pytest.mark.parametrize("number", range(3))
def test_layers_and_parameters_in_another_order_have_the_same_findings(number: int) -> None:
    model, x = make_models()[number]
    complete = {each.path: each for each in verify(model, x).findings}
    backwards = {each.path: each for each in model.accept(Backwards(x, np.ones((len(x), 4)))).findings}
    assert backwards == complete
    assert list(backwards) != list(complete)


def test_a_draw_depends_on_its_purpose_alone() -> None:
    draws = Draws(7, "3.", 1)
    first = draws.generator("weight", "search").random(4)
    draws.generator("bias", "search").random(100)
    np.testing.assert_array_equal(draws.generator("weight", "search").random(4), first)
    others = [
        Draws(8, "3.", 1).generator("weight", "search"),
        Draws(7, "4.", 1).generator("weight", "search"),
        Draws(7, "3.", 0).generator("weight", "search"),
        draws.generator("bias", "search"),
        draws.generator("weight", "affine"),
        draws.within("kinks").generator("weight", "search"),
    ]
    assert len({each.random(4).tobytes() for each in others} | {first.tobytes()}) == len(others) + 1
