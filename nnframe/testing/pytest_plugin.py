"""The pytest plugin: what each file here gives to pytest; ``-p no:nnframe`` turns it off.

Nothing is imported here that costs time: pytest loads this in every project that has nnframe installed.
"""

from nnframe.testing.pytest_conformance import check_part, pytest_runtest_makereport, pytest_terminal_summary
from nnframe.testing.pytest_gradients import (
    pytest_addoption,
    pytest_configure,
    pytest_configure_node,
    pytest_report_header,
    pytest_runtest_call,
    verify_gradients,
)

__all__ = [
    "check_part",
    "pytest_addoption",
    "pytest_configure",
    "pytest_configure_node",
    "pytest_report_header",
    "pytest_runtest_call",
    "pytest_runtest_makereport",
    "pytest_terminal_summary",
    "verify_gradients",
]
