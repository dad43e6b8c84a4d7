"""Every loss that torch has agrees with torch, in value and gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import array_shapes

from nnframe import registry

torch = pytest.importorskip("torch")
F = torch.nn.functional


def per_example(losses: Any) -> Any:
    return losses.mean(-1)


def classes_first(function: Any, **options: Any) -> Any:
    """A function of torch that wants (rows, classes), for predictions of any shape."""

    def flat(p: Any, t: Any) -> Any:
        t = t.reshape(-1, p.shape[-1]) if t.is_floating_point() else t.reshape(-1)
        return function(p.reshape(-1, p.shape[-1]), t, reduction="none", **options).reshape(p.shape[:-1])

    return flat


def real(rng: Any, shape: Any) -> tuple[Any, Any]:
    return 3 * rng.normal(size=shape), 3 * rng.normal(size=shape)


def positive(rng: Any, shape: Any) -> tuple[Any, Any]:
    return rng.exponential(size=shape), rng.poisson(2.0, shape).astype(float)


def fractions(rng: Any, shape: Any) -> tuple[Any, Any]:
    return rng.uniform(0.01, 0.99, shape), rng.random(shape)


def signs(rng: Any, shape: Any) -> tuple[Any, Any]:
    return rng.normal(size=shape), rng.choice([-1.0, 1.0], shape)


def labels(rng: Any, shape: Any) -> tuple[Any, Any]:
    return 3 * rng.normal(size=shape), rng.integers(0, shape[-1], shape[:-1])


def shares(rng: Any, shape: Any) -> tuple[Any, Any]:
    return 3 * rng.normal(size=shape), rng.dirichlet(np.ones(shape[-1]), shape[:-1])


def two_shares(rng: Any, shape: Any) -> tuple[Any, Any]:
    return rng.dirichlet(np.full(shape[-1], 5.0), shape[:-1]) + 1e-6, rng.dirichlet(np.ones(shape[-1]), shape[:-1])


def means_and_variances(rng: Any, shape: Any) -> tuple[Any, Any]:
    return rng.normal(size=(*shape[:-1], 2 * shape[-1])), rng.normal(size=shape)


def gaussian(full: bool) -> Any:
    def function(p: Any, t: Any) -> Any:
        n = t.shape[-1]
        losses = F.gaussian_nll_loss(p[..., :n], t, p[..., n:].exp(), full=full, eps=1e-30, reduction="none")
        return losses.mean(-1)

    return function


def focal(p: Any, t: Any) -> Any:
    losses = F.binary_cross_entropy_with_logits(p, t, reduction="none")
    chance = torch.sigmoid(p) * t + (1 - torch.sigmoid(p)) * (1 - t)
    return ((0.25 * t + 0.75 * (1 - t)) * (1 - chance) ** 2 * losses).mean(-1)


CASES: list[tuple[str, dict[str, Any], Any, Any]] = [
    ("mse", {}, real, lambda p, t: F.mse_loss(p, t, reduction="none").mean(-1)),
    ("mae", {}, real, lambda p, t: F.l1_loss(p, t, reduction="none").mean(-1)),
    ("huber", {}, real, lambda p, t: F.huber_loss(p, t, reduction="none").mean(-1)),
    ("huber", {"delta": 2.5}, real, lambda p, t: F.huber_loss(p, t, reduction="none", delta=2.5).mean(-1)),
    ("log_cosh", {}, real, lambda p, t: torch.log(torch.cosh(p - t)).mean(-1)),
    ("mape", {}, real, lambda p, t: ((p - t).abs() / t.abs()).mean(-1)),
    ("msle", {}, positive, lambda p, t: ((p.log1p() - t.log1p()) ** 2).mean(-1)),
    ("poisson", {}, positive, lambda p, t: F.poisson_nll_loss(p, t, log_input=False, eps=0, reduction="none").mean(-1)),
    ("poisson", {"from_logarithm": True}, real, lambda p, t: F.poisson_nll_loss(p, t, reduction="none").mean(-1)),
    ("hinge", {}, signs, lambda p, t: F.relu(1 - t * p).mean(-1)),
    ("squared_hinge", {}, signs, lambda p, t: (F.relu(1 - t * p) ** 2).mean(-1)),
    ("focal", {}, lambda r, s: (r.normal(size=s), r.integers(0, 2, s).astype(float)), focal),
    ("gaussian_nll", {}, means_and_variances, gaussian(full=False)),
    ("gaussian_nll", {"full": True}, means_and_variances, gaussian(full=True)),
    ("cross_entropy", {"from_logits": True}, labels, classes_first(F.cross_entropy)),
    ("cross_entropy", {"from_logits": True}, shares, classes_first(F.cross_entropy)),
    (
        "cross_entropy",
        {"from_logits": True, "label_smoothing": 0.2},
        labels,
        classes_first(F.cross_entropy, label_smoothing=0.2),
    ),
    ("cross_entropy", {}, two_shares, lambda p, t: -(t * p.log()).sum(-1)),
    (
        "binary_cross_entropy",
        {"from_logits": True},
        lambda r, s: (3 * r.normal(size=s), r.random(s)),
        lambda p, t: F.binary_cross_entropy_with_logits(p, t, reduction="none").mean(-1),
    ),
    (
        "binary_cross_entropy",
        {},
        fractions,
        lambda p, t: F.binary_cross_entropy(p, t, reduction="none").mean(-1),
    ),
    ("nll", {}, labels, classes_first(F.nll_loss)),
    ("kl_divergence", {}, two_shares, lambda p, t: F.kl_div(p.log(), t, reduction="none").sum(-1)),
    (
        "kl_divergence",
        {"from_logits": True},
        shares,
        lambda p, t: F.kl_div(F.log_softmax(p, -1), t, reduction="none").sum(-1),
    ),
    ("cosine_similarity", {}, real, lambda p, t: 1 - F.cosine_similarity(p, t, -1)),
]


def is_same_shape(case: Any) -> bool:
    return case[2] not in (labels, means_and_variances)


def agree(ours: Any, theirs: Any, tolerance: float) -> None:
    theirs = theirs.detach().numpy()
    assert ours.dtype == theirs.dtype
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance * max(1.0, float(np.abs(theirs).max(initial=0))))


@pytest.mark.parametrize(("name", "options", "draw", "function"), CASES)
@given(shape=array_shapes(min_dims=2, max_dims=3, max_side=6), seed=st.integers(0, 999))
@settings(max_examples=25, deadline=None)
def test_values_and_gradients_agree(name: str, options: Any, draw: Any, function: Any, shape: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    prediction, target = draw(rng, shape)
    upstream = rng.normal(size=shape[:-1])
    for dtype, tolerance in ((np.float64, 1e-10), (np.float32, 1e-4 if name == "mape" else 1e-5)):
        p, u = prediction.astype(dtype), upstream.astype(dtype)
        t = target.astype(dtype) if target.dtype.kind == "f" else target
        leaf = torch.tensor(p, requires_grad=True)
        expected = function(leaf, torch.tensor(t))
        losses, pullback = registry.losses.create(name, **options).forward(p, t)
        agree(losses, expected, tolerance)
        expected.backward(torch.tensor(u))
        agree(pullback(u), leaf.grad, tolerance)


@pytest.mark.parametrize(("name", "options", "draw", "function"), [case for case in CASES if is_same_shape(case)])
def test_the_same_mathematics_runs_on_tensors(name: str, options: Any, draw: Any, function: Any) -> None:
    pytest.importorskip("array_api_compat")
    prediction, target = draw(np.random.default_rng(0), (4, 3))
    loss = registry.losses.create(name, **options)
    ours, pull = loss.forward(prediction, target)
    theirs, their_pull = loss.forward(torch.tensor(prediction), torch.tensor(target))
    agree(ours, theirs, 1e-14)
    agree(pull(ours), their_pull(theirs), 1e-14)
