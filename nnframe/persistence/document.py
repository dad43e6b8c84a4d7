"""Document: what an nnframe file says about its model, whichever version of the schema it was written in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
from attrs import frozen

from nnframe.errors import FileFormatError
from nnframe.persistence.parts import NamedPart, read_part
from nnframe.persistence.strict_json import read_json, write_json

__all__ = ["SCHEMA", "Document", "read_document", "write_document"]

SCHEMA = 0
"""The version of the schema that is written."""

_KEY = "nnframe"


@frozen
class Document:
    """What is beside the arrays.

    Attributes:
        spec: The configuration, as ``Model.from_spec`` takes it.
        parts: Every part that the model is made of.
    """

    spec: Mapping[str, object]
    parts: Sequence[NamedPart]


def write_document(document: Document) -> dict[str, str]:
    """Return the texts for the metadata of a file."""
    content = {
        "schema": SCHEMA,
        "spec": document.spec,
        "parts": [attrs.asdict(part) for part in document.parts],
    }
    return {_KEY: write_json(content)}


def read_document(metadata: Mapping[str, str]) -> Document:
    """Read the metadata of a file.

    Raises:
        FileFormatError: They are not those of an nnframe file, or of a newer one.
    """
    if _KEY not in metadata:
        raise FileFormatError("it is a safetensors file, but not one that nnframe wrote: it says nothing about a model")
    content = read_json(metadata[_KEY].encode("utf-8", "replace"), "what the file says about its model")
    if not isinstance(content, dict) or set(content) != {"schema", "spec", "parts"}:
        raise FileFormatError("what the file says about its model must have schema, spec and parts, and nothing else")
    if content["schema"] != SCHEMA:
        raise FileFormatError(
            f"the file has schema {content['schema']!r:.40}, and this nnframe reads up to {SCHEMA}: update nnframe"
        )
    spec, parts = content["spec"], content["parts"]
    if not isinstance(spec, dict) or not isinstance(parts, list):
        raise FileFormatError("the spec must be a table, and parts a list")
    return Document(spec, tuple(read_part(part) for part in parts))
