"""A gradebook as the class that the class view looks at."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from workbench.grading import slicing, wire
from workbench.grading.gradebook import Gradebook, Graded
from workbench.grading.judging import Mark, answer_name
from workbench.panels.roll import Entry, Roll
from workbench.teaching import EXERCISES

TRUSTED = "Graded without a sandbox: these marks are only as good as the students are honest."


def roll(folder: Path) -> Roll:
    """Read a gradebook that `workbench grade -o` made.

    Raises
    ------
    ValueError : there is none in the folder, or nothing in it is graded yet.
    """
    book = Gradebook(folder, new=False)
    graded = [one for one in book.graded() if one.marks]
    asked = {mark.exercise for one in graded for mark in one.marks} & set(EXERCISES)
    if not asked:
        raise ValueError(f"{folder}: nothing is graded yet; run `workbench grade SUBMISSIONS -o {folder}`")
    names = _names(graded)
    by_name = {(names[one.work.student], mark.exercise): one for one in graded for mark in one.marks}
    entries = [
        _entry(names[one.work.student], one, mark)
        for one in graded
        for mark in one.marks
        if mark.exercise in asked
    ]

    def code(student: str, exercise: str) -> str:
        """Give the part of the notebook that an answer needs."""
        one = by_name.get((student, exercise))
        if one is None:
            return ""
        return slicing.needed(one.work.cells, answer_name(EXERCISES[exercise]))

    exercises = tuple(exercise for id, exercise in EXERCISES.items() if id in asked)
    note = TRUSTED if any(one.trusting for one in graded) else ""
    return Roll(book.noted("title") or folder.name, exercises, tuple(entries), code, note)


def _names(graded: list[Graded]) -> dict[str, str]:
    """Say what to call each student; two of one name are told apart by their ids."""
    called = {one.work.student: one.work.name for one in graded}
    often = Counter(called.values())
    return {id: f"{name} ({id})" if often[name] > 1 else name for id, name in called.items()}


def _entry(student: str, one: Graded, mark: Mark) -> Entry:
    return Entry(
        student=student,
        exercise=mark.exercise,
        state=mark.state,
        points=mark.points,
        of=mark.of,
        mistake=mark.mistake,
        seconds=mark.seconds,
        tries=one.tries,
        violation=mark.violation,
        verdict=mark.verdict,
        answer=None if mark.answer is None else wire.unpacked(mark.answer),
    )
