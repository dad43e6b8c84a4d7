"""``fit`` and ``train_step`` with gradients that are clipped, or added up over the pieces of a batch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnframe import Model
from nnframe.callbacks import Checkpoint
from nnframe.errors import ConfigurationError
from nnframe.layers import Dense
from nnframe.optimizers import SGD
from nnframe.training import Clipping

X, Y = np.random.default_rng(0).normal(size=(10, 3)), np.random.default_rng(1).normal(size=(10, 2)) * 100


def model() -> Model:
    return Model([Dense(4), "tanh", Dense(2)], loss="mse", input_shape=(3,))


def fit(network: Model, **options: Any) -> list[float]:
    return network.fit(X, Y, optimizer=SGD(0.01), batch_size=10, shuffle=False, progress=False, **options)["loss"]


def test_a_step_is_no_longer_than_the_limit() -> None:
    network = model()
    before = network.to_vector()
    fit(network, clipping={"global_norm": 0.5})
    assert np.linalg.norm(network.to_vector() - before) == pytest.approx(0.01 * 0.5)
    free = model()
    fit(free)
    assert np.linalg.norm(free.to_vector() - before) > 0.01


def test_a_step_of_ones_own_is_clipped_alike() -> None:
    network, other = model(), model()
    fit(network, clipping=Clipping(value=0.1), epochs=3)
    for _ in range(3):
        other.train_step(X, Y, optimizer=SGD(0.01), clipping={"value": 0.1})
    np.testing.assert_array_equal(network.to_vector(), other.to_vector())
    other.train_step(X, Y, optimizer=SGD(0.01))
    assert np.abs(other.to_vector() - network.to_vector()).max() > 0.01


@pytest.mark.parametrize("size", [1, 3, 10, 64])
def test_pieces_train_as_the_whole_batch_does(size: int) -> None:
    whole, pieces = model(), model()
    losses = fit(whole, epochs=5)
    assert fit(pieces, epochs=5, micro_batch_size=size) == pytest.approx(losses, rel=1e-9)
    np.testing.assert_allclose(pieces.to_vector(), whole.to_vector(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"clipping": {"length": 1.0}}, "value, norm, global_norm"),
        ({"clipping": {}}, "value, norm, global_norm"),
        ({"clipping": 1.0}, "value, norm, global_norm"),
        ({"clipping": {"norm": 0}}, "norm must be a positive number"),
        ({"micro_batch_size": 0}, "micro_batch_size must be a whole number from 1"),
        ({"micro_batch_size": 2.0}, "micro_batch_size must be a whole number from 1"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_moves(options: dict[str, Any], message: str) -> None:
    network = model()
    before = network.to_vector()
    with pytest.raises(ConfigurationError, match=message):
        fit(network, **options)
    np.testing.assert_array_equal(network.to_vector(), before)


def test_a_run_goes_on_only_with_the_clipping_that_it_had(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    fit(model(), clipping={"norm": 1.0}, epochs=2, callbacks=[Checkpoint(str(path))])
    with pytest.raises(ConfigurationError, match="clipping"):
        fit(model(), epochs=4, callbacks=[Checkpoint(str(path))], resume=str(path))
    resumed, straight = model(), model()
    fit(resumed, clipping={"norm": 1.0}, epochs=4, callbacks=[Checkpoint(str(path))], resume=str(path))
    fit(straight, clipping={"norm": 1.0}, epochs=4)
    np.testing.assert_array_equal(resumed.to_vector(), straight.to_vector())
