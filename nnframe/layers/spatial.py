"""What layers with a window share: their options, and the padding that these mean.

The layout is channel-last everywhere: (batch, length, channels), (batch, height, width, channels).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, TypeAlias, cast

from nnframe.arrays import Array
from nnframe.arrays.windows import Pair, Windows, windows_of
from nnframe.checks import plain
from nnframe.errors import ShapeError

__all__ = [
    "Padding",
    "Padding1D",
    "along",
    "as_pad",
    "as_padding",
    "as_pads",
    "as_pair",
    "image_shape",
    "sequence_shape",
    "windows_for",
]

Padding: TypeAlias = Literal["valid", "same"] | tuple[Pair, Pair]
"""No padding; as much as makes out = ⌈in / stride⌉; or ((top, bottom), (left, right))."""

Padding1D: TypeAlias = Literal["valid", "same", "causal"] | Pair
"""As above; all in front; or (before, after)."""


def as_pair(value: int | Sequence[int]) -> Pair:
    """Return (height, width), both from 1; one number stands for both.

    >>> as_pair(3)
    (3, 3)
    """
    return _two(value, 1, "a whole number from 1, or two (height, width)")


def as_pad(value: int | Sequence[int]) -> Pair:
    """Return (before, after), both from 0; one number stands for both.

    >>> as_pad(1)
    (1, 1)
    """
    return _two(value, 0, "a whole number from 0, or two (before, after)")


def _two(value: object, least: int, expected: str) -> Pair:
    pair = tuple(plain(n) for n in (value if isinstance(value, Sequence) else (value, value)))
    if len(pair) == 2 and all(type(n) is int and n >= least for n in pair):
        return cast("Pair", pair)
    raise ValueError(f"expected {expected}, got {value!r:.40}")


def as_pads(value: str | int | Sequence[int] | Sequence[Sequence[int]]) -> Padding:
    """Return padding as a layer keeps it, from "valid", "same", p, (height, width), or all four.

    >>> as_pads(1), as_pads(((0, 1), (2, 2)))
    (((1, 1), (1, 1)), ((0, 1), (2, 2)))
    """
    if isinstance(value, str):
        if value not in ("valid", "same"):
            raise ValueError(f"padding must be 'valid', 'same' or numbers, and is {value!r:.40}")
        return cast('Literal["valid", "same"]', value)
    both = tuple(value) if isinstance(value, list | tuple) else (value, value)
    if len(both) != 2:
        raise ValueError(f"padding must be a number, (height, width) or both of (before, after); it is {value!r:.40}")
    return as_pad(both[0]), as_pad(both[1])


def as_padding(value: str | int | Sequence[int]) -> Padding1D:
    """Return padding as a layer on sequences keeps it, from "valid", "same", "causal", p, or (before, after).

    >>> as_padding(2), as_padding("causal")
    ((2, 2), 'causal')
    """
    if isinstance(value, str):
        if value not in ("valid", "same", "causal"):
            raise ValueError(f"padding must be 'valid', 'same', 'causal' or numbers, and is {value!r:.40}")
        return cast('Literal["valid", "same", "causal"]', value)
    return as_pad(value)


def along(padding: Padding1D, span: int) -> Padding:
    """Return the padding of a sequence as that of an image of height one.

    >>> along("causal", 2)
    ((0, 0), (2, 0))
    """
    if padding in ("valid", "same"):
        return cast("Padding", padding)
    return (0, 0), (span, 0) if padding == "causal" else cast("Pair", padding)


@lru_cache(maxsize=256)
def windows_for(name: str, size: Pair, kernel: Pair, stride: Pair, dilation: Pair, padding: Padding) -> Windows:
    """Return the windows that a layer called ``name`` sees on images of a size.

    Raises:
        ShapeError: The window is larger than the padded image.
    """
    span = [dilation[axis] * (kernel[axis] - 1) + 1 for axis in (0, 1)]
    pads = ((0, 0), (0, 0)) if padding == "valid" else padding
    if isinstance(pads, str):
        pads = (_same(size[0], span[0], stride[0]), _same(size[1], span[1], stride[1]))
    windows = windows_of(size, kernel, stride, dilation, pads)
    if min(windows.out) < 1:
        raise ShapeError(
            f"{name} has a window of {tuple(span)} (height, width), and the padded input is only "
            f"{tuple(size[axis] + sum(pads[axis]) for axis in (0, 1))}: use padding='same', or a smaller window"
        )
    return windows


def _same(size: int, span: int, stride: int) -> Pair:
    total = max((-(-size // stride) - 1) * stride + span - size, 0)
    return total // 2, total - total // 2


def image_shape(name: str, x: Array) -> tuple[int, int, int, int]:
    """Return (batch, height, width, channels), or say that x has another number of axes."""
    if x.ndim != 4:
        raise ShapeError(f"{name} expects (batch, height, width, channels), got {x.shape}{_hint(x.ndim, 4)}")
    return cast("tuple[int, int, int, int]", x.shape)


def sequence_shape(name: str, x: Array) -> tuple[int, int, int]:
    """Return (batch, length, features), or say that x has another number of axes."""
    if x.ndim != 3:
        raise ShapeError(f"{name} expects (batch, length, features), got {x.shape}{_hint(x.ndim, 3)}")
    return cast("tuple[int, int, int]", x.shape)


def _hint(came: int, expected: int) -> str:
    return ": add an axis for the channels" if came == expected - 1 else ": reshape the input, or choose another layer"
