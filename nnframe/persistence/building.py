"""From a document and arrays to a model, whatever they are: a model, or an error of nnframe's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnframe.composition.filling import filled_with
from nnframe.errors import FileFormatError, NNFrameError, RegistryError
from nnframe.persistence.allowance import allowance
from nnframe.persistence.archive import Arrays
from nnframe.persistence.document import Document
from nnframe.persistence.parts import require, resolve_as_named

if TYPE_CHECKING:
    from nnframe.model import Model

__all__ = ["build"]

_FLOOR = 128 * 2**20
_MULTIPLE = 8


def build(cls: type[Model], document: Document, arrays: Arrays) -> Model:
    """Build the model that a document describes, working on these arrays.

    No initial value is drawn, shapes flow on an empty batch, and NumPy allocates 128 MiB and eight times the arrays at
    most: a configuration that promises more than the arrays hold is refused before anything is made of it.

    Raises:
        FileFormatError: Document and arrays are not those of one model.
        RegistryError: A part is not installed, or contested, or broken.
    """
    with resolve_as_named(document.parts):
        for part in document.parts:
            require(part)
        return _build(cls, document, arrays)


def _build(cls: type[Model], document: Document, arrays: Arrays) -> Model:
    try:
        with allowance(_FLOOR + _MULTIPLE * sum(array.nbytes for array in arrays.values())), filled_with(arrays):
            return cls.from_spec(document.spec)
    except RegistryError:
        raise
    except Exception as error:  # Whatever a part does with an option that nobody would give it.
        raise FileFormatError(f"the model in the file cannot be built: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, MemoryError):
            return (
                f"that would take more memory than its arrays have ({error!s:.200}). If the lengths in input_shape are "
                "very large, and right, None stands for any length"
            )
        cause = cause.__cause__
    return str(error) if isinstance(error, NNFrameError) else f"{type(error).__name__}: {error!s:.200}"
