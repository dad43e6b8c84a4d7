"""nnframe plugins new: names are checked, and nothing is overwritten."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from nnframe import cli, registry


def new(folder: Path, name: str, kind: str = "activation") -> int:
    return cli.main(["plugins", "new", name, "--kind", kind, "--folder", str(folder)])


def test_it_writes_a_whole_distribution(tmp_path: Path) -> None:
    assert new(tmp_path, "nnframe-swishish") == 0
    written = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert written == [
        "nnframe-swishish/README.md",
        "nnframe-swishish/pyproject.toml",
        "nnframe-swishish/src/nnframe_swishish/__init__.py",
        "nnframe-swishish/src/nnframe_swishish/py.typed",
        "nnframe-swishish/tests/test_swishish.py",
    ]


@pytest.mark.parametrize("kind", list(registry.KINDS))
def test_nothing_is_left_to_fill_in(kind: str, tmp_path: Path) -> None:
    assert new(tmp_path, "nnframe-tryout", kind) == 0
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert "$" not in path.read_text(encoding="utf-8"), path


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "nnframe-swishish" / "src" / "notes.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    assert new(tmp_path, "nnframe-swishish") == 3
    assert "nothing is overwritten" in capsys.readouterr().err
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [mine]


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("nnframe-swishish", "activaton", "did you mean 'activation'"),
        ("nnframe swishish", "activation", "a name of letters"),
        ("../swishish", "activation", "a name of letters"),
        ("3-way", "activation", "which Python cannot use"),
        ("nnframe-lambda", "activation", "which Python cannot use"),
        ("nnframe", "activation", "is there already"),
        ("json", "activation", "is there already"),
        ("nnframe-elementwise", "activation", "is taken"),
        ("nnframe-tanh", "activation", "has an activation 'tanh' already"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused(
    name: str, kind: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new(tmp_path, name, kind) == 3
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write = Path.write_text

    def write_some(path: Path, *arguments: str, **options: str) -> int:
        if path.suffix == ".py":
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        return write(path, *arguments, **options)

    monkeypatch.setattr(Path, "write_text", write_some)
    assert new(tmp_path, "nnframe-swishish") == 3
    assert "No space left on device; nothing of it is left" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["nnframe-a\x1b[31m", "nnframe-a\u202eb", "nnframe-a\nb", "nnframe-" + "a" * 5000, ""])
def test_a_name_that_cannot_be_shown_is_refused_in_one_line(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new(tmp_path, name) == 3
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert len(said) < 300
    assert said[:-1].isprintable()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_does_not_exist_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert new(tmp_path / "nowhere", "nnframe-swishish") == 3
    assert "there is no folder" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
