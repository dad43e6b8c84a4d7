"""What the benchmark of training compares does the same: the same losses, and the same after a few steps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.benchmarks.cases import CASES, Case, Parts, convolutions, dense, residual_block, transformer_block
from tests.benchmarks.trainers import TRAINERS, build_trainer, find_fitting

ONE = (
    Case("small", dense((4, 2), "tanh"), (3,), 8, 1, dtype="float64", classes=False),
    Case("classes", dense((5, 4, 3)), (6,), 16, 1),
    Case("image", (*convolutions((2, 3), 5), *dense((5, 3))), (8, 8, 1), 4, 1),
    Case(
        "residual",
        (("conv", 4, 3), ("batch_norm",), *residual_block(4), ("global_average_pool",), ("dense", 3)),
        (6, 5, 2),
        4,
        1,
    ),
    Case(
        "attention",
        (("embedding", 7, 8), ("position",), *transformer_block(8, 2), ("layer_norm",), ("dense", 7)),
        (5,),
        3,
        1,
        below=7,
    ),
    Case("recurrent", (("embedding", 7, 4), ("lstm", 3), ("dense", 7)), (5,), 3, 1, below=7),
)
PEERS = {"torch": "torch", "JAX jit": "jax", "scikit-learn": "sklearn"}
COMPARED = [
    (peer, case, adam)
    for peer in PEERS
    for case in ONE
    for adam in (False, True)
    if peer in find_fitting(case) and (adam or case in ONE[:3])
]


@pytest.fixture
def precision() -> Iterator[None]:
    """Put back what a trainer told JAX of its precision."""
    jax = pytest.importorskip("jax")
    before = jax.config.jax_enable_x64
    yield
    jax.config.update("jax_enable_x64", before)


@pytest.mark.usefixtures("precision")
@pytest.mark.parametrize(
    ("peer", "case", "adam"), COMPARED, ids=lambda each: each.name if isinstance(each, Case) else str(each)
)
def test_a_peer_has_the_same_losses_step_by_step(peer: str, case: Case, adam: bool) -> None:
    pytest.importorskip("torch")
    pytest.importorskip(PEERS[peer])
    ours, theirs = build_trainer("nnframe", case, adam), build_trainer(peer, case, adam)
    for _ in range(3):
        assert theirs() == pytest.approx(ours(), rel=2e-5)


def test_one_call_makes_as_many_steps_for_everybody() -> None:
    for case in CASES:
        assert len(list(case.starts())) == case.steps * case.epochs


def test_every_case_is_of_a_kind_that_the_losses_were_compared_for() -> None:
    def kinds(parts: Parts) -> set[str]:
        own = {part[0] for part in parts}
        return own | {kind for part in parts if part[0] == "residual" for kind in kinds(part[1:])}

    compared = {kind for case in ONE for kind in kinds(case.parts)}
    for case in CASES:
        assert kinds(case.parts) <= compared, case.name
    assert set(TRAINERS) >= set(PEERS)
