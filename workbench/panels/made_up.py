"""A made-up class for show: a hundred students of lesson 00, with the mistakes that people make.

Every mark in it is a real one: the exercises' own answers and named mistakes are judged as a student's are.
Only the names, and who makes which mistake, are drawn by lot.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from workbench.panels.hands import HAND, HANDS
from workbench.panels.roll import Entry, Roll
from workbench.teaching import EXERCISES, written
from workbench.teaching.base import Call, Exercise
from workbench.teaching.calling import Outcome, call
from workbench.teaching.masks import MaskExercise
from workbench.teaching.verdict import Verdict

STUDENTS = 100
NOTE = "Nobody here is real: this class was made up for show. Give the gradebook of yours to see it."
FIRST = (
    "Ada Amir Anaïs Björn Chidi Dilek Elif Emeka Fatima Giulia Hana Ines Jakub Kenji Léa Lindiwe Mateo Mei "
    "Nadia Noor Olga Pavel Priya Quỳnh Rania Sami Søren Tomás Yara Zoë"
)
LAST = (
    "Abe Bauer Castro Dubois Eriksen Fofana García Haddad Ito Janssen Kaya Lindqvist Mbeki Nguyễn Okafor "
    "Petrov Quispe Rossi Şahin Tanaka Usman Vidal Wójcik Yılmaz"
)

# How many of a hundred answer so; None is the solution, a name a mistake, and nothing a stub.
SHARES: dict[str, dict[str | None, int]] = {
    "00.1": {
        None: 71, "a count": 9, "percent": 6, "background counted": 3, "rows only": 5, "it stops": 4, "": 2,
    },
    "00.2": {
        None: 48, "Dice": 8, "recall": 6, "accuracy": 4, "empty is 1": 13, "empty is 0": 12,
        "it never ends": 3, "": 6,
    },
    "00.3": {None: 62, "extra pixels forgiven": 11, "Dice": 17, "all or nothing": 6, "": 4},
}  # fmt: skip
CODE: dict[tuple[str, str | None], str] = {
    ("00.1", None): "def pixel_share(mask):\n    return np.mean(mask)",
    ("00.1", "a count"): "def pixel_share(mask):\n    return np.sum(mask)",
    ("00.1", "percent"): "def pixel_share(mask):\n    return 100 * mask.mean()",
    ("00.1", "background counted"): "def pixel_share(mask):\n    return np.mean(mask == 0)",
    ("00.1", "rows only"): "def pixel_share(mask):\n    return np.sum(mask) / len(mask)",
    ("00.1", "it stops"): "def pixel_share(mask):\n    return mask.sum() / mask.sise",
    ("00.2", None): (
        "def iou(truth, guess):\n    union = np.sum(truth | guess)\n"
        '    return np.sum(truth & guess) / union if union else float("nan")'
    ),
    ("00.2", "Dice"): (
        "def iou(truth, guess):\n    both = np.sum(truth & guess)\n    sizes = truth.sum() + guess.sum()\n"
        "    return 2 * both / sizes if sizes else np.nan"
    ),
    ("00.2", "recall"): (
        "def iou(truth, guess):\n    return (truth & guess).sum() / truth.sum() if truth.any() else np.nan"
    ),
    ("00.2", "accuracy"): "def iou(truth, guess):\n    return (truth == guess).mean()",
    ("00.2", "empty is 1"): (
        "def iou(truth, guess):\n    union = (truth | guess).sum()\n    if union == 0:\n        return 1.0\n"
        "    return (truth & guess).sum() / union"
    ),
    ("00.2", "empty is 0"): (
        "def iou(truth, guess):\n    union = np.sum(truth | guess)\n"
        "    return np.sum(truth & guess) / max(union, 1)"
    ),
    ("00.2", "it never ends"): (
        "def iou(truth, guess):\n    row = 0\n    while row < len(truth):\n"
        "        both = (truth[row] & guess[row]).sum()\n    return both"
    ),
}
STUBS = {
    "00.1": "def pixel_share(mask):\n    ...",
    "00.2": "def iou(truth, guess):\n    ...",
    "00.3": "prediction = None",
    "00.4": "painted = None",
}


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
    names = _names(rng)
    exercises = tuple(exercise for id, exercise in EXERCISES.items() if id in STUBS)
    entries, code = [], {}
    for exercise in exercises:
        for name, one in zip(names, _answers(exercise, rng), strict=True):
            code[name, exercise.id] = one.code
            entries.append(_entry(name, exercise, one, rng))
    return Roll("Lesson 00", exercises, tuple(entries), lambda *asked: code.get(asked, ""), NOTE)


def _names(rng: np.random.Generator) -> list[str]:
    every = [f"{first} {last}" for first in FIRST.split() for last in LAST.split()]
    return sorted(rng.choice(every, STUDENTS, replace=False).tolist())


def _answers(exercise: Exercise, rng: np.random.Generator) -> list[Written]:
    if isinstance(exercise, MaskExercise):
        return [_painted(exercise, kind, rng) for kind in _dealt(HANDS, rng)]
    kinds = {kind: _given(exercise, kind) for kind in SHARES[exercise.id]}  # each is judged once
    return [kinds[kind] for kind in _dealt(SHARES[exercise.id], rng)]


def _dealt(shares: dict[Any, int], rng: np.random.Generator) -> list[Any]:
    kinds = [kind for kind, count in shares.items() for _ in range(count)]
    return [kinds[place] for place in rng.permutation(STUDENTS)]


def _given(exercise: Exercise, kind: str | None) -> Written:
    """Judge the solution, a named mistake, or an answer that stops, never ends or is a stub."""
    known: dict[str | None, Any] = {wrong.name: wrong.answer for wrong in exercise.wrong}
    answer = known.get(kind, {None: exercise.solution, "": None}.get(kind, _stops))
    never: Call = lambda function, inputs, seconds: Outcome("endless")  # noqa: E731
    asked = never if kind == "it never ends" else call
    verdict = exercise.judge(answer, np.random.default_rng(7), call=asked)
    data = answer if isinstance(answer, str) else None
    line = STUBS[exercise.id] if kind == "" else f"{exercise.answer_name} = {data!r}"
    return Written(CODE.get((exercise.id, kind), line), verdict, data)


def _stops(*inputs: Any) -> Any:
    return inputs[0].sise


def _painted(exercise: MaskExercise, hand: str, rng: np.random.Generator) -> Written:
    truth, _ = exercise.true_mask(exercise.picture())
    if hand == "none":
        return Written(STUBS[exercise.id], exercise.judge(None, rng))
    line = written.text(HAND[hand](truth, rng))
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
