"""Sharing pieces between threads changes nothing but who computes them."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from nnframe.arrays.parallel import for_each, threads
from nnframe.errors import ConfigurationError

LONG = 1 << 20


@pytest.fixture(params=["1", "2", "5"])
def count(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("NNFRAME_THREADS", request.param)
    return int(request.param)


def test_results_come_in_the_order_of_the_pieces(count: int) -> None:
    assert for_each(lambda piece: piece * piece, range(50), LONG) == [n * n for n in range(50)]


def test_an_error_reaches_the_caller(count: int) -> None:
    def work(piece: int) -> int:
        return 1 // (piece - 30)

    with pytest.raises(ZeroDivisionError):
        for_each(work, range(50), LONG)


def test_threads_see_the_floating_point_settings_of_the_caller(count: int) -> None:
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        for_each(lambda piece: np.float32(3e38) * np.float32(piece), range(1, 50), LONG)


def test_pieces_may_share_out_pieces(count: int) -> None:
    def work(piece: int) -> int:
        return sum(for_each(lambda inner: inner, range(piece), LONG))

    assert for_each(work, range(20), LONG) == [sum(range(n)) for n in range(20)]


def test_several_threads_may_share_out_at_once(count: int) -> None:
    found: list[list[int]] = []
    callers = [
        threading.Thread(target=lambda: found.append(for_each(lambda n: n + 1, range(200), LONG))) for _ in range(4)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert found == [list(range(1, 201))] * 4


def test_what_is_short_is_not_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNFRAME_THREADS", "2")
    assert set(for_each(lambda _: threading.get_ident(), range(50), 50)) == {threading.get_ident()}


def test_a_wrong_number_of_threads_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNFRAME_THREADS", "many")
    with pytest.raises(ConfigurationError, match="NNFRAME_THREADS must be a whole number from 1, and is 'many'"):
        threads()
