"""Reports to draw: small ones, hostile ones, and one of two hundred gradients."""

from __future__ import annotations

import numpy as np

from nnframe.verification import Finding, Verdict, VerificationReport, Worst, verify_pullback
from nnframe.verification.report.detail import CurvePoint, Detail, ProfilePoint

HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">&'\""


def faulty(details: bool = True) -> VerificationReport:
    """A dense layer whose bias gradient is the mean over the batch."""
    rng = np.random.default_rng(0)

    def layer(parameters, x):  # type: ignore[no-untyped-def]
        y = np.tanh(x @ parameters["weight"] + parameters["bias"])

        def pullback(upstream):  # type: ignore[no-untyped-def]
            inner = upstream * (1 - y * y)
            return inner @ parameters["weight"].T, {"weight": x.T @ inner, "bias": inner.mean(0)}

        return y, pullback

    parameters = {"weight": rng.normal(size=(3, 5)), "bias": rng.normal(size=5)}
    return verify_pullback(layer, parameters, rng.normal(size=(4, 3)), details=details)


def hostile() -> VerificationReport:
    """Texts that would break out of a page which writes them as they are."""
    finding = Finding(HOSTILE, Verdict.FAIL, hint=HOSTILE, worst=Worst((0,), 1.0, 2.0, 1e-9))
    return VerificationReport((finding,), notes=(HOSTILE,))


def large(count: int = 200) -> VerificationReport:
    """A model of many parameters, each with all its pictures; every tenth is wrong."""
    cells = tuple(tuple(float((row * column) % 7) / 7 for column in range(48)) for row in range(48))
    curve = tuple(CurvePoint(2.0**-k, 1.0, 2.0**-k + 2.0 ** (k - 50)) for k in range(1, 48, 3))
    profile = tuple(ProfilePoint(k / 12, k / 12 + (k / 12) ** 2) for k in range(-12, 13))
    detail = Detail(cells, (0, 0), 1.0, 1.0, 1e-9, curve, profile)

    def finding(number: int) -> Finding:
        verdict = Verdict.PASS if number % 10 else Verdict.FAIL
        return Finding(f"{number}.weight", verdict, worst=Worst((0, 0), 1.0, 1.0 + number, 1e-9), detail=detail)

    return VerificationReport(tuple(finding(number) for number in range(count)))
