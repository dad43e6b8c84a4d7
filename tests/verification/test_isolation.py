"""Isolation: whatever a function under test does, and however it ends, the world is bitwise as it was."""

from __future__ import annotations

import signal
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any

import numpy as np
import pytest
from attrs import frozen

from nnframe import Model
from nnframe.interfaces import Builder, Context
from nnframe.layers import Dense
from nnframe.verification import (
    Cause,
    GradientVerifier,
    Verdict,
    VerificationReport,
    verify_gradient,
    verify_layer,
    verify_loss,
    verify_pullback,
)
from nnframe.verification.function import isolation
from tests.verification.functions import Function, bits, changed, dense, dense_values


class Stop(KeyboardInterrupt):
    """Someone pressed a key."""


def press_a_key() -> None:
    signal.raise_signal(signal.SIGINT)


def raise_error() -> None:
    raise RuntimeError("enough")


def stop() -> None:
    raise Stop


ENDS = pytest.mark.parametrize(
    ("end", "error"), [(raise_error, RuntimeError), (stop, Stop), (press_a_key, KeyboardInterrupt)]
)


def comes_out(error: type[BaseException], *, at_the_point: bool) -> AbstractContextManager[object]:
    """What ends a function comes out; but for an error where the verifier moved it: such a point cannot be had."""
    return pytest.raises(error) if at_the_point or error is not RuntimeError else suppress(error)


def fail_by_name(report: VerificationReport) -> dict[str, Cause | None]:
    return {each.path: each.cause for each in report.findings if each.verdict is Verdict.FAIL}


def random_state() -> bytes:
    state: Any = np.random.get_state()  # noqa: NPY002 - the legacy state is what a function may use
    return bytes(state[1].tobytes())


@ENDS
@pytest.mark.parametrize("calls", [0, 1, 2, 3, 4, 5, 8, 12, 17])
@pytest.mark.parametrize("spoils", [False, True])
def test_everything_is_as_before_when_a_forward_ends_halfway(
    end: Callable[[], None], error: type[BaseException], calls: int, spoils: bool
) -> None:
    p, x = dense_values()
    before, state, count = bits({**p, "x": x}), random_state(), 0

    def tired(given: Any, x: Any) -> Any:
        nonlocal count
        count += 1
        np.random.rand()  # noqa: NPY002
        if spoils and count > 2:
            given["weight"][0] = p["bias"][0] = 7.0
        if count > calls:
            end()
        return dense(given, x)

    with comes_out(error, at_the_point=calls < 5):
        verify_pullback(tired, p, x)
    assert random_state() == state
    assert bits({**p, "x": x}) == before


@pytest.mark.parametrize("end", [stop, press_a_key])
@pytest.mark.parametrize("calls", [0, 1, 5])
def test_everything_is_as_before_when_a_pullback_is_interrupted(end: Callable[[], None], calls: int) -> None:
    p, x = dense_values()
    before, count = bits({**p, "x": x}), 0

    def tired(given: Any, x: Any) -> Any:
        output, pullback = dense(given, x)

        def pull(u: Any) -> Any:
            nonlocal count
            count += 1
            p["weight"][1] = given["bias"][0] = -5.0
            if count > calls:
                end()
            return pullback(u)

        return output, pull

    with pytest.raises(KeyboardInterrupt):
        verify_pullback(tired, p, x)
    assert bits({**p, "x": x}) == before


def test_a_second_key_while_arrays_are_put_back_leaves_them_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    p, x = dense_values()
    before, same, pressed = bits(p), isolation.same_bits, []

    def press_once_more(one: Any, two: Any) -> bool:
        if len(pressed) == 1:
            pressed.append(2)
            press_a_key()
        return same(one, two)

    def stopped(given: Any, x: Any) -> Any:
        if not pressed:
            p["weight"][0] = 7.0
            pressed.append(1)
            press_a_key()
        return dense(given, x)

    monkeypatch.setattr(isolation, "same_bits", press_once_more)
    with pytest.raises(KeyboardInterrupt):
        verify_pullback(stopped, p, x)
    assert pressed == [1, 2]
    assert bits(p) == before


def write_into_given(name: str) -> Function:
    def wrong(p: Any, x: Any) -> Any:
        array = x if name == "input" else p[name]
        array += 1.0
        return dense(p, x)

    return wrong


@pytest.mark.parametrize("name", ["weight", "bias", "input"])
def test_a_function_that_writes_into_what_it_was_given_fails_and_all_comes_back(name: str) -> None:
    p, x = dense_values()
    before = bits({**p, "x": x})
    report = verify_pullback(write_into_given(name), p, x)
    assert fail_by_name(report) == {name: Cause.MUTATES_INPUT}
    assert bits({**p, "x": x}) == before


def test_a_pullback_that_writes_into_a_captured_array_fails_and_all_comes_back() -> None:
    p, x = dense_values()
    before = bits({**p, "x": x})

    def wrong(given: Any, x: Any) -> Any:
        output, pullback = dense(given, x)

        def pull(u: Any) -> Any:
            found = pullback(u)
            given["weight"] *= 0.5
            return found

        return output, pull

    assert fail_by_name(verify_pullback(wrong, p, x)) == {"weight": Cause.MUTATES_INPUT}
    assert bits({**p, "x": x}) == before


@pytest.mark.parametrize("value", [7.0, np.nan, -0.0])
def test_writing_into_the_callers_own_arrays_changes_no_verdict_and_all_comes_back(value: float) -> None:
    p, x = dense_values()
    p["bias"][1] = 0.0
    before = bits({**p, "x": x})

    def spoil(given: Any, at: Any) -> Any:
        p["weight"][...] = p["bias"][...] = x[...] = value
        return dense(given, at)

    assert verify_pullback(spoil, p, x).passed
    assert bits({**p, "x": x}) == before
    doubled = verify_pullback(changed(spoil, "weight", lambda g: 2 * g), p, x)
    assert fail_by_name(doubled) == {"weight": Cause.SCALE}
    assert bits({**p, "x": x}) == before


def test_a_function_that_reads_the_callers_own_arrays_is_verified_where_they_stand() -> None:
    p, x = dense_values()

    def product(given: Any, x: Any) -> Any:
        return given["weight"] * p["weight"], lambda u: (None, {"weight": u * p["weight"], "bias": np.zeros(3)})

    assert verify_pullback(product, p, x).passed

    def blind(given: Any, x: Any) -> Any:
        return dense(p, x)

    finding = verify_pullback(blind, p, x)["weight"]
    assert finding.verdict is Verdict.FAIL
    assert finding.cause is not Cause.WRONG_NEARBY


def lay_out(array: Any, how: str) -> Any:
    if how == "read-only":
        array = array.copy()
        array.flags.writeable = False
    elif how == "Fortran order":
        array = np.asfortranarray(array)
    elif how == "strided":
        array = np.repeat(array, 2, axis=0)[::2]
    elif how == "reversed":
        array = np.ascontiguousarray(array[::-1])[::-1]
    return array


LAYOUTS = ["plain", "read-only", "Fortran order", "strided", "reversed"]


@pytest.mark.parametrize("how", LAYOUTS)
def test_arrays_of_any_layout_are_verified_as_plain_ones_and_come_back(how: str) -> None:
    plain, x = dense_values()
    p = {name: lay_out(value, how) for name, value in plain.items()}
    given = lay_out(x, how)
    before = bits({**p, "x": given})
    assert verify_pullback(dense, p, given).passed
    wrong = changed(dense, "weight", lambda g: g * np.where(np.arange(12).reshape(4, 3) == 7, 1.1, 1.0))
    assert verify_pullback(wrong, p, given)["weight"].wrong == ((2, 1),)
    assert bits({**p, "x": given}) == before
    assert {name: each.flags.writeable for name, each in p.items()} == dict.fromkeys(p, how != "read-only")


@pytest.mark.parametrize("how", [each for each in LAYOUTS if each != "read-only"])
def test_arrays_of_any_layout_come_back_from_a_function_that_spoils_them(how: str) -> None:
    plain, x = dense_values()
    p = {name: lay_out(value, how) for name, value in plain.items()}
    before = bits(p)

    def spoil(given: Any, at: Any) -> Any:
        p["weight"][1:, 1:] = np.inf
        return dense(given, at)

    assert verify_pullback(spoil, p, x).passed
    assert bits(p) == before


def test_a_spoiled_part_of_a_larger_array_comes_back() -> None:
    base = np.random.default_rng(0).normal(size=(8, 6))
    before, part = base.tobytes(), base[::2, 1::2]

    def spoil(given: Any, at: Any) -> Any:
        part[...] = 0.0
        return np.tanh(at), lambda u: (u * (1 - np.tanh(at) ** 2), {})

    assert verify_pullback(spoil, {}, part).passed
    assert base.tobytes() == before


def test_one_array_under_two_names_is_two_variables() -> None:
    one = np.random.default_rng(0).normal(size=(3, 4))
    before = one.tobytes()

    def product(p: Any, x: Any) -> Any:
        return p["a"] * np.sin(p["b"]), lambda u: (
            None,
            {"a": u * np.sin(p["b"]), "b": u * p["a"] * np.cos(p["b"])},
        )

    report = verify_pullback(product, {"a": one, "b": one}, np.ones(1))
    assert {each.path: each.verdict for each in report.findings if each.path != "input"} == dict.fromkeys(
        "ab", Verdict.PASS
    )
    together = changed(product, "a", lambda g: g + one * np.cos(one))  # both moves counted for the first
    assert "a" in fail_by_name(verify_pullback(together, {"a": one, "b": one}, np.ones(1)))
    assert one.tobytes() == before


def test_overlapping_views_are_verified_apart_and_come_back() -> None:
    base = np.random.default_rng(0).normal(size=9)
    before, p = base.tobytes(), {"a": base[:6], "b": base[3:]}

    def spoil(given: Any, x: Any) -> Any:
        p["a"][...] = 2.0
        p["b"][...] = 3.0
        a, b = given["a"], given["b"]
        return a * b * x, lambda u: ((u * a * b).sum(), {"a": u * b * x, "b": u * a * x})

    assert verify_pullback(spoil, p, 1.5).passed
    assert base.tobytes() == before


def test_a_function_cannot_reach_the_point_through_what_it_was_given() -> None:
    """It keeps the arrays of its first call, and spoils them in each later one."""
    kept: list[Any] = []

    def spoil(given: Any, x: Any) -> Any:
        kept.append(given["weight"])
        if len(kept) > 1 and kept[0] is not given["weight"]:
            kept[0][...] = 9.0
        return dense(given, x)

    p, x = dense_values()
    before = bits(p)
    assert verify_pullback(spoil, p, x).passed
    assert bits(p) == before


def test_the_state_of_the_errors_and_warnings_of_numpy_is_as_before() -> None:
    def loud(t: Any) -> Any:
        np.seterr(divide="raise", over="call")
        warnings.simplefilter("error")
        return (t**2).sum()

    errors, filters = np.geterr(), list(warnings.filters)
    assert verify_gradient(loud, lambda t: 2 * t, np.array([1.0, 2.0])).passed
    assert np.geterr() == errors
    assert warnings.filters == filters


def test_a_layer_and_a_loss_that_spoil_their_arrays_leave_them_as_they_were() -> None:
    layer, x = Dense(4), np.random.default_rng(1).normal(size=(5, 3))
    parameters = layer.build(x, Builder(np.random.default_rng(0)))[0]
    arrays = {"weight": parameters.weight, "bias": parameters.bias, "x": x}
    before = bits(arrays)

    @frozen
    class Spoiling(Dense):
        def forward(self, given: Any, at: Any, context: Context) -> Any:
            parameters.weight[...] = x[...] = 4.0
            return super().forward(given, at, context)

    assert verify_layer(Spoiling(4), x, parameters=parameters).passed
    assert bits(arrays) == before
    prediction = np.array([[0.2, 0.5], [0.9, 0.1]])
    before = bits({"p": prediction})

    class Square:
        def forward(self, given: Any, target: Any) -> Any:
            prediction[...] = 0.0
            return ((given - target) ** 2).sum(-1), lambda u: 2 * u[..., None] * (given - target)

    assert verify_loss(Square(), prediction, np.zeros((2, 2))).passed  # type: ignore[arg-type]
    assert bits({"p": prediction}) == before


@ENDS
@pytest.mark.parametrize("calls", [0, 1, 2, 7, 20])
@pytest.mark.parametrize("strategy", ["auto", "end-to-end"])
def test_a_model_is_as_before_when_a_layer_ends_halfway(
    end: Callable[[], None], error: type[BaseException], calls: int, strategy: Any
) -> None:
    count, arrays = 0, {}

    @frozen
    class Tired(Dense):
        def forward(self, given: Any, x: Any, context: Context) -> Any:
            nonlocal count
            count += bool(arrays)
            if count > calls:
                given.weight[0] = arrays["0.weight"][0] = arrays["0.bias"][0] = 7.0
                end()
            return super().forward(given, x, context)

    model = Model([Tired(4), Dense(2)], loss="mse", input_shape=(3,))
    x, y = np.random.default_rng(0).normal(size=(5, 3)), np.zeros((5, 2))
    arrays |= {path: each.value for path, each in model.parameters.items()} | {"x": x, "y": y}
    before = bits(arrays)
    with comes_out(error, at_the_point=calls < 5):
        GradientVerifier(strategy=strategy).verify(model, x, y)
    assert bits(arrays) == before
