"""Initial values spread as torch's do, for the same fans."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnframe import registry

torch = pytest.importorskip("torch")
stats = pytest.importorskip("scipy.stats")
init = torch.nn.init

CASES: list[tuple[str, dict[str, Any], Any]] = [
    ("uniform", {"epsilon": 0.2}, lambda t, g: init.uniform_(t, -0.2, 0.2, generator=g)),
    ("normal", {"deviation": 0.2}, lambda t, g: init.normal_(t, 0, 0.2, generator=g)),
    ("truncated_normal", {"deviation": 0.5}, lambda t, g: init.trunc_normal_(t, 0, 0.5, -1, 1, generator=g)),
    ("glorot_uniform", {}, lambda t, g: init.xavier_uniform_(t, generator=g)),
    ("glorot_normal", {}, lambda t, g: init.xavier_normal_(t, generator=g)),
    ("he_uniform", {}, lambda t, g: init.kaiming_uniform_(t, nonlinearity="relu", generator=g)),
    ("he_normal", {}, lambda t, g: init.kaiming_normal_(t, nonlinearity="relu", generator=g)),
    ("lecun_normal", {}, lambda t, g: init.kaiming_normal_(t, nonlinearity="linear", generator=g)),
    ("orthogonal", {"gain": 1.5}, lambda t, g: init.orthogonal_(t, 1.5, generator=g)),
]


@pytest.mark.parametrize(("name", "options", "fill"), CASES)
def test_the_two_samples_look_alike(name: str, options: Any, fill: Any) -> None:
    ours = registry.initializers.create(name, **options)((120, 80), np.random.default_rng(5))
    generator = torch.Generator().manual_seed(5)
    theirs = fill(torch.empty(80, 120, dtype=torch.float64), generator).numpy()  # torch has the outputs in front
    assert stats.ks_2samp(ours.ravel(), theirs.ravel()).pvalue > 0.01
