"""What holds for every layer: the gradient is the derivative; dtypes; empty batches; nothing is changed or kept."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from nnframe import registry
from nnframe.arrays import Array
from nnframe.interfaces import Context
from nnframe.verification.verify_layer import verify_layer
from tests.layers.cases import CASES, Case
from tests.layers.harness import agree, arrays_of, built, replaced

EVERY = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name}-{case.layer!s:.40}")
H = 1e-5


def parts(x: Any) -> tuple[Any, ...]:
    return x if isinstance(x, tuple) else (x,)


def ran(case: Case, parameters: Any, x: Any, context: Context) -> Any:
    return case.layer.run(parameters, x, context)


def training(seed: int = 1) -> Context:
    return Context(training=True, rng=np.random.default_rng(seed))


def test_every_registered_layer_has_a_case() -> None:
    assert {case.name for case in CASES} == set(registry.layers.names())


@EVERY
@pytest.mark.parametrize("learning", [False, True], ids=["inference", "training"])
def test_the_pullback_is_the_centred_difference_in_every_direction_tried(case: Case, learning: bool) -> None:
    x = case.input()
    parameters = built(case.layer, x)
    rng = np.random.default_rng(2)

    def run(parameters: Any, x: Any) -> Any:
        return ran(case, parameters, x, training() if learning else Context())

    y, pullback = run(parameters, x)
    upstream = rng.normal(size=np.shape(y))
    dx, gradient = pullback(upstream)
    for _ in range(3):
        steps = {name: rng.normal(size=array.shape) for name, array in arrays_of(parameters).items()}
        across = tuple(rng.normal(size=part.shape) if part.dtype.kind == "f" else np.zeros(1, int) for part in parts(x))

        def value(h: float) -> float:
            there = replaced(parameters, lambda name, array: array + h * steps[name] if name in steps else array)  # noqa: B023
            moved = tuple(part + (h * step).astype(part.dtype) for part, step in zip(parts(x), across, strict=True))  # noqa: B023
            output = run(there, moved if isinstance(x, tuple) else moved[0])[0]
            return float((upstream * output).sum())

        expected = (value(H) - value(-H)) / (2 * H)
        got = sum(float((array * steps[name]).sum()) for name, array in arrays_of(gradient).items())
        got += sum(float((d * s).sum()) for d, s in zip(parts(dx), across, strict=True) if d is not None)
        size = float(np.abs(upstream).sum())
        assert got == pytest.approx(expected, rel=1e-6, abs=1e-8 * size)


@EVERY
def test_float32_stays_float32_and_agrees_with_float64(case: Case) -> None:
    x = case.input("float32")
    parameters = built(case.layer, case.input(), dtype="float32")
    doubled = replaced(parameters, lambda _, array: array.astype("float64"))
    exact = tuple(part.astype("float64") if part.dtype == "float32" else part for part in parts(x))
    y, pullback = ran(case, parameters, x, training())
    precise, _ = ran(case, doubled, exact if isinstance(x, tuple) else exact[0], training())
    if case.name not in ("dropout", "gaussian_noise"):
        agree("output", y, precise, "float32")
    dx, gradient = pullback(np.ones_like(y))
    assert all(part is None or part.dtype == "float32" for part in parts(dx))
    assert all(array.dtype == "float32" for array in arrays_of(gradient).values())
    assert {name: array.shape for name, array in arrays_of(gradient).items()} == {
        name: array.shape for name, array in arrays_of(parameters).items()
    }


@EVERY
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_verifier_finds_nothing(case: Case, dtype: str) -> None:
    x = case.input(dtype)
    report = verify_layer(case.layer, x, parameters=built(case.layer, case.input(), dtype=dtype))
    assert report.passed, report


@EVERY
def test_an_empty_batch_passes_in_inference(case: Case) -> None:
    parameters = built(case.layer, case.input())
    full: Any = ran(case, parameters, case.input(), Context())[0]
    x = case.input(batch=0)
    y, pullback = ran(case, parameters, x, Context())
    assert np.shape(y) == (0, *np.shape(full)[1:])
    dx, gradient = pullback(y)
    assert [d.shape for d in parts(dx) if d is not None] == [p.shape for p in parts(x) if p.dtype.kind == "f"]
    assert all(not array.any() for array in arrays_of(gradient).values())


@EVERY
def test_examples_do_not_see_each_other_in_inference(case: Case) -> None:
    x = case.input(batch=4)
    parameters = built(case.layer, x)
    whole: Any = ran(case, parameters, x, Context())[0]
    first = tuple(part[:2] for part in parts(x))
    half: Any = ran(case, parameters, first if isinstance(x, tuple) else first[0], Context())[0]
    np.testing.assert_allclose(half, whole[:2], rtol=1e-12, atol=1e-12)


@EVERY
def test_nothing_handed_over_is_changed_and_a_second_pullback_says_the_same(case: Case) -> None:
    x = case.input()
    parameters = built(case.layer, x)
    before = [part.copy() for part in parts(x)], {k: v.copy() for k, v in arrays_of(parameters, "", True).items()}
    y, pullback = ran(case, parameters, x, training())
    upstream = np.random.default_rng(3).normal(size=np.shape(y))
    kept = upstream.copy()
    first = flat(pullback(upstream))
    copies = [array.copy() for array in first]
    pullback(upstream + 1)
    second = flat(pullback(upstream))
    for a, b, c in zip(first, second, copies, strict=True):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(a, c)
    np.testing.assert_array_equal(upstream, kept)
    assert all((part == old).all() for part, old in zip(parts(x), before[0], strict=True))
    assert all((array == before[1][name]).all() for name, array in arrays_of(parameters, "", True).items())


@EVERY
def test_the_gradient_of_the_parameters_does_not_depend_on_whether_the_input_gradient_is_read(case: Case) -> None:
    x = case.input()
    parameters = built(case.layer, x)
    both = []
    for wanted in (True, False):
        context = Context(training=True, rng=np.random.default_rng(1), input_gradient=wanted)
        y, pullback = ran(case, parameters, x, context)
        both.append(arrays_of(pullback(np.ones_like(y))[1]))
    for name, array in both[0].items():
        np.testing.assert_array_equal(array, both[1][name])


@EVERY
def test_inputs_need_not_be_contiguous(case: Case) -> None:
    x = case.input()
    parameters = built(case.layer, x)
    strided = tuple(np.repeat(part, 2, -1)[..., ::2] for part in parts(x))
    expected = ran(case, parameters, x, Context())
    got = ran(case, parameters, strided if isinstance(x, tuple) else strided[0], Context())
    np.testing.assert_allclose(got[0], expected[0], rtol=1e-12, atol=1e-12)
    upstream = np.random.default_rng(4).normal(size=np.shape(got[0]))
    turned = np.asfortranarray(upstream)
    for a, b in zip(flat(got[1](turned)), flat(expected[1](upstream)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-10)


@EVERY
def test_a_layer_survives_its_description(case: Case) -> None:
    described = json.loads(json.dumps(registry.spec_of(case.layer)))
    assert registry.layers.resolve(described) == case.layer


def flat(result: tuple[Any, Any]) -> list[Array]:
    dx, gradient = result
    return [part for part in parts(dx) if part is not None] + list(arrays_of(gradient).values())
