"""The other checkers are called as they should be: they let pass what is right, and see what is plainly wrong."""

from __future__ import annotations

import pytest

from tests.corpus.catalogue import all_faults, right_cases

pytest.importorskip("torch")
pytest.importorskip("jax")

from tests.benchmarks.peers import PEERS, Peer

by_name = pytest.mark.parametrize("peer", PEERS.values(), ids=PEERS)


@by_name
def test_a_right_function_passes(peer: Peer) -> None:
    complains, said, forwards = peer.judge(right_cases()["dense"].build())
    assert not complains, said
    assert forwards > 0


@by_name
def test_a_plain_mistake_is_seen(peer: Peer) -> None:
    assert peer.judge(all_faults()["dense/bias_of_first_row"].build())[0]
