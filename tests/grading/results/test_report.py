"""What an instructor reads: everything that is worth a look, and nothing twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from grading.results.test_similarity import OBVIOUS, OTHER, OWN, RENAMED
from grading.test_gradebook import WORK, mark

from workbench.grading.gradebook import Graded
from workbench.grading.results.report import LOUD, report
from workbench.grading.results.totals import totals
from workbench.teaching.course import Assignment, Student

LESSON = Assignment("00_first_look", Path("00_first_look.ipynb"), ("00.1", "00.2"))


def graded(student: str, code: str = OBVIOUS, points: float = 1.0, trusting: bool = False) -> Graded:
    work = replace(WORK, student=student, name=f"Name {student}", cells=(code,))
    return Graded(work, (mark("00.1", points), mark("00.2", 1.0)), 1, 1, trusting)


def told(*some: Graded, remarks: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    students = [Student(str(number), f"Name {number}") for number in range(4)]
    return dict(report(totals(some, [LESSON], students), [LESSON], remarks, "Autumn").sections)


def test_it_sums_up_marks_mistakes_and_who_is_missing() -> None:
    said = told(graded("0"), graded("1", points=0.0), remarks=("x.zip: is a broken zip",))
    assert said["Marks"] == (
        "00_first_look: 2 of 4 students have a mark; mean 1.50, median 1.50 of 2 points; "
        "0 too late for all points",
    )
    assert said["Named mistakes"][0] == "00.1 How much of the picture?: 1 of 2 right, a count 1"
    assert said["To look at"] == ("x.zip: is a broken zip",)
    assert said["Handed in nothing"] == ("00_first_look: Name 2 (2)", "00_first_look: Name 3 (3)")
    assert "Warning" not in said


def test_violations_and_missing_sandboxes_are_loud() -> None:
    one = graded("0", trusting=True)
    one = replace(one, marks=(replace(one.marks[0], violation="it ended the program"), one.marks[1]))
    said = told(one)
    assert said["Warning"] == (LOUD,)
    assert said["Code that did what no answer needs"] == ("Name 0 (0), 00.1: it ended the program",)


def test_who_wrote_alike_is_shown_with_evidence() -> None:
    two = (graded("0", _answers(OWN)), graded("1", _answers(RENAMED)), graded("2", _answers(OTHER)))
    (said,) = told(*two)["Alike, a hint to look and no more"]
    assert said.startswith("00_first_look: Name 0 (0) and Name 1 (1): 100% of what is rare")


def _answers(iou: str) -> str:
    return f"def pixel_share(mask):\n    return mask.mean()\n{iou}"


def test_as_a_page_it_runs_nothing() -> None:
    lines = totals([graded("0")], [LESSON])
    page = report(lines, [LESSON], ["<script>: is a link"], "A & B").html()
    assert "<h1>A &amp; B</h1>" in page
    assert "&lt;script&gt;: is a link" in page
    assert str(report(lines, [LESSON], [], "A")).startswith("A\n\nMarks:\n  00_first_look: 1 of 1")


def test_nobody_graded_is_no_mean() -> None:
    (said,) = told()["Marks"]
    assert said == "00_first_look: nobody has a mark"
