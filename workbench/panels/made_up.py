"""A made-up class for show: a hundred students of lesson 00, with the mistakes that people make.

Every mark in it is a real one: the exercises' own answers and named mistakes are judged as a student's are.
Only the names, and who makes which mistake, are drawn by lot.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from workbench.grading.sample import class_of_100
from workbench.grading.sample.class_of_100 import SHARES, STUDENTS, dealt
from workbench.grading.sample.hands import HANDS
from workbench.grading.sample.spellings import CODE, STUBS
from workbench.panels.roll import Entry, Roll
from workbench.teaching import EXERCISES
from workbench.teaching.base import Exercise
from workbench.teaching.masks import MaskExercise
from workbench.teaching.verdict import Verdict

__all__ = ["CODE", "NOTE", "SHARES", "STUDENTS", "Written", "made_up"]

NOTE = "Nobody here is real: this class was made up for show. Give the gradebook of yours to see it."


@dataclass(frozen=True)
class Written:
    """Hold what a student wrote, and what the judge said of it."""

    code: str
    verdict: Verdict
    answer: Any = None


@cache
def made_up(seed: int = 0) -> Roll:
    """Make the class up; takes a second or two, and is made once."""
    rng = np.random.default_rng(seed)
    names = class_of_100.names(rng)
    exercises = tuple(exercise for id, exercise in EXERCISES.items() if id in STUBS)
    entries, code = [], {}
    for exercise in exercises:
        for name, one in zip(names, _answers(exercise, rng), strict=True):
            code[name, exercise.id] = one.code
            entries.append(_entry(name, exercise, one, rng))
    return Roll("Lesson 00", exercises, tuple(entries), lambda *asked: code.get(asked, ""), NOTE)


def _answers(exercise: Exercise, rng: np.random.Generator) -> list[Written]:
    if isinstance(exercise, MaskExercise):
        return [_painted(exercise, hand, rng) for hand in dealt(HANDS, rng)]
    kinds = {kind: _given(exercise, kind) for kind in SHARES[exercise.id]}  # each is judged once
    return [kinds[kind] for kind in dealt(SHARES[exercise.id], rng)]


def _given(exercise: Exercise, kind: str | None) -> Written:
    """Judge the solution, a named mistake, or an answer that stops, never ends or is a stub."""
    answer = class_of_100.answer_of(exercise, kind)
    verdict = class_of_100.verdict_on(exercise, kind, np.random.default_rng(7))
    return Written(CODE[exercise.id, kind], verdict, answer if isinstance(answer, str) else None)


def _painted(exercise: MaskExercise, hand: str, rng: np.random.Generator) -> Written:
    line = class_of_100.painted(exercise, hand, rng)
    if not line:
        return Written(STUBS[exercise.id], exercise.judge(None, rng))
    return Written(f'{exercise.answer_name} = "{line}"', exercise.judge(line, rng), line)


def _entry(name: str, exercise: Exercise, one: Written, rng: np.random.Generator) -> Entry:
    verdict = one.verdict
    slow = exercise.seconds if verdict.got.startswith("nothing within") else 0.0
    return Entry(
        student=name,
        exercise=exercise.id,
        state=verdict.state,
        points=round(exercise.points * verdict.share, 2),
        of=exercise.points,
        mistake=verdict.mistake,
        seconds=slow + float(rng.gamma(2, 0.01)),
        tries=1 + int(rng.poisson(0.4 if verdict.right else 1.1)),
        verdict=verdict,
        answer=one.answer,
    )
