"""What a student gets for a lesson: the marks, weighed as the course says, less what being late costs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from workbench.grading.gradebook import Graded
from workbench.teaching.course import Assignment, Student


@dataclass(frozen=True)
class Total:
    """Hold one line of the gradebook.

    student, name : who. points, possible : by exercise, got and to be had, before being late is counted; nan
    where there is no mark. late : the share that is left. graded : the submission that counts; None where
    nothing was handed in.
    """

    student: str
    name: str
    lesson: str
    points: dict[str, float] = field(default_factory=dict)
    possible: dict[str, float] = field(default_factory=dict)
    late: float = 1.0
    graded: Graded | None = None

    @property
    def of(self) -> float:
        """Give the points that can be had."""
        return sum(self.possible.values())

    @property
    def total(self) -> float:
        """Give the points that count, to two decimals; nan where nothing could be graded."""
        known = [points for points in self.points.values() if not math.isnan(points)]
        return round(sum(known) * self.late, 2) if known else math.nan

    @property
    def state(self) -> str:
        """Say in two words how it stands: graded, missing, unreadable or not graded yet."""
        if self.graded is None:
            return "missing"
        if self.graded.work.problem:
            return "unreadable"
        return "graded" if self.graded.marks else "not graded yet"


def totals(
    graded: Iterable[Graded], assignments: Sequence[Assignment], students: Sequence[Student] = ()
) -> list[Total]:
    """Count everybody's points for every lesson, by lesson and then by name.

    students : of the course; those who handed nothing in are in it too.
    """
    by_key = {(one.work.student, one.work.lesson): one for one in graded}
    names = {student.id: student.name or student.id for student in students}
    names |= {one.work.student: one.work.name for one in by_key.values() if one.work.student not in names}
    lines = []
    for assignment in assignments:
        for student, name in sorted(names.items(), key=lambda pair: (pair[1].casefold(), pair[0])):
            lines.append(_total(student, name, assignment, by_key.get((student, assignment.name))))
    return lines


def _total(student: str, name: str, assignment: Assignment, graded: Graded | None) -> Total:
    possible = {id: assignment.of(id) for id in assignment.exercises}
    points: dict[str, float] = {}
    for id, of in possible.items():
        mark = graded.mark(id) if graded else None
        share = math.nan if mark is None else mark.points / mark.of if mark.of else 0.0
        points[id] = round(share * of, 2)
    late = assignment.late.share(graded.work.days_late) if graded else 1.0
    return Total(student, name, assignment.name, points, possible, late, graded)
