"""Systematic mistakes, spread over all right functions. Importing this package adds them to ``FAULTS``."""

from tests.faults.mutations import behaviour, plan, values

__all__ = ["behaviour", "plan", "values"]
