"""Bad input gets a clear error of nnframe's own family, and changes nothing."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from nnframe import Model
from nnframe.errors import (
    ConfigurationError,
    DataError,
    DtypeError,
    NNFrameError,
    NNFrameWarning,
    ShapeError,
    SpecError,
    UnknownPartError,
)
from nnframe.layers import Dense, Residual

X = np.random.default_rng(0).normal(size=(6, 3))
LABELS = np.array([0, 1, 0, 1, 0, 1])


def classifier() -> Model:
    return Model([Dense(4), "tanh", Dense(2)], loss={"name": "cross_entropy", "from_logits": True}, input_shape=(3,))


BAD_DATA = {
    "a missing axis": (X[0], LABELS, ShapeError, r"x must have shape \(batch, 3\), and has \(3,\); .* x\[None\]"),
    "too many features": (np.ones((6, 4)), LABELS, ShapeError, r"\(batch, 3\), and has \(6, 4\)"),
    "ragged rows": ([[1.0], [1.0, 2.0, 3.0]], LABELS, ShapeError, "x is ragged"),
    "text": (np.full((6, 3), "a"), LABELS, DtypeError, "x must hold float64 numbers, and holds <U1"),
    "objects": (np.full((6, 3), None), LABELS, DtypeError, "holds object"),
    "complex numbers": (X + 0j, LABELS, DtypeError, "holds complex128"),
    "NaN": (np.where(np.arange(18).reshape(6, 3) == 7, np.nan, X), LABELS, DataError, r"x\[2, 1\] is nan"),
    "infinity": (np.where(np.arange(18).reshape(6, 3) == 0, np.inf, X), LABELS, DataError, r"x\[0, 0\] is inf"),
    "no examples": (X[:0], LABELS[:0], DataError, "no data to learn from"),
    "fewer targets": (X, LABELS[:5], ShapeError, "x has 6 examples and y has 5"),
    "a label too high": (X, LABELS + 1, DataError, "label 2"),
    "a negative label": (X, LABELS - 1, DataError, "label -1"),
    "NaN targets": (X, np.full((6, 2), np.nan), DataError, r"y\[0, 0\] is nan"),
    "text targets": (X, np.array(list("abcdef")), DtypeError, "y must hold numbers"),
}


@pytest.mark.parametrize("name", BAD_DATA)
def test_bad_data_is_refused_and_nothing_is_trained(name: str) -> None:
    x, y, error, message = BAD_DATA[name]
    model = classifier()
    before = model.to_vector()
    with pytest.raises(error, match=message) as caught:
        model.fit(x, y, progress=False)
    assert isinstance(caught.value, NNFrameError)
    np.testing.assert_array_equal(model.to_vector(), before)


def test_a_target_that_would_be_broadcast_is_refused() -> None:
    model = Model([Dense(1)], loss="mse", input_shape=(3,))
    with pytest.raises(ShapeError, match=r"None\]|reshape"):
        model.fit(X, X[:, 0], progress=False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "epochs must be a whole number from 1, and is 0"),
        ({"batch_size": 0}, "batch_size must be a whole number from 1, and is 0"),
        ({"validation_split": 1.5}, "between 0 and 1"),
        ({"metrics": "accuracy"}, "must be a list"),
        ({"validation_data": X}, r"a tuple \(x, y\)"),
        ({"sample_weight": np.ones(5)}, r"sample_weight must have shape \(6,\)"),
        ({"sample_weight": -np.ones(6)}, "not negative"),
    ],
)
def test_bad_options_of_fit_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(NNFrameError, match=message):
        classifier().fit(X, LABELS, progress=False, **options)


def test_an_unknown_name_gets_a_suggestion() -> None:
    with pytest.raises(UnknownPartError, match="did you mean 'tanh'"):
        Model(["tahn"], input_shape=(3,))


def test_a_bad_part_deep_inside_is_located() -> None:
    with pytest.raises(NNFrameError, match=r"layers\.1|1"):
        Model.from_spec({"layers": [{"name": "sequential", "layers": ["tanh", {"name": "dense"}]}], "input_shape": [3]})


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"layers": ["tanh"]}, "needs 'input_shape'"),
        ({"input_shape": [3]}, "needs 'layers'"),
        ({"layers": ["tanh"], "input_shape": [3], "los": "mse"}, "unknown key 'los'.*did you mean 'loss'"),
        ({"layers": ["tanh"], "input_shape": "three"}, "'input_shape'.* must be list, and is str"),
        ({"layers": ["tanh"], "input_shape": [3], "seed": "x"}, "'seed'.* must be int, and is str"),
        ({"layers": [{"units": 3}], "input_shape": [3]}, "name"),
        ({"layers": [{"name": "dense", "unit": 3}], "input_shape": [3]}, "did you mean 'units'"),
        ({"layers": [{"name": "dense", "units": "3"}], "input_shape": [3]}, "units"),
    ],
)
def test_a_bad_spec_is_refused(spec: dict[str, object], message: str) -> None:
    with pytest.raises((SpecError, ConfigurationError), match=message):
        Model.from_spec(spec)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"input_shape": (0,)}, "lengths from 1"),
        ({"input_shape": 3}, r"like \(64,\)"),
        ({"input_shape": (3,), "dtype": "float16"}, "'float32' or 'float64', and is 'float16'"),
        ({"input_shape": (3,), "dtype": "number"}, "'float32' or 'float64'"),
        ({"input_shape": (3,), "input_dtype": "str"}, "integer or a floating dtype"),
        ({"input_shape": (3,), "trainable": {"9.*": False}}, r"'9\.\*' matches no parameter; there are 0\.weight"),
    ],
)
def test_a_bad_model_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Model([Dense(2)], **options)  # type: ignore[arg-type]


def test_layers_that_do_not_fit_are_found_when_the_model_is_built() -> None:
    with pytest.raises(ShapeError, match=r"at 1: the layers inside a Residual must keep the shape.* float64 \(2, 4\)"):
        Model([Dense(4), Residual([Dense(5)])], input_shape=(3,))


def test_training_without_a_loss_says_how_to_give_one() -> None:
    with pytest.raises(ConfigurationError, match="this model has no loss"):
        Model([Dense(2)], input_shape=(3,)).fit(X, LABELS)


def test_floats_where_integers_are_taken_are_refused() -> None:
    model = Model(["flatten"], input_shape=(3,), input_dtype="int64")
    with pytest.raises(DtypeError, match="x must hold int64 numbers, and holds float64"):
        model.predict(X)


def test_units_that_begin_alike_are_warned_of_and_the_reason_is_given() -> None:
    with pytest.warns(NNFrameWarning, match=r"symmetry is not broken at 0\.weight.*stay copies"):
        Model([Dense(4, weight_initializer="ones"), "tanh", Dense(1)], input_shape=(3,))


def test_zeros_in_a_last_layer_are_no_reason_to_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Model([Dense(4), "tanh", Dense(2, weight_initializer="zeros")], input_shape=(3,))
