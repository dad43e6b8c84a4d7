"""Loops over arrays that numba compiles where it is installed, for what NumPy can only do in many walks through memory.

A part computes with NumPy. Where a loop of this folder does the same in one walk, the part asks ``compiles(x)`` and
calls the loop instead. Without numba (``pip install nnframe[compiled]``) nothing here is called.
"""

from nnframe.compiled.loop import Loop, compiles

__all__ = ["Loop", "compiles"]
