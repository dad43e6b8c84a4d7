"""Every registered layer and activation is saved and loaded, and computes the same to the bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nnframe import Model, registry
from nnframe.interfaces import AnyLayer, Context
from nnframe.layers.convert import as_layer
from nnframe.testing.examples.cases import cases_of, fits
from nnframe.testing.examples.parts import parts_of

NAMES = [*registry.layers.names(), *registry.activations.names()]


def example(name: str) -> tuple[AnyLayer, object]:
    """A layer of this name, and an input that it takes."""
    kind = registry.layers if name in registry.layers else registry.activations
    for part in parts_of(kind.get(name)):
        if fits(part):
            return as_layer(part), cases_of(part)[0].x  # type: ignore[arg-type]
    raise AssertionError(f"no example of {name} is found")


@pytest.mark.parametrize("name", NAMES)
def test_a_loaded_part_computes_the_same_to_the_bit(name: str, tmp_path: Path) -> None:
    layer, x = example(name)
    arrays = x if isinstance(x, tuple) else (x,)
    shapes = [np.shape(each)[1:] for each in arrays]
    dtypes = [str(np.asarray(each).dtype) for each in arrays]
    single = not isinstance(x, tuple)
    model = Model([layer], input_shape=shapes[0] if single else shapes, input_dtype=dtypes[0] if single else dtypes)
    path = tmp_path / "model.safetensors"
    model.save(path)
    loaded = Model.load(path)
    assert loaded.layer == model.layer
    expected, found = (each.layer.run(each.tree, x, Context())[0] for each in (model, loaded))
    for one, other in zip(_flat(expected), _flat(found), strict=True):
        assert one.tobytes() == other.tobytes()


def _flat(output: object) -> list[NDArray[Any]]:
    return [np.asarray(each) for each in output] if isinstance(output, tuple) else [np.asarray(output)]
