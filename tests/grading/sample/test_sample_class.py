"""The sample class: a hundred students, the same for a seed; tests/test_grade.py grades it."""

from __future__ import annotations

import csv
import io
import json
import tomllib
import zipfile
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from workbench.grading.judging import Mark, judged
from workbench.grading.sample import sample_class
from workbench.grading.sample.odd_ones import ROLES
from workbench.grading.sample.sample_class import DUE, LATE, SECRET, Student, drawn, write
from workbench.grading.sample.spellings import STUBS
from workbench.grading.sample.student_files import LESSON
from workbench.grading.sandbox import Limits
from workbench.server import notebooks
from workbench.teaching import EXERCISES

SOURCE = notebooks() / "lessons" / LESSON
LIMITS = Limits(memory=400 * 2**20, processes=8, prepare=5, wall=8)
EXERCISES_00 = [replace(EXERCISES[id], seconds=0.7) for id in STUBS]


@dataclass
class Class:
    folder: Path
    students: list[Student]
    told: dict[str, Any]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Class:
    folder = tmp_path_factory.mktemp("class") / "new" / "folder"
    students = write(folder, SOURCE)
    return Class(folder, students, json.loads((folder / "expected.json").read_text(encoding="utf-8")))


def role(name: str, students: list[Student]) -> Student:
    (student,) = (student for student in students if student.role == name)
    return student


def files_of(student: Student, whole: Class) -> dict[str, bytes]:
    """Give what a student's folder holds, that of zips too."""
    found = {}
    with zipfile.ZipFile(whole.folder / "submissions.zip") as archive:
        for name in archive.namelist():
            if f"_{student.id}_" not in name.partition("/")[0]:
                continue
            data, inner = archive.read(name), name.partition("/")[2]
            if inner.endswith(".zip"):
                with zipfile.ZipFile(io.BytesIO(data)) as own:
                    found |= {n: own.read(n) for n in own.namelist()}
            else:
                found[inner] = data
    return found


def marks_of(student: Student, whole: Class, **more: Any) -> list[Mark]:
    """Judge the notebook that a student handed in, as it lies in the zip."""
    names = {"work/" + LESSON, "lesson 0/" + LESSON, LESSON, student.role.removeprefix("renamed to ")}
    (data,) = (data for name, data in files_of(student, whole).items() if name in names)
    cells = ["".join(cell["source"]) for cell in json.loads(data)["cells"] if cell["cell_type"] == "code"]
    return judged(cells, EXERCISES_00, SECRET, LIMITS, **more)


def test_a_hundred_students_of_whom_one_handed_in_nothing(whole: Class) -> None:
    assert len(whole.students) == len(whole.told) == 100
    with (whole.folder / "students.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["id"], row["name"]) for row in rows] == [(s.id, s.name) for s in whole.students]
    assert {len(student.id) for student in whole.students} == {7}
    assert Counter(Counter(s.name for s in whole.students).values()) == {1: 98, 2: 1}
    with zipfile.ZipFile(whole.folder / "submissions.zip") as archive:
        assert archive.testzip() is None
        folders = {name.partition("/")[0] for name in archive.namelist()}
    absent = role("nothing handed in", whole.students)
    names = {f"{s.name}_{s.id}_assignsubmission_file_" for s in whole.students if s is not absent}
    assert folders == names
    assert whole.told[absent.id]["handed_in"] == ""


def test_every_role_and_every_kind_of_answer_is_there(whole: Class) -> None:
    roles = Counter(student.role for student in whole.students)
    assert roles - Counter({"": roles[""]}) == Counter(ROLES)
    kinds = {item for student in whole.students for item in student.kinds.items()}
    assert len(kinds) >= 7 + 8 + 5 + 9
    assert sum(name.startswith("attack: ") for name in roles) >= 10
    assert any(not student.name.isascii() for student in whole.students)


def test_some_are_late_and_no_clock_changes_by_how_many_days(whole: Class) -> None:
    for student in whole.students:
        assert student.when.second % 2 == 0
        told = whole.told[student.id]
        if told["handed_in"]:
            late = (datetime.fromisoformat(told["handed_in"]) - DUE) / timedelta(days=1)
            assert told["days_late"] == max(0, late)
            assert 0.3 < late % 1 < 0.7 or late < -0.6
    assert sum(student.days > 0 for student in whole.students) == len(LATE)


def test_the_zip_holds_the_times(whole: Class) -> None:
    student = role("older copy", whole.students)
    with zipfile.ZipFile(whole.folder / "submissions.zip") as archive:
        times = {
            entry.filename.partition("/")[2]: datetime(*entry.date_time)
            for entry in archive.infolist()
            if student.id in entry.filename
        }
    assert times.pop(LESSON) == student.when == datetime.fromisoformat(whole.told[student.id]["handed_in"])
    assert max(times.values()) < student.when


def test_the_course_says_what_is_late(whole: Class) -> None:
    course = tomllib.loads((whole.folder / "course.toml").read_text(encoding="utf-8"))
    assert course["lesson"] == [{"name": "00_first_look", "due": DUE}]
    assert course["late"] == {"free_days": 1, "per_day": 0.1, "most_days": 5}
    assert (whole.folder / course["students"]).is_file()


def test_the_same_class_for_a_seed_and_another_for_another(whole: Class, tmp_path: Path) -> None:
    assert write(tmp_path, SOURCE) == whole.students
    for path in whole.folder.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name
    assert [student.id for student in drawn(1)] != [student.id for student in whole.students]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_seed_draws_a_whole_class(seed: int) -> None:
    students = drawn(seed)
    assert len({student.id for student in students}) == 100
    assert Counter(student.role for student in students if student.role) == Counter(ROLES)


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    for folder in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(FileExistsError, match="is not an empty folder; name another one"):
            write(folder, SOURCE)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_nothing_tells_the_solution(whole: Class) -> None:
    for student in whole.students:
        if student.odd.graded:
            assert all(b"SOLUTION" not in data for data in files_of(student, whole).values())


def test_two_copied_from_each_other(whole: Class) -> None:
    first, second = (role(f"copied, {name}", whole.students) for name in ("first", "second"))
    assert whole.told[first.id]["copied_with"] == second.id
    assert whole.told[second.id]["copied_with"] == first.id
    assert sum(bool(told["copied_with"]) for told in whole.told.values()) == 2
    assert (first.kinds, first.mask) == (second.kinds, second.mask)
    assert first.answers["00.1"] != second.answers["00.1"]
    assert whole.told[first.id]["marks"] == whole.told[second.id]["marks"]


def test_what_cannot_be_read_has_a_problem_and_no_marks(whole: Class) -> None:
    without = {s.role for s in whole.students if not whole.told[s.id]["marks"]}
    assert without == {"nothing handed in", "empty file", "a PDF", "cut off", "R"}
    assert all(whole.told[role(name, whole.students).id]["problem"] for name in without)
    assert whole.told[role("leads out of its zip", whole.students).id]["problem"] == "unsafe names"


@pytest.mark.parametrize("secret", [b"", b"another"])
def test_another_secret_changes_no_state_and_no_mistake(whole: Class, secret: bytes) -> None:
    for student in whole.students:
        for id, mark in sample_class.expected(student, secret).items():
            told = whole.told[student.id]["marks"][id]
            assert (mark.state, mark.mistake) == (told["state"], told["mistake"])
            assert (mark.points == 1) == (told["points"] == 1)


def test_a_renamed_answer_is_right_once_the_grader_is_told(whole: Class, shut_in: str) -> None:
    student = role("renamed answer", whole.students)
    marks = marks_of(student, whole, picks=whole.told[student.id]["picks"])
    assert marks[0].state == "right"
