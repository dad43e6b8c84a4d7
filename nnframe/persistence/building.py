"""From a document and arrays to a model, whatever they are: a model, or an error of nnframe's own."""

from __future__ import annotations

from contextvars import copy_context
from typing import TYPE_CHECKING

from nnframe.composition.filling import filled_with
from nnframe.errors import FileFormatError, NNFrameError, RegistryError
from nnframe.persistence.archive import Arrays
from nnframe.persistence.document import Document
from nnframe.persistence.parts import require, resolve_as_named

if TYPE_CHECKING:
    from nnframe.model import Model

__all__ = ["build"]


def build(cls: type[Model], document: Document, arrays: Arrays) -> Model:
    """Build the model that a document describes, working on these arrays.

    No initial value is drawn, and shapes flow on a batch without examples: whatever lengths a configuration promises,
    nnframe's own parts allocate no more than the arrays have. A part of somebody else's runs as it does anywhere.

    Raises:
        FileFormatError: Document and arrays are not those of one model.
        RegistryError: A part is not installed, or contested, or broken.
    """
    return copy_context().run(_build, cls, document, arrays)  # an interrupted one leaves nothing behind


def _build(cls: type[Model], document: Document, arrays: Arrays) -> Model:
    with resolve_as_named(document.parts):
        for part in document.parts:
            require(part)
        try:
            with filled_with(arrays) as filling:
                model = cls.from_spec(document.spec)
            filling.require_all_used()
            return model
        except RegistryError:
            raise
        except Exception as error:  # Whatever a part does with an option that nobody would give it.
            raise FileFormatError(f"the model in the file cannot be built: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, MemoryError):
            return f"that would take more memory than there is ({error!s:.200})"
        cause = cause.__cause__
    return str(error) if isinstance(error, NNFrameError) else f"{type(error).__name__}: {error!s:.200}"
