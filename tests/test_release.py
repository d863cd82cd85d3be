"""`workbench release`: a line a lesson, or one sentence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from workbench.release import release
from workbench.server import notebooks

COURSE = """
title = "Winter"
[[lesson]]
name = "01_thresholding"
due = 2026-12-01T23:59:00+01:00
points = {"01.1" = 2}
[[lesson]]
name = "own.ipynb"
"""


def here(*words: str):
    app = typer.Typer()
    app.command()(release)
    return CliRunner().invoke(app, [*map(str, words)])


@pytest.fixture
def course(tmp_path: Path) -> Path:
    shutil.copy(notebooks() / "lessons/04_clustering.ipynb", tmp_path / "own.ipynb")
    (tmp_path / "course.toml").write_text(COURSE)
    return tmp_path / "course.toml"


def test_lessons_are_released_by_number_name_and_path(course: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    said = here("01", "02_edges", course.with_name("own.ipynb"), "-o", out)
    assert said.exit_code == 0, said.output
    assert said.output.splitlines() == [
        f"{out}/01_thresholding.ipynb: 4 exercises, 4 points",
        f"{out}/02_edges.ipynb: 2 exercises, 2 points",
        f"{out}/own.ipynb: 2 exercises, 2 points",
    ]
    assert len(list(out.iterdir())) == 5


def test_a_course_says_what_and_when(course: Path, tmp_path: Path) -> None:
    said = here("--course", course, "-o", tmp_path / "out", "--json")
    assert said.exit_code == 0, said.output
    made = json.loads(said.output)
    assert made == json.loads((tmp_path / "out/manifest.json").read_text())
    assert [lesson["name"] for lesson in made["lessons"]] == ["01_thresholding", "own"]
    assert made["course"] == "Winter"


def test_a_lesson_of_a_course_has_its_points_and_due_date(course: Path, tmp_path: Path) -> None:
    said = here("01", "03", "--course", course, "-o", tmp_path / "out")
    assert [line.partition(": ")[2] for line in said.output.splitlines()] == [
        "4 exercises, 5 points, due 2026-12-01T23:59:00+01:00",
        "2 exercises, 2 points",
    ]


def test_a_folder_with_other_files_is_for_replacing(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/notes.txt").write_text("mine")
    said = here("04", "-o", tmp_path / "out")
    assert said.exit_code == 2
    assert "nothing but an earlier release, unchanged, got 'notes.txt'" in said.output
    assert here("04", "-o", tmp_path / "out", "--replace").exit_code == 0
    assert (tmp_path / "out/notes.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "release needs LESSON... and -o, or --course and -o"),
        (["01"], "release needs LESSON... and -o"),
        (["-o", "out"], "release needs LESSON... and -o"),
        (["77", "-o", "out"], "no lesson '77'"),
        (["no.ipynb", "-o", "out"], "no.ipynb: No such file or directory"),
        (["01", "--course", "no.toml", "-o", "out"], "no.toml: No such file or directory"),
    ],
)
def test_refusals(words: list[str], sentence: str) -> None:
    said = here(*words)
    assert said.exit_code == 2
    assert said.output.startswith("workbench: ")
    assert sentence in said.output
    assert said.output.count("\n") == 1
