"""Multi-head attention against torch; who may see whom; the positional encoding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from nnframe.errors import ShapeError
from nnframe.interfaces import Context
from nnframe.layers import MultiHeadAttention, PositionalEncoding
from tests.layers.harness import built, hold_against_torch


@settings(max_examples=40, deadline=None)
@given(
    batch=st.integers(1, 3),
    length=st.integers(1, 5),
    memory=st.one_of(st.none(), st.integers(1, 6)),
    heads=st.integers(1, 3),
    size=st.integers(1, 3),
    causal=st.booleans(),
    masked=st.booleans(),
    dtype=st.sampled_from(["float64", "float32"]),
)
def test_attention_agrees_with_torch(
    batch: int, length: int, memory: int | None, heads: int, size: int, causal: bool, masked: bool, dtype: str
) -> None:
    torch = pytest.importorskip("torch")
    rng, width = np.random.default_rng(0), heads * size
    x = rng.normal(size=(batch, length, width))
    keys = memory or length
    mask = np.ones((batch, keys), bool)
    mask[:, 1:] = rng.random((batch, keys - 1)) < (0.6 if masked else 2)  # The first stays: torch gives NaN without.
    given_x: Any = x if memory is None else (x, rng.normal(size=(batch, keys, width)), mask.astype("int64"))
    theirs = torch.nn.MultiheadAttention(width, heads, batch_first=True).double()
    hidden = torch.tensor(~mask)[:, None].expand(batch, length, keys)
    if causal:
        hidden = hidden | ~torch.tril(torch.ones(length, keys, dtype=torch.bool))

    def reference(p: Mapping[str, Any], inputs: Any) -> Any:
        query, found = (inputs, inputs) if memory is None else inputs[:2]
        names = ("query", "key", "value")
        weights = {
            "in_proj_weight": torch.cat([p[f"{name}_weight"].T for name in names]),
            "in_proj_bias": torch.cat([p[f"{name}_bias"] for name in names]),
            "out_proj.weight": p["output_weight"].T,
            "out_proj.bias": p["output_bias"],
        }
        options = {"attn_mask": hidden.repeat_interleave(heads, 0), "need_weights": False}
        return torch.func.functional_call(theirs, weights, (query, found, found), options)[0]

    context = Context(mask=mask) if memory is None and masked else Context()
    layer = MultiHeadAttention(heads, causal=causal)
    hold_against_torch(layer, given_x, reference, dtype, context=context)


def test_with_causal_nobody_sees_what_comes() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1, 6, 4))
    layer = MultiHeadAttention(2, causal=True)
    parameters, later = built(layer, x), x.copy()
    later[:, 4:] += 1
    before, after = (layer.forward(parameters, each, Context())[0] for each in (x, later))
    np.testing.assert_array_equal(before[:, :4], after[:, :4])


def test_padded_steps_are_seen_by_nobody() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1, 5, 4))
    layer, context = MultiHeadAttention(2), Context(mask=np.array([[True, True, False, True, False]]))
    parameters, other = built(layer, x), x.copy()
    other[:, [2, 4]] = 99.0
    before, after = (layer.forward(parameters, each, context)[0] for each in (x, other))
    np.testing.assert_array_equal(before[:, [0, 1, 3]], after[:, [0, 1, 3]])


def test_a_step_that_may_see_nothing_gets_the_bias_and_no_gradient() -> None:
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    layer, context = MultiHeadAttention(2), Context(mask=np.array([[True] * 3, [False] * 3]))
    parameters = built(layer, x)
    y, pullback = layer.forward(parameters, x, context)
    dx, _ = pullback(np.ones_like(y))
    assert isinstance(dx, np.ndarray)
    np.testing.assert_allclose(y[1], np.broadcast_to(parameters.output_bias, (3, 4)))
    np.testing.assert_array_equal(dx[1], 0)
    assert np.isfinite(dx).all()


def test_large_scores_do_not_overflow() -> None:
    x = np.random.default_rng(0).normal(size=(1, 3, 4)) * 1e4
    layer = MultiHeadAttention(2)
    assert np.isfinite(layer.forward(built(layer, x), x, Context())[0]).all()


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.ones((2, 3)), r"expects \(batch, length, features\)"),
        (np.ones((2, 3, 5)), "features that its 2 heads divide, got 5: give it a head_size"),
        ((np.ones((2, 3, 4)),), "takes x, .* and got a tuple of 1"),
        ((np.ones((2, 3, 4)), np.ones((3, 3, 4))), "of one batch"),
        ((np.ones((2, 3, 4)), np.ones((2, 5, 4)), np.ones((2, 3), int)), r"mask \(2, 5\) of the memory, got \(2, 3\)"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(x: Any, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        MultiHeadAttention(2).initialize(x, np.random.default_rng(0))


@pytest.mark.parametrize("features", [4, 5])
def test_the_positional_encoding_is_the_formula_of_the_paper(features: int) -> None:
    y, _ = PositionalEncoding().apply(np.zeros((1, 6, features)), Context())
    for t in range(6):
        for j in range(features):
            angle = t / 10000 ** (2 * (j // 2) / features)
            assert y[0, t, j] == pytest.approx(np.cos(angle) if j % 2 else np.sin(angle), abs=1e-12)
