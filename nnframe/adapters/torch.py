"""verify_torch: an ``autograd.Function``, an ``nn.Module``, or any function of torch tensors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from nnframe.arrays import Array
from nnframe.errors import MissingDependencyError, VerificationError
from nnframe.verification import VerificationReport, verify_pullback
from nnframe.verification.report.detail import Details

if TYPE_CHECKING:
    import torch

__all__ = ["verify_torch"]


def verify_torch(
    function: Callable[..., Any],
    *inputs: Any,
    seed: int = 0,
    budget: float | None = None,
    details: Details = False,
) -> VerificationReport:
    """Verify what torch's autograd makes of a function: every gradient, by the function's own values.

    Args:
        function: An ``nn.Module``, the ``apply`` of an ``autograd.Function``, or any function of tensors to one tensor.
            A module's parameters are verified too, under their own names; its buffers stay as they are.
        inputs: Tensors, each on any device, where it stays; floating ones get a gradient, in float32 or float64.
        seed: Chooses upstream gradients, directions, and the numbers of random layers, which are the same every time.
        budget: At most so many forwards (int) or seconds (float).
        details: Keep what pictures of each gradient show; True, or the element to show by path.

    Raises:
        MissingDependencyError: torch is not installed.
        VerificationError: The function does not return one tensor, or a tensor is of bfloat16.

    Example::

        verify_torch(torch.nn.Linear(3, 2), torch.randn(4, 3)).raise_if_failed()
    """
    torch = _torch()
    named = dict(function.named_parameters()) if isinstance(function, torch.nn.Module) else {}
    places = {name: value.device for name, value in named.items()}
    run = _Run(function, places, [getattr(each, "device", None) for each in inputs], seed)
    parameters = {name: _array(value) for name, value in named.items()}
    arrays = tuple(_array(each) if isinstance(each, torch.Tensor) else each for each in inputs)
    x = arrays if len(arrays) != 1 else arrays[0]
    return verify_pullback(run, parameters, x, seed=seed, budget=budget, details=details)


def _torch() -> Any:
    try:
        import torch
    except ImportError as cause:
        raise MissingDependencyError("verify_torch needs torch: install nnframe[torch]") from cause
    return torch


def _array(tensor: torch.Tensor) -> Array:
    if str(tensor.dtype) == "torch.bfloat16":
        raise VerificationError("expected tensors of float32 or float64, got bfloat16: verify a copy, .double()")
    return cast("Array", tensor.detach().cpu().numpy().copy())


class _Run:
    """The function as ``verify_pullback`` calls it, in the dtype of the arrays that it is given."""

    def __init__(
        self, function: Callable[..., Any], named: Mapping[str, Any], inputs: Sequence[Any], seed: int
    ) -> None:
        self._function = function
        self._named = named
        self._inputs = inputs
        self._cuda = sorted({each.index for each in (*named.values(), *inputs) if getattr(each, "type", "") == "cuda"})
        self._seed = seed
        self._torch = _torch()
        self._cpu = self._torch.Generator().manual_seed(seed).get_state()

    def __call__(self, parameters: Mapping[str, Array], x: object) -> tuple[Array, Callable[[Array], Any]]:
        torch = self._torch
        arrays = x if isinstance(x, tuple) else (x,)
        inputs = [self._tensor(each, device) for each, device in zip(arrays, self._inputs, strict=True)]
        named = {name: self._tensor(value, self._named[name]) for name, value in parameters.items()}
        with self._same_numbers(), torch.enable_grad():
            output = self._call(named, inputs)
        if not isinstance(output, torch.Tensor):
            raise VerificationError(f"the function must return one tensor, and returned {type(output).__name__}")
        wanted = [each for each in (*inputs, *named.values()) if each.requires_grad]

        def pullback(upstream: Array) -> tuple[object, dict[str, object]]:
            found = self._gradients(output, wanted, upstream)
            by_tensor = {id(tensor): gradient for tensor, gradient in zip(wanted, found, strict=True)}
            dx = tuple(by_tensor.get(id(each)) for each in inputs)
            gradients: dict[str, object] = {name: by_tensor.get(id(each)) for name, each in named.items()}
            return dx if isinstance(x, tuple) else dx[0], gradients

        return _array(output), pullback

    @contextmanager
    def _same_numbers(self) -> Iterator[None]:
        """Draw the same random numbers in every run, and leave torch's generators as they were."""
        with self._torch.random.fork_rng(self._cuda):
            self._torch.set_rng_state(self._cpu)
            for device in self._cuda:
                with self._torch.cuda.device(device):
                    self._torch.cuda.manual_seed(self._seed)
            yield

    def _tensor(self, value: object, device: Any) -> Any:
        if not isinstance(value, np.ndarray | np.generic):
            return value
        tensor = self._torch.tensor(np.asarray(value), device=device)
        return tensor.requires_grad_(tensor.is_floating_point())

    def _call(self, named: dict[str, Any], inputs: list[Any]) -> Any:
        if not isinstance(self._function, self._torch.nn.Module):
            return self._function(*inputs)
        dtype = next((each.dtype for each in (*named.values(), *inputs) if each.is_floating_point()), None)
        buffers = {
            name: each.to(dtype).clone() if each.is_floating_point() else each.clone()
            for name, each in self._function.named_buffers()
        }
        return self._torch.func.functional_call(self._function, {**named, **buffers}, tuple(inputs))

    def _gradients(self, output: Any, wanted: list[Any], upstream: Array) -> list[Array | None]:
        if not output.requires_grad:
            return [None if each is None else np.zeros(tuple(each.shape), _array(each).dtype) for each in wanted]
        given = self._torch.tensor(np.asarray(upstream), dtype=output.dtype, device=output.device).reshape(output.shape)
        found = self._torch.autograd.grad(output, wanted, given, retain_graph=True, allow_unused=True)
        return [
            np.zeros(tuple(tensor.shape), _array(tensor).dtype) if gradient is None else _array(gradient)
            for tensor, gradient in zip(wanted, found, strict=True)
        ]
