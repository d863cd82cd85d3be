"""`workbench release`: lessons as students get them, without solutions, in a folder to hand out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.refusals import refusals

if TYPE_CHECKING:
    from workbench.teaching.course import Assignment, Course


def release(
    lessons: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[LESSON]...", help="Names, numbers or notebooks; by default all of the course."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Folder for the student editions.")] = None,
    course: Annotated[
        Path | None, typer.Option(help="A course.toml: title, due dates, points, students.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Let the folder hold other files too; they stay.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest instead of a table.")] = False,
) -> None:
    """Write lessons without their solutions, with a manifest and a page for students."""
    from workbench.teaching.course import course as read
    from workbench.teaching.release import release as write

    with refusals():
        if out is None or not (lessons or course):
            raise ValueError("release needs LESSON... and -o, or --course and -o; see release --help")
        whole = read(course) if course else None
        manifest = write(_chosen(lessons or [], whole), out, whole, replace=replace)
    if as_json:
        print(json.dumps(manifest, indent=1))
        return
    for lesson in manifest["lessons"]:
        points = sum(exercise["points"] for exercise in lesson["exercises"])
        due = f", due {lesson['due']}" if lesson["due"] else ""
        print(f"{out / lesson['file']}: {len(lesson['exercises'])} exercises, {points:g} points{due}")


def _chosen(lessons: list[str], course: Course | None) -> tuple[Assignment, ...]:
    """Take lessons as the course has them, others as they are; by default all of the course."""
    from workbench.teaching.course import assignment

    known = {one.path.resolve(): one for one in course.assignments} if course else {}
    plain = [assignment(lesson) for lesson in lessons]
    return tuple(known.get(one.path.resolve(), one) for one in plain) or tuple(known.values())
