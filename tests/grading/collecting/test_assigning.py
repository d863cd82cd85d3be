"""From files to who handed in what, and when."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from workbench.grading.collecting.assigning import assigned
from workbench.grading.collecting.roster import Roster
from workbench.grading.collecting.submissions import Submission
from workbench.teaching.course import Assignment, Student

DUE = datetime(2026, 11, 1, tzinfo=UTC)
FIRST = Assignment("00_first_look", Path("00_first_look.ipynb"), ("00.1", "00.2"), due=DUE)
SECOND = Assignment("01_thresholding", Path("01_thresholding.ipynb"), ("01.1", "01.2"))


def notebook(*sources: str) -> bytes:
    cells = [{"cell_type": "code", "metadata": {}, "source": source} for source in sources]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()


def submission(text: bytes, student: str = "Ada", file: str = "Ada/work.ipynb", **more: Any) -> Submission:
    known = {"when": None, "number": 0, "key": "", "problem": ""} | more
    return Submission(student=student, file=file, text=text, **known)


def test_a_notebook_belongs_to_the_lesson_whose_exercises_it_checks() -> None:
    text = notebook("def f():\n    ...", 'check("01.1", f)')
    found = assigned([submission(text, file="Ada/00_first_look.ipynb")], [FIRST, SECOND])
    (work,) = found.work
    assert (work.lesson, work.student, work.cells[0]) == ("01_thresholding", "Ada", "def f():\n    ...")
    assert found.remarks == ()


def test_without_a_check_the_files_name_decides_and_else_it_is_told() -> None:
    text = notebook("x = 1")
    (work,) = assigned([submission(text, file="Ada/00_first_look-1.ipynb")], [FIRST, SECOND]).work
    assert work.lesson == "00_first_look"
    found = assigned([submission(text)], [FIRST, SECOND])
    assert found.work[0].problem.startswith("it checks no exercise of 00_first_look, 01_thresholding")
    assert found.remarks[0].startswith("Ada/work.ipynb: it checks no exercise")


def test_time_is_counted_from_the_due_date() -> None:
    late = submission(notebook('check("00.1", f)'), when=DUE + timedelta(days=1.5))
    early = submission(notebook('check("00.1", g)'), student="Mei", when=DUE - timedelta(days=1))
    unknown = submission(notebook('check("00.1", h)'), student="Zoë")
    found = assigned([late, early, unknown], [FIRST]).work
    assert [(work.student, work.days_late) for work in found] == [("Ada", 1.5), ("Mei", 0.0), ("Zoë", 0.0)]
    assert found[0].handed_in == "2026-11-02T12:00:00+00:00"
    assert found[2].handed_in == ""


def test_the_same_notebook_once_more_is_no_later_submission() -> None:
    text = notebook('check("00.1", f)')
    twice = [submission(text, when=DUE + timedelta(days=days), file=f"{days}.ipynb") for days in (2, -1)]
    (work,) = assigned(twice, [FIRST]).work
    assert (work.file, work.days_late) == ("-1.ipynb", 0.0)


def test_several_notebooks_of_one_student_are_told() -> None:
    several = [submission(notebook(f'check("00.1", f{n})'), number=n, file=f"x-{n}.ipynb") for n in (1, 0)]
    found = assigned(several, [FIRST])
    assert [work.place for work in found.work] == [0, 1]
    assert found.remarks == (
        "x-1.ipynb: Ada handed in 2 different ones for 00_first_look; the last that can be read counts",
    )


def test_what_cannot_be_read_is_kept_with_its_reason() -> None:
    broken = submission(b"{", file="Ada/00_first_look.ipynb")
    large = submission(b"", student="Mei", problem="is 104 MB; at most 20 MB are read")
    nobody = submission(b"", student="", file="readme.zip", problem="is a broken zip")
    found = assigned([broken, large, nobody], [FIRST])
    assert [(w.student, bool(w.problem), w.lesson) for w in found.work] == [
        ("Ada", True, "00_first_look"),
        ("Mei", True, "00_first_look"),
    ]
    assert len(found.remarks) == 3
    assert found.remarks[-1] == "readme.zip: is a broken zip"


def test_the_list_of_students_says_who_it_is_and_who_is_not_in_it_is_told() -> None:
    roster = Roster((Student("17", "Ada Lovelace"),))
    known = submission(notebook('check("00.1", f)'), student="lovelaceada")
    stranger = submission(notebook('check("00.1", f)'), student="Bob", key="99")
    found = assigned([known, stranger], [FIRST], roster)
    assert [(work.student, work.name) for work in found.work] == [("17", "Ada Lovelace"), ("Bob (99)", "Bob")]
    assert found.remarks == (
        "Ada/work.ipynb: 'Bob' is not in the list of students; add it there, or rename the file",
    )


def test_half_letters_in_names_do_no_harm() -> None:
    odd = submission(
        notebook('check("00.1", "\ud800")'.encode("utf-8", "replace").decode()), student="A\udcff"
    )
    (work,) = assigned([odd], [FIRST]).work
    work.student.encode()
