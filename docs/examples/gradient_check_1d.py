"""Gradient checking in one dimension: J(θ) = θx.

Run it with ``python docs/examples/gradient_check_1d.py``; the page beside it explains what is seen.
The numbers are those of the course notebook on gradient checking: x = 2, θ = 4, a step of 1e-7.
"""

from __future__ import annotations

from nnframe.verification import VerificationReport, verify_gradient

X = 2.0
THETA = 4.0


def forward(theta: float) -> float:
    """J(θ) = θx."""
    return theta * X


def backward(theta: float) -> float:
    """dJ/dθ = x."""
    return X


def check() -> VerificationReport:
    """Compare the two as the notebook does: centred differences with a step of 1e-7."""
    return verify_gradient(forward, backward, THETA, formula="central", step=1e-7)


def main() -> None:
    """Print the notebook's number, then what nnframe says by itself."""
    print(f"relative difference {check().relative_difference}")
    print(verify_gradient(forward, backward, THETA))


if __name__ == "__main__":
    main()
