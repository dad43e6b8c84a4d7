"""Parameters that are lent: very large ones, in which elements move. What is found is as in copies; all comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnframe import Model
from nnframe.interfaces import Builder
from nnframe.layers import Dense
from nnframe.verification import Cause, GradientVerifier, Verdict, verify_layer, verify_pullback
from nnframe.verification.function import isolation as state, lending
from nnframe.verification.function.function import FunctionUnderTest
from nnframe.verification.function.isolation import run_guarded
from tests.verification.functions import Function, bits, changed, dense, dense_values

pytestmark = pytest.mark.usefixtures("small_ones_are_lent")


def writes_into(path: str) -> Function:
    def wrong(p: Any, x: Any) -> Any:
        p[path] += 1.0
        return dense(p, x)

    return wrong


def writes_in_the_pullback(p: Any, x: Any) -> Any:
    output, pullback = dense(p, x)

    def writing(u: Any) -> Any:
        found = pullback(u)
        p["weight"] *= 0.5
        return found

    return output, writing


def writes_into_its_upstream(p: Any, x: Any) -> Any:
    output, pullback = dense(p, x)

    def writing(u: Any) -> Any:
        found = pullback(u.copy())
        u *= 0
        return found

    return output, writing


def hands_out_its_buffer() -> Function:
    buffer = np.zeros(3)

    def reuse(gradient: Any) -> Any:
        buffer[...] = gradient
        return buffer

    return changed(dense, "bias", reuse)


def hands_out_its_buffer_once() -> Function:
    buffers: list[Any] = []

    def reuse(gradient: Any) -> Any:
        buffers.append(np.zeros(3) if not buffers else buffers[0])
        buffers[0][...] = gradient
        return buffers[0] if len(buffers) == 1 else gradient

    return changed(dense, "bias", reuse)


def adds_up() -> Function:
    total = np.zeros(3)

    def accumulate(gradient: Any) -> Any:
        total[...] += gradient
        return total.copy()

    return changed(dense, "bias", accumulate)


def differs_once() -> Function:
    calls: list[int] = []

    def first_is_wrong(gradient: Any) -> Any:
        calls.append(1)
        return gradient * 1.5 if len(calls) == 1 else gradient

    return changed(dense, "bias", first_is_wrong)


def reads_the_last_forward() -> Function:
    last: dict[str, Any] = {}

    def wrong(p: Any, x: Any) -> Any:
        last["x"] = x
        output, pullback = dense(p, x)
        return output, lambda u: (pullback(u)[0], {"weight": last["x"].T @ u, "bias": u.sum(0)})

    return wrong


def raises_at_its_second_call(p: Any, x: Any) -> Any:
    output, pullback = dense(p, x)
    tape = [pullback]
    return output, lambda u: tape.pop()(u)  # noqa: PLW0108 - not bound before it is called


def draws_random_numbers() -> Function:
    rng = np.random.default_rng(0)
    return lambda p, x: dense(p, x + rng.normal(size=x.shape))


MISTAKES: dict[str, tuple[Callable[[], Function], str, Cause | None]] = {
    "writes into its weight": (lambda: writes_into("weight"), "weight", Cause.MUTATES_INPUT),
    "writes into its bias": (lambda: writes_into("bias"), "bias", Cause.MUTATES_INPUT),
    "writes in the pullback": (lambda: writes_in_the_pullback, "weight", Cause.MUTATES_INPUT),
    "writes into its upstream": (lambda: writes_into_its_upstream, "upstream", Cause.MUTATES_UPSTREAM),
    "hands out its buffer": (hands_out_its_buffer, "bias", Cause.ALIASED),
    "hands out its buffer once": (hands_out_its_buffer_once, "bias", Cause.ALIASED),
    "adds up": (adds_up, "bias", Cause.SECOND_CALL_DIFFERS),
    "differs once": (differs_once, "bias", Cause.SECOND_CALL_DIFFERS),
    "reads the last forward": (reads_the_last_forward, "weight", Cause.STALE),
    "draws random numbers": (draws_random_numbers, "forward", Cause.NOT_DETERMINISTIC),
    "is not linear": (
        lambda: changed(dense, "weight", lambda g: g * np.abs(g)),
        "weight",
        Cause.NOT_LINEAR_IN_UPSTREAM,
    ),
    "adds weight decay": (lambda: changed(dense, "weight", lambda g: g + 0.1), "weight", Cause.EXTRA_TERM),
    "twice": (lambda: changed(dense, "weight", lambda g: g * 2), "weight", Cause.SCALE),
    "one element": (
        lambda: changed(dense, "weight", lambda g: g * np.where(np.arange(12).reshape(4, 3) == 7, 1.1, 1.0)),
        "weight",
        Cause.SPARSE_ELEMENTS,
    ),
    "not a number": (lambda: changed(dense, "bias", lambda g: g * np.nan), "bias", Cause.NON_FINITE),
    "none": (lambda: changed(dense, "bias", lambda g: None), "bias", Cause.MISSING_GRADIENT),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_as_in_copies_and_all_comes_back(mistake: str) -> None:
    wrong, path, cause = MISTAKES[mistake]
    p, x = dense_values()
    before = bits({**p, "x": x})
    report = verify_pullback(wrong(), p, x)
    failed = {each.path: each.cause for each in report.findings if each.verdict is Verdict.FAIL}
    assert failed == {path: cause}, str(report)
    assert bits({**p, "x": x}) == before


def test_a_pullback_that_may_be_called_once_fails_for_every_gradient() -> None:
    report = verify_pullback(raises_at_its_second_call, *dense_values())
    assert {each.cause for each in report.findings} == {Cause.SECOND_CALL_DIFFERS}
    assert "IndexError" in report["weight"].hint


def test_a_model_is_lent_its_own_parameters_and_is_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model([Dense(4), "tanh", Dense(2)], loss="mse", input_shape=(3,))
    x, y = np.random.default_rng(0).normal(size=(5, 3)), np.zeros((5, 2))
    arrays = {path: each.value for path, each in model.parameters.items()} | {"x": x, "y": y}
    before, lent = bits(arrays), []

    @contextmanager
    def seen(subject: FunctionUnderTest | None, kept: Any) -> Iterator[None]:
        with lending.lending(subject, kept):
            lent.extend(((subject and subject.lent) or {}).values())
            yield

    monkeypatch.setattr(state, "lending", seen)
    assert GradientVerifier().verify(model, x, y).passed
    assert all(any(each is arrays[path] for each in lent) for path in ("0.weight", "2.weight"))
    assert not any(np.may_share_memory(each, array) for each in lent for array in (x, y))
    assert bits(arrays) == before


def test_a_function_that_reads_its_parameters_behind_what_it_is_given_is_judged_as_in_copies() -> None:
    p, x = dense_values()

    def product(given: Any, x: Any) -> Any:
        return given["weight"] * p["weight"], lambda u: (None, {"weight": u * p["weight"], "bias": np.zeros(3)})

    assert verify_pullback(product, p, x).passed

    def blind(given: Any, x: Any) -> Any:
        return dense(p, x)

    report = verify_pullback(blind, p, x)
    assert report["weight"].verdict is Verdict.FAIL
    assert report["weight"].cause is not Cause.WRONG_NEARBY


def lent_of(values: dict[str, Any], call: Any = None) -> set[str]:
    """Which of some arrays are lent themselves."""
    point = FunctionUnderTest(values, call)

    def look() -> set[str]:
        lent = point.lent or {}
        assert all(np.array_equal(point.values[path], each) for path, each in values.items())
        assert not any(np.may_share_memory(point.values[path], each) for path, each in lent.items())
        return {path for path, each in lent.items() if each is values[path]}

    found = run_guarded(look, [each for each in values.values() if isinstance(each, np.ndarray)], point)
    assert point.lent is None
    assert all(point.values[path] is each for path, each in values.items())
    return found


def test_only_what_is_nobody_elses_is_lent(tmp_path: Path) -> None:
    weight = np.arange(12.0).reshape(4, 3)
    assert lent_of({"weight": weight, "input": np.ones(12)}) == {"weight"}
    assert lent_of({"weight": weight, "small": np.ones(2)}) == {"weight"}
    assert lent_of({"weight": weight.copy(), "again": weight[1:], "other": weight}) == {"weight"}
    assert lent_of({"one": weight, "two": weight}) == set()
    assert lent_of({"transposed": weight.T}) == set()
    frozen = weight.copy()
    frozen.flags.writeable = False
    assert lent_of({"frozen": frozen}) == set()
    assert lent_of({"bytes": np.frombuffer(bytearray(80))}) == set()
    weight.tofile(tmp_path / "weight")
    assert lent_of({"file": np.memmap(tmp_path / "weight", mode="r+")}) == set()


def test_the_numbers_are_those_of_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(0).normal(size=(5, 3))
    for wrong in (lambda g: g, lambda g: g * 1.001):
        reports = []
        for least in (2, 10**9):
            monkeypatch.setattr(lending, "LARGE", least)
            p, x = dense_values()
            reports.append(verify_pullback(changed(dense, "weight", wrong), p, x))
        one, two = ([(e.path, e.verdict, e.cause, e.worst, e.coverage) for e in each.findings] for each in reports)
        assert one == two


def test_a_layer_leaves_its_parameters_as_they_were() -> None:
    layer, x = Dense(4), np.random.default_rng(1).normal(size=(5, 3))
    parameters = layer.build(x, Builder(np.random.default_rng(0)))[0]
    before = parameters.weight.tobytes(), parameters.bias.tobytes()
    assert verify_layer(layer, x, parameters=parameters).passed
    assert (parameters.weight.tobytes(), parameters.bias.tobytes()) == before
