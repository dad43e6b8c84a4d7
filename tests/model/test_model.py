"""What a model does, seen from outside."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from nnframe import Model
from nnframe.composition import ParameterCount, from_vector, to_vector
from nnframe.layers import Dense, Residual, Sequential

X = np.random.default_rng(0).normal(size=(20, 3))


def make(**options: object) -> Model:
    layers = [Dense(4), "tanh", Residual([Dense(4), "softmax"]), Dense(2)]
    return Model(layers, loss="mse", input_shape=(3,), **options)  # type: ignore[arg-type]


def test_a_model_is_a_function_of_its_seed() -> None:
    first, same, other = make(seed=1), make(seed=1), make(seed=2)
    np.testing.assert_array_equal(first.predict(X), same.predict(X))
    assert not np.array_equal(first.predict(X), other.predict(X))


def test_training_is_a_function_of_the_seed() -> None:
    y = X[:, :2]
    models = [make(seed=3), make(seed=3)]
    for model in models:
        model.fit(X, y, epochs=3, batch_size=7, progress=False)
    np.testing.assert_array_equal(models[0].to_vector(), models[1].to_vector())


@pytest.mark.parametrize("size", [1, 3, 20, 100])
def test_predictions_do_not_depend_on_the_batches(size: int) -> None:
    model = make()
    np.testing.assert_allclose(model.predict(X, batch_size=size), model.predict(X), rtol=1e-13)


def test_an_empty_batch_is_predicted_as_nothing() -> None:
    assert make().predict(X[:0]).shape == (0, 2)


def test_a_prediction_is_no_view_of_the_input() -> None:
    model = Model([Sequential(["identity"])], input_shape=(3,))
    x = X.copy()
    model.predict(x)[...] = 0
    np.testing.assert_array_equal(x, X)


def test_float32_is_kept_throughout() -> None:
    model = make(dtype="float32")
    model.fit(X, X[:, :2], epochs=1, progress=False)
    assert {each.value.dtype for each in model.parameters.values()} == {np.dtype("float32")}
    assert model.predict(X).dtype == np.float32
    assert all(each.gradient.dtype == np.float32 for each in model.parameters.values())


def test_the_gradient_of_a_parameter_is_that_of_the_last_step() -> None:
    model = make()
    np.testing.assert_array_equal(model.parameters["0.weight"].gradient, np.zeros((3, 4)))
    _, gradients = model.loss_and_gradients(X, X[:, :2])
    np.testing.assert_array_equal(model.parameters["0.weight"].gradient, gradients["0.weight"])


def test_paths_name_every_parameter() -> None:
    named = Model(
        Sequential([Dense(4), Residual([Dense(4)], names=["inner"])], names=["encoder", "head"]), input_shape=(3,)
    )
    assert list(named.parameters) == ["encoder.weight", "encoder.bias", "head.inner.weight", "head.inner.bias"]


def test_the_summary_counts_what_there_is() -> None:
    summary = make(trainable={"0.*": False}).summary()
    by_path = {row.path: row for row in summary.rows}
    assert by_path["0"].parameters == 3 * 4 + 4
    assert by_path["0"].trainable == "no"
    assert by_path["2.0"].output == "(4)"
    assert by_path["3"].bytes == (4 * 2 + 2) * 8
    assert summary.parameters == make().accept(ParameterCount()) == 16 + 20 + 10
    assert summary.trainable == 30
    assert "16" in str(summary)
    assert "<td>Dense(4)</td>" in summary._repr_html_()


def test_a_summary_escapes_what_it_shows() -> None:
    from nnframe.composition.summary import Row, Summary

    row = Row("<script>", "Dense", "(1)", 1, 8, "yes")
    assert "<script>" not in Summary((row,), 1, 1, 8)._repr_html_()


def test_a_spec_makes_the_same_model_again() -> None:
    model = make(seed=5, dtype="float32", trainable={"*.bias": False})
    again = Model.from_spec(model.spec())
    assert again.spec() == model.spec()
    np.testing.assert_array_equal(again.to_vector(), model.to_vector())
    assert not again.parameters["0.bias"].trainable


def test_a_second_fit_goes_on_where_the_first_ended() -> None:
    y = X[:, :2]
    whole, halves = make(), make()
    whole.fit(X, y, epochs=4, shuffle=False, progress=False)
    for _ in range(2):
        halves.fit(X, y, epochs=2, shuffle=False, progress=False)
    np.testing.assert_array_equal(whole.to_vector(), halves.to_vector())


def test_evaluation_is_the_mean_over_all_examples_whatever_the_batches() -> None:
    model = make()
    y = X[:, :2]
    expected = ((model.predict(X) - y) ** 2).mean()
    for size in (3, 20):
        assert model.evaluate(X, y, batch_size=size)["loss"] == pytest.approx(expected, rel=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.integers(0, 4), max_size=3), max_size=5), st.integers(0, 2**32 - 1))
def test_a_vector_and_back_loses_nothing(shapes: list[list[int]], seed: int) -> None:
    rng = np.random.default_rng(seed)
    arrays = {f"p{index}": rng.normal(size=shape) for index, shape in enumerate(shapes)}
    back = from_vector(to_vector(arrays), arrays)
    assert back.keys() == arrays.keys()
    for path, array in arrays.items():
        assert back[path].shape == array.shape
        np.testing.assert_array_equal(back[path], array)


def test_a_model_of_one_vector_is_the_model() -> None:
    model, other = make(seed=1), make(seed=2)
    other.load_vector(model.to_vector())
    np.testing.assert_array_equal(other.predict(X), model.predict(X))


def test_progress_is_silent_or_in_lines_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    model = make()
    model.fit(X, X[:, :2], epochs=3, progress=False)
    assert capsys.readouterr().out == ""
    model.fit(X, X[:, :2], epochs=3, progress=True)
    printed = capsys.readouterr().out
    assert "3/3" in printed
    assert "\x1b" not in printed
    assert "\r" not in printed


def test_verification_before_training_stops_a_wrong_gradient_and_trains_nothing() -> None:
    from collections.abc import Callable

    from attrs import frozen

    from nnframe.arrays import Array
    from nnframe.errors import GradientError
    from nnframe.interfaces import Activation

    @frozen
    class Wrong(Activation):
        def forward(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
            return x * x, lambda dy: dy * x

    model = Model([Dense(2), Wrong()], loss="mse", input_shape=(3,))
    before = model.to_vector()
    with pytest.raises(GradientError, match=r"1\.input"):
        model.fit(X, X[:, :2], verify=True, progress=False)
    np.testing.assert_array_equal(model.to_vector(), before)
    make().fit(X, X[:, :2], verify=True, progress=False)
