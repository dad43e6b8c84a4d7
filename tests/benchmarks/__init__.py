"""Measurements: scripts that run a peer in the same run and print a table (``python -m tests.benchmarks.NAME``)."""
