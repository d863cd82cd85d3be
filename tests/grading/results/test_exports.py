"""Tables that learning platforms and spreadsheets read."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from grading.results.test_totals import LESSON, graded
from grading.test_gradebook import WORK, mark

from workbench.grading.gradebook import Graded, Work
from workbench.grading.results.exports import export
from workbench.grading.results.totals import totals
from workbench.teaching.course import Student

STUDENTS = (Student("17", "Ada Lovelace"), Student("18", "=cmd|' /C calc'!A0"), Student("19", "Zoë, the 2nd"))


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, list[dict[str, str]]]:
    files = export(totals([graded(1.5)], [LESSON], STUDENTS), [LESSON], tmp_path / "out")
    return {path.name: list(csv.DictReader(path.open(encoding="utf-8-sig", newline=""))) for path in files}


def test_one_table_has_everything(tables: dict[str, list[dict[str, str]]]) -> None:
    rows = [row for row in tables["marks.csv"] if row["student"] == "17"]
    assert [(row["exercise"], row["points"], row["of"], row["share left"]) for row in rows] == [
        ("00.1", "1.0", "1.0", "0.75"),
        ("00.2", "2.0", "4.0", "0.75"),
    ]
    missing = next(row for row in tables["marks.csv"] if row["student"] == "19")
    assert (missing["state"], missing["points"]) == ("missing", "")


def test_moodle_and_canvas_get_the_points_that_count(tables: dict[str, list[dict[str, str]]]) -> None:
    moodle = {row["ID number"]: row for row in tables["moodle_00_first_look.csv"]}
    assert (moodle["17"]["Identifier"], moodle["17"]["Grade"]) == ("Participant 17", "2.25")
    assert moodle["17"]["Feedback comments"] == "late: 75% of the points are left"
    assert (moodle["19"]["Grade"], moodle["19"]["Feedback comments"]) == ("", "missing")
    possible, *canvas = tables["canvas.csv"]
    assert (possible["Student"].strip(), possible["00_first_look"]) == ("Points Possible", "5.0")
    assert {row["ID"]: row["00_first_look"] for row in canvas} == {"17": "2.25", "18": "", "19": ""}


def test_a_name_is_no_formula(tables: dict[str, list[dict[str, str]]]) -> None:
    for name, rows in tables.items():
        for row in rows:
            assert not any(cell.startswith(("=", "+", "@")) for cell in row.values() if cell), name


def test_trust_is_in_the_table(tmp_path: Path) -> None:
    trusted = Graded(Work(**WORK.__dict__), (mark("00.1"), mark("00.2")), 1, 1, trusting=True)
    path, *_ = export(totals([trusted], [LESSON]), [LESSON], tmp_path)
    assert "yes" in path.read_text(encoding="utf-8-sig")
