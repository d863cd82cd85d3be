"""What a student reads about a graded submission: a page that needs nothing but itself.

Hidden inputs stay hidden unless the instructor allows it: what a function was given, and what it gave back,
which may repeat that, is left out. What was painted or chosen is the student's own and is shown.
"""

from __future__ import annotations

import math
from dataclasses import replace
from html import escape
from pathlib import Path

from workbench.grading.collecting.roster import folded
from workbench.grading.judging import Mark
from workbench.grading.results.totals import Total
from workbench.teaching import EXERCISES
from workbench.teaching.exercise import FunctionExercise, MaskExercise
from workbench.teaching.verdict import Verdict

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title><style>
:root {{ color-scheme: light dark }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 48em; margin: 2em auto; padding: 0 1em;
  overflow-wrap: anywhere }}
h1 {{ font-size: 1.4em }} img {{ max-width: 100%; image-rendering: pixelated }}
</style></head><body><main>
<h1>{title}</h1>
{body}
</main></body></html>
"""


def write(line: Total, folder: Path, show_inputs: bool = False) -> Path:
    """Write a student's page about one lesson, and give its path."""
    place = folder / (folded(line.student) or "student")
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"{line.lesson or 'unknown'}.html"
    path.write_text(page(line, show_inputs), encoding="utf-8")
    return path


def page(line: Total, show_inputs: bool = False) -> str:
    """Give a student's page about one lesson as HTML."""
    marks = line.graded.marks if line.graded else ()
    cards = "\n".join(_card(mark, line, show_inputs) for mark in marks)
    sentences = "".join(f"<p>{escape(sentence)}</p>" for sentence in _sentences(line))
    return PAGE.format(title=escape(f"{line.name}: {line.lesson}"), body=sentences + cards)


def shown(mark: Mark, show_inputs: bool = False) -> Verdict:
    """Give the part of a verdict that its student may read."""
    verdict = mark.verdict
    exercise = EXERCISES.get(mark.exercise)
    if show_inputs or isinstance(exercise, MaskExercise):
        return verdict
    if isinstance(exercise, FunctionExercise) or exercise is None:
        said = verdict.said if verdict.right else ""
        return replace(verdict, said=said, given="", expected="", got="", picture="", keep="")
    return replace(verdict, given="", picture="", keep="")


def _sentences(line: Total) -> list[str]:
    if line.state == "missing":
        return ["Nothing was handed in."]
    assert line.graded is not None  # ours: it would be missing
    work = line.graded.work
    if work.problem:
        return [f"Your notebook {Path(work.file).name} could not be read: {work.problem}"]
    said = []
    if not math.isnan(line.total):
        said.append(f"{line.total:g} of {line.of:g} points.")
    if line.late < 1:
        said.append(f"Handed in {_days(work.days_late)} late: {line.late:.0%} of the points are left.")
    if line.graded.tries > 1:
        said.append(f"You handed in {line.graded.tries} notebooks; this is about the last that can be read.")
    return said


def _days(days: float) -> str:
    hours = max(1, math.ceil(days * 24))
    return f"{hours} hour{'s' * (hours != 1)}" if hours < 24 else f"{days:.1f} days"


def _card(mark: Mark, line: Total, show_inputs: bool) -> str:
    got, of = line.points.get(mark.exercise, math.nan), line.possible.get(mark.exercise, mark.of)
    points = f"<p>{escape(mark.exercise)}: {got:g} of {of:g} points</p>"
    violation = ""
    if mark.violation:
        violation = f"<p>Your code did what no answer needs: {escape(mark.violation)}.</p>"
    return f"<section>{points}{shown(mark, show_inputs)._repr_html_()}{violation}</section>"
