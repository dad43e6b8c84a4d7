"""A report as one HTML page that needs nothing else: no network, no other file."""

from nnframe.verification.report.html.fragment import to_fragment
from nnframe.verification.report.html.page import to_html

__all__ = ["to_fragment", "to_html"]
