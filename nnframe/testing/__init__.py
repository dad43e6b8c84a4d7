"""The conformance kit: holds anybody's part to the contract of its kind, and says what is wrong with it."""

from typing import TYPE_CHECKING

from nnframe.lazy import lazy_names

if TYPE_CHECKING:
    from nnframe.testing.candidate import Candidate as Candidate
    from nnframe.testing.check import Check as Check
    from nnframe.testing.gradients import assert_gradients as assert_gradients
    from nnframe.testing.kit import check_part as check_part, checks_of as checks_of
    from nnframe.testing.outcome import Outcome as Outcome, Status as Status
    from nnframe.testing.parametrize import parametrize_with_checks as parametrize_with_checks
    from nnframe.testing.result import PartResult as PartResult

_HOMES = {
    "Candidate": "candidate",
    "Check": "check",
    "Outcome": "outcome",
    "PartResult": "result",
    "Status": "outcome",
    "assert_gradients": "gradients",
    "check_part": "kit",
    "checks_of": "kit",
    "parametrize_with_checks": "parametrize",
}
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
