"""Models as files."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from typing import TYPE_CHECKING

from nnframe.composition.spec import spec_of_network
from nnframe.errors import FileFormatError, SaveError
from nnframe.interruption import guard_from_signals
from nnframe.paths import as_path_text, show_path
from nnframe.persistence.archive import Archive, Arrays, read_archive, write_archive
from nnframe.persistence.building import build
from nnframe.persistence.digest import BLANK, DIGEST
from nnframe.persistence.document import Document, read_document, write_document
from nnframe.persistence.parts import parts_of
from nnframe.text import quote

if TYPE_CHECKING:
    from nnframe.model import Model

__all__ = ["TRAINING", "load_model", "save_model", "values_of", "write_model"]

TRAINING = "training/"
"""What the names of arrays begin with that are no parameters: those of a checkpoint's optimizer, for example."""


@guard_from_signals
def save_model(model: Model, path: str | PathLike[str]) -> None:
    """Write configuration and values of a model into one safetensors file, atomically.

    Raises:
        SaveError: The file cannot be written, or could not be loaded again; what was there before is untouched.
        UnknownPartError, SpecError: A part is registered under no name, or has an option that no file can hold.

    >>> import tempfile
    >>> from nnframe import Model
    >>> model = Model(["tanh"], input_shape=(2,))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_model(model, f"{folder}/model.safetensors")
    ...     load_model(Model, f"{folder}/model.safetensors").spec() == model.spec()
    True
    """
    target = as_path_text(path, SaveError)
    values = {name: parameter.value for name, parameter in model.parameters.items()}
    write_model(model, target, None, {}, values)


def write_model(
    model: Model,
    path: str | PathLike[str],
    training: dict[str, object] | None,
    arrays: Arrays,
    values: Arrays,
) -> None:
    """Write a model with the values given, and beside it where its training is; the caller guards it from signals."""
    document = Document(spec_of_network(model, defaults=True), parts_of(model), training)
    metadata = write_document(document)
    try:
        base = next(cls for cls in reversed(type(model).__mro__) if "from_spec" in vars(cls))
        again = build(base, read_document({**metadata, DIGEST: BLANK}), values)
        _require_same(spec_of_network(model), spec_of_network(again), ())
    except FileFormatError as error:
        raise SaveError(f"{show_path(path)} was not written, for it could not be loaded again: {error}") from error
    write_archive(path, Archive(metadata, {**values, **{TRAINING + name: array for name, array in arrays.items()}}))


def _require_same(spec: object, again: object, place: tuple[str | int, ...]) -> None:
    """Refuse a part whose option would come back as something else, such as a layer in a field of any type.

    Raises:
        FileFormatError: The location says which option.
    """
    pairs: Iterable[tuple[str | int, object, object]] = ()
    if isinstance(spec, dict) and isinstance(again, dict) and spec.keys() == again.keys():
        pairs = ((key, value, again[key]) for key, value in spec.items())
    elif isinstance(spec, list) and isinstance(again, list) and len(spec) == len(again):
        pairs = ((index, *both) for index, both in enumerate(zip(spec, again, strict=True)))
    elif spec != again:
        raise FileFormatError(
            f"{quote(spec)} would come back as {quote(again)}: annotate the option with the type that it has, such as "
            "tuple[AnyLayer, ...]",
            location=place,
        )
    for step, one, other in pairs:
        _require_same(one, other, (*place, step))


@guard_from_signals
def load_model(cls: type[Model], path: str | PathLike[str]) -> Model:
    """Read a model from a file, or from a checkpoint.

    Nothing in the file is executed, and little more is allocated than the file has bytes.

    Raises:
        FileFormatError: The file is not a whole model file.
        UnknownPartError: A part is not installed; the message says which distribution has it.
    """
    archive = read_archive(as_path_text(path, FileFormatError))
    try:
        document = read_document(archive.metadata)
        return build(cls, document, values_of(document, archive.arrays))
    except FileFormatError as error:
        raise FileFormatError(f"{show_path(path)}: {error}") from error


def values_of(document: Document, arrays: Arrays) -> Arrays:
    """Return the arrays of a file that are parameters."""
    if document.training is None:
        return arrays
    return {name: array for name, array in arrays.items() if not name.startswith(TRAINING)}
