"""What a student reads: their marks and hints, and nothing that is hidden."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from grading.results.test_totals import LESSON, graded
from grading.test_gradebook import WORK

from workbench.grading.gradebook import Graded
from workbench.grading.judging import Mark
from workbench.grading.results import feedback
from workbench.grading.results.totals import totals
from workbench.teaching.course import Student
from workbench.teaching.verdict import Verdict

HIDDEN = "mask = [[True, False]]"


def wrong(exercise: str, **rows: str) -> Mark:
    told = {"given": HIDDEN, "expected": "0.5", "got": HIDDEN, "hint": "Count <them>.", **rows}
    return Mark(exercise, "not yet", 0.5, 1, "a count", 0.1, Verdict(exercise, "T", "not yet", **told))


def page(*marks: Mark, inputs: bool = False, days: float = 0.0) -> str:
    (line,) = totals([replace(graded(days), marks=marks)], [LESSON])
    return feedback.page(line, inputs)


def test_hidden_inputs_are_shown_only_where_that_is_allowed() -> None:
    assert HIDDEN not in page(wrong("00.1"))
    assert page(wrong("00.1"), inputs=True).count(HIDDEN) == 2
    assert "Count &lt;them&gt;." in page(wrong("00.1"))


def test_a_picture_of_hidden_inputs_is_hidden_and_one_of_what_was_painted_is_not() -> None:
    picture = '<img src="data:image/png;base64,iVBORw0KGgo=" alt="the difference">'
    assert picture not in page(wrong("00.1", picture=picture))
    assert picture in page(wrong("00.4", picture=picture))


def test_it_says_the_points_what_being_late_cost_and_how_often() -> None:
    (line,) = totals([replace(graded(1.5), tries=3)], [LESSON])
    told = feedback.page(line)
    assert "2.25 of 5 points." in told
    assert "Handed in 1.5 days late: 75% of the points are left." in told
    assert "You handed in 3 notebooks" in told
    assert "00.2: 2 of 4 points" in told


@pytest.mark.parametrize(("days", "said"), [(0.01, "1 hour"), (0.5, "12 hours"), (2.0, "2.0 days")])
def test_how_late_reads_like_speech(days: float, said: str) -> None:
    assert feedback._days(days) == said


def test_what_could_not_be_read_is_told_with_the_reason() -> None:
    unreadable = Graded(replace(WORK, problem="it is <cut> short", file="Ada/x.ipynb"), (), 1, 0, False)
    (line,) = totals([unreadable], [LESSON])
    assert "x.ipynb could not be read: it is &lt;cut&gt; short" in feedback.page(line)
    (line,) = totals([], [LESSON], (Student("18"),))
    assert "Nothing was handed in." in feedback.page(line)


def test_a_violation_is_told() -> None:
    told = page(replace(wrong("00.1"), violation="started <9> processes"))
    assert "what no answer needs: started &lt;9&gt; processes" in told


def test_the_page_runs_nothing_and_a_name_leads_nowhere(tmp_path: Path) -> None:
    told = page(wrong("00.1", hint="<script>alert(1)</script>"))
    assert "<script" not in told
    assert "default-src 'none'" in told
    (line,) = totals([replace(graded(), work=replace(WORK, student="../../x", name="<b>"))], [LESSON])
    path = feedback.write(line, tmp_path / "feedback")
    assert path == tmp_path / "feedback/x/00_first_look.html"
    assert "&lt;b&gt;: 00_first_look" in path.read_text(encoding="utf-8")
