"""The corpus that judges the gradient verifier: right functions, faults, and right cases that are hard."""
