"""Details: what pictures show, at no cost where nobody asked; and figures, colours and narrow terminals."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest
from rich.console import Console

from nnframe import Model
from nnframe.errors import MissingDependencyError, VerificationError
from nnframe.layers import Dense
from nnframe.verification import GradientVerifier, VerificationReport, verify_gradient
from nnframe.verification.diagnosis.detail import pool
from nnframe.verification.report.plot import plot_tangent
from tests.verification.html.reports import faulty


@pytest.fixture(scope="module")
def report() -> VerificationReport:
    return faulty()


def test_nobody_pays_for_details_that_were_not_asked_for(report: VerificationReport) -> None:
    plain = faulty(details=False)
    assert all(each.detail is None for each in plain.findings)
    assert plain.forwards < report.forwards <= plain.forwards + 60 * len(report.findings)
    assert [each.verdict for each in plain.findings] == [each.verdict for each in report.findings]


def test_details_survive_json(report: VerificationReport) -> None:
    assert VerificationReport.from_json(report.to_json()) == report


def test_the_curve_of_a_right_gradient_is_a_valley_and_of_a_wrong_one_a_plateau(report: VerificationReport) -> None:
    right, wrong = (report[path].detail for path in ("weight", "bias"))
    assert right is not None
    assert wrong is not None
    errors = [point.error for point in right.curve]
    assert 0 < errors.index(min(errors)) < len(errors) - 1
    plateau = [point.error for point in wrong.curve if 1e-10 < point.step < 1e-3]
    assert max(plateau) == pytest.approx(min(plateau), rel=1e-3)


def test_the_profile_has_the_slope_that_was_measured() -> None:
    found = verify_gradient(lambda x: float(np.sin(x)), np.cos, 0.7, details=True)["input"]
    assert found.detail is not None
    upstream = found.detail.analytic / np.cos(0.7)
    for point in found.detail.profile:
        assert point.change == pytest.approx(upstream * (np.sin(0.7 + point.offset) - np.sin(0.7)), abs=1e-12)


def test_the_heatmap_shows_where_the_gradient_is_wrong() -> None:
    def gradient(x: np.ndarray) -> np.ndarray:
        found: np.ndarray = 2 * x
        found[1, 2] *= 1.5
        return found

    found = verify_gradient(lambda x: (x**2).sum(), gradient, np.arange(1.0, 13.0).reshape(3, 4), details=True)["input"]
    assert found.detail is not None
    red = [(i, j) for i, row in enumerate(found.detail.heatmap) for j, cell in enumerate(row) if cell and cell > 1]
    assert red == [(1, 2)]


@pytest.mark.parametrize("shape", [(1, 1), (48, 48), (49, 7), (200, 300), (1, 10_000)])
def test_a_heatmap_has_at_most_48_cells_a_side_and_loses_no_maximum(shape: tuple[int, int]) -> None:
    values = np.random.default_rng(0).random(shape)
    values[-1, -1] = 9.0
    cells = pool(values)
    assert max(cells.shape) <= 48
    assert cells.shape == tuple(min(length, 48) for length in shape)
    assert cells[-1, -1] == 9.0


def test_every_gradient_of_a_model_has_details() -> None:
    model = Model([Dense(3), "tanh", Dense(1)], loss="mse", input_shape=(4,))
    x = np.random.default_rng(0).normal(size=(5, 4))
    report = GradientVerifier(details=True).verify(model, x, x[:, :1])
    assert all(each.detail is not None and each.detail.curve for each in report.findings if each.worst is not None)


def test_the_figure_has_three_pictures_for_each_gradient(report: VerificationReport) -> None:
    axes = report.plot(most=2).axes
    assert [each.get_title() for each in axes[:3]] == ["bias: FAIL", *(each.get_title() for each in axes[1:3])]
    assert len([each for each in axes if each.get_title()]) == 6


def test_the_picture_of_the_tutorials_has_curve_tangent_promise_and_secant(report: VerificationReport) -> None:
    labels = plot_tangent(report["bias"]).axes[0].get_legend_handles_labels()[1]
    assert labels == ["function", "tangent", "gradient's promise", "secant: centred difference"]


def test_without_details_there_is_nothing_to_draw() -> None:
    with pytest.raises(VerificationError, match="details=True"):
        faulty(details=False).plot()


def test_without_matplotlib_the_error_says_what_to_install(
    report: VerificationReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingDependencyError, match=r"nnframe\[plot\]"):
        report.plot()


@pytest.mark.parametrize("width", [30, 40, 80, 160])
def test_a_terminal_of_any_width_shows_every_gradient(width: int, report: VerificationReport) -> None:
    console = Console(width=width, file=io.StringIO(), force_terminal=True)
    console.print(report)
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().splitlines()
    assert all(any(path in line for line in lines) for path in ("weight", "bias", "input"))
    assert "\x1b[1;31mFAIL" in lines[0]


def test_the_element_to_show_can_be_chosen() -> None:
    model = Model([Dense(3), "tanh", Dense(1)], loss="mse", input_shape=(4,))
    x = np.random.default_rng(0).normal(size=(5, 4))
    report = GradientVerifier(details={"0.weight": (3, 1), "2.bias": (0,)}).verify(model, x, x[:, :1])
    shown = {each.path: each.detail.index for each in report.findings if each.detail is not None}
    assert shown["0.weight"] == (3, 1)
    detail = report["0.weight"].detail
    assert detail is not None
    assert detail.analytic == pytest.approx(detail.numeric, abs=detail.error_bar)
    assert min(point.error for point in detail.curve) <= detail.error_bar


def test_an_element_that_is_not_there_is_refused() -> None:
    with pytest.raises(VerificationError, match="has no element"):
        verify_gradient(lambda x: (x**2).sum(), lambda x: 2 * x, np.ones(3), details={"input": (3,)})


def test_float32_has_details_too() -> None:
    model = Model([Dense(3), "tanh", Dense(1)], loss="mse", input_shape=(4,), dtype="float32")
    x = np.random.default_rng(0).normal(size=(5, 4))
    report = GradientVerifier(details=True).verify(model, x, x[:, :1])
    assert all(each.detail is not None and each.detail.curve for each in report.findings if each.worst is not None)


def test_a_model_is_asked_for_details_where_it_is_verified() -> None:
    model = Model([Dense(3), "tanh"], loss="mse", input_shape=(4,))
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(9, 4)), rng.normal(size=(9, 3))
    assert all(each.detail is None for each in model.verify(x, y).findings)
    report = model.verify(x, y, details={"0.weight": (2, 1)})
    assert all(each.detail is not None and each.detail.curve for each in report.findings)
    chosen = report["0.weight"].detail
    assert chosen is not None
    assert chosen.index == (2, 1)
    assert report.to_html().count("<svg") >= 8
