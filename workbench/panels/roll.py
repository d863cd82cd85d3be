"""A graded class: who got what for which exercise, and how it is counted for the class view."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from workbench.teaching.base import Exercise
from workbench.teaching.verdict import MARKS, State, Verdict

BINS = ("0", "up to 20 %", "up to 40 %", "up to 60 %", "up to 80 %", "below 100 %", "all")
STEP = 0.2  # of the points, from bin to bin
MOST_TRIES = 5  # from here on counted together
PICTURE = re.compile(r'<img src="(data:image/png;base64,[A-Za-z0-9+/=]+)" alt="([^"]*)"')


@dataclass(frozen=True)
class Entry:
    """Hold one student's mark for one exercise.

    mistake : the named wrong answer that was recognised, or empty. seconds : that the answer ran.
    tries : how often it was handed in. violation : what the code did that no answer needs, or empty.
    answer : where it is data (a mask, values, a letter), that; None for a function.
    """

    student: str
    exercise: str
    state: State
    points: float
    of: float
    mistake: str = ""
    seconds: float = 0.0
    tries: int = 1
    violation: str = ""
    verdict: Verdict | None = None
    answer: Any = None

    @property
    def share(self) -> float:
        """Give the share of the points, 0 to 1."""
        return self.points / self.of if self.of else 0.0


@dataclass(frozen=True)
class Roll:
    """Hold a graded class.

    exercises : what was asked, in order. code : gives what a student wrote for an exercise, as text.
    note : one sentence that a viewer has to know, such as that nobody of it is real.
    """

    title: str
    exercises: tuple[Exercise, ...]
    entries: tuple[Entry, ...]
    code: Callable[[str, str], str] = field(default=lambda student, exercise: "")
    note: str = ""

    def of(self, exercise: str) -> list[Entry]:
        """List the entries for one exercise, by student."""
        return sorted((e for e in self.entries if e.exercise == exercise), key=lambda e: e.student)

    def entry(self, student: str, exercise: str) -> Entry:
        """Give one entry.

        Raises
        ------
        ValueError : there is none.
        """
        for one in self.entries:
            if (one.student, one.exercise) == (student, exercise):
                return one
        raise ValueError(f"{student!r} has no mark for {exercise!r} in this gradebook; pick another")

    def exercise(self, id: str) -> Exercise:
        """Give one exercise.

        Raises
        ------
        ValueError : it was not asked.
        """
        for one in self.exercises:
            if one.id == id:
                return one
        known = ", ".join(exercise.id for exercise in self.exercises)
        raise ValueError(f"no exercise {id!r} in this gradebook; there are {known}")

    @property
    def students(self) -> list[str]:
        """List who is in it."""
        return sorted({entry.student for entry in self.entries})


def counted(exercise: Exercise, entries: Sequence[Entry]) -> dict[str, Any]:
    """Count how an exercise went, ready for JSON.

    states : how many are right, right in part, not at all, not attempted. bins : how many got how much.
    mistakes : name, hint and count of each named wrong answer, the commonest first. tries : how many needed
    1, 2, ... of them. mean : of the points; seconds : median. Both are None where nobody tried.
    """
    tried = [entry for entry in entries if entry.state != "not attempted"]
    names = Counter(entry.mistake for entry in tried if entry.mistake)
    unnamed = sum(entry.state == "not yet" and not entry.mistake for entry in tried)
    mistakes = [
        {"name": wrong.name, "hint": wrong.hint, "count": names[wrong.name]} for wrong in exercise.wrong
    ]
    tries = Counter(min(entry.tries, MOST_TRIES) for entry in tried)
    return {
        "states": {
            "right": sum(entry.state == "right" for entry in tried),
            "part": sum(entry.state == "not yet" and entry.points > 0 for entry in tried),
            "wrong": sum(entry.state == "not yet" and entry.points <= 0 for entry in tried),
            "none": len(entries) - len(tried),
        },
        "bins": [[name, count] for name, count in zip(BINS, _bins(entries), strict=True)],
        "mistakes": sorted(mistakes, key=lambda one: -one["count"]),
        "unnamed": unnamed,
        "tries": [[_named(number), tries[number]] for number in range(1, MOST_TRIES + 1)],
        "mean": sum(entry.points for entry in entries) / len(entries) if tried else None,
        "seconds": median(entry.seconds for entry in tried) if tried else None,
    }


def told(entry: Entry, exercise: Exercise, code: str) -> dict[str, Any]:
    """Say everything about one submission, ready for JSON; its code is text and nothing else."""
    verdict = entry.verdict
    rows = [list(row) for row in verdict.rows] if verdict else []
    pictures = PICTURE.findall(verdict.picture) if verdict else []
    said = verdict.said if verdict and verdict.said else entry.state
    return {
        "student": entry.student,
        "exercise": exercise.id,
        "title": exercise.title,
        "state": entry.state,
        "sign": MARKS[entry.state][0],
        "said": said,
        "points": entry.points,
        "of": entry.of,
        "mistake": entry.mistake,
        "violation": entry.violation,
        "tries": entry.tries,
        "seconds": entry.seconds,
        "rows": rows,
        # Only pictures that are ours go to the page, as bytes and words: no HTML out of a gradebook does.
        "pictures": [{"src": src, "alt": alt} for src, alt in pictures if _is_png(src)],
        "code": code,
    }


def _bins(entries: Sequence[Entry]) -> list[int]:
    found = [0] * len(BINS)
    for entry in entries:
        share = min(1.0, max(0.0, entry.share))
        if share >= 1:
            found[-1] += 1
        else:
            found[0 if share <= 0 else 1 + min(4, int(share / STEP - 1e-9))] += 1
    return found


def _named(number: int) -> str:
    return f"{number} or more" if number == MOST_TRIES else str(number)


def _is_png(src: str) -> bool:
    try:
        return base64.b64decode(src.partition(",")[2], validate=True).startswith(b"\x89PNG")
    except ValueError:
        return False
