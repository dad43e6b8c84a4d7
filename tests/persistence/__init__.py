"""Tests of files: what is written is read again, whatever happens, and whatever somebody put in its place."""
