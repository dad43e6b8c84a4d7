"""Migrations: metadata of older schemas, brought forward one version at a time.

A schema changes when a reader of the old one would misunderstand the new. Each change has a reason, which stands here:

- 0 → 1: the version stood inside the JSON whose form it says, so that a reader had to understand a file before it
  could know whether it does. It now stands beside it, and ``nnframe`` became ``format``, ``schema`` and ``model``.
  And nothing noticed a flipped bit: a file now has a digest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from nnframe.errors import FileFormatError
from nnframe.persistence.digest import DIGEST
from nnframe.strict_json import read_json, write_json

__all__ = ["FORMAT", "SCHEMA", "migrated"]

FORMAT = "nnframe"
"""What the metadata say under ``format``."""

SCHEMA = 1
"""The version of the schema that is written."""

Metadata = Mapping[str, str]


def migrated(metadata: Metadata) -> Metadata:
    """Return the metadata of a file as the present schema has them.

    Raises:
        FileFormatError: They are not those of an nnframe file, or of a newer one.

    >>> migrated({"format": "nnframe", "schema": "2", "digest": "0" * 64})
    Traceback (most recent call last):
    nnframe.errors.FileFormatError: the file has schema 2, and this nnframe knows schemas up to 1, ...
    """
    version = _version(metadata)
    if version > SCHEMA:
        raise FileFormatError(
            f"the file has schema {version}, and this nnframe knows schemas up to {SCHEMA}, so it might misread it: a "
            "newer nnframe wrote it, and 'pip install --upgrade nnframe' gets one that reads it"
        )
    for step in range(version, SCHEMA):
        metadata = _STEPS[step](metadata)
    return metadata


def _version(metadata: Metadata) -> int:
    if metadata.get("format") == FORMAT:
        text = metadata.get("schema", "")
        if not re.fullmatch("[1-9][0-9]{0,5}", text):
            raise FileFormatError(f"the schema of the file must be a whole number from 1, and is {text!r:.40}")
        if DIGEST not in metadata:
            raise FileFormatError("the file has no digest, so nobody can say whether it is as it was written")
        return int(text)
    if "nnframe" in metadata:
        return 0
    raise FileFormatError("it is a safetensors file, but nnframe did not write it: its metadata describe no model")


def _from_0_to_1(metadata: Metadata) -> Metadata:
    content = read_json(metadata["nnframe"].encode("utf-8", "replace"), "the metadata")
    if not isinstance(content, dict) or type(content.get("schema")) is not int or content["schema"] != 0:
        raise FileFormatError("the metadata describe no model of schema 0")
    model = {key: value for key, value in content.items() if key != "schema"}
    return {"format": FORMAT, "schema": "1", "model": write_json(model)}


_STEPS: Mapping[int, Callable[[Metadata], Metadata]] = {0: _from_0_to_1}
