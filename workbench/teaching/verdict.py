"""What a student reads after a check: not attempted, right, or not yet and why."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Literal

State = Literal["not attempted", "right", "not yet"]

# Verdict marks say it in shape and word as well as in colour, so that no eye depends on the colour.
MARKS = {"not attempted": ("○", "#8A8F98"), "right": ("✓", "#009E73"), "not yet": ("✗", "#D55E00")}


@dataclass(frozen=True)
class Verdict:
    """Tell how one answer did; a notebook shows it as a small card, a terminal as text.

    expected, got : what should have come and what did, as text. given : the smallest input that shows it.
    hint : one sentence that helps; it never holds the solution. share : of it that is right, 0 to 1.
    mistake : the name of the wrong answer that was recognised. picture : HTML that shows the same about
    pixels; it is ours, nothing of the answer's is in it but colours and counts. keep : a line to put in the
    answer's place, so that what was painted stays in the notebook.

    >>> print(Verdict("01.1", "Threshold a picture", "right", said="right on 12 fresh inputs"))
    ✓ 01.1 Threshold a picture: right on 12 fresh inputs
    """

    id: str
    title: str
    state: State
    said: str = ""
    given: str = ""
    expected: str = ""
    got: str = ""
    hint: str = ""
    share: float = 0.0
    mistake: str = ""
    picture: str = ""
    keep: str = ""

    def __post_init__(self) -> None:
        if self.right:
            object.__setattr__(self, "share", 1.0)

    @property
    def right(self) -> bool:
        """Say whether the answer was accepted."""
        return self.state == "right"

    @property
    def rows(self) -> list[tuple[str, str]]:
        """List what is known, as (label, text), without the empty ones."""
        named = [("input", self.given), ("expected", self.expected), ("got", self.got), ("hint", self.hint)]
        named += [("to hand in", self.keep)]
        return [(label, text) for label, text in named if text]

    def __str__(self) -> str:
        lines = [f"{MARKS[self.state][0]} {self.id} {self.title}: {self.said or self.state}"]
        for label, text in self.rows:
            lines.append(f"  {label + ':':<12}" + text.replace("\n", "\n" + " " * 14))
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        mark, colour = MARKS[self.state]
        rows = "".join(_row(label, text) for label, text in self.rows)
        table = f'<table role="presentation" style="margin:6px 0 0;border:0">{rows}</table>' if rows else ""
        sign = f'<span aria-hidden="true" style="color:{colour};font-weight:700">{mark}</span>'
        said = f"<strong>{escape(self.id)} {escape(self.title)}</strong>: {escape(self.said or self.state)}"
        style = f"border-left:4px solid {colour};padding:8px 12px;margin:4px 0;max-width:44em"
        inside = f"{sign} {said}{table}{self.picture}"
        return f'<div role="status" data-verdict="{self.state}" style="{style}">{inside}</div>'


def _row(label: str, text: str) -> str:
    cell = "color:inherit;padding:2px 16px 2px 0;text-align:left;vertical-align:top;border:0;background:none"
    face = "" if label == "hint" else ";font-family:monospace;overflow-wrap:anywhere"
    head = f'<th scope="row" style="{cell};font-weight:600;white-space:nowrap">{label}</th>'
    body = f'<td style="{cell};white-space:pre-wrap{face}">{escape(text)}</td>'
    return f'<tr style="background:none">{head}{body}</tr>'
