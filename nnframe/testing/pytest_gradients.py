"""What ``assert_gradients`` needs of pytest: options, the fixture ``verify_gradients``, and seeds to replay."""

from __future__ import annotations

import random
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

import pytest

from nnframe.testing.settings import Settings, settings

if TYPE_CHECKING:
    from nnframe.verification import VerificationReport

__all__ = [
    "pytest_addoption",
    "pytest_configure",
    "pytest_configure_node",
    "pytest_report_header",
    "pytest_runtest_call",
    "verify_gradients",
]

PROPERTY = "nnframe.report"
SEED = "nnframe_seed"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("nnframe", "gradients (nnframe)")
    group.addoption("--nnframe-reports", metavar="DIR", help="write every report here, as JSON and as a web page")
    group.addoption("--nnframe-seed", metavar="N", help="of every verification: a number, or random (default: 0)")
    group.addoption("--nnframe-budget", metavar="SECONDS", type=float, help="at most so long for each verification")


def pytest_configure(config: pytest.Config) -> None:
    """Draw a random seed once for all worker processes."""
    given = getattr(config, "workerinput", {}).get(SEED, config.option.nnframe_seed)
    config.option.nnframe_seed = given
    if given == "random":
        config.option.nnframe_seed = given = str(random.SystemRandom().randrange(2**31))
    if given is not None and not given.isdecimal():
        raise pytest.UsageError(f"--nnframe-seed must be a whole number or random, not {given!r}")
    budget = config.option.nnframe_budget
    if budget is not None and not budget > 0:
        raise pytest.UsageError(f"--nnframe-budget must be a positive number of seconds, not {budget}")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the seed to a worker process of pytest-xdist."""
    node.workerinput[SEED] = node.config.option.nnframe_seed


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say which seed, where one was given."""
    seed = config.option.nnframe_seed
    return None if seed is None else f"nnframe: --nnframe-seed={seed}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Let ``assert_gradients`` see the options; say how to repeat a test that fails, and where its reports are."""
    options = item.config.option
    folder = None if options.nnframe_reports is None else item.config.invocation_params.dir / options.nnframe_reports
    mine = Settings(int(options.nnframe_seed or 0), options.nnframe_budget, folder, item.nodeid)
    token = settings.set(mine)
    try:
        return (yield)
    finally:
        settings.reset(token)
        if mine.seeds:
            item.add_report_section("call", "nnframe", _section(item, mine))
            item.user_properties.extend((PROPERTY, str(path)) for path in mine.written)


def _section(item: pytest.Item, mine: Settings) -> str:
    seeds = ", ".join(map(str, dict.fromkeys(mine.seeds)))
    lines = [f"seed {seeds}; repeat: pytest '{item.nodeid}' --nnframe-seed={mine.seeds[-1]}"]
    return "\n".join([*lines, *(f"report: {path}" for path in mine.written)])


@pytest.fixture
def verify_gradients() -> Callable[..., VerificationReport]:
    """``verify_gradients(model, x, y)``: assert_gradients of nnframe.testing, without an import.

    ::

        def test_my_layer(verify_gradients):
            verify_gradients(MyLayer(3), x)
    """
    from nnframe.testing import assert_gradients

    return assert_gradients
