"""Arrays that are not contiguous, not writeable, views of others; outputs that are views of inputs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from tests.faults.case import Gradients, Parameters, Result
from tests.faults.draws import Array, Draw, normal
from tests.faults.tricky.entry import known, tricky


def read_only(a: Array) -> Array:
    """A copy that cannot be written."""
    result = np.array(a)
    result.flags.writeable = False
    return result


def every_second(a: Array) -> Array:
    """A view with gaps."""
    wide = np.zeros((2 * a.shape[0], *a.shape[1:]))
    wide[::2] = a
    return wide[::2]


def broadcast(a: Array) -> Array:
    """A view in which all rows are the same memory; read-only."""
    return np.broadcast_to(a[:1], a.shape)


LAYOUTS: dict[str, Callable[[Array], Array]] = {
    "fortran": np.asfortranarray,
    "transposed": lambda a: np.ascontiguousarray(a.T).T,
    "reversed": lambda a: np.ascontiguousarray(a[::-1])[::-1],
    "strided": every_second,
    "read_only": read_only,
    "broadcast": broadcast,
    "big_endian": lambda a: a.astype(">f8"),
    "unaligned": lambda a: np.frombuffer(b"\0" + a.tobytes(), dtype=np.uint8)[1:].view(np.float64).reshape(a.shape),
}


def laid_out(layout: Callable[[Array], Array], *shape: int) -> Draw:
    """Normal numbers in a layout."""

    def draw(rng: Generator) -> Array:
        return layout(np.asarray(rng.normal(size=shape)))

    return draw


for name, layout in LAYOUTS.items():
    known(f"affine_{name}", "affine", x=laid_out(layout, 5, 4), weight=laid_out(layout, 4, 3))
known(
    "conv2d_strided_memory",
    "conv2d",
    x=laid_out(every_second, 2, 2, 4, 4),
    kernel=laid_out(np.asfortranarray, 2, 2, 2, 3),
)
known(
    "mlp_of_read_only",
    "mlp_tanh",
    x=laid_out(read_only, 5, 3),
    weight1=laid_out(read_only, 3, 4),
    bias1=laid_out(read_only, 4),
)


def identity(p: Parameters, x: Array) -> Result:
    """The input itself; the gradient is the upstream itself."""
    return x, lambda u: (u, {})


def flattened(p: Parameters, x: Array) -> Result:
    """A view of the input, and a view of the upstream."""
    return x.reshape(len(x), -1), lambda u: (u.reshape(x.shape), {})


def window(p: Parameters, x: Array) -> Result:
    """A strided view of the input."""

    def pullback(u: Array) -> Gradients:
        of_x = np.zeros_like(x)
        of_x[::2, 1:] = u
        return of_x, {}

    return x[::2, 1:], pullback


def parameter_itself(p: Parameters, x: Array) -> Result:
    """A parameter for an output."""
    return p["table"], lambda u: (np.zeros_like(x), {"table": u})


def gradient_is_broadcast(p: Parameters, x: Array) -> Result:
    """Sums; the gradient is a read-only view of one number."""
    return x.sum(), lambda u: (np.broadcast_to(u, x.shape), {})


def gradient_is_transposed(p: Parameters, x: Array) -> Result:
    """A transposition, all by views."""
    return x.T, lambda u: (u.T, {})


tricky("identity_itself", identity, normal(3, 2))
tricky("flattened_view", flattened, normal(2, 3, 2))
tricky("strided_view", window, normal(4, 3))
tricky("parameter_as_output", parameter_itself, normal(2), table=normal(3, 2))
tricky("gradient_broadcast", gradient_is_broadcast, normal(3, 2))
tricky("gradient_transposed", gradient_is_transposed, normal(3, 2))


def cached_buffers(p: Parameters, x: Array) -> Result:
    """A forward that writes into a new buffer of its own, and a pullback that adds in place to its own."""
    output = np.empty((5, 3))
    np.matmul(x, p["weight"], out=output)

    def pullback(u: Array) -> Gradients:
        of_x = np.zeros_like(x)
        of_x += u @ p["weight"].T
        return of_x, {"weight": x.T @ u}

    return output, pullback


tricky("buffers_of_its_own", cached_buffers, normal(5, 4), weight=normal(4, 3))
