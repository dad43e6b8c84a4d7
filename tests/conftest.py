"""What tests of several folders share."""

from __future__ import annotations

import importlib.metadata
import os
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import frozen

from nnframe import registry

try:
    import fcntl
except ImportError:  # on Windows each process builds its own
    fcntl = None  # type: ignore[assignment]

PEERS = ("torch", "jax", "thinc", "pandas", "numba")
REQUIRED = os.environ.get("NNFRAME_PEERS") == "required"


def pytest_configure() -> None:
    """Let Ctrl-C be heard: a shell that starts the tests in the background has it ignored, here and in every child."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path) -> Iterator[object]:
    """Look for doctests in the packages only: the tests' own helpers are imported by their names, and only once."""
    collectors = yield
    return [each for each in collectors if type(each).__name__ != "DoctestModule"]  # type: ignore[attr-defined]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of every file that compares nnframe with another framework."""
    sources: dict[Path, bool] = {}
    for item in items:
        if item.path.suffix == ".py" and item.path not in sources:
            text = item.path.read_text(encoding="utf-8")
            sources[item.path] = any(f'importorskip("{peer}' in text for peer in PEERS)
        if sources.get(item.path):
            item.add_marker("peer")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Where the peers are required, a test that is skipped has failed."""
    if REQUIRED and report.skipped and "could not import" in str(report.longrepr):
        report.outcome = "failed"


ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The wheels of nnframe and its plugins by the name of the package, built once for all processes of a run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "wheels"
    with _lock(folder.with_name("wheels.lock")):
        if not folder.exists():
            projects = [ROOT, *sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml"))]
            unfinished = tmp_path_factory.mktemp("unfinished")
            pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", unfinished]
            subprocess.run([*map(str, [*pip, *projects])], cwd=base, check=True, timeout=250)
            unfinished.rename(folder)
    return {path.name.split("-")[0]: path for path in folder.glob("*.whl")}


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Let one process in at a time; the system frees the lock of one that was killed."""
    with path.open("w") as stream:
        if fcntl is not None:
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


WHEEL = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
Groups = Mapping[str, Mapping[str, str]]


@frozen
class Site:
    """A folder on the path into which wheels are unpacked, as an installer does with them."""

    folder: Path

    def install(
        self, name: str, groups: Groups | str = "", modules: Mapping[str, str] | None = None, version: str = "1.0"
    ) -> Path:
        """Build a wheel, unpack it, and return the wheel.

        Args:
            name: The name of the distribution.
            groups: Its entry points, group to name to value; or the text of its entry_points.txt.
            modules: Its modules, name to source.
            version: Its version.
        """
        stem = f"{name.replace('-', '_')}-{version}"
        wheel = self.folder.parent / f"{stem}-py3-none-any.whl"
        text = groups if isinstance(groups, str) else _entry_points(groups)
        files = {f"{module}.py": source for module, source in (modules or {}).items()}
        files |= {
            f"{stem}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            f"{stem}.dist-info/WHEEL": WHEEL,
            f"{stem}.dist-info/entry_points.txt": text,
        }
        files[f"{stem}.dist-info/RECORD"] = "".join(f"{file},,\n" for file in (*files, f"{stem}.dist-info/RECORD"))
        with zipfile.ZipFile(wheel, "w") as archive:
            for file, content in files.items():
                archive.writestr(file, content)
            archive.extractall(self.folder)
        registry.refresh()
        return wheel

    def metadata(self, name: str, version: str = "1.0") -> Path:
        """Return the metadata folder of an installed distribution."""
        return self.folder / f"{name.replace('-', '_')}-{version}.dist-info"


def _entry_points(groups: Groups) -> str:
    return "".join(
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in names.items())
        for group, names in groups.items()
    )


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A temporary environment, in which nothing counts as installed but what the test installs."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    hidden = list(sys.path)
    distributions = importlib.metadata.distributions
    monkeypatch.setattr(sys, "path", [str(folder), *hidden])
    monkeypatch.setattr(
        importlib.metadata,
        "distributions",
        lambda: distributions(path=[entry for entry in sys.path if entry not in hidden]),
    )
    before = set(sys.modules)
    registry.refresh()
    yield Site(folder)
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]
    monkeypatch.undo()
    registry.refresh()
