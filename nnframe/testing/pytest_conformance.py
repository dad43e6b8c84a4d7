"""What the conformance kit gives to pytest: the fixture ``check_part``, and a line at the end of a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from nnframe.testing.result import PartResult

__all__ = ["check_part", "pytest_runtest_makereport", "pytest_terminal_summary"]

PROPERTY = "nnframe.check"


@pytest.fixture
def check_part() -> Callable[..., PartResult]:
    """``check_part(part, ...)`` as in nnframe.testing; the test fails where the part does.

    ::

        def test_my_layer(check_part):
            check_part(MyLayer(3))
    """

    def checked(part: Any, **options: Any) -> PartResult:
        __tracebackhide__ = True
        from nnframe import testing

        result = testing.check_part(part, **options)
        if not result.passed:
            pytest.fail(str(result), pytrace=False)
        return result

    return checked


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Note which part a test was about, so that worker processes can say so too."""
    check: Any = getattr(getattr(item, "callspec", None), "params", {}).get("check")
    if call.when == "call" and type(check).__module__ == "nnframe.testing.parametrize":
        item.user_properties.append((PROPERTY, (check.session.candidate.label, check.outcome().seconds)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many parts were checked, and which took longest."""
    seconds: dict[str, float] = {}
    checks = 0
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == PROPERTY and report.when == "call":
                    seconds[value[0]] = seconds.get(value[0], 0.0) + value[1]
                    checks += 1
    if not seconds:
        return
    slowest = sorted(seconds.items(), key=lambda part: -part[1])
    shown = slowest if terminalreporter.verbosity > 0 else slowest[:3]
    listed = ", ".join(f"{part[:60]} {time:.2f} s" for part, time in shown)
    terminalreporter.write_line(f"nnframe: {checks} checks of {len(seconds)} parts; slowest: {listed}")
