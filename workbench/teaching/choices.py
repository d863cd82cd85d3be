"""Exercises that ask to choose one of a few answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workbench.teaching.base import Call, Exercise
from workbench.teaching.calling import call, shown
from workbench.teaching.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class ChoiceExercise(Exercise):
    """Ask to choose one of a few answers; every wrong one has the hint it draws.

    options : what each letter stands for; `solution` is a letter.
    """

    answer_name: str = "reason"
    options: Mapping[str, str] = field(default_factory=dict)

    def judge(self, answer: Any, rng: np.random.Generator, call: Call = call) -> Verdict:
        """Look the letter up."""
        if answer is None or answer is ... or (isinstance(answer, str) and not answer.strip()):
            return self.verdict("not attempted")
        given = answer.strip().lower() if isinstance(answer, str) else answer
        if isinstance(given, str) and given == self.solution:
            return self.verdict("right", f"right: {self.options[given]}")
        wrong = next((w for w in self.wrong if isinstance(given, str) and w.answer == given), None)
        if wrong is None:
            return self.not_yet(None, expected=f"one of {', '.join(self.options)}", got=shown(answer))
        return self.not_yet(wrong, got=f"{given}: {self.options[given]}")
