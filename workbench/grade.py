"""`workbench grade`: a folder of submissions becomes a gradebook, tables, feedback and a report."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.refusals import refusals

if TYPE_CHECKING:
    from workbench.grading.collecting.assigning import Assigned
    from workbench.grading.gradebook import Gradebook
    from workbench.grading.marking import Told
    from workbench.teaching.course import Course

Submissions = Annotated[
    Path, typer.Argument(metavar="SUBMISSIONS", help="Folder or zip, as it was exported.")
]
Book = Annotated[Path, typer.Option("-o", "--out", metavar="BOOK", help="Folder of the gradebook.")]


def grade(
    submissions: Submissions,
    out: Book,
    course: Annotated[Path | None, typer.Option(help="course.toml: students, due dates, points.")] = None,
    lesson: Annotated[list[str] | None, typer.Option(help="Lesson, such as 01; may be repeated.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Submissions graded side by side.")] = os.cpu_count() or 1,
    regrade: Annotated[bool, typer.Option("--regrade", help="Grade again; old marks are kept.")] = False,
    show_inputs: Annotated[
        bool, typer.Option("--show-inputs", help="Let feedback show hidden inputs.")
    ] = False,
    scheduler: Annotated[str, typer.Option(help="Grade on a Dask cluster: tcp://HOST:PORT.")] = "",
    trust_students: Annotated[
        bool, typer.Option("--trust-students", help="Run their code WITHOUT a sandbox.")
    ] = False,
) -> None:
    """Grade submissions: their code runs in a sandbox, and is judged outside on hidden inputs."""
    with refusals():
        from workbench.grading import marking
        from workbench.grading.gradebook import Gradebook

        asked = _course(course, lesson)
        assigned = _assigned(submissions, asked)
        met = {work.lesson for work in assigned.work}
        asked_now = [one for one in asked.assignments if course or lesson or one.name in met]
        if trust_students:
            print("workbench: --trust-students runs every student's code WITHOUT a sandbox", file=sys.stderr)
        where = marking.cluster(scheduler) if scheduler else marking.here(jobs, trust_students)
        with where as executor, _progress() as told:
            book = Gradebook(out)
            done = marking.grade(
                assigned,
                asked_now,
                book,
                executor=executor,
                trusting=trust_students,
                regrade=regrade,
                told=told,
            )
        print(f"graded {done.graded}; {done.kept} were graded before; {done.unreadable} cannot be read")
        _write(book, out, asked, [one.name for one in asked_now], assigned.remarks, show_inputs)


def _course(path: Path | None, lessons: Sequence[str] | None) -> Course:
    from workbench.teaching import course as courses

    if path and lessons:
        raise ValueError("--course names the lessons already; leave --lesson out")
    if path:
        return courses.course(path)
    named = [Path(name) if name.endswith(".ipynb") else name for name in lessons or ()]
    return courses.Course("", tuple(courses.assignment(one) for one in named or courses.lessons()))


def _assigned(submissions: Path, course: Course) -> Assigned:
    from workbench.grading.collecting.assigning import assigned
    from workbench.grading.collecting.roster import Roster
    from workbench.grading.collecting.submissions import found

    every = found(submissions)
    if not every:
        raise ValueError(f"{submissions} holds no notebook; name the folder or the zip that was exported")
    return assigned(every, course.assignments, Roster(course.students))


@contextmanager
def _progress() -> Iterator[Told]:
    """Show how far grading is and how long it will take."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("grading", total=None)
        yield lambda done, of, work, marks: bar.update(task, completed=done, total=of)


def _write(
    book: Gradebook, out: Path, course: Course, names: Sequence[str], remarks: Sequence[str], inputs: bool
) -> None:
    from workbench.grading.results import feedback
    from workbench.grading.results.exports import export
    from workbench.grading.results.report import report
    from workbench.grading.results.totals import totals

    assignments = [one for one in course.assignments if one.name in names]
    lines = totals(book.graded(), assignments, course.students)
    export(lines, assignments, out)
    for line in lines:
        feedback.write(line, out / "feedback", inputs)
    summed = report(lines, assignments, remarks, course.title or "Grading report")
    (out / "report.txt").write_text(f"{summed}\n", encoding="utf-8")
    (out / "report.html").write_text(summed.html(), encoding="utf-8")
    book.note("title", course.title)
    print(summed)
    print(f"wrote {out}: gradebook.sqlite, marks.csv, canvas.csv, moodle_*.csv, feedback/, report.html")
