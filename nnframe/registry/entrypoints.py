"""Reading the text of an ``entry_points.txt``, whatever stands in it."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from nnframe.text import quote

__all__ = ["Line", "Malformed", "parse"]


@frozen
class Line:
    """One entry point as it was written: ``name = value`` under ``[group]``."""

    group: str
    name: str
    value: str


@frozen
class Malformed:
    """A line that says nothing: where it stands (0: the whole file), what it says, and why it is no entry point."""

    number: int
    text: str
    reason: str

    def __str__(self) -> str:
        where = f"line {self.number} of entry_points.txt, {quote(self.text)}," if self.number else "entry_points.txt"
        return f"{where} {self.reason}"


def parse(text: str) -> Iterator[Line | Malformed]:
    """Yield every line of an ``entry_points.txt``, in order; a bad line spoils nothing but itself.

    >>> text = '''
    ... [nnframe.activations]
    ... relu = nnframe_relu:ReLU
    ... sigmoid
    ... '''
    >>> for line in parse(text):
    ...     print(line)
    Line(group='nnframe.activations', name='relu', value='nnframe_relu:ReLU')
    line 4 of entry_points.txt, 'sigmoid', is not 'name = value'
    """
    group = ""
    seen: set[tuple[str, str]] = set()
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line[0] in "#;":
            continue
        if line[0] == "[" and line[-1] == "]":
            group = line[1:-1].strip()
            continue
        name, equals, value = line.partition("=")
        name, value = name.rstrip(), value.lstrip()
        if not (name and equals and value):
            yield Malformed(number, line, "is not 'name = value'")
        elif not group:
            yield Malformed(number, line, "stands before the first [group]")
        elif (group, name) in seen:
            yield Malformed(number, line, f"repeats a name of [{group}]")
        else:
            seen.add((group, name))
            yield Line(group, name, value)
