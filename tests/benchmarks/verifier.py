"""The cost of the gradient verifier, beside the checks that others have.

    python -m tests.benchmarks.verifier           the plain loop, measured on some elements and scaled up
    python -m tests.benchmarks.verifier --slow    and ``torch.autograd.gradcheck`` in slow mode (many minutes)

Each verification ends with a whole verdict: error bars, preconditions, the inputs of every layer, the wiring.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tests.benchmarks.processes import Side
from tests.benchmarks.side import Work
from tests.benchmarks.tables import MILLISECONDS, Found, Row, compare, make_parser, print_machine
from tests.benchmarks.verified import NETWORKS, build_course, build_model, build_wide_layer, needle_function

VERIFIER, AUTO, LOOP, GRADCHECK, STEP = (
    "nnframe",
    "nnframe, auto",
    "plain loop",
    "torch gradcheck",
    "forward and backward",
)
PEERS = "tests.benchmarks.verifier_peers"


def build_network(name: str, strategy: Any) -> Work:
    """Return the verification of every element of a network."""
    from nnframe.verification import GradientVerifier

    network = NETWORKS[name]
    model, verifier = build_model(network), GradientVerifier(strategy=strategy)
    return Work(lambda: check(verifier.verify(model, network.x, network.y)), warmups=1)


def build_course_verifier() -> Work:
    """Return the whole verdict on the course's 4-5-3-1 network."""
    from nnframe.verification import GradientVerifier

    model, x, y = build_course()
    return Work(lambda: check(GradientVerifier().verify(model, x, y)))


def build_large() -> Work:
    """Return the verification of ten million parameters."""
    from nnframe.verification import GradientVerifier

    model, x, y = build_wide_layer()
    return Work(lambda: check(GradientVerifier().verify(model, x, y)), warmups=1)


def build_needle() -> Work:
    """Return the search for one element of a million that is wrong by 10 %."""
    from nnframe.verification import verify_pullback

    function, w, wrong = needle_function()

    facts: dict[str, Any] = {}

    def verify() -> None:
        report = verify_pullback(function, {"w": w}, np.zeros(0))
        assert report["w"].wrong == ((wrong,),)
        facts["forwards"] = report.forwards

    return Work(verify, warmups=0, facts=lambda: facts)


def check(report: Any) -> None:
    """Stop if a right model does not pass."""
    assert report.passed, str(report)


def make_rows(slow: bool) -> list[Row]:
    """All rows; with torch's slow gradcheck if wanted."""
    here = "tests.benchmarks.verifier"
    rows = [
        Row("4-5-3-1, as in the course", _beside_loop(f"{here}:build_course_verifier", "build_course_loop"), _times(20))
    ]
    for name, network in NETWORKS.items():
        sides = {
            VERIFIER: Side(f"{here}:build_network", (name, "every-element")),
            AUTO: Side(f"{here}:build_network", (name, "auto")),
            LOOP: Side(f"{PEERS}:build_network_loop", (name,)),
        }
        if slow:
            sides[GRADCHECK] = Side(f"{PEERS}:build_gradcheck", (name,), ("torch",))
        rows.append(Row(name, sides, _faster(network.least)))
    needle = _beside_loop(f"{here}:build_needle", "build_needle_loop")
    rows.append(
        Row("one wrong of 1,000,000", needle, lambda found: f"{found[VERIFIER].facts['forwards']} forwards; 90")
    )
    large = {VERIFIER: Side(f"{here}:build_large"), STEP: Side(f"{PEERS}:build_step")}
    return [*rows, Row("10,000,000 parameters", large, _steps)]


def _beside_loop(build: str, loop: str) -> Mapping[str, Side]:
    """The verifier beside a loop that is written by hand."""
    return {VERIFIER: Side(build), LOOP: Side(f"{PEERS}:{loop}", libraries=("numpy",))}


def _times(most: int) -> Any:
    return lambda found: f"{found[VERIFIER].median / found[LOOP].median:.0f} times the loop; {most}"


def _faster(least: int) -> Any:
    def text(found: Found) -> str:
        peer = found.get(GRADCHECK, found[LOOP]).median
        every, auto = (f"{peer / found[name].median:.0f}" for name in (VERIFIER, AUTO))
        return f"{every} times faster, auto {auto}; {least}"

    return text


def _steps(found: Found) -> str:
    steps = found[VERIFIER].median / found[STEP].median
    return f"{steps:.0f} steps; 40"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = make_parser(__doc__)
    parser.add_argument("--slow", action="store_true", help="run torch's slow gradcheck as well (many minutes)")
    options = parser.parse_args(arguments)
    print_machine(options)
    compare(make_rows(options.slow), options, MILLISECONDS, last="what counts; its target")


if __name__ == "__main__":
    main()
