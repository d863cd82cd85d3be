"""A course: its file read as it is meant, and one sentence on what is wrong in it."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from workbench import server
from workbench.teaching import EXERCISES
from workbench.teaching.course import Assignment, Course, Late, Student, assignment, course, lessons

WHOLE = """
title = "Segmentation, winter"
students = "students.csv"
[late]
free_days = 1
per_day = 0.1
[[lesson]]
name = "01_thresholding"
due = 2026-12-01T23:59:00+01:00
points = {"01.1" = 2, "01.4" = 0.5}
late = {most_days = 7}
[[lesson]]
name = "mine/own.ipynb"
due = 2026-12-08
"""


def at(folder: Path, text: str, students: str | bytes = "id,name\n1,Ada\n") -> Course:
    """Write a course with a lesson of its own and a table of students, and read it."""
    (folder / "mine").mkdir(exist_ok=True)
    shutil.copy(lessons()[0], folder / "mine/own.ipynb")
    data = students if isinstance(students, bytes) else students.encode()
    (folder / "students.csv").write_bytes(data)
    (folder / "course.toml").write_text(text, encoding="utf-8")
    return course(folder / "course.toml")


def test_every_lesson_is_found_by_path_name_and_number() -> None:
    found = lessons()
    assert found == sorted((server.notebooks() / "lessons").glob("*.ipynb"))
    assert len(found) >= 30
    asked = []
    for path in found:
        one = assignment(path)
        assert one == assignment(path.stem) == assignment(str(path))
        assert (one.name, one.path) == (path.stem, path)
        asked += one.exercises
    assert asked == list(EXERCISES)
    assert assignment("01") == assignment("01_thresholding")


@pytest.mark.parametrize(("name", "near"), [("01_tresholding", "01_thresholding"), ("99", ""), ("", "")])
def test_an_unknown_lesson_is_refused_and_a_near_one_named(name: str, near: str) -> None:
    with pytest.raises(ValueError, match=rf"no lesson {name!r}, did you mean '{near}.*a notebook's path"):
        assignment(name)


def test_a_lesson_that_checks_what_there_is_not_is_refused(tmp_path: Path) -> None:
    cells = [
        new_code_cell(code, metadata={"tags": ["check"]}) for code in ('check("01.1", f)', 'check("01.9", g)')
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "a.ipynb")
    with pytest.raises(
        ValueError, match=r"a\.ipynb: must check exercises that there are, got '01\.9'; did you"
    ):
        assignment(tmp_path / "a.ipynb")


def test_only_check_cells_ask(tmp_path: Path) -> None:
    tagged = [(["check"], 'check("01.2", f)'), (["check"], "%magic"), ([], 'check("01.1", f)')]
    cells = [new_code_cell(code, metadata={"tags": tags}) for tags, code in tagged]
    nbformat.write(new_notebook(cells=cells), tmp_path / "a.ipynb")
    assert assignment(tmp_path / "a.ipynb").exercises == ("01.2",)


def test_points_are_the_course_s_or_the_exercise_s_own() -> None:
    one = Assignment("a", Path("a.ipynb"), ("01.1", "01.2"), points={"01.1": 2.5})
    assert (one.of("01.1"), one.of("01.2")) == (2.5, EXERCISES["01.2"].points)
    with pytest.raises(KeyError, match=r"a has no exercise '01.3'; it has 01.1, 01.2"):
        one.of("01.3")


def test_a_course_is_read(tmp_path: Path) -> None:
    read = at(tmp_path, WHOLE, "﻿id,name,mail\n 17 ,Ada Ü,a@b\n18,,\n")
    assert read.title == "Segmentation, winter"
    assert read.students == (Student("17", "Ada Ü"), Student("18"))
    first, own = read.assignments
    assert (first.name, own.name, own.path) == ("01_thresholding", "own", tmp_path / "mine/own.ipynb")
    assert first.due == datetime(2026, 12, 1, 22, 59, tzinfo=UTC)
    assert (first.of("01.1"), first.of("01.4"), first.of("01.2")) == (2, 0.5, 1)
    assert first.late == Late(1, 0.1, 7)
    assert own.late == Late(1, 0.1)
    assert own.exercises[0] == "00.1"


def test_local_times_and_dates_are_those_of_this_machine(tmp_path: Path) -> None:
    lessons = [("00", "2026-07-01T12:00:00"), ("01", "2026-12-01")]
    text = 'title = ""' + "".join(f'\n[[lesson]]\nname = "{name}"\ndue = {due}' for name, due in lessons)
    noon, night = (one.due for one in at(tmp_path, text).assignments)
    assert noon is not None
    assert night is not None
    assert noon == datetime(2026, 7, 1, 12).astimezone()
    assert night < datetime(2026, 12, 2).astimezone() <= night + timedelta(seconds=1)
    assert noon.tzinfo is not None


def test_students_may_be_a_list_or_missing(tmp_path: Path) -> None:
    lesson = '\n[[lesson]]\nname = "00"'
    assert at(tmp_path, 'title = ""\nstudents = ["a", "b"]' + lesson).students == (Student("a"), Student("b"))
    assert at(tmp_path, 'title = ""' + lesson).students == ()


LESSON = '\n[[lesson]]\nname = "01"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title =", "must be TOML, and it is not: Invalid value"),
        ('title = ""', "lesson: must be there"),
        ('title = ""\nlesson = []', "lesson: list should have at least 1 item"),
        (LESSON, "title: must be there"),
        ("title = 3" + LESSON, "title: input should be a valid string, got 3"),
        ('title = ""\nteacher = "me"' + LESSON, "teacher: must be a key that a course has, got 'me'"),
        ('title = ""' + LESSON + "until = 3", "lesson.1.until: must be a key that a course has, got 3"),
        ('title = ""' + LESSON + "due = 3", "lesson.1.due: must be a date, or a date and time, got 3"),
        ('title = ""' + LESSON + "due = 12:00:00", "lesson.1.due: must be a date"),
        ('title = ""' + LESSON + 'due = "2026-12-01"', "lesson.1.due: must be a date"),
        ('title = ""' + LESSON + 'points = {"01.1" = -1}', r"lesson.1.points.01.1: .*or equal to 0, got -1"),
        ('title = ""' + LESSON + 'points = {"01.1" = nan}', "lesson.1.points.01.1: .*nan"),
        ('title = ""' + LESSON + 'points = {"01.1" = true}', "lesson.1.points.01.1: .*True"),
        ('title = ""' + LESSON + 'points = {"02.1" = 1}', "lesson.1.points: must name .*01_thr.*got '02.1'"),
        ('title = ""' + LESSON + "late = {per_day = 10}", "lesson.1: per_day must be a share .*, got 10"),
        ('title = ""\n[late]\nfree_days = -1' + LESSON, "free_days must be 0 or more, got -1"),
        (
            'title = ""\n[late]\nfree_days = 3' + LESSON + "late = {most_days = 2}",
            "most_days must not be below",
        ),
        ('title = ""\n[late]\nhours = 3' + LESSON, "late.hours: must be a key that a course has"),
        ('title = ""\n[[lesson]]\nname = "77"', "lesson.1: no lesson '77'"),
        ('title = ""\n[[lesson]]\nname = "no.ipynb"', "lesson.1.name: must be a notebook.* 'no.ipynb'"),
        ('title = ""' + LESSON + '[[lesson]]\nname = "01_thresholding"', "lessons must not have one name"),
        ('title = ""\nstudents = 3' + LESSON, "students: must be a file's name or a list of ids, got 3"),
        ('title = ""\nstudents = ["a", 3]' + LESSON, "students: must be a file's name or a list"),
        ('title = ""\nstudents = ["a", "a"]' + LESSON, "two students must not have one id, got 'a' twice"),
        ('title = ""\nstudents = "no.csv"' + LESSON, "students: no.csv: must be a file that can be read"),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=rf"^course\.toml: .*{said}") as error:
        at(tmp_path, text)
    assert str(error.value).count("\n") == 0


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("id;name\n1;Ada", r"must have an id in each row, got none in row 1 \(id;name\)"),
        ("name\nAda", r"must have an id in each row, got none in row 1 \(name\)"),
        ("id,name\n1,Ada\n ,Bob", "got none in row 2"),
        ("id,name\n1,Ada\n1,Bob", "students.csv: two students must not have one id, got '1' twice"),
        ("id,name\n1,Zoë".encode("latin-1"), "must be a table in UTF-8"),
    ],
)
def test_a_table_of_students_that_cannot_be_is_refused(table: str | bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=rf"^course\.toml: students: students\.csv: .*{said}|{said}"):
        at(tmp_path, WHOLE, table)


def test_a_file_of_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_bytes('title = "é"'.encode("latin-1"))
    with pytest.raises(ValueError, match=r"course\.toml: must be a text in UTF-8"):
        course(tmp_path / "course.toml")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((float("nan"), 0.1), "free_days must be 0 or more, got nan"),
        ((0, -0.1), "per_day must be a share from 0 to 1, got -0.1"),
        ((2, 0.1, 1), "most_days must not be below free_days, 2, got 1"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(values: tuple[float, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Late(*values)


def test_days_begun_are_counted() -> None:
    late = Late(per_day=0.1)
    second = 1 / 86400
    assert [late.share(days) for days in (0, second, 1, 1 + second, 9, 10, 11)] == [
        1,
        0.9,
        0.9,
        0.8,
        0.1,
        0,
        0,
    ]
    assert Late().share(1000) == 1
    assert Late(most_days=2).share(2) == 1
    assert Late(most_days=2).share(2.1) == 0


rules = st.tuples(st.floats(0, 5), st.floats(0, 1), st.none() | st.floats(5, 9))


@given(rules, st.floats(-3, 12), st.floats(0, 12))
def test_later_is_never_better(rule: tuple[float, float, float | None], days: float, more: float) -> None:
    late = Late(*rule)
    assert 0 <= late.share(days + more) <= late.share(days) <= 1
    assert late.share(min(days, 0)) == late.share(rule[0]) == 1
