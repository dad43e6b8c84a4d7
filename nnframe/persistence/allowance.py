"""Allowance: how much NumPy may allocate while a model is built from a file, whoever asks for it.

nnframe's own parts allocate little beyond the file's arrays. A part of somebody else may: ``initialize`` with
``np.ones(self.units)`` is correct, and a hostile file may promise 10**12 units, or 10**12 steps of a loop. So NumPy
itself refuses, through the memory handler that each context may set (NumPy enhancement proposal 49).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ctypes import CFUNCTYPE, PYFUNCTYPE, c_char, c_char_p, c_size_t, c_uint8, c_void_p, py_object
from functools import cache

import numpy as np

__all__ = ["allowance"]

_left: ContextVar[int | None] = ContextVar("allowance", default=None)

_SET, _GET = 304, 305
"""Where PyDataMem_SetHandler and PyDataMem_GetHandler stand in NumPy's table of C functions; it only ever grows."""

_LEAST = 512
"""What an allocation costs at least: an array has a head, and a loop that makes arrays takes time."""

_NAME = b"mem_handler"
_MALLOC = CFUNCTYPE(c_void_p, c_void_p, c_size_t)
_CALLOC = CFUNCTYPE(c_void_p, c_void_p, c_size_t, c_size_t)
_REALLOC = CFUNCTYPE(c_void_p, c_void_p, c_void_p, c_size_t)


class _Handler(ctypes.Structure):
    """PyDataMem_Handler, version 1."""

    _fields_ = [
        ("name", c_char * 127),
        ("version", c_uint8),
        ("context", c_void_p),
        ("malloc", _MALLOC),
        ("calloc", _CALLOC),
        ("realloc", _REALLOC),
        ("free", c_void_p),
    ]


@contextmanager
def allowance(limit: int) -> Iterator[None]:
    """Let NumPy allocate so many bytes in all inside this block, in this thread; more is a ``MemoryError``.

    What is freed again counts all the same, so this limits the work too. Freeing stays with NumPy's own function, so
    what was allocated here may live on. Where NumPy has no such handlers, nothing is limited.

    >>> try:
    ...     with allowance(2**20):
    ...         np.ones(10**9)
    ... except MemoryError:
    ...     print("no")
    no
    """
    handlers = _handlers()
    if handlers is None:
        yield
        return
    set_handler, limited = handlers
    token = _left.set(limit)
    usual = set_handler(limited)
    try:
        yield
    finally:
        set_handler(usual)
        _left.reset(token)


def _grant(size: int) -> bool:
    left = _left.get()
    if left is None:
        return True
    if size > left:
        return False
    _left.set(left - max(size, _LEAST))
    return True


@cache
def _handlers() -> tuple[Callable[[object], object], object] | None:
    """Return NumPy's function that sets a handler, and our handler, which is made once and never freed."""
    api = getattr(getattr(np, "_core", None), "_multiarray_umath", None)
    table = getattr(api, "_ARRAY_API", None)
    if table is None or not hasattr(ctypes.pythonapi, "PyCapsule_GetPointer"):
        return None
    pointer = PYFUNCTYPE(c_void_p, py_object, c_char_p)(("PyCapsule_GetPointer", ctypes.pythonapi))
    capsule = PYFUNCTYPE(py_object, c_void_p, c_char_p, c_void_p)(("PyCapsule_New", ctypes.pythonapi))
    functions = ctypes.cast(pointer(table, None), ctypes.POINTER(c_void_p))
    usual = _Handler.from_address(pointer(PYFUNCTYPE(py_object)(functions[_GET])(), _NAME))
    if usual.version != 1:
        return None
    handler = _limited(usual)
    made = capsule(ctypes.addressof(handler), _NAME, None)
    for each in (handler, made):  # Arrays point to them until the very end of the process.
        ctypes.pythonapi.Py_IncRef(py_object(each))
    return PYFUNCTYPE(py_object, py_object)(functions[_SET]), made


def _limited(usual: _Handler) -> _Handler:
    malloc, calloc, realloc = usual.malloc, usual.calloc, usual.realloc
    return _Handler(
        name=b"nnframe allowance",
        version=1,
        context=usual.context,
        malloc=_MALLOC(lambda context, size: malloc(context, size) if _grant(size) else None),
        calloc=_CALLOC(lambda context, count, size: calloc(context, count, size) if _grant(count * size) else None),
        realloc=_REALLOC(lambda context, old, size: realloc(context, old, size) if _grant(size) else None),
        free=usual.free,
    )
