"""JAX functions: right ones pass, faults in custom rules are found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnframe.adapters import verify_jax
from nnframe.errors import VerificationError

jax = pytest.importorskip("jax")
jnp = jax.numpy
RNG = np.random.default_rng(0)


def custom(forward: Any, backward: Any) -> Any:
    """A ``custom_vjp`` function of one array."""
    function = jax.custom_vjp(forward)
    function.defvjp(lambda x: (forward(x), x), lambda x, upstream: (backward(x, upstream),))
    return function


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("jit", [False, True])
def test_a_plain_function_of_a_pytree_passes_under_the_names_of_its_leaves(dtype: str, jit: bool) -> None:
    def net(parameters: Any, x: Any) -> Any:
        return jnp.tanh(x @ parameters["weight"] + parameters["bias"])

    parameters = {"weight": RNG.normal(size=(3, 2)).astype(dtype), "bias": np.zeros(2, dtype)}
    report = verify_jax(jax.jit(net) if jit else net, parameters, RNG.normal(size=(4, 3)).astype(dtype))
    assert report.passed, str(report)
    assert {each.path for each in report.findings} == {"0.weight", "0.bias", "1"}


def test_integers_get_no_gradient() -> None:
    report = verify_jax(lambda table, index: table[index], RNG.normal(size=(5, 2)), np.array([0, 3, 3]))
    assert report.passed
    assert [each.path for each in report.findings] == ["0"]


FAULTS = {
    "a wrong branch": (lambda x: jnp.where(x > 0, x, 0.1 * x), lambda x, u: jnp.where(x > 0, u, 0 * u)),
    "an ignored upstream": (lambda x: (x**2).sum(), lambda x, u: 2 * x),
    "a missing factor": (lambda x: x**2, lambda x, u: x * u),
    "a wrong sign": (jnp.cos, lambda x, u: u * jnp.sin(x)),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_in_custom_rules_are_found(name: str) -> None:
    assert verify_jax(custom(*FAULTS[name]), RNG.normal(size=6)).failed


def test_a_forward_rule_that_computes_something_else_is_found() -> None:
    function = jax.custom_vjp(lambda x: x**2)
    function.defvjp(lambda x: (x**3, x), lambda x, upstream: (3 * x**2 * upstream,))
    assert verify_jax(function, np.array([0.5, 2.0])).failed


def test_what_check_grads_lets_pass_is_found() -> None:
    """check_grads compares one random direction with a tolerance that a small gradient slips under."""
    from jax.test_util import check_grads

    operator = custom(lambda x: 1e-9 * jnp.sin(x), lambda x, u: 0.0 * u)
    x = RNG.normal(size=4)
    with jax.enable_x64(True):
        check_grads(operator, (jnp.asarray(x),), order=1, modes=["rev"])
    assert verify_jax(operator, x).failed


def test_a_function_of_several_outputs_is_refused() -> None:
    with pytest.raises(VerificationError, match="must return one array, and returned tuple"):
        verify_jax(lambda a: (a, a), np.ones(2))


@pytest.mark.parametrize("jit", [False, True])
def test_a_custom_rule_of_a_nested_pytree_is_verified_leaf_by_leaf(jit: bool) -> None:
    def forward(tree: Any, x: Any) -> Any:
        return jnp.tanh(x @ tree[0]["weight"]) + tree[1][0]

    def backward(kept: Any, upstream: Any) -> Any:
        tree, x = kept
        back = upstream * (1 - jnp.tanh(x @ tree[0]["weight"]) ** 2)
        bias = upstream.mean(0)
        return [{"weight": x.T @ back}, (bias,)], back @ tree[0]["weight"].T

    function = jax.custom_vjp(forward)
    function.defvjp(lambda tree, x: (forward(tree, x), (tree, x)), backward)
    tree = [{"weight": RNG.normal(size=(3, 2))}, (RNG.normal(size=2),)]
    report = verify_jax(jax.jit(function) if jit else function, tree, RNG.normal(size=(4, 3)))
    assert {each.path for each in report.findings if each.verdict == "FAIL"} == {"0.1.0"}
    assert {each.path for each in report.findings} == {"0.0.weight", "0.1.0", "1"}
    assert report["0.1.0"].cause == "batch mean"
