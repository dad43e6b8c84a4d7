"""A subclass of Model is saved, loaded, copied and pickled like a model, whatever its own arguments are."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np

from nnframe import Model
from nnframe.layers import Dense


class OfUnits(Model):
    """A model with an argument of its own."""

    def __init__(self, units: int) -> None:
        super().__init__([Dense(units)], input_shape=(3,))
        self.units = units


class Tagged(Model):
    """A model with one argument more."""

    def __init__(self, *arguments: Any, tag: str = "none", **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.tag = tag


def test_what_a_subclass_keeps_is_copied_with_it() -> None:
    for model in (OfUnits(5), Tagged([Dense(2)], input_shape=(3,), tag="mine")):
        for other in (copy.deepcopy(model), copy.copy(model), pickle.loads(pickle.dumps(model))):
            assert type(other) is type(model)
            np.testing.assert_array_equal(other.predict(np.ones((2, 3))), model.predict(np.ones((2, 3))))
            assert (getattr(other, "units", 0), getattr(other, "tag", "")) == (
                getattr(model, "units", 0),
                getattr(model, "tag", ""),
            )


def test_a_subclass_with_other_arguments_is_saved_and_loaded_as_the_model_that_it_is(tmp_path: Path) -> None:
    model = OfUnits(5)
    model.save(tmp_path / "model.safetensors")
    for cls in (OfUnits, Model):
        loaded = cls.load(tmp_path / "model.safetensors")
        assert type(loaded) is cls
        np.testing.assert_array_equal(loaded.predict(np.ones((2, 3))), model.predict(np.ones((2, 3))))
