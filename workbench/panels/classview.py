"""The class view: how a graded class did, question by question, down to each submission."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.panels.cards import sentence
from workbench.panels.page import PageWidget
from workbench.widgets import assets

if TYPE_CHECKING:
    from workbench.panels.roll import Roll

Send = Callable[[dict[str, Any], list[bytes]], None]
LONGEST_CODE = 20_000  # characters of a submission that are shown


@dataclass
class ClassRoom:
    """Answer a page that looks at a graded class; it knows nothing of widgets.

    roll : the class. question : the exercise that is looked at first; empty: the first that was painted, or
    the first.
    """

    send: Send
    roll: Roll
    question: str = ""

    def __post_init__(self) -> None:
        if self.question:
            self.roll.exercise(self.question)

    def receive(self, content: Any) -> None:
        """Take one message from the page; what cannot be is answered with a sentence."""
        asked = content if isinstance(content, dict) else {}
        try:
            if asked.get("type") == "hello":
                self.greet()
            elif asked.get("type") == "pick":
                self.show(str(asked.get("exercise")))
            elif asked.get("type") == "open":
                self.open(str(asked.get("student")), str(asked.get("exercise")))
            else:
                raise ValueError("the page asked for something that there is not; reload it")
        except (ValueError, OSError) as error:
            self.send({"type": "notice", "level": "error", "message": sentence(error)}, [])

    def greet(self) -> None:
        """Send the questions with how each went, then the first to look at."""
        from workbench.panels.roll import counted

        questions = [
            {"id": one.id, "title": one.title, "of": one.points, **counted(one, self.roll.of(one.id))}
            for one in self.roll.exercises
        ]
        told = {"title": self.roll.title, "note": self.roll.note, "students": len(self.roll.students)}
        self.send({"type": "class", "questions": questions, **told}, [])
        if self.roll.exercises:
            self.show(self.question or self._first())

    def show(self, id: str) -> None:
        """Send one question: who got what, and where it was painted, every mask.

        Raises
        ------
        ValueError : it was not asked.
        """
        from workbench.panels.painted import gallery
        from workbench.teaching.masks import MaskExercise

        exercise, entries = self.roll.exercise(id), self.roll.of(id)
        self.question = id
        found = gallery(exercise, entries) if isinstance(exercise, MaskExercise) else None
        walls, buffers = found.message() if found else (None, [])
        rows = [
            {
                "student": entry.student,
                "state": entry.state,
                "points": entry.points,
                "mistake": entry.mistake,
                "tries": entry.tries,
                "seconds": entry.seconds,
                "violation": entry.violation,
            }
            for entry in entries
        ]
        self.send({"type": "question", "id": id, "rows": rows, "gallery": walls}, buffers)

    def open(self, student: str, exercise: str) -> None:
        """Send one submission: what was asked, what came, and its code as text.

        Raises
        ------
        ValueError : there is none of this student.
        """
        from workbench.panels.roll import told

        entry = self.roll.entry(student, exercise)
        code = self.roll.code(student, exercise)
        if len(code) > LONGEST_CODE:
            code = code[:LONGEST_CODE] + f"\n... and {len(code) - LONGEST_CODE} characters more"
        self.send({"type": "submission", **told(entry, self.roll.exercise(exercise), code)}, [])

    def _first(self) -> str:
        from workbench.teaching.masks import MaskExercise

        painted = [one.id for one in self.roll.exercises if isinstance(one, MaskExercise)]
        return next(iter([*painted, self.roll.exercises[0].id]))


class ClassWidget(PageWidget):
    """Show the class view; `panels.classview` makes it."""

    _esm = assets.module("classview.js")

    def __init__(self, roll: Roll, question: str = "") -> None:
        super().__init__()
        self._room = ClassRoom(self._tell, roll, question)
        self.on_msg(lambda _, content, buffers: self._room.receive(content))


def classview(question: str = "", book: str | Path = "") -> ClassWidget:
    """Show how a graded class did: points, mistakes, every mask, where most miss, each submission.

    Parameters
    ----------
    question : the exercise to look at first, such as ``"00.4"``. book : the folder that
    `workbench grade -o` made; without one, a class that is made up for show.

    Raises
    ------
    ValueError : the class was not asked that, or the folder holds no gradebook.
    """
    from workbench.panels.graded import roll
    from workbench.panels.made_up import made_up

    return ClassWidget(roll(Path(book)) if book else made_up(), question)
