"""The whole corpus: right functions, tricky right cases, and faults."""

from __future__ import annotations

from tests.faults import functions, mistakes, mutations, tricky
from tests.faults.case import RIGHT, Case
from tests.faults.fault import FAULTS
from tests.faults.tricky.entry import TRICKY

__all__ = ["CASES", "FAULTS", "RIGHT", "TRICKY", "functions", "mistakes", "mutations", "tricky"]

CASES: dict[str, Case] = {**RIGHT, **TRICKY}
