"""Norms of gradients, layer by layer, and units that are never used."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from attrs import evolve, frozen

from nnframe import Model, registry
from nnframe.arrays import Array
from nnframe.callbacks import GradientMonitor, Lambda
from nnframe.callbacks.gradient_report import GradientReport
from nnframe.interfaces import Elementwise, Moment
from nnframe.layers import Conv2D, Dense
from nnframe.training import History

X = np.random.default_rng(0).normal(size=(40, 5))
Y = np.sin(X[:, :1])


@frozen
class Scale(Elementwise):
    """y = factor x."""

    factor: float

    def value(self, x: Array) -> Array:
        return self.factor * x

    def derivative(self, x: Array, y: Array) -> Array:
        return np.full_like(x, self.factor)


def fit(layers: list[Any], *others: Lambda, optimizer: Any = "adam", **options: Any) -> tuple[History, GradientReport]:
    model = Model(layers, loss="mse", input_shape=(5,))
    monitor = evolve(GradientMonitor(every=1, table=False), **options)
    history = model.fit(X, Y, optimizer=optimizer, epochs=3, batch_size=8, callbacks=[monitor, *others], progress=False)
    report = history.reports["gradient_monitor"]
    assert isinstance(report, GradientReport)
    return history, report


def verdicts(report: GradientReport) -> dict[str, str]:
    return {row.path: row.verdict for row in report.layers}


def test_norms_are_those_of_the_gradients() -> None:
    norms: list[float] = []

    def look(moment: Moment) -> None:
        own = [moment.model.parameters[f"0.{name}"].gradient for name in ("weight", "bias")]
        norms.append(math.sqrt(sum(float(np.sum(each**2)) for each in own)))

    _, report = fit([Dense(3), "tanh", Dense(1)], Lambda(on_before_update=look))
    row = report.layers[0]
    assert (row.path, row.parameters) == ("0", 18)
    assert row.mean == pytest.approx(np.mean(norms))
    assert row.largest == pytest.approx(max(norms))
    assert report.layers[-1].ratio == 1.0


def test_the_norm_of_the_whole_is_in_the_history() -> None:
    squares: list[float] = []

    def look(moment: Moment) -> None:
        squares.append(sum(float(np.sum(each.gradient**2)) for each in moment.model.parameters.values()))

    history, _ = fit([Dense(3), "tanh", Dense(1)], Lambda(on_before_update=look))
    assert history["gradient_norm"] == pytest.approx(np.sqrt(np.reshape(squares, (3, 5)).mean(axis=1)))


def test_an_ordinary_network_is_all_right() -> None:
    _, report = fit([Dense(8), "tanh", Dense(8), "relu", Dense(1)])
    assert set(verdicts(report).values()) == {"ok"}
    assert report.worrying == ()


def test_gradients_that_vanish_on_the_way_back() -> None:
    _, report = fit([Dense(4), Scale(1e-7), Dense(4), "tanh", Dense(1)])
    assert verdicts(report) == {"0": "vanishing", "2": "ok", "4": "ok"}


def test_gradients_that_grow_on_the_way_back() -> None:
    small = Dense(4, weight_initializer={"name": "normal", "deviation": 1e-9})
    _, report = fit([small, Scale(1e9), Dense(1)], optimizer={"name": "sgd", "learning_rate": 1e-30})
    assert verdicts(report)["0"] == "exploding"


def test_a_layer_that_no_gradient_reaches() -> None:
    _, report = fit([Dense(4), Scale(0.0), Dense(1)])
    assert verdicts(report)["0"] == "no gradient"


def test_frozen_layers_are_left_out() -> None:
    model = Model([Dense(3), Dense(1)], loss="mse", input_shape=(5,), trainable={"0.*": False})
    history = model.fit(X, Y, callbacks=[GradientMonitor(table=False)], progress=False)
    report = history.reports["gradient_monitor"]
    assert isinstance(report, GradientReport)
    assert [row.path for row in report.layers] == ["1"]


def test_dead_units_are_counted() -> None:
    """Units 1 and 3 get so negative a bias that no example reaches them."""
    model = Model([Dense(4), "relu6", Dense(1)], loss="mse", input_shape=(5,))
    model.parameters["0.bias"].value = [1.0, -100.0, 1.0, -100.0]
    history = model.fit(X, Y, epochs=2, callbacks=[GradientMonitor(every=1, table=False)], progress=False)
    report = history.reports["gradient_monitor"]
    assert isinstance(report, GradientReport)
    assert [(row.path, row.units, row.dead) for row in report.units] == [("1", 4, 2)]
    assert report.worrying == ("1: 2 of 4 units are dead",)


def test_a_channel_is_a_unit() -> None:
    model = Model([Conv2D(3, 2), "relu6", "flatten", Dense(1)], loss="mse", input_shape=(4, 4, 1))
    model.parameters["0.bias"].value = [-100.0, 1.0, 1.0]
    x = np.random.default_rng(0).normal(size=(6, 4, 4, 1))
    history = model.fit(x, x[:, 0, 0], callbacks=[GradientMonitor(every=1, table=False)], progress=False)
    report = history.reports["gradient_monitor"]
    assert isinstance(report, GradientReport)
    assert [(row.units, row.dead) for row in report.units] == [(3, 1)]


def test_training_does_not_notice() -> None:
    one, two = (
        Model([Dense(3), {"name": "dropout", "rate": 0.5}, Dense(1)], loss="mse", input_shape=(5,)) for _ in "ab"
    )
    one.fit(X, Y, epochs=2, callbacks=[GradientMonitor(every=1, table=False)], progress=False)
    two.fit(X, Y, epochs=2, progress=False)
    assert one.to_vector().tobytes() == two.to_vector().tobytes()


def test_a_table_is_printed_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    fit([Dense(3), "tanh", Dense(1)], table=True)
    out = capsys.readouterr().out
    assert "verdict" in out
    assert "Tanh()" in out


def test_the_report_is_data() -> None:
    _, report = fit([Dense(3), "tanh", Dense(1)])
    data: Any = json.loads(json.dumps(report.to_dict()))
    assert [row["path"] for row in data["layers"]] == ["0", "2"]
    assert data["units"] == [{"path": "1", "part": "Tanh()", "units": 3, "dead": 0}]
    assert "<td" in report._repr_html_()


def test_it_is_registered() -> None:
    assert registry.callbacks.create("gradient_monitor", every=2) == GradientMonitor(every=2)
