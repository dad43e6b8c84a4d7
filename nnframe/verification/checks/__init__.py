"""Checks of one function under test beside the comparison of each variable."""
