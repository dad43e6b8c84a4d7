"""A history as data, files, tables and figures."""

from __future__ import annotations

import json
import math
import sys
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, strategies as st
from rich.console import Console

from nnframe import Model
from nnframe.errors import ConfigurationError, FileFormatError, MissingDependencyError
from nnframe.layers import Dense
from nnframe.training import History

EVIL = "<img src=x onerror=alert(1)>[bold]&\"'"
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=8)


@st.composite
def histories(draw: st.DrawFn) -> History:
    columns = draw(st.lists(names, unique=True, min_size=1, max_size=4))
    some = st.dictionaries(st.sampled_from(columns), st.floats(allow_nan=False))
    return History(draw(st.lists(some, max_size=5)), draw(st.text(max_size=20)))


@given(histories())
def test_a_dict_reads_back(history: History) -> None:
    assert History.from_dict(history.to_dict()) == history
    if all(math.isfinite(value) for epoch in history.epochs for value in epoch.values()):
        assert History.from_dict(json.loads(json.dumps(history.to_dict()))) == history


def test_a_dict_is_a_copy() -> None:
    history = History([{"loss": 1.0}])
    data = history.to_dict()
    data["epochs"][0]["loss"] = 2.0  # type: ignore[index]
    assert history["loss"] == [1.0]


@given(histories())
@example(History([{"\r": 1.0, 'a\n,"': 2.0}]))
def test_a_csv_file_reads_back_to_the_bit(history: History) -> None:
    with TemporaryDirectory() as folder:
        history.to_csv(Path(folder) / "h.csv")
        assert History.from_csv(Path(folder) / "h.csv").epochs == history.epochs


def test_csv_keeps_nan_and_infinity(tmp_path: Path) -> None:
    History([{"loss": math.nan, "b": -math.inf}]).to_csv(tmp_path / "h.csv")
    read = History.from_csv(tmp_path / "h.csv").last
    assert math.isnan(read["loss"])
    assert read["b"] == -math.inf


@pytest.mark.parametrize("text", ["", "loss\n1\n", "epoch,loss\n1,high\n", "epoch,loss\n1,2,3\n"])
def test_a_file_that_is_no_history_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text(text)
    with pytest.raises(FileFormatError, match="is no history"):
        History.from_csv(tmp_path / "h.csv")


@pytest.mark.parametrize("data", [{}, {"epochs": 3}, {"epochs": [], "losses": []}])
def test_a_dict_that_is_no_history_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match="a history is made of"):
        History.from_dict(data)


def test_pandas_gets_a_row_an_epoch() -> None:
    pytest.importorskip("pandas")
    frame: Any = History([{"loss": 0.5}, {"loss": 0.25, "val_loss": 1.0}]).to_pandas()
    assert list(frame.index) == [1, 2]
    assert frame.index.name == "epoch"
    assert frame["loss"].tolist() == [0.5, 0.25]
    assert math.isnan(frame["val_loss"][1])


@pytest.mark.parametrize(("module", "call"), [("pandas", "to_pandas"), ("matplotlib.figure", "plot")])
def test_what_is_not_installed_is_named(module: str, call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingDependencyError, match="pip install"):
        getattr(History([{"loss": 1.0}]), call)()


def test_a_figure_has_axes_for_each_number_that_changes() -> None:
    pytest.importorskip("matplotlib")
    rows = [{"loss": 1.0 / n, "val_loss": 2.0 / n, "accuracy": n / 9, "learning_rate": 0.1} for n in (1, 2, 3)]
    figure = History(rows).plot()
    assert [axes.get_title() for axes in figure.axes] == ["loss", "accuracy"]
    training, validation = figure.axes[0].lines
    assert np.array_equal(training.get_xdata(), [1, 2, 3])
    assert np.array_equal(validation.get_ydata(), [2.0, 1.0, 2.0 / 3])
    legend = figure.axes[0].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["training", "validation"]


@pytest.mark.parametrize("history", [History(), History([{"$x^": 1.0}]), History([{"loss": math.nan}] * 2)])
def test_odd_histories_are_drawn_too(history: History) -> None:
    pytest.importorskip("matplotlib")
    history.plot().canvas.draw()


def test_a_number_that_was_not_measured_cannot_be_drawn() -> None:
    with pytest.raises(KeyError, match="it has loss"):
        History([{"loss": 1.0}]).plot("accuracy")


def test_the_best_epoch() -> None:
    history = History([{"a": math.nan}, {"a": 3.0}, {}, {"a": 1.0}, {"a": 3.0}, {"a": 1.0}])
    assert (history.best("a"), history.best("a", "max")) == (4, 2)


class Cells(HTMLParser):
    """Collects the text of each cell, and refuses any element that a table has not."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {"table", "thead", "tbody", "tr", "th", "td", "p"}
        self.within = tag
        if tag in ("th", "td", "p"):
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        self.texts[-1] += data


def test_html_is_escaped() -> None:
    cells = Cells()
    cells.feed(History([{EVIL: 0.5}], EVIL)._repr_html_())
    assert cells.texts == ["epoch", EVIL, "1", "0.5", f"stopped: {EVIL}"]


def test_rich_shows_markup_as_it_is() -> None:
    out = StringIO()
    Console(file=out, width=200).print(History([{"[red]x": 0.5}], "[bold]why"))
    assert "[red]x" in out.getvalue()
    assert "stopped: [bold]why" in out.getvalue()


@pytest.mark.parametrize("width", [20, 60, 200])
def test_a_table_stays_in_the_terminal(width: int) -> None:
    out = StringIO()
    Console(file=out, width=width).print(History([dict.fromkeys(("loss", "val_loss", "learning_rate"), 0.5)] * 100))
    assert max(map(len, out.getvalue().splitlines())) <= width


def test_a_long_history_shows_its_ends() -> None:
    shown = str(History([{"loss": float(number)} for number in range(1, 1001)]))
    assert len(shown.splitlines()) < 30
    assert all(f" {number} " in shown for number in (1, 10, 991, 1000))
    assert "…" in shown


def test_a_history_is_short_in_a_session() -> None:
    assert repr(History([{"loss": 0.123456}] * 100, "interrupted")) == "History(100 epochs, loss=0.1235, 'interrupted')"


def test_a_history_of_nothing_says_so() -> None:
    assert "no epoch was completed" in str(History(stop_reason="interrupted"))


def test_the_model_keeps_the_history_of_its_last_fit() -> None:
    model = Model([Dense(1)], loss="mse", input_shape=(1,))
    assert repr(model.history) == "None"
    first = model.fit([[0.0]], [[1.0]], epochs=2, progress=False)
    assert model.history is first
    assert model.fit([[0.0]], [[1.0]], epochs=3, progress=False) is model.history
    assert len(first) == 2
