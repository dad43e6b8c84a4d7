"""What several of the tests here stand on."""

from __future__ import annotations

import pytest

from nnframe.verification.function import function as subject, lending


@pytest.fixture
def small_ones_are_lent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small parameters count as very large ones, which are lent and not copied."""
    for module in (subject, lending):
        monkeypatch.setattr(module, "LARGE", 2)
