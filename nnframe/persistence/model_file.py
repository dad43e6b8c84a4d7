"""Models as files."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

from nnframe.errors import FileFormatError, NNFrameError, RegistryError
from nnframe.persistence.archive import Archive, Arrays, read_archive, write_archive
from nnframe.persistence.document import Document, read_document, write_document
from nnframe.persistence.parts import parts_of, require

if TYPE_CHECKING:
    from nnframe.model import Model

__all__ = ["load_model", "save_model"]


def save_model(model: Model, path: str | PathLike[str]) -> None:
    """Write configuration and values of a model into one safetensors file, atomically.

    Raises:
        SaveError: The file cannot be written; what was there before is untouched.
        UnknownPartError, SpecError: A part is registered under no name, or has an option that no file can hold.
    """
    document = Document(model.spec(), parts_of(model))
    arrays = {name: parameter.value for name, parameter in model.parameters.items()}
    write_archive(path, Archive(write_document(document), arrays))


def load_model(cls: type[Model], path: str | PathLike[str]) -> Model:
    """Read a model from a file. Nothing in the file is executed, and no more is allocated than the file has.

    Raises:
        FileFormatError: The file is not a whole model file.
        UnknownPartError: A part is not installed; the message says which distribution has it.
    """
    archive = read_archive(path)
    try:
        document = read_document(archive.metadata)
        for part in document.parts:
            require(part)
        return _build(cls, document, archive.arrays)
    except RegistryError:
        raise
    except NNFrameError as error:
        raise FileFormatError(f"{path}: {error}") from error
    except Exception as cause:  # Whatever a part does with an option that it did not expect.
        raise FileFormatError(
            f"{path}: the model in this file cannot be built: {type(cause).__name__}: {str(cause)[:200]}"
        ) from cause


def _build(cls: type[Model], document: Document, arrays: Arrays) -> Model:
    model = cls.from_spec(document.spec)
    for name in model.parameters.keys() ^ arrays.keys():
        raise FileFormatError(f"{name!r:.80} is in the {'file' if name in arrays else 'model'} alone")
    for name, parameter in model.parameters.items():
        array = arrays[name]
        if array.shape != parameter.value.shape or array.dtype != parameter.value.dtype:
            raise FileFormatError(
                f"{name!r:.80} is {array.dtype} {array.shape} in the file, and "
                f"{parameter.value.dtype} {parameter.value.shape} in the model"
            )
        parameter.value[...] = array
    return model
