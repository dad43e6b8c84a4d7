"""What tests of arrays share."""

from __future__ import annotations

import pytest

from nnframe.compiled import loop


@pytest.fixture(params=["NumPy", "compiled"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test with NumPy alone, and with loops that numba compiles."""
    if request.param == "compiled":
        pytest.importorskip("numba")
    else:
        monkeypatch.setattr(loop, "compiler", lambda: None)
