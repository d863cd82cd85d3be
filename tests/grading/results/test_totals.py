"""Points as the course weighs them, less what being late costs."""

from __future__ import annotations

import math
from pathlib import Path

from grading.test_gradebook import WORK, mark

from workbench.grading.gradebook import Graded, Work
from workbench.grading.results.totals import Total, totals
from workbench.teaching.course import Assignment, Late, Student

LESSON = Assignment(
    "00_first_look", Path("00_first_look.ipynb"), ("00.1", "00.2"), points={"00.2": 4}, late=Late(1, 0.25, 3)
)


def graded(days_late: float = 0.0, **values: object) -> Graded:
    work = Work("17", "00_first_look", "a.ipynb", "aa", "Ada", days_late=days_late, **values)
    return Graded(work, (mark("00.1", 1.0), mark("00.2", 0.5)), tries=1, round=1, trusting=False)


def only(one: Graded | None, students: tuple[Student, ...] = ()) -> Total:
    (line,) = totals([one] if one else [], [LESSON], students)
    return line


def test_an_exercise_weighs_what_the_course_says() -> None:
    line = only(graded())
    assert (line.points, line.possible) == ({"00.1": 1.0, "00.2": 2.0}, {"00.1": 1.0, "00.2": 4.0})
    assert (line.total, line.of, line.state) == (3.0, 5.0, "graded")


def test_being_late_takes_its_share() -> None:
    assert [only(graded(days)).total for days in (0.5, 1.5, 2.5, 3.5)] == [3.0, 2.25, 1.5, 0.0]


def test_missing_unreadable_and_not_yet_graded_are_not_zero() -> None:
    missing = only(None, (Student("18", "Mei"),))
    assert (missing.state, missing.name) == ("missing", "Mei")
    unreadable = only(Graded(Work("17", "00_first_look", "a", "b", problem="cut short"), (), 1, 0, False))
    waiting = only(Graded(WORK, (), 1, 0, False))
    assert (unreadable.state, waiting.state) == ("unreadable", "not graded yet")
    assert all(math.isnan(line.total) for line in (missing, unreadable, waiting))


def test_the_course_says_what_a_student_is_called_and_lines_are_by_name() -> None:
    students = (Student("17", "Zoë"), Student("18", "mei"), Student("19", "Ada"))
    lines = totals([graded()], [LESSON], students)
    assert [(line.name, line.state) for line in lines] == [
        ("Ada", "missing"),
        ("mei", "missing"),
        ("Zoë", "graded"),
    ]
