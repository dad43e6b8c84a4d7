"""Files that are broken, in all the ways that chance and malice find."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

__all__ = ["joined", "mutated", "resealed", "split"]

BLANK = "0" * 64
HOSTILE: tuple[Any, ...] = (
    10**12,
    -1,
    0,
    2**31,
    2**63,
    2**64,
    10**30,
    1.5,
    1e308,
    -1e308,
    True,
    None,
    "",
    "nan",
    "inf",
    "../../../etc/passwd",
    "os:system",
    "nnframe.layers.dense:Dense",
    "\u0000\u001b[31m",
    "x" * 500,
    [],
    {},
    [10**12],
    [10**6, 10**6, 10**6],
    [[[[1]]]],
    {"name": "dense", "units": 10**12},
    {"name": "dense", "units": 10**9, "weight_initializer": "orthogonal"},
    {"name": "sequential", "layers": []},
    {"__reduce__": ["os.system", "true"]},
)


def split(content: bytes) -> tuple[bytes, bytes]:
    """Return the header's JSON and the bytes of the tensors."""
    length = int.from_bytes(content[:8], "little")
    return content[8 : 8 + length], content[8 + length :]


def joined(header: bytes, data: bytes) -> bytes:
    return len(header).to_bytes(8, "little") + header + data


def resealed(content: bytes) -> bytes:
    """Give a file the digest that it should have, as somebody who means harm would."""
    header, data = split(content)
    try:
        digest = json.loads(header)["__metadata__"]["digest"].encode()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return content
    if len(digest) != 64 or header.count(digest) != 1:
        return content
    header = header.replace(digest, BLANK.encode())
    right = hashlib.sha256(joined(header, data)).hexdigest().encode()
    return joined(header.replace(BLANK.encode(), right), data)


def bits(content: bytes, chance: Random) -> bytes:
    """Some bits, anywhere."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def header_bytes(content: bytes, chance: Random) -> bytes:
    """Some bytes of the header."""
    header, data = split(content)
    changed = bytearray(header)
    for _ in range(chance.randint(1, 4)):
        changed[chance.randrange(len(changed))] = chance.choice(b'{}[]",:0123456789-eE.\\ntfu\x00\xff')
    return joined(bytes(changed), data)


def length(content: bytes, chance: Random) -> bytes:
    """The length of the header, or of the file."""
    right = int.from_bytes(content[:8], "little")
    wrong = chance.choice([0, 1, right - 1, right + 1, right + 8, len(content), 2**31, 2**63, 2**64 - 1, 10**8])
    cut = content[: chance.randrange(len(content))]
    return chance.choice([wrong.to_bytes(8, "little") + content[8:], cut, content + bytes(chance.randint(1, 99))])


def texts(content: bytes, chance: Random) -> bytes:
    """Pieces of JSON put in, left out, doubled, and nested."""
    header, data = split(content)
    start = chance.randrange(len(header))
    stop = min(len(header), start + chance.randint(1, 40))
    depth = chance.choice([10, 100, 5_000])
    nested = [b"[" * depth, b"[" * depth + b"]" * depth, b'{"a":' * depth]
    numbers = [b"NaN", b"-Infinity", b"1e999", b"1" * 5000, b"null"]
    keys = [b'"__metadata__":{},', b'\\"name\\":\\"dense\\",', b'"\\ud800"', b"\xff\xfe"]
    piece = chance.choice([b"", header[start:stop] * 2, *nested, *numbers, *keys])
    return joined(header[:start] + piece + header[stop:], data)


def table(content: bytes, chance: Random) -> bytes:
    """A value of the table of tensors, or of the metadata."""
    return _edited(content, lambda top: _change(top, chance))


def layout(content: bytes, chance: Random) -> bytes:
    """Offsets, shapes and dtypes: overlaps, holes, and sizes that do not fit."""

    def edit(top: dict[str, Any]) -> None:
        entry = top[chance.choice([name for name in top if name != "__metadata__"])]
        kind = chance.randrange(4)
        if kind == 0:
            entry["data_offsets"] = [offset + chance.choice([-8, -1, 1, 8, 10**12]) for offset in entry["data_offsets"]]
        elif kind == 1:
            entry["shape"] = chance.choice([entry["shape"][::-1], [0, 10**12], [10**12] * 6, [-1, -1], [1] * 40])
        elif kind == 2:
            entry["dtype"] = chance.choice(["F64", "F32", "F16", "BF16", "I64", "U8", "BOOL", "object", ""])
        else:
            other = top[chance.choice([name for name in top if name != "__metadata__"])]
            entry["data_offsets"], entry["shape"] = list(other["data_offsets"]), list(other["shape"])

    return _edited(content, edit)


def model(content: bytes, chance: Random) -> bytes:
    """A value of what the file says about its model, or its training."""

    def edit(top: dict[str, Any]) -> None:
        metadata = top["__metadata__"]
        key = chance.choice([key for key in ("model", "training") if key in metadata])
        inner = json.loads(metadata[key])
        for _ in range(chance.choice([1, 1, 1, 3])):
            _change(inner["spec"] if key == "model" and chance.random() < 0.8 else inner, chance)
        metadata[key] = json.dumps(inner)

    return _edited(content, edit)


def schema(content: bytes, chance: Random) -> bytes:
    """The version, the format, the digest."""

    def edit(top: dict[str, Any]) -> None:
        key = chance.choice(["schema", "format", "digest", "nnframe"])
        top["__metadata__"][key] = chance.choice(["0", "2", "-1", "1.0", "٣", "", "9" * 99, BLANK, "1", '{"schema":0}'])

    return _edited(content, edit)


def swapped(content: bytes, chance: Random) -> bytes:
    """Names of tensors: exchanged, invented, with tricks."""

    def edit(top: dict[str, Any]) -> None:
        names = [name for name in top if name != "__metadata__"]
        one, other = chance.choice(names), chance.choice(names)
        invented = chance.choice(
            ["../../x", "/etc/passwd", "", "0.weight\u0000", "training/x", "__proto__", "0..weight"]
        )
        if chance.random() < 0.5:
            top[one], top[other] = top[other], top[one]
        else:
            top[invented] = top.pop(one)

    return _edited(content, edit)


def _edited(content: bytes, edit: Callable[[dict[str, Any]], None]) -> bytes:
    header, data = split(content)
    top = json.loads(header)
    edit(top)
    return joined(json.dumps(top).encode(), data)


def _change(value: Any, chance: Random) -> None:
    """Change one place inside a JSON value: replace, remove, rename, or exchange it for another."""
    places = list(_places(value))
    container, key = chance.choice(places)
    kind = chance.randrange(5)
    if kind == 0:
        del container[key]
    elif kind == 1 and isinstance(container, dict):
        container[chance.choice(["name", "units", "layers", "seed", "x" * 9, "../x", "__class__"])] = container.pop(key)
    elif kind == 2:
        other, its_key = chance.choice(places)
        container[key] = json.loads(json.dumps(other[its_key]))
    elif kind == 3 and type(container[key]) is int:
        container[key] += chance.choice([-1, 1, 10**6, 10**12])
    else:
        container[key] = chance.choice(HOSTILE)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list) and value[key]:
            yield from _places(value[key])


MUTATIONS: tuple[Callable[[bytes, Random], bytes], ...] = (
    bits,
    header_bytes,
    length,
    texts,
    table,
    layout,
    model,
    model,
    model,
    schema,
    swapped,
)


def mutated(content: bytes, chance: Random) -> bytes:
    """Return a file that is wrong in one to three ways, most often with the digest that it should have then."""
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        try:
            content = chance.choice(MUTATIONS)(content, chance)
        except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
            continue  # What another mutation left can no longer be edited in this way.
    return resealed(content) if chance.random() < 0.8 else content
