"""Runs a verifier over the corpus, and counts what it saw."""
