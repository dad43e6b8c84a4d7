"""Recurrent layers against torch, over shapes that are drawn; masks; both directions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from nnframe import Model
from nnframe.errors import ConfigurationError, ShapeError
from nnframe.interfaces import Context
from nnframe.layers import GRU, LSTM, Bidirectional, Dense, SimpleRNN
from tests.layers.harness import agree, arrays_of, built, hold_against_torch

KINDS = pytest.mark.parametrize("kind", [SimpleRNN, LSTM, GRU])
SIZES = {
    "batch": st.integers(1, 3),
    "length": st.integers(1, 5),
    "features": st.integers(1, 4),
    "units": st.integers(1, 4),
    "sequences": st.booleans(),
    "backwards": st.booleans(),
    "dtype": st.sampled_from(["float64", "float32"]),
}
OPTIONS = settings(max_examples=30, deadline=None)


def gates(array: Any, order: tuple[int, ...]) -> Any:
    """Columns of gates in torch's order, as torch keeps them: rows."""
    torch = pytest.importorskip("torch")
    parts = torch.chunk(array, len(order), dim=-1)
    return torch.cat([parts[index] for index in order], dim=-1)


def compare(kind: Any, module: str, order: tuple[int, ...], case: Mapping[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    layer = kind(case["units"], case["sequences"], backwards=case["backwards"])
    theirs = getattr(torch.nn, module)(case["features"], case["units"], batch_first=True).double()

    def reference(p: Mapping[str, Any], x: Any) -> Any:
        hidden_bias = torch.zeros(len(order) * case["units"], dtype=torch.float64)
        if "candidate_bias" in p:
            hidden_bias = torch.cat([hidden_bias[: 2 * case["units"]], p["candidate_bias"]])
        weights = {
            "weight_ih_l0": gates(p["input_weight"], order).T,
            "weight_hh_l0": gates(p["recurrent_weight"], order).T,
            "bias_ih_l0": gates(p["bias"], order),
            "bias_hh_l0": hidden_bias,
        }
        steps = x.flip(1) if case["backwards"] else x
        states = torch.func.functional_call(theirs, weights, (steps,))[0]
        if not case["sequences"]:
            return states[:, -1]
        return states.flip(1) if case["backwards"] else states

    x = np.random.default_rng(0).normal(size=(case["batch"], case["length"], case["features"]))
    hold_against_torch(layer, x, reference, case["dtype"])


@OPTIONS
@given(case=st.fixed_dictionaries(SIZES))
def test_simple_rnn_agrees_with_torch(case: Mapping[str, Any]) -> None:
    compare(SimpleRNN, "RNN", (0,), case)


@OPTIONS
@given(case=st.fixed_dictionaries(SIZES))
def test_lstm_agrees_with_torch(case: Mapping[str, Any]) -> None:
    compare(LSTM, "LSTM", (0, 1, 3, 2), case)


@OPTIONS
@given(case=st.fixed_dictionaries(SIZES))
def test_gru_agrees_with_torch(case: Mapping[str, Any]) -> None:
    compare(GRU, "GRU", (0, 1, 2), case)


@KINDS
@pytest.mark.parametrize("backwards", [False, True])
def test_a_padded_step_changes_nothing_whatever_stands_there(kind: Any, backwards: bool) -> None:
    """A padded batch gives what each example gives alone, cut to its length: output and all gradients."""
    rng, lengths = np.random.default_rng(0), [4, 2, 1]
    x = rng.normal(size=(3, 4, 2))
    mask = np.arange(4) < np.array(lengths)[:, None]
    layer = kind(3, backwards=backwards)
    parameters = built(layer, x)
    y, pullback = layer.forward(parameters, x, Context(mask=mask))
    upstream = rng.normal(size=y.shape)
    dx, gradient = pullback(upstream)
    sums: dict[str, Any] = {}
    for row, length in enumerate(lengths):
        alone, pullback_alone = layer.forward(parameters, x[row : row + 1, :length], Context())
        dx_alone, gradient_alone = pullback_alone(upstream[row : row + 1])
        agree("output", y[row : row + 1], alone, "float64")
        agree("input", dx[row : row + 1, :length], dx_alone, "float64")
        np.testing.assert_array_equal(dx[row, length:], 0)
        for name, array in arrays_of(gradient_alone).items():
            sums[name] = sums.get(name, 0) + array
    for name, array in arrays_of(gradient).items():
        agree(name, array, sums[name], "float64")


@KINDS
def test_the_state_stands_still_on_padded_steps(kind: Any) -> None:
    x = np.random.default_rng(0).normal(size=(1, 5, 2))
    layer = kind(3, return_sequences=True)
    mask = np.array([[False, True, False, False, True]])
    y = layer.forward(built(layer, x), x, Context(mask=mask))[0]
    np.testing.assert_array_equal(y[:, 0], 0)
    np.testing.assert_array_equal(y[:, 2], y[:, 1])
    np.testing.assert_array_equal(y[:, 3], y[:, 1])
    assert (y[:, 4] != y[:, 3]).all()


@KINDS
def test_the_pullback_through_a_mask_is_the_centred_difference(kind: Any) -> None:
    rng = np.random.default_rng(0)
    x, direction = rng.normal(size=(2, 2, 4, 2))
    layer = kind(3, return_sequences=True)
    parameters, context = built(layer, x), Context(mask=np.array([[True, False, True, False], [True] * 4]))
    y, pullback = layer.forward(parameters, x, context)
    upstream, h = rng.normal(size=y.shape), 1e-6
    far, near = (layer.forward(parameters, x + sign * h * direction, context)[0] for sign in (1, -1))
    expected = (upstream * (far - near)).sum() / (2 * h)
    assert (pullback(upstream)[0] * direction).sum() == pytest.approx(expected, rel=1e-7)


def test_the_bias_of_the_forget_gate_begins_one_higher() -> None:
    weights = LSTM(2).initialize(np.ones((1, 3, 4)), np.random.default_rng(0))
    np.testing.assert_array_equal(weights.bias, [0, 0, 1, 1, 0, 0, 0, 0])


def test_every_gate_begins_with_a_recurrent_matrix_that_keeps_lengths() -> None:
    weights = GRU(4).initialize(np.ones((1, 3, 4)), np.random.default_rng(0))
    for gate in np.split(weights.recurrent_weight, 3, 1):
        np.testing.assert_allclose(gate.T @ gate, np.eye(4), atol=1e-12)


@pytest.mark.parametrize("merge", ["concatenate", "add", "multiply"])
def test_bidirectional_reads_from_both_ends_with_weights_of_its_own(merge: Any) -> None:
    layer = Bidirectional(LSTM(3, return_sequences=True), merge)
    x = np.random.default_rng(0).normal(size=(2, 4, 2))
    first, second = built(layer, x)
    got: Any = layer.run((first, second), x, Context())[0]
    ahead = LSTM(3, return_sequences=True).forward(first, x, Context())[0]
    behind = LSTM(3, return_sequences=True).forward(second, x[:, ::-1], Context())[0][:, ::-1]
    joined = {"concatenate": np.concatenate([ahead, behind], -1), "add": ahead + behind, "multiply": ahead * behind}
    np.testing.assert_allclose(got, joined[merge], rtol=1e-12)


def test_the_two_directions_have_names_in_paths() -> None:
    model = Model([Bidirectional(SimpleRNN(2)), Dense(1)], input_shape=(3, 4))
    assert "0.forward.recurrent_weight" in model.parameters
    assert "0.backward.recurrent_weight" in model.parameters


def test_only_a_recurrent_layer_has_two_directions() -> None:
    with pytest.raises(ConfigurationError, match=r"layer must be recurrent.*is Dense"):
        Bidirectional(Dense(3))


@KINDS
def test_a_wrong_mask_is_refused(kind: Any) -> None:
    x, layer = np.ones((2, 3, 4)), kind(2)
    with pytest.raises(ShapeError, match=r"mask must be \(batch, length\) \(2, 3\)"):
        layer.forward(built(layer, x), x, Context(mask=np.ones((2, 4), bool)))
