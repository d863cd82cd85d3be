"""`workbench sample-class`: files to try the grader on, or one sentence."""

from __future__ import annotations

from pathlib import Path

import typer
from typer.testing import CliRunner

from workbench.sample_class import sample_class

APP = typer.Typer()
APP.command()(sample_class)


def test_a_class_is_written_and_the_attacks_are_told_of(tmp_path: Path) -> None:
    said = CliRunner().invoke(APP, ["-o", str(tmp_path / "class"), "--seed", "2"])
    assert said.exit_code == 0, said.output
    names = {path.name for path in (tmp_path / "class").iterdir()}
    assert names == {"submissions.zip", "students.csv", "course.toml", "expected.json"}
    assert "wrote 100 students" in said.output
    assert "12 of them attack the grader: grade them in the sandbox" in said.output


def test_a_folder_that_is_not_empty_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    said = CliRunner().invoke(APP, ["-o", str(tmp_path)])
    assert said.exit_code == 2
    assert said.output.count("\n") == 1
    assert "is not an empty folder; name another one" in said.output
    assert (tmp_path / "mine.txt").read_text() == "mine"
