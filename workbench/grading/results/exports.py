"""The gradebook as tables: one with everything, and those that Moodle and Canvas read in."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from workbench.grading.results.totals import Total
from workbench.teaching.course import Assignment

FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run what begins so


def export(lines: Sequence[Total], assignments: Sequence[Assignment], folder: Path) -> list[Path]:
    """Write all tables into a folder and give their paths; undefined is left empty."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [_written(folder / "marks.csv", _everything(lines))]
    files.append(_written(folder / "canvas.csv", _canvas(lines, assignments)))
    for assignment in assignments:
        of_it = [line for line in lines if line.lesson == assignment.name]
        files.append(_written(folder / f"moodle_{assignment.name}.csv", _moodle(of_it)))
    return files


def _everything(lines: Sequence[Total]) -> Iterable[Sequence[object]]:
    """Give a row an exercise: the tidy form, which any program takes."""
    yield (
        "student", "name", "lesson", "exercise", "state", "points", "of", "mistake", "violation", "handed in",
        "days late", "share left", "submissions", "file", "without a sandbox",
    )  # fmt: skip
    for line in lines:
        for id, points in line.points.items():
            mark = line.graded.mark(id) if line.graded else None
            said = (mark.state, mark.mistake, mark.violation) if mark else (line.state, "", "")
            who = (line.student, line.name, line.lesson, id)
            row = [*who, said[0], _number(points), line.possible[id], *said[1:]]
            if line.graded:
                work = line.graded.work
                row += [work.handed_in, round(work.days_late, 2), line.late, line.graded.tries, work.file]
                row.append("yes" if line.graded.trusting else "")
            yield row


def _moodle(lines: Sequence[Total]) -> Iterable[Sequence[object]]:
    """Give what Moodle's import of grades maps by hand: who, the grade, the largest grade."""
    yield ("Identifier", "ID number", "Full name", "Grade", "Maximum grade", "Feedback comments")
    for line in lines:
        comment = "" if line.state == "graded" else line.state
        if line.state == "graded" and line.late < 1:
            comment = f"late: {line.late:.0%} of the points are left"
        number = f"Participant {line.student}" if line.student.isdigit() else line.student
        yield (number, line.student, line.name, _number(line.total), line.of, comment)


def _canvas(lines: Sequence[Total], assignments: Sequence[Assignment]) -> Iterable[Sequence[object]]:
    """Give Canvas's gradebook: a row a student, a column a lesson, and the possible points above."""
    yield ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", *(a.name for a in assignments))
    possible = {line.lesson: line.of for line in lines}
    yield ("    Points Possible", "", "", "", "", *(possible.get(a.name, "") for a in assignments))
    students: dict[str, dict[str, Total]] = {}
    for line in lines:
        students.setdefault(line.student, {})[line.lesson] = line
    for student, found in students.items():
        name = next(iter(found.values())).name
        yield (name, student, "", "", "", *(_number(found[a.name].total) for a in assignments))


def _number(value: float) -> object:
    return "" if math.isnan(value) else round(value, 2)


def _written(path: Path, rows: Iterable[Sequence[object]]) -> Path:
    # With a byte order mark: without it Excel reads names wrongly.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([_safe(cell) for cell in row] for row in rows)
    return path


def _safe(cell: object) -> object:
    """Put an apostrophe before text that a spreadsheet would take for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULAS) else cell
