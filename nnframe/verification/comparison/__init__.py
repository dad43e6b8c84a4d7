"""Evidence, line by line: whether a gradient is what was measured, and how as few forwards as possible show it."""
