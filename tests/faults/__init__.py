"""The corpus that judges the gradient verifier: right functions, faults in them, and right ones that are hard to tell."""
