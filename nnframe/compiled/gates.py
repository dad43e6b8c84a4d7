"""What an LSTM does between its products: everything of one step in one walk.

``a`` is tanh of what the gates are given, (batch, 4 · units) in the order i, f, o, g, where the first three, being
sigmoids, were given half: σ(z) = ½ + ½ tanh(z / 2). The rest is (batch, units).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnframe.compiled.loop import Loop

if TYPE_CHECKING:
    from nnframe.arrays import Array

__all__ = ["pull_gates", "remember", "show"]


@Loop
def remember(a: Array, c: Array, new: Array) -> None:
    """new = f c + i g."""
    batch, units = c.shape
    half = c.dtype.type(0.5)
    for n in range(batch):
        i, f, g = a[n, :units], a[n, units : 2 * units], a[n, 3 * units :]
        for j in range(units):
            new[n, j] = (half + half * f[j]) * c[n, j] + (half + half * i[j]) * g[j]


@Loop
def show(a: Array, shown: Array, h: Array) -> None:
    """h = o shown, with shown = tanh(new)."""
    batch, units = shown.shape
    half = a.dtype.type(0.5)
    for n in range(batch):
        o = a[n, 2 * units : 3 * units]
        for j in range(units):
            h[n, j] = (half + half * o[j]) * shown[n, j]


@Loop
def pull_gates(a: Array, c: Array, shown: Array, dh: Array, dnew: Array, da: Array, dc: Array) -> None:
    """The gradients of all of that: of what the gates were given, (batch, 4 · units), and of c."""
    batch, units = c.shape
    half, one, two = a.dtype.type(0.5), a.dtype.type(1), a.dtype.type(2)
    for n in range(batch):
        i, f, o, g = a[n, :units], a[n, units : 2 * units], a[n, 2 * units : 3 * units], a[n, 3 * units :]
        di, df, do, dg = da[n, :units], da[n, units : 2 * units], da[n, 2 * units : 3 * units], da[n, 3 * units :]
        for j in range(units):
            took, kept, out = half + half * i[j], half + half * f[j], half + half * o[j]
            moved = dnew[n, j] + dh[n, j] * out * (one - shown[n, j] * shown[n, j])
            di[j] = two * moved * g[j] * took * (one - took)
            df[j] = two * moved * c[n, j] * kept * (one - kept)
            do[j] = two * dh[n, j] * shown[n, j] * out * (one - out)
            dg[j] = moved * took * (one - g[j] * g[j])
            dc[n, j] = moved * kept
