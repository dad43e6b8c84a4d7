"""Other gradient checkers, each called as its documentation says, with its own defaults, on a case of the corpus."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from attrs import define, field, frozen

from tests.corpus.case import Point, by_path, paths_of

__all__ = ["PEERS", "Peer"]

COURSE_STEP, COURSE_LIMIT = 1e-7, 2e-7
SCIPY_LIMIT = 1e-5
CHAINER_STEP, CHAINER_ATOL, CHAINER_RTOL = 1e-3, 1e-5, 1e-4


@define(eq=False)
class Calls:
    """A point as a function of its real arrays alone; counts forwards."""

    point: Point
    paths: list[str] = field(init=False)
    values: list[Any] = field(init=False)
    forwards: int = 0

    def __attrs_post_init__(self) -> None:
        known = paths_of(self.point)
        self.paths, self.values = list(known), [np.array(each) for each in known.values()]

    def run(self, *arrays: Any) -> tuple[Any, Callable[[Any], list[Any]]]:
        """The output, and from an upstream to gradients in the order of the paths."""
        self.forwards += 1
        given = dict(zip(self.paths, arrays, strict=True))
        parameters = {name: given.get(name, value) for name, value in self.point.parameters.items()}
        x: Any = given.get("input", self.point.x)
        if isinstance(x, tuple):
            x = tuple(given.get(f"input.{number}", each) for number, each in enumerate(x))
        output, pullback = self.point.function(parameters, x)

        def pull(upstream: Any) -> list[Any]:
            found = by_path(self.point, pullback(upstream))
            return [np.zeros_like(v) if found[p] is None else found[p] for p, v in zip(self.paths, arrays, strict=True)]

        return np.asarray(output), pull

    def scalar(self) -> tuple[Callable[[list[Any]], float], list[Any]]:
        """A random weighted sum of the outputs as a function of the arrays, and its gradients by the pullback."""
        output, pull = self.run(*self.values)
        upstream = np.asarray(np.random.default_rng(7).normal(size=output.shape)).astype(output.dtype)
        gradients = [np.asarray(each, np.float64) for each in pull(upstream.copy())]
        for gradient, value in zip(gradients, self.values, strict=True):
            if gradient.shape != np.shape(value):
                raise ValueError(f"gradient of shape {gradient.shape} for {np.shape(value)}")
        return lambda arrays: float(np.vdot(upstream, self.run(*arrays)[0])), gradients


@frozen
class Peer:
    """A checker.

    Attributes:
        library: What it needs.
        check: From calls to None where the gradient passes, and else to what is said, "" where that is nothing.
    """

    library: str
    check: Callable[[Calls], str | None]

    def judge(self, point: Point) -> tuple[bool, str, int]:
        """Whether it complains, what it says, and how many forwards it took; an error of its own is a complaint."""
        calls = Calls(point)
        try:
            said = self.check(calls)
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
        return said is not None, said or "", calls.forwards


def torch_gradcheck(fast: bool) -> Callable[[Calls], str | None]:
    """``torch.autograd.gradcheck`` of a Function that calls the NumPy code."""

    def check(calls: Calls) -> str | None:
        import torch

        class Wrapped(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, *tensors: Any) -> Any:
                output, ctx.pull = calls.run(*(each.detach().numpy().copy() for each in tensors))
                return torch.tensor(np.array(output))

            @staticmethod
            def backward(ctx: Any, *upstream: Any) -> Any:
                found = ctx.pull(upstream[0].numpy().copy())
                return tuple(torch.tensor(np.array(each)) for each in found)

        inputs = tuple(torch.tensor(each).requires_grad_() for each in calls.values)
        try:
            torch.autograd.gradcheck(Wrapped.apply, inputs, fast_mode=fast)
        except RuntimeError as error:  # GradcheckError, whose module torch hides behind the function
            found = re.search(r"with respect to input (\d+)", str(error))
            return calls.paths[int(found[1])] if found else ""
        return None

    return check


def jax_check_vjp(calls: Calls) -> str | None:
    """What ``jax.test_util.check_grads`` does in reverse mode: ``check_vjp``."""
    import jax

    def pulled(*arrays: Any) -> tuple[Any, Callable[[Any], Any]]:
        output, pull = calls.run(*(np.array(each) for each in arrays))
        return output, lambda upstream: tuple(map(np.asarray, pull(np.array(upstream))))

    with jax.enable_x64(True):
        from jax.test_util import check_vjp

        try:
            check_vjp(lambda *arrays: pulled(*arrays)[0], pulled, tuple(calls.values))
        except AssertionError:
            return ""
    return None


def scipy_check_grad(calls: Calls) -> str | None:
    """``scipy.optimize.check_grad`` of a weighted sum, one array after the other; it leaves the limit to its user."""
    from scipy.optimize import check_grad

    f, gradients = calls.scalar()
    for number, value in enumerate(calls.values):

        def moved(x: Any, number: int = number, value: Any = value) -> float:
            arrays = [np.array(each, np.float64) for each in calls.values]
            arrays[number] = x.reshape(value.shape)
            return f(arrays)

        start = np.asarray(value, np.float64).ravel()
        if check_grad(moved, lambda _, g=gradients[number]: g.ravel(), start) > SCIPY_LIMIT:
            return calls.paths[number]
    return None


def course_norm(calls: Calls) -> str | None:
    """The notebook's ``‖a − n‖ / (‖a‖ + ‖n‖) < 2e-7`` over all parameters in one vector, centred, step 1e-7."""
    f, gradients = calls.scalar()
    numeric = []
    for number, value in enumerate(calls.values):
        for index in np.ndindex(value.shape):
            sides = []
            for sign in (1, -1):
                arrays = [np.array(each) for each in calls.values]
                arrays[number][index] += sign * COURSE_STEP
                sides.append(f(arrays))
            numeric.append((sides[0] - sides[1]) / (2 * COURSE_STEP))
    a, n = np.concatenate([each.ravel() for each in gradients]), np.array(numeric)
    with np.errstate(all="ignore"):
        difference = np.linalg.norm(a - n) / (np.linalg.norm(a) + np.linalg.norm(n))
    return None if difference < COURSE_LIMIT else ""


def chainer_rule(calls: Calls) -> str | None:
    """The rule of ``chainer.gradient_check.check_backward``: one random unit direction through all inputs."""
    f, gradients = calls.scalar()
    rng = np.random.default_rng(3)
    directions = [rng.normal(size=each.shape) for each in calls.values]
    length = np.sqrt(sum(float((each**2).sum()) for each in directions))
    sides = [
        f(
            [
                v + np.asarray(sign * CHAINER_STEP * d / length, v.dtype)
                for v, d in zip(calls.values, directions, strict=True)
            ]
        )
        for sign in (1, -1)
    ]
    numeric = (sides[0] - sides[1]) / (2 * CHAINER_STEP)
    promised = sum(float(np.vdot(g, d)) for g, d in zip(gradients, directions, strict=True)) / length
    return None if abs(numeric - promised) <= CHAINER_ATOL + CHAINER_RTOL * abs(promised) else ""


PEERS = {
    "torch gradcheck": Peer("torch", torch_gradcheck(fast=False)),
    "torch gradcheck, fast mode": Peer("torch", torch_gradcheck(fast=True)),
    "JAX check_grads, reverse": Peer("jax", jax_check_vjp),
    f"SciPy check_grad < {SCIPY_LIMIT:g}": Peer("scipy", scipy_check_grad),
    "the course notebook's norm < 2e-7": Peer("numpy", course_norm),
    "Chainer 7's check_backward, its rule": Peer("numpy", chainer_rule),
}
