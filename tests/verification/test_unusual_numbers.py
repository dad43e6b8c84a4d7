"""Numbers in other forms than plain arrays are read, or refused by name: never passed over in silence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnframe.errors import VerificationError
from nnframe.layers import Dense
from nnframe.losses import LogCosh
from nnframe.verification import verify_gradient, verify_layer, verify_loss, verify_pullback

MASKED = np.ma.masked_array([1.0, 2.0], [False, True])
RAGGED = [[1.0], [2.0, 3.0]]


class Failing:
    """An array of a library that does not give its numbers, as a tensor on another device."""

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("on another device")


BAD = pytest.mark.parametrize(
    ("bad", "problem"),
    [(MASKED, "has masked elements"), (RAGGED, "is ragged"), (Failing(), "cannot be made an array")],
    ids=["masked", "ragged", "failing"],
)


@BAD
def test_verify_gradient_refuses_it_wherever_it_comes(bad: Any, problem: str) -> None:
    at = np.array([1.0, 2.0])
    with pytest.raises(VerificationError, match=f"the point at 'input' {problem}"):
        verify_gradient(lambda x: (x**2).sum(), lambda x: 2 * x, at=bad)
    with pytest.raises(VerificationError, match=f"the point at 'w' {problem}"):
        verify_gradient(lambda p: (p["w"] ** 2).sum(), lambda p: {"w": 2 * p["w"]}, at={"w": bad})
    with pytest.raises(VerificationError, match=f"the output {problem}"):
        verify_gradient(lambda _: bad, lambda x: 2 * x, at=at)
    for gradient in (bad, lambda _: bad):
        with pytest.raises(VerificationError, match=f"the gradient of 'input' {problem}"):
            verify_gradient(lambda x: (x**2).sum(), gradient, at=at)


@BAD
def test_verify_pullback_refuses_it_wherever_it_comes(bad: Any, problem: str) -> None:
    def function(parameters: Any, x: Any) -> Any:
        scale = parameters["scale"]
        return scale * x, lambda upstream: (scale * upstream, {"scale": x * upstream})

    def returning(output: Any = None, of_input: Any = None, of_scale: Any = None) -> Any:
        def changed(parameters: Any, x: Any) -> Any:
            y, pull = function(parameters, x)

            def pullback(upstream: Any) -> Any:
                dx, others = pull(upstream)
                scale = others["scale"] if of_scale is None else of_scale
                return dx if of_input is None else of_input, {"scale": scale}

            return y if output is None else output, pullback

        return changed

    scale, x = np.array([3.0, 4.0]), np.array([1.0, 2.0])
    for call, what in (
        (lambda: verify_pullback(function, {"scale": bad}, x), "parameter 'scale'"),
        (lambda: verify_pullback(function, {"scale": scale}, bad), "input"),
        (lambda: verify_pullback(returning(output=bad), {"scale": scale}, x), "the output"),
        (lambda: verify_pullback(returning(of_input=bad), {"scale": scale}, x), "the gradient of 'input'"),
        (lambda: verify_pullback(returning(of_scale=bad), {"scale": scale}, x), "the gradient of 'scale'"),
    ):
        with pytest.raises(VerificationError, match=f"{what} {problem}"):
            call()


@BAD
def test_verify_layer_and_verify_loss_refuse_it(bad: Any, problem: str) -> None:
    with pytest.raises(VerificationError, match=f"input {problem}"):
        verify_layer(Dense(2), bad)
    with pytest.raises(VerificationError, match=f"target {problem}"):
        verify_loss(LogCosh(), np.ones((2, 1)), bad)


def test_a_masked_prediction_is_refused() -> None:
    with pytest.raises(VerificationError, match="prediction has masked elements"):
        verify_loss(LogCosh(), MASKED[:, None], np.ones((2, 1)))


def test_a_mask_without_masked_elements_passes() -> None:
    assert verify_gradient(lambda x: (x**2).sum(), lambda x: 2 * x, at=np.ma.masked_array([1.0, 2.0])).passed


def test_verify_layer_takes_lists_and_data_frames() -> None:
    rows = [[0.5, -1.0, 2.0], [1.5, 0.25, -0.5]]
    expected = verify_layer(Dense(2), np.array(rows))
    assert expected.passed
    assert verify_layer(Dense(2), rows).findings == expected.findings
    frame = pytest.importorskip("pandas").DataFrame(rows)
    assert verify_layer(Dense(2), frame).findings == expected.findings


def test_a_tensor_that_needs_a_gradient_is_refused() -> None:
    torch = pytest.importorskip("torch")
    with pytest.raises(VerificationError, match="the point at 'input' cannot be made an array: RuntimeError"):
        verify_gradient(lambda x: (x**2).sum(), lambda x: 2 * x, at=torch.ones(2, requires_grad=True))
