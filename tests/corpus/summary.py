"""Figures over many judged cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from attrs import asdict

from tests.corpus.catalogue import all_faults
from tests.corpus.judging import Injected, Judged

__all__ = ["data_of", "power_lines", "share", "summary_of", "text_of"]


def share(part: int, whole: int) -> float:
    """Percent; 100 of nothing."""
    return 100.0 * part / whole if whole else 100.0


def summary_of(faults: Sequence[Judged], correct: Sequence[Judged]) -> dict[str, Any]:
    """The figures of the issue."""
    expected = [each for each in faults if each.expected in ("visible", "behaviour")]
    named = [each.tensors for each in expected if each.tensors is not None]
    elements = [right for each in expected for right in each.elements.values()]
    explained = [c for each in expected if all_faults()[each.name].causes for c in each.causes.values()]
    causes = [c for each in expected for c in each.causes.values()]
    return {
        "faults": len(faults),
        "faults that must be seen": len(expected),
        "missed": [each.name for each in expected if each.missed],
        "missed, below the stated error bar": [each.name for each in expected if each.excused],
        "hidden faults not seen": [
            each.name for each in faults if each.expected == "hidden" and each.verdict != "FAIL"
        ],
        "hidden faults seen %": _seen(faults, "hidden"),
        "faint faults seen %": _seen(faults, "faint"),
        "correct cases": len(correct),
        "false alarms": [each.name for each in correct if each.verdict in ("FAIL", "ERROR")],
        "inconclusive": [each.name for each in correct if each.verdict == "INCONCLUSIVE"],
        "inconclusive %": share(sum(each.verdict == "INCONCLUSIVE" for each in correct), len(correct))
        if correct
        else 0.0,
        "tensors exactly named %": share(sum(named), len(named)),
        "elements exactly named %": share(sum(elements), len(elements)),
        "right cause %": share(sum(c in ("right", "true") for c in explained), len(explained)),
        "main cause %": share(sum(c == "right" for c in explained), len(explained)),
        "false specific causes %": share(sum(c == "false" for c in causes), len(causes)) if causes else 0.0,
        "forwards": sum(each.forwards for each in (*faults, *correct)),
        "seconds": round(sum(each.seconds for each in (*faults, *correct)), 2),
    }


def _seen(faults: Sequence[Judged], expected: str) -> float:
    those = [each for each in faults if each.expected == expected]
    return share(sum(each.verdict == "FAIL" for each in those), len(those))


def power_lines(injected: Sequence[Injected]) -> dict[str, Any]:
    """What became of the mistakes that were put into right cases."""
    states: dict[str, Counter[str]] = {}
    for each in injected:
        states.setdefault(each.name.rsplit("/", 1)[-1], Counter())[each.state] += 1
    return {
        "injected": {kind: dict(counts) for kind, counts in states.items()},
        "injected and missed": [each.name for each in injected if each.state in ("missed", "error")],
        "injected, below ten error bars": [each.name for each in injected if each.state == "excused"],
        "numerically or truly zero": sorted({each.name.rsplit("/", 1)[0] for each in injected if each.state == "zero"}),
    }


def text_of(figures: dict[str, Any], details: Sequence[Judged | Injected] = ()) -> str:
    """Figures as text, lists indented, with what was said about what went wrong."""
    said = {each.name: each.said for each in details}
    lines = []
    for key, value in figures.items():
        if isinstance(value, list):
            lines.append(f"{key}: {len(value)}")
            for name in value:
                words = said.get(name, ())
                lines.append(f"    {name}")
                lines += [
                    f"        {sentence}" for sentence in ((words,) if isinstance(words, str) else words) if sentence
                ]
        else:
            lines.append(f"{key}: {value:.2f}" if isinstance(value, float) else f"{key}: {value}")
    return "\n".join(lines)


def data_of(figures: dict[str, Any], details: Sequence[Judged | Injected]) -> dict[str, Any]:
    """Everything, for JSON."""
    return {"figures": figures, "cases": [asdict(each) for each in details]}
