"""Finds examples of what a part may be made from and may be given."""
