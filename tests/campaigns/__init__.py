"""Campaigns: what would take too long for the test suite, run by hand, ``python -m tests.campaigns``.

Each module here tries one kind of harm, in a process of its own, and prints one line of JSON with what was ``wrong``.
The test suite takes a small sample of each.
"""
