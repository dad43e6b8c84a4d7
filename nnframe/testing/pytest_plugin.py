"""The pytest plugin: what each file here gives to pytest; ``-p no:nnframe`` turns it off.

Nothing is imported here that costs time: pytest loads this in every project that has nnframe installed.
"""

from nnframe.testing.pytest_conformance import check_part, pytest_runtest_makereport, pytest_terminal_summary

__all__ = ["check_part", "pytest_runtest_makereport", "pytest_terminal_summary"]
