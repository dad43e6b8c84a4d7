"""Measurements, each a script that runs its peer in the same run and prints a table: ``python -m tests.benchmarks.NAME``."""
