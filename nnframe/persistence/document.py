"""Document: what a file says about its model beside the arrays, in the present schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
from attrs import frozen

from nnframe.errors import FileFormatError
from nnframe.persistence.migrations import FORMAT, SCHEMA, migrated
from nnframe.persistence.parts import NamedPart, read_part
from nnframe.strict_json import read_json, write_json

__all__ = ["Document", "read_document", "write_document"]

_MOST = {"model": 50_000, "training": 1_000_000}
"""How many values each may have. Every layer costs time; the numbers of a long history do not."""


@frozen
class Document:
    """What is beside the arrays.

    Attributes:
        spec: The configuration, as ``Model.from_spec`` takes it.
        parts: Every part that the model is made of.
        training: Where a training run was, if the file is a checkpoint; else None.
    """

    spec: Mapping[str, object]
    parts: Sequence[NamedPart]
    training: Mapping[str, object] | None = None


def write_document(document: Document) -> dict[str, str]:
    """Return the texts for the metadata of a file."""
    model = {"spec": document.spec, "parts": [attrs.asdict(part) for part in document.parts]}
    metadata = {"format": FORMAT, "schema": str(SCHEMA), "model": write_json(model)}
    if document.training is not None:
        metadata["training"] = write_json(document.training)
    return metadata


def read_document(metadata: Mapping[str, str]) -> Document:
    """Read the metadata of a file, of whichever schema.

    Raises:
        FileFormatError: They are not those of an nnframe file, or of a newer one.
    """
    current = migrated(metadata)
    model = _table(current, "model")
    if set(model) != {"spec", "parts"}:
        raise FileFormatError("what the file says about its model must be its spec and its parts, and nothing else")
    spec, parts = model["spec"], model["parts"]
    if not isinstance(spec, dict) or not isinstance(parts, list):
        raise FileFormatError("the spec must be a table, and parts a list")
    training = _table(current, "training") if "training" in current else None
    return Document(spec, tuple(read_part(part) for part in parts), training)


def _table(metadata: Mapping[str, str], key: str) -> Mapping[str, object]:
    text = metadata.get(key, "").encode("utf-8", "replace")
    content = read_json(text, f"{key!r} in the metadata", _MOST[key])
    if not isinstance(content, dict):
        raise FileFormatError(f"{key!r} in the metadata must be a table")
    return content
