"""How a run shows itself in a terminal, a notebook, a pipe, and not at all."""

from __future__ import annotations

import os
import pty
import re
import signal
import struct
import subprocess
import sys
import types
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from nnframe import Model, registry
from nnframe.callbacks import Lambda, ProgressBar
from nnframe.errors import ConfigurationError
from nnframe.interfaces import Moment
from nnframe.layers import Dense
from nnframe.training.display import Lines, Silence
from nnframe.training.notebook import Notebook, in_notebook
from nnframe.training.pace import Pace, duration
from nnframe.training.progress import choose_display, display_of

X = np.random.default_rng(0).normal(size=(8, 2))
Y = X[:, :1]


def fit(*callbacks: Any, epochs: int = 3, progress: bool = True) -> Model:
    model = Model([Dense(1)], loss="mse", input_shape=(2,))
    model.fit(X, Y, epochs=epochs, batch_size=2, callbacks=callbacks, progress=progress, metrics=["mae"])
    return model


def test_a_pipe_gets_a_line_an_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    fit()
    lines = capsys.readouterr().out.splitlines()
    number = r"[-+.e\d]+"
    begin = rf"epoch \d/3  loss {number}  mae {number}  [\d,.e+]+ steps/s"
    assert len(lines) == 3
    assert all(re.fullmatch(rf"{begin}  \d+:\d\d left", line) for line in lines[:2]), lines
    assert re.fullmatch(begin, lines[2]), lines


def test_a_long_run_prints_few_lines(capsys: pytest.CaptureFixture[str]) -> None:
    fit(epochs=100)
    numbers = [int(line[6:9]) for line in capsys.readouterr().out.splitlines()]
    assert numbers == [1, *range(10, 101, 10)]


def test_lines_can_be_asked_for_more_often(capsys: pytest.CaptureFixture[str]) -> None:
    fit(ProgressBar("lines", every=1), epochs=30)
    assert len(capsys.readouterr().out.splitlines()) == 30


def test_no_progress_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    fit(progress=False)
    fit(ProgressBar("none"))
    assert capsys.readouterr() == ("", "")


def test_the_callback_says_how_and_fit_does_not_show_it_twice(capsys: pytest.CaptureFixture[str]) -> None:
    for progress in (True, False):
        fit(ProgressBar("lines"), progress=progress)
        assert len(capsys.readouterr().out.splitlines()) == 3


def stop(moment: Moment) -> None:
    moment.stop_reason = "[bold]enough"


@pytest.mark.parametrize("style", ["lines", "bar"])
def test_why_a_run_stopped_is_the_last_line(style: Any, capsys: pytest.CaptureFixture[str]) -> None:
    fit(ProgressBar(style), Lambda(on_after_epoch=stop))
    assert capsys.readouterr().out.splitlines()[-1] == "stopped after 1 of 3 epochs: [bold]enough"


def test_an_interruption_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(moment: Moment) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(Lambda(on_before_validation=interrupt, on_after_epoch=interrupt))
    assert capsys.readouterr().out.splitlines()[-1] == "stopped after 1 of 3 epochs: interrupted"


def test_the_display_fits_where_the_output_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(choose_display(True), Lines)
    assert isinstance(choose_display(False), Silence)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert type(choose_display(True)).__name__ == "Bar"
    monkeypatch.setattr(sys, "stdout", None)
    assert isinstance(choose_display(True), Lines), "pythonw has no standard output"


TRAIN = """
import time
import numpy as np
from nnframe import Model
from nnframe.callbacks import Lambda
x = np.ones((20, 1))
Model(["tanh"], loss="mse", input_shape=(1,)).fit(x, x, epochs=4, batch_size=2, metrics=["mae", "rmse", "r2"],
    callbacks=[Lambda(on_after_step=lambda moment: time.sleep(0.012),
                      on_after_epoch=lambda moment: print("said by a callback") if moment.epoch == 2 else None)])
"""


def terminal(columns: int, script: str = TRAIN, status: int = 0) -> tuple[list[str], str]:
    """Run a training in a terminal of some width; returns each state of each line, and all that was written."""
    import fcntl
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    environment["TERM"] = "xterm-256color"
    out = b""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        while True:
            try:
                out += os.read(ours, 65536)
            except OSError:  # what Linux says when the other end is closed
                break
    os.close(ours)
    assert process.returncode == status, out
    text = out.decode()
    lines = re.split(r"[\r\n]+", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text))
    return [line for line in lines if line.strip()], text


@pytest.mark.parametrize("columns", [40, 120])
def test_a_terminal_gets_one_line_that_moves(columns: int) -> None:
    lines, _ = terminal(columns)
    assert max(map(len, lines)) <= columns
    assert "said by a callback" in [line.strip() for line in lines]
    bars = [line for line in lines if "epoch" in line]
    assert any(re.search(r"\d:\d\d left", line) for line in bars)
    assert "epoch 4/4" in bars[-1]
    assert "left" not in bars[-1]
    if columns == 120:
        assert re.search(r"loss \S+  mae \S+  rmse \S+  r2 \S+  \d+ steps/s", bars[-1])


def test_ctrl_c_leaves_the_terminal_as_it_was() -> None:
    press = "signal.raise_signal(signal.SIGINT) if moment.epoch == 2 else None"
    script = "import signal\n" + TRAIN.replace('print("said by a callback") if moment.epoch == 2 else None', press)
    lines, text = terminal(100, script, -signal.SIGINT)
    assert "stopped after 2 of 4 epochs: interrupted" in lines
    assert "KeyboardInterrupt" in lines[-1]
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l"), "the cursor is shown again"


class Shell:
    """What IPython.get_ipython() returns, as far as it is looked at."""

    kernel: object = object()


class Output:
    """What a notebook shows."""

    def __init__(self) -> None:
        self.pages: list[str] = []

    def update(self, page: str) -> None:
        self.pages.append(page)


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> Output:
    """Stand in for IPython in a kernel: HTML is a text, and one output is shown and updated."""
    output = Output()

    def display(page: str, display_id: bool) -> Output:
        assert display_id
        output.update(page)
        return output

    ipython = types.ModuleType("IPython")
    ipython.get_ipython = Shell  # type: ignore[attr-defined]
    module = types.ModuleType("IPython.display")
    module.HTML, module.display = str, display  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    return output


def test_a_notebook_gets_one_output_that_is_updated(notebook: Output, capsys: pytest.CaptureFixture[str]) -> None:
    assert in_notebook()
    assert isinstance(choose_display(True), Notebook)
    fit(Lambda(on_after_epoch=lambda moment: moment.logs.update({"<b>&": 1.0})))
    assert capsys.readouterr() == ("", "")
    assert 'value="0.0000"' in notebook.pages[0]
    assert 'value="1.0000"' in notebook.pages[-1]
    assert "epoch 3/3  loss" in notebook.pages[-1]
    assert "&lt;b&gt;&amp; 1" in notebook.pages[-1]
    assert "<b>" not in notebook.pages[-1]


def test_a_notebook_says_why_a_run_stopped(notebook: Output) -> None:
    fit(Lambda(on_after_epoch=stop))
    assert "stopped after 1 of 3 epochs: [bold]enough" in notebook.pages[-1]
    assert 'value="0.3333"' in notebook.pages[-1]


def test_ipython_in_a_terminal_is_no_notebook(notebook: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shell, "kernel", None)
    assert not in_notebook()


def test_without_ipython_there_is_no_notebook() -> None:
    assert not in_notebook()


def test_the_time_left_is_that_of_the_epochs_to_come() -> None:
    """Two epochs in ten seconds leave three epochs, which is fifteen seconds."""
    moment = Moment(fit(progress=False), epochs=5, steps_per_epoch=4)
    pace = Pace()
    pace.start(moment, 100.0)
    moment.epoch, moment.step = 1, 4
    pace.end_epoch(moment, 105.0)
    moment.epoch = 2
    pace.end_epoch(moment, 110.0)
    assert (pace.rate, pace.left) == (0.8, 15.0)
    moment.step = 2
    assert pace.during(moment, 112.5) == "0:12 left"


def test_a_resumed_run_is_timed_from_its_resumption() -> None:
    moment = Moment(fit(progress=False), epochs=10, epoch=8, step=3, steps_per_epoch=4)
    pace = Pace()
    pace.start(moment, 0.0)
    moment.epoch, moment.step = 9, 4
    pace.end_epoch(moment, 2.0)
    assert (pace.rate, pace.left) == (0.5, 2.0)


@given(st.integers(0, 10**6))
def test_a_duration_reads_back(seconds: int) -> None:
    text = duration(seconds)
    days = int(text.split(" day")[0]) if "day" in text else 0
    total = 0
    for part in text.rpartition(" ")[2].split(":"):
        total = total * 60 + int(part)
    assert total + 86_400 * days == seconds


@pytest.mark.parametrize("options", [{"style": "colourful"}, {"every": 0}])
def test_options_that_it_cannot_have_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        ProgressBar(**options)


def test_it_is_registered() -> None:
    assert registry.callbacks.create("progress_bar", style="lines") == ProgressBar("lines")
    assert isinstance(display_of("lines", 7), Lines)
