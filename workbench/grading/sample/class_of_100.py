"""A class of a hundred students of lesson 00: their names, and how many of them make which mistake.

Nobody in it is real. Who makes which mistake is drawn by lot; what the mistake is worth is judged.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.grading.sample.hands import HAND
from workbench.teaching import written
from workbench.teaching.base import Call, Exercise
from workbench.teaching.calling import Outcome, call
from workbench.teaching.masks import MaskExercise
from workbench.teaching.verdict import Verdict

STUDENTS = 100
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


def names(rng: np.random.Generator) -> list[str]:
    """Draw a hundred names, no two the same, in order."""
    every = [f"{first} {last}" for first in FIRST.split() for last in LAST.split()]
    return sorted(rng.choice(every, STUDENTS, replace=False).tolist())


def dealt(shares: dict[Any, int], rng: np.random.Generator) -> list[Any]:
    """Deal kinds of answers out by lot, each as often as its share says.

    >>> sorted(dealt({"a": 99, "b": 1}, np.random.default_rng(0)))[-2:]
    ['a', 'b']
    """
    kinds = [kind for kind, count in shares.items() for _ in range(count)]
    return [kinds[place] for place in rng.permutation(STUDENTS)]


def answer_of(exercise: Exercise, kind: str | None) -> Any:
    """Give the solution, a named mistake, None for a stub, or a function that stops for any other kind."""
    known: dict[str | None, Any] = {wrong.name: wrong.answer for wrong in exercise.wrong}
    return known.get(kind, {None: exercise.solution, "": None}.get(kind, _stops))


def verdict_on(exercise: Exercise, kind: str | None, rng: np.random.Generator) -> Verdict:
    """Judge a kind of answer as a student's is judged."""
    never: Call = lambda function, inputs, seconds: Outcome("endless")  # noqa: E731
    asked = never if kind == "it never ends" else call
    return exercise.judge(answer_of(exercise, kind), rng, call=asked)


def painted(exercise: MaskExercise, hand: str, rng: np.random.Generator) -> str:
    """Paint with a hand, and write the mask as a notebook keeps it; empty where nothing is painted."""
    if hand == "none":
        return ""
    truth, _ = exercise.true_mask(exercise.picture())
    return written.text(HAND[hand](truth, rng))


def _stops(*inputs: Any) -> Any:
    return inputs[0].sise
