"""From files to work: which student handed in which lesson, and when; what cannot be read becomes a line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

from workbench.grading.collecting.notebook import opened
from workbench.grading.collecting.roster import Roster
from workbench.grading.collecting.submissions import Submission
from workbench.grading.gradebook import Work
from workbench.teaching.course import Assignment

DAY = 86_400.0  # s


@dataclass(frozen=True)
class Assigned:
    """Hold what a folder of submissions came to.

    work : every submission with a student, each once. remarks : what an instructor should know, a sentence
    each, after the file it is about.
    """

    work: tuple[Work, ...]
    remarks: tuple[str, ...]


def assigned(
    submissions: Iterable[Submission], assignments: Sequence[Assignment], roster: Roster | None = None
) -> Assigned:
    """Sort submissions by student and lesson.

    assignments : the lessons that were asked. A notebook belongs to the one whose exercises it checks, or
    else to the one that its file is named after.
    """
    roster = roster or Roster()
    made: dict[tuple[str, str, str], Work] = {}
    remarks: list[str] = []
    for submission in submissions:
        if not submission.student:
            remarks.append(f"{submission.file}: {submission.problem}")
            continue
        work, said = _work(submission, assignments, roster)
        remarks += [f"{submission.file}: {sentence}" for sentence in said]
        before = made.get((work.student, work.lesson, work.sha256))
        # The same notebook once more is no later submission.
        if before is None or (work.handed_in and work.handed_in < before.handed_in):
            made[work.student, work.lesson, work.sha256] = work
    every = sorted(made.values(), key=lambda w: (w.student, w.lesson, w.handed_in, w.place, w.file))
    return Assigned(tuple(every), tuple(remarks + _repeated(every)))


def _work(
    submission: Submission, assignments: Sequence[Assignment], roster: Roster
) -> tuple[Work, list[str]]:
    said = []
    try:
        student = roster.find(submission.student, submission.key)
    except ValueError as error:
        said.append(str(error))
        student = Roster().find(submission.student, submission.key)
    cells: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    problem = submission.problem
    if not problem:
        try:
            notebook = opened(submission.text)
            cells, asked = notebook.cells, notebook.asked
        except ValueError as error:
            problem = str(error)
    lesson = _lesson(submission.file, asked, assignments)
    if lesson is None and not problem:
        names = ", ".join(assignment.name for assignment in assignments)
        problem = f"it checks no exercise of {names}, and is named after none of them"
    if lesson is None and len(assignments) == 1:
        lesson = assignments[0]
    if problem:
        said.append(problem)
    work = Work(
        student=_whole(student.id),
        name=_whole(student.name or student.id),
        lesson=lesson.name if lesson else "",
        file=_whole(submission.file),
        sha256=hashlib.sha256(submission.text or problem.encode("utf-8", "replace")).hexdigest(),
        handed_in=submission.when.astimezone(UTC).isoformat(timespec="seconds") if submission.when else "",
        days_late=_late(submission.when, lesson),
        place=submission.number,
        problem=_whole(problem),
        cells=cells,
    )
    return (replace(work, cells=()) if problem else work), said


def _lesson(file: str, asked: Sequence[str], assignments: Sequence[Assignment]) -> Assignment | None:
    """Choose the lesson of which a notebook checks most, or else the one it is named after."""
    shared = {a.name: len(set(asked) & set(a.exercises)) for a in assignments}
    best = max(assignments, key=lambda a: shared[a.name], default=None)
    if best is not None and shared[best.name]:
        return best
    parts = PurePosixPath(file).parts
    return next((a for a in assignments if any(a.name in part for part in parts)), None)


def _late(when: datetime | None, lesson: Assignment | None) -> float:
    if when is None or lesson is None or lesson.due is None:
        return 0.0
    return max(0.0, (when - lesson.due).total_seconds() / DAY)


def _repeated(every: Sequence[Work]) -> list[str]:
    """Say who handed in more than one notebook for a lesson."""
    groups: dict[tuple[str, str], list[Work]] = {}
    for work in every:
        groups.setdefault((work.student, work.lesson), []).append(work)
    return [
        f"{group[-1].file}: {group[-1].name} handed in {len(group)} different ones for "
        f"{lesson or 'no lesson'}; the last that can be read counts"
        for (_, lesson), group in groups.items()
        if len(group) > 1
    ]


def _whole(text: str) -> str:
    """Write text so that any file takes it; names of files may hold half letters."""
    return text.encode("utf-8", "replace").decode()
