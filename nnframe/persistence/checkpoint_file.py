"""Checkpoints as files: a model file, with where its training is beside it."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from nnframe.arrays import Array
from nnframe.errors import FileFormatError
from nnframe.interruption import guard_from_signals
from nnframe.paths import as_path_text, show_path
from nnframe.persistence.archive import read_archive
from nnframe.persistence.document import read_document
from nnframe.persistence.encoding import encode
from nnframe.persistence.model_file import write_model
from nnframe.persistence.stored_run import CALLBACKS, PARAMETERS, PLAIN, StoredRun
from nnframe.training.snapshot import Snapshot

if TYPE_CHECKING:
    from nnframe.model import Model

__all__ = ["read_checkpoint", "save_checkpoint"]


@guard_from_signals
def save_checkpoint(
    model: Model, snapshot: Snapshot, path: str | PathLike[str], measured: Mapping[str, Array] | None = None
) -> None:
    """Write a model and where its training is, atomically. The file is also a model file: ``Model.load`` reads it.

    Args:
        model: The model.
        snapshot: Where its training is.
        path: The file.
        measured: The values that the model in the file is to have, by path, where they are not those in training;
            the run goes on with those in training all the same.

    Raises:
        SaveError: The file cannot be written, or somebody remembers what no file can hold.
    """
    arrays: dict[str, NDArray[Any]] = {}
    training = {name: encode(getattr(snapshot, name), name, arrays) for name in PLAIN}
    training[CALLBACKS] = [
        {"part": listener, "state": encode(state, f"{CALLBACKS}/{index}", arrays)}
        for index, (listener, state) in enumerate(zip(snapshot.listeners, snapshot.callbacks, strict=True))
        if state is not None
    ]
    own = {name: parameter.value for name, parameter in model.parameters.items()}
    if measured is not None:
        training[PARAMETERS] = encode(own, PARAMETERS, arrays)
    write_model(model, path, training, arrays, own if measured is None else measured)


@guard_from_signals
def read_checkpoint(path: str | PathLike[str]) -> StoredRun:
    """Read a checkpoint, for a run that goes on from it: ``model.fit(..., resume=path)``.

    Raises:
        FileFormatError: The file is no checkpoint, or not a whole one.
    """
    archive = read_archive(as_path_text(path, FileFormatError))
    try:
        document = read_document(archive.metadata)
        return StoredRun.read(str(path), document, archive.arrays)
    except FileFormatError as error:
        raise FileFormatError(f"{show_path(path)}: {error}") from error
