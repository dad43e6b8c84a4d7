"""The corpus that judges the gradient verifier: right functions, faults, and right functions at difficult points."""
