"""`workbench grade`: submissions in, a gradebook with tables, feedback and a report out."""

from __future__ import annotations

import csv
import json
import math
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import astuple
from pathlib import Path

import pytest
from grading.conftest import shut_in as shut_in
from typer.testing import CliRunner

from workbench.cli import app
from workbench.grading import bubblewrap, keepers
from workbench.grading.gradebook import Gradebook
from workbench.grading.sample import sample_class
from workbench.panels.graded import roll
from workbench.server import notebooks

ANSWERS = {
    "Ada Lovelace": ("def pixel_share(mask):\n    return mask.mean()", "prediction = 'c'"),
    "Bob Hopper": ("def pixel_share(mask):\n    return mask.sum()", "prediction = 'b'"),
    "Eve Doe": ("def pixel_share(mask):\n    import os\n    os._exit(0)", "prediction = None"),
}
COURSE = """title = "Autumn"
students = "students.csv"
late = { per_day = 0.5 }
[[lesson]]
name = "00_first_look"
due = 2026-11-01T12:00:00+00:00
points = { "00.3" = 3 }
"""


def notebook(*answers: str) -> bytes:
    sources = [*answers, 'check("00.1", pixel_share)', 'check("00.3", prediction)']
    cells = [{"cell_type": "code", "metadata": {}, "source": source} for source in sources]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}).encode()


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Make what Moodle exports: a zip with a folder for each student; Eve's is a day late."""
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number, (name, answers) in enumerate(ANSWERS.items(), 1):
            day = 2 if name.startswith("Eve") else 1
            file = f"{name}_{number}_assignsubmission_file_/work.ipynb"
            archive.writestr(zipfile.ZipInfo(file, (2026, 11, day, 9, 0, 0)), notebook(*answers))
        archive.writestr("Zoë Abe_4_assignsubmission_file_/work.ipynb", "{ cut short")
    students = ["id,name", *(f"{n},{name}" for n, name in enumerate([*ANSWERS, "Zoë Abe", "Mei Ito"], 1))]
    (tmp_path / "students.csv").write_text("\n".join(students), encoding="utf-8")
    (tmp_path / "course.toml").write_text(COURSE, encoding="utf-8")
    return path


def here(*words: object):
    return CliRunner().invoke(app, ["grade", *map(str, words)])


def test_a_class_from_its_export_to_the_class_view(shut_in: str, export: Path, tmp_path: Path) -> None:
    book = tmp_path / "book"
    said = here(export, "-o", book, "--course", tmp_path / "course.toml")
    assert said.exit_code == 0, said.output
    assert "graded 3; 0 were graded before; 1 cannot be read" in said.output
    rows = list(csv.DictReader((book / "marks.csv").open(encoding="utf-8-sig", newline="")))
    points = {(row["name"], row["exercise"]): row["points"] for row in rows if row["points"]}
    assert points["Ada Lovelace", "00.1"] == "1.0"
    assert points["Ada Lovelace", "00.3"] == "3.0"
    assert points["Bob Hopper", "00.1"] == "0.12"  # an empty mask has no pixels and no share
    assert "it ended the program" in next(row["violation"] for row in rows if row["name"] == "Eve Doe")
    assert {row["state"] for row in rows if row["name"] == "Mei Ito"} == {"missing"}
    told = (book / "report.txt").read_text(encoding="utf-8")
    for sentence in ("a count 1", "Mei Ito (5)", "Eve Doe (3), 00.1: pixel_share: killed", "Zoë Abe_4"):
        assert sentence in told
    page = (book / "feedback/2/00_first_look.html").read_text(encoding="utf-8")
    assert "That is a number of pixels" in page
    assert "mask = " not in page
    seen = roll(book)
    assert (seen.title, seen.students) == ("Autumn", ["Ada Lovelace", "Bob Hopper", "Eve Doe"])
    assert seen.entry("Bob Hopper", "00.1").mistake == "a count"
    assert seen.entry("Bob Hopper", "00.3").answer == "b"
    assert seen.code("Bob Hopper", "00.1") == "def pixel_share(mask):\n    return mask.sum()"
    assert seen.code("Nobody", "00.1") == ""

    again = here(export, "-o", book, "--course", tmp_path / "course.toml", "--show-inputs")
    assert "graded 0; 3 were graded before; 1 cannot be read" in again.output
    assert "mask = " in (book / "feedback/2/00_first_look.html").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_sample_class_gets_what_is_expected_though_the_grader_is_killed(
    shut_in: str, tmp_path: Path
) -> None:
    """Grade a hundred, twelve attackers among them, in two runs: the first ends by kill -9 in the middle."""
    folder, place = tmp_path / "class", tmp_path / "book"
    students = sample_class.write(folder, notebooks() / "lessons/00_first_look.ipynb")
    words = (folder / "submissions.zip", "-o", place, "--course", folder / "course.toml")
    command = [sys.executable, "-m", "workbench.cli", "grade", *map(str, words)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and not (place.is_dir() and len(Gradebook(place).graded()) > 20):
        time.sleep(0.5)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    book = Gradebook(place, new=False)
    before = {one.work.student: one.marks for one in book.graded() if one.marks}
    assert 10 < len(before) < 90
    assert all(len(marks) == 4 for marks in before.values())

    said = here(*words)
    assert said.exit_code == 0, said.output
    graded = {one.work.student: one for one in book.graded() if one.marks}
    assert all(graded[student].marks == marks for student, marks in before.items())
    for student in students:
        if student.role == "leads out of its zip":  # what is behind such names is not read
            continue
        expected = sample_class.expected(student, book.secret)
        marks = graded[student.id].marks if student.id in graded else ()
        got = {m.exercise: (m.state, m.points, m.mistake, bool(m.violation)) for m in marks}
        assert got == {id: astuple(mark) for id, mark in expected.items()}, student
    _late_and_missing(students, place)
    for problem in ("is no notebook", "is a link", "is written in R", "is empty", "holds no notebook"):
        assert problem in said.output
    pairs = said.output.partition("Alike, a hint to look and no more:")[2].splitlines()
    copied = [student.name for student in students if student.role.startswith("copied")]
    assert any(all(name in line for name in copied) for line in pairs[:5])


def _late_and_missing(students: list[sample_class.Student], place: Path) -> None:
    rows = list(csv.DictReader((place / "marks.csv").open(encoding="utf-8-sig", newline="")))
    for student in students:
        mine = [row for row in rows if row["student"] == student.id]
        if student.role == "nothing handed in":
            assert {row["state"] for row in mine} == {"missing"}
        else:
            begun = max(0, math.ceil(student.days - 1))
            share = 0.0 if student.days > 5 else 1 - 0.1 * begun
            assert {float(row["share left"]) for row in mine} == {round(share, 9)}


def test_without_a_course_the_lessons_are_those_that_were_handed_in(shut_in: str, tmp_path: Path) -> None:
    (tmp_path / "in/ada").mkdir(parents=True)
    (tmp_path / "in/ada/mine.ipynb").write_bytes(notebook(*ANSWERS["Ada Lovelace"]))
    said = here(tmp_path / "in", "-o", tmp_path / "book", "--jobs", "1")
    assert said.exit_code == 0, said.output
    assert "00_first_look: 1 of 1 students have a mark; mean 2.00" in said.output
    assert "01_thresholding" not in said.output


def test_what_was_released_comes_back_and_is_graded(shut_in: str, tmp_path: Path) -> None:
    """Release a lesson; one student hands it in as it is, another with an answer written over the stub."""
    out = tmp_path / "handout"
    assert CliRunner().invoke(app, ["release", "00", "-o", str(out)]).exit_code == 0
    text = (out / "00_first_look.ipynb").read_text(encoding="utf-8")
    lesson = json.loads(text)
    first = next(cell for cell in lesson["cells"] if "def pixel_share" in "".join(cell["source"]))
    first["source"] = "def pixel_share(mask):\n    return mask.mean()"
    for name, handed in (("idle", text), ("busy", json.dumps(lesson))):
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / "00_first_look.ipynb").write_text(handed, encoding="utf-8")
    said = here(tmp_path / "in", "-o", tmp_path / "book")
    assert said.exit_code == 0, said.output
    states = {
        one.work.student: [mark.state for mark in one.marks]
        for one in Gradebook(tmp_path / "book", new=False).graded()
    }
    assert states == {"idle": ["not attempted"] * 4, "busy": ["right", *["not attempted"] * 3]}


def test_trust_is_loud(export: Path, tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    said = here(export, "-o", tmp_path / "book", "--lesson", "00", "--trust-students")
    assert said.exit_code == 0, said.output
    assert "--trust-students runs every student's code WITHOUT a sandbox" in said.output
    assert "Graded WITHOUT a sandbox" in (tmp_path / "book/report.txt").read_text(encoding="utf-8")
    assert "without a sandbox" in roll(tmp_path / "book").note


def test_refusals(export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    for words, sentence in (
        ((tmp_path / "nowhere", "-o", tmp_path / "b"), "nowhere"),
        ((tmp_path / "empty", "-o", tmp_path / "b"), "holds no notebook"),
        ((export, "-o", tmp_path / "b", "--lesson", "77"), "77"),
        (
            (export, "-o", tmp_path / "b", "--lesson", "00", "--course", tmp_path / "course.toml"),
            "leave --lesson",
        ),
    ):
        said = here(*words)
        assert said.exit_code == 2, said.output
        assert sentence in said.output
        assert said.output.count("\n") == 1
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda name: None)
    keepers.chosen.cache_clear()
    try:
        said = here(export, "-o", tmp_path / "b")
    finally:
        keepers.chosen.cache_clear()
    assert said.exit_code == 2
    assert "`apt install bubblewrap` brings it; `workbench grade --trust-students`" in said.output
    assert not (tmp_path / "b").exists()


def test_a_book_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"holds no gradebook\.sqlite"):
        roll(tmp_path)
