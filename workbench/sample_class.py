"""`workbench sample-class`: a hundred submissions to try the grader on, attacks among them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.refusals import refusals


def sample_class(
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder to make; an empty one is taken too.")],
    seed: Annotated[int, typer.Option(min=0, help="Another number draws another class.")] = 0,
) -> None:
    """Write a made-up class of lesson 00, with its mishaps and a dozen attacks, to try grading on."""
    from workbench.grading.sample import sample_class
    from workbench.grading.sample.student_files import LESSON
    from workbench.server import notebooks

    with refusals():
        students = sample_class.write(out, notebooks() / "lessons" / LESSON, seed)
    attacks = sum(student.role.startswith("attack") for student in students)
    print(
        f"wrote {len(students)} students to {out}: submissions.zip, students.csv, course.toml, expected.json"
    )
    print(f"{attacks} of them attack the grader: grade them in the sandbox, and do not run their notebooks")
    print(f"points in expected.json are those of the secret {sample_class.SECRET.decode()!r}")
