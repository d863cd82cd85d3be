"""A class of a hundred as they hand in lesson 00: an export of a learning platform, and what to make of it.

The students, their mistakes, their mishaps and a dozen attacks are drawn by lot; every number that is
expected of the grader is what the exercises themselves say of such answers.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from workbench.grading.judging import hidden
from workbench.grading.sample import class_of_100
from workbench.grading.sample.class_of_100 import SHARES, STUDENTS, dealt, painted, verdict_on
from workbench.grading.sample.hands import HANDS
from workbench.grading.sample.odd_ones import ODD, ROLES, Odd
from workbench.grading.sample.spellings import COMMENTS, SPELLINGS, STUBS
from workbench.grading.sample.student_files import File, handed_in, notebook, zipped
from workbench.teaching import EXERCISES
from workbench.teaching.verdict import State, Verdict

SECRET = b"a class of a hundred"
DUE = datetime(2026, 11, 30, 12)  # by the clock of the platform, as are the times in its zips
# Days after that, or before; all far from the days' ends, so that a clock of another zone counts the same.
LATE = (0.5,) * 5 + (1.5,) * 3 + (2.5,) * 2 + (3.5, 6.5)
EARLY = (0.7, 6.5)
COMMENTED = 0.4  # the share of answers with a comment above them
COURSE = f"""title = "A sample class"
students = "students.csv"

[late]
free_days = 1
per_day = 0.1
most_days = 5

[[lesson]]
name = "00_first_look"
due = {DUE.isoformat()}
"""


@dataclass(frozen=True)
class Student:
    """Hold one student.

    id : the platform's number. role : what is odd, or empty. kinds : of answer, by the exercise's id.
    answers : their code, as `student_files.notebook` takes it. mask : what was painted, as text.
    days : from the due date to the handing in; below 0 in time.
    """

    id: str
    name: str
    role: str
    kinds: Mapping[str, str | None]
    answers: Mapping[str, str]
    mask: str
    days: float

    @property
    def odd(self) -> Odd:
        """Say what is odd."""
        return ODD.get(self.role, Odd())

    @property
    def when(self) -> datetime:
        """Say when it was handed in, to the two seconds that a zip keeps."""
        moment = DUE + timedelta(days=self.days)
        return moment.replace(second=moment.second // 2 * 2, microsecond=0)


@dataclass(frozen=True)
class Expected:
    """Hold what a grader has to make of one answer; `violation` where one must be reported."""

    state: State
    points: float
    mistake: str
    violation: bool


def write(folder: Path, lesson: Path, seed: int = 0, secret: bytes = SECRET) -> list[Student]:
    """Write the class into a folder: submissions, students, course, and what is expected.

    lesson : the notebook of lesson 00. secret : what the hidden inputs are drawn from; the part of a point
    that a wrong answer gets may be another with another one.

    Raises
    ------
    FileExistsError : there is something in the folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} is not an empty folder; name another one, which will be made")
    students = drawn(seed)
    told = {student.id: described(student, students, secret) for student in students}
    texts = {
        "students.csv": _listed(students),
        "course.toml": COURSE,
        "expected.json": json.dumps(told, indent=1, ensure_ascii=False) + "\n",
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "submissions.zip").write_bytes(zipped(_files(students, lesson)))
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return students


def drawn(seed: int = 0) -> list[Student]:
    """Draw the class: the same for the same seed.

    >>> len(drawn()), drawn()[17] == drawn()[17]
    (100, True)
    """
    rng = np.random.default_rng(seed)
    names = class_of_100.names(rng)
    ids = rng.choice(9_000_000, STUDENTS, replace=False) + 1_000_000
    roles = rng.permutation([*ROLES, *[""] * (STUDENTS - len(ROLES))]).tolist()
    one, other = (place for place, role in enumerate(roles) if role == "namesake")
    names[other] = names[one]
    days = _days(rng)
    kinds = [dealt(SHARES.get(id, HANDS), rng) for id in STUBS]
    people = zip(ids, names, roles, zip(*kinds, strict=True), days, strict=True)
    return _copied([_student(str(id), name, role, of, day, rng) for id, name, role, of, day in people])


def expected(student: Student, secret: bytes = SECRET) -> dict[str, Expected]:
    """Say what a grader with this secret has to make of a student's answers, by the exercise's id."""
    odd = student.odd
    if not odd.graded:
        return {}
    return {
        id: _expected(_verdict(student, id, secret), EXERCISES[id].points, id in odd.reported) for id in STUBS
    }


def described(student: Student, students: Sequence[Student], secret: bytes = SECRET) -> dict[str, Any]:
    """Describe a student as the file of what is expected does."""
    there = student.role != "nothing handed in"
    return {
        "name": student.name,
        "role": student.role,
        "handed_in": student.when.isoformat() if there else "",
        "days_late": max(0.0, (student.when - DUE) / timedelta(days=1)) if there else 0.0,
        "problem": student.odd.problem,
        "copied_with": next((s.id for s in students if _alike(s, student)), ""),
        "picks": dict(student.odd.picks),
        "marks": {id: asdict(mark) for id, mark in expected(student, secret).items()},
    }


def _student(
    id: str, name: str, role: str, drawn: Sequence[str | None], days: float, rng: np.random.Generator
) -> Student:
    odd = ODD.get(role, Odd())
    kinds = dict(zip(STUBS, drawn, strict=True))
    mask = painted(EXERCISES["00.4"], str(kinds["00.4"]), rng)  # type: ignore[arg-type]
    answers = {id: _spelt(id, kinds[id], rng) for id in SHARES}
    answers["00.4"] = f'painted = None  # easel.truth\npainted = "{mask}"' if mask else STUBS["00.4"]
    return Student(id, name, role, kinds | dict(odd.likes), answers | dict(odd.answers), mask, days)


def _spelt(id: str, kind: str | None, rng: np.random.Generator) -> str:
    """Choose one of the ways to write a kind of answer; a comment comes above some."""
    ways = SPELLINGS[id, kind]
    way, comment = ways[rng.integers(len(ways))], COMMENTS[rng.integers(len(COMMENTS))]
    return f"{comment}\n{way}" if rng.random() < COMMENTED else way


def _copied(students: list[Student]) -> list[Student]:
    """Let the second of those who copied hand in what the first chose and painted."""
    first = next(student for student in students if student.role == "copied, first")
    shared = {id: first.answers[id] for id in STUBS if id not in first.odd.answers}
    return [
        replace(s, kinds=first.kinds, answers={**s.answers, **shared}, mask=first.mask)
        if s.role == "copied, second"
        else s
        for s in students
    ]


def _alike(one: Student, other: Student) -> bool:
    return one is not other and all(student.role.startswith("copied") for student in (one, other))


def _days(rng: np.random.Generator) -> list[float]:
    late = np.array(LATE) + rng.uniform(-0.1, 0.1, len(LATE))
    early = -rng.uniform(*EARLY, STUDENTS - len(LATE))
    return rng.permutation([*late, *early]).tolist()


def _verdict(student: Student, id: str, secret: bytes) -> Verdict:
    if id in SHARES:
        return _verdict_on(id, student.kinds[id], secret)
    return EXERCISES[id].judge(student.mask, hidden(secret, id))


@cache
def _verdict_on(id: str, kind: str | None, secret: bytes) -> Verdict:
    return verdict_on(EXERCISES[id], kind, hidden(secret, id))


def _expected(verdict: Verdict, points: int, reported: bool) -> Expected:
    mistake = verdict.mistake if verdict.state == "not yet" else ""
    return Expected(verdict.state, round(points * verdict.share, 2), mistake, reported)


def _listed(students: Sequence[Student]) -> str:
    buffer = io.StringIO()
    rows = csv.writer(buffer, lineterminator="\n")
    rows.writerows([("id", "name"), *((student.id, student.name) for student in students)])
    return buffer.getvalue()


def _files(students: Sequence[Student], lesson: Path) -> Iterator[File]:
    """Give the files of an export as Moodle makes it: a folder a student, named after them."""
    template = json.loads(lesson.read_text(encoding="utf-8"))
    blank = notebook(template, list(STUBS.values()))
    for student in students:
        data = notebook(template, [student.answers[id] for id in STUBS], student.odd.extra)
        for file in handed_in(student.role, data, blank, student.when):
            yield replace(file, path=f"{student.name}_{student.id}_assignsubmission_file_/{file.path}")
