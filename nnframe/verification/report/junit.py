"""A report as JUnit XML, which continuous integration shows test by test."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from nnframe.text import make_printable
from nnframe.verification.report.finding import Finding
from nnframe.verification.report.verdict import Verdict

if TYPE_CHECKING:
    from nnframe.verification.report.report import VerificationReport

__all__ = ["to_junit"]


def to_junit(report: VerificationReport, name: str = "gradients") -> str:
    """Write one test case for each gradient: wrong ones fail, undecided ones are skipped.

    >>> from nnframe.verification import VerificationReport
    >>> text = to_junit(VerificationReport((Finding("weight", Verdict.FAIL, hint="the sign is wrong"),)))
    >>> 'failures="1"' in text, "the sign is wrong" in text
    (True, True)
    """
    findings, name = report.findings, make_printable(name)  # XML cannot hold control characters, not even escaped
    suite = ET.Element(
        "testsuite",
        name=name,
        tests=str(len(findings)),
        failures=str(sum(each.verdict is Verdict.FAIL for each in findings)),
        skipped=str(sum(each.verdict is Verdict.INCONCLUSIVE for each in findings)),
        errors="0",
        time=f"{report.seconds:.6f}",
    )
    for finding in findings:
        case = ET.SubElement(suite, "testcase", classname=name, name=make_printable(finding.path), time="0")
        if finding.verdict is Verdict.FAIL:
            cause = str(finding.cause or "gradient")
            ET.SubElement(case, "failure", message=make_printable(_sentence(finding)), type=cause)
        elif finding.verdict is Verdict.INCONCLUSIVE:
            ET.SubElement(case, "skipped", message=make_printable(finding.hint or "inconclusive"))
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _sentence(finding: Finding) -> str:
    worst = finding.worst
    if worst is None:
        return finding.hint
    numbers = f"analytic {worst.analytic:.6g}, numeric {worst.numeric:.6g}, error bar {worst.error_bar:.3g}"
    return f"{finding.hint or 'wrong'} (at {worst.index}: {numbers})"
