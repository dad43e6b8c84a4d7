"""torch modules and functions: right ones pass, faults put into real operators are found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nnframe.adapters import verify_torch
from nnframe.errors import VerificationError
from nnframe.verification import Cause

torch = pytest.importorskip("torch")


def tensor(*shape: int, dtype: Any = torch.float64) -> Any:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0), dtype=dtype)


def function(forward: Callable[..., Any], backward: Callable[..., Any]) -> Callable[..., Any]:
    """An ``autograd.Function`` of one input, from what its methods do with it."""

    class Operator(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return forward(x)

        @staticmethod
        def backward(ctx: Any, upstream: Any) -> Any:
            return backward(upstream, *ctx.saved_tensors)

    return Operator.apply


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=["float32", "float64"])
def test_a_module_passes_under_its_own_names(dtype: Any) -> None:
    torch.manual_seed(0)
    module = torch.nn.Sequential(
        torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3), torch.nn.Tanh(), torch.nn.Dropout(0.5), torch.nn.Linear(3, 2)
    ).to(dtype)
    before = {name: value.clone() for name, value in module.state_dict().items()}
    state = torch.get_rng_state()
    report = verify_torch(module, tensor(5, 4, dtype=dtype))
    assert report.passed, str(report)
    assert {each.path for each in report.findings} == {
        "0.weight", "0.bias", "1.weight", "1.bias", "4.weight", "4.bias", "input",
    }  # fmt: skip
    assert torch.equal(torch.get_rng_state(), state)
    for name, value in module.state_dict().items():
        assert torch.equal(value, before[name]), name


def test_integers_get_no_gradient() -> None:
    report = verify_torch(torch.nn.Embedding(5, 3).double(), torch.tensor([0, 3, 3]))
    assert report.passed
    assert [each.path for each in report.findings] == ["weight"]


def test_a_squared_upstream_is_found_although_gradcheck_lets_it_pass() -> None:
    """On a scalar output gradcheck's upstream is 1, and the square of 1 is 1."""
    operator = function(lambda x: (x**2).sum(), lambda upstream, x: upstream**2 * 2 * x)
    x = tensor(4).requires_grad_()
    assert torch.autograd.gradcheck(operator, (x,), fast_mode=False)
    report = verify_torch(operator, x)
    assert report.failed
    assert report["input"].cause is Cause.NOT_LINEAR_IN_UPSTREAM


def test_an_ignored_upstream_is_named() -> None:
    report = verify_torch(function(lambda x: (x**2).sum(), lambda upstream, x: 2 * x), tensor(4))
    assert report["input"].cause is Cause.UPSTREAM_IGNORED


def test_a_small_zero_gradient_is_found_although_gradcheck_lets_it_pass() -> None:
    """gradcheck's absolute tolerance of 1e-5 hides any gradient below it."""
    operator = function(lambda x: 1e-6 * x**2, lambda upstream, x: torch.zeros_like(upstream))
    x = tensor(4).requires_grad_()
    assert torch.autograd.gradcheck(operator, (x,), fast_mode=True)
    report = verify_torch(operator, x)
    assert report.failed
    assert report["input"].cause is Cause.ZERO


FAULTS = {
    "a wrong sign": (torch.sin, lambda upstream, x: -upstream * torch.cos(x)),
    "a wrong branch": (
        lambda x: torch.where(x > 0, x, 0.1 * x),
        lambda upstream, x: torch.where(x > 0, upstream, 0 * upstream),
    ),
    "a missing term": (lambda x: x * torch.exp(x), lambda upstream, x: upstream * torch.exp(x)),
    "one wrong element": (
        torch.tanh,
        lambda upstream, x: (upstream / torch.cosh(x) ** 2).index_fill(0, torch.tensor([1], device=x.device), 0),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=["float32", "float64"])
def test_faults_in_operators_are_found(name: str, dtype: Any) -> None:
    assert verify_torch(function(*FAULTS[name]), tensor(6, dtype=dtype)).failed


def test_a_function_of_several_tensors_names_its_inputs() -> None:
    report = verify_torch(lambda a, b: a @ b, tensor(2, 3), tensor(3, 2))
    assert report.passed
    assert {each.path for each in report.findings} == {"input.0", "input.1"}


def test_a_function_of_several_outputs_is_refused() -> None:
    with pytest.raises(VerificationError, match="must return one tensor, and returned tuple"):
        verify_torch(lambda a: (a, a), tensor(2))


def test_a_precision_that_numpy_does_not_know_is_refused() -> None:
    with pytest.raises(VerificationError, match=r"float32 or float64, got bfloat16: verify a copy, \.double\(\)"):
        verify_torch(torch.nn.Linear(3, 2).bfloat16(), tensor(4, 3, dtype=torch.bfloat16))


def test_random_layers_draw_the_same_and_the_generator_is_left_as_it_was() -> None:
    module = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.Dropout(0.5), torch.nn.Linear(6, 2)).double()
    x, before = tensor(5, 4), torch.get_rng_state()
    report = verify_torch(module, x)
    assert report.passed, str(report)
    assert torch.equal(torch.get_rng_state(), before)


needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")


@needs_cuda
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=["float32", "float64"])
def test_tensors_on_a_gpu_are_verified_where_they_are(dtype: Any) -> None:
    layers = [torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3), torch.nn.Dropout(0.5), torch.nn.Linear(3, 2)]
    module = torch.nn.Sequential(*layers).to("cuda", dtype)
    before = torch.cuda.get_rng_state()
    report = verify_torch(module, tensor(5, 4, dtype=dtype).cuda())
    assert report.passed, str(report)
    assert torch.equal(torch.cuda.get_rng_state(), before)


@needs_cuda
def test_a_module_on_a_gpu_moves_an_input_on_the_cpu_by_itself() -> None:
    class Moving(torch.nn.Linear):
        def forward(self, x: Any) -> Any:
            return super().forward(x.cuda())

    assert verify_torch(Moving(4, 3).double().cuda(), tensor(5, 4)).passed


@needs_cuda
@pytest.mark.parametrize("name", FAULTS)
def test_faults_in_operators_on_a_gpu_are_found(name: str) -> None:
    assert verify_torch(function(*FAULTS[name]), tensor(6).cuda()).failed
