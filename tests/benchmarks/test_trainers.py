"""What the benchmark of training compares does the same: the same losses, and the same after a few steps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.benchmarks.cases import CASES, Case
from tests.benchmarks.trainers import TRAINERS, fitting

ONE = (
    Case("small", (3, 4, 2), 8, 1, dtype="float64", classes=False),
    Case("classes", (6, 5, 4, 3), 8, 1),
    Case("image", (12, 5, 3), 4, 1, filters=(2, 3), kernel=5, image=(8, 8, 1)),
)
PEERS = {"torch": "torch", "JAX jit": "jax", "scikit-learn": "sklearn"}


PAIRS = [(peer, case) for peer in PEERS for case in ONE if peer in fitting(case)]


@pytest.fixture
def precision() -> Iterator[None]:
    """Put back what a trainer told JAX of its precision."""
    jax = pytest.importorskip("jax")
    before = jax.config.jax_enable_x64
    yield
    jax.config.update("jax_enable_x64", before)


@pytest.mark.usefixtures("precision")
@pytest.mark.parametrize("adam", [False, True])
@pytest.mark.parametrize(("peer", "case"), PAIRS, ids=lambda each: each if isinstance(each, str) else each.name)
def test_a_peer_has_the_same_losses_step_by_step(peer: str, case: Case, adam: bool) -> None:
    pytest.importorskip("torch")
    pytest.importorskip(PEERS[peer])
    ours, theirs = TRAINERS["nnframe"](case, adam), TRAINERS[peer](case, adam)
    for _ in range(3):
        assert theirs() == pytest.approx(ours(), rel=2e-5)


def test_one_call_makes_as_many_steps_for_everybody() -> None:
    for case in CASES:
        assert len(list(case.starts())) == case.steps * case.epochs
