"""Exercises that ask for a prediction before anything is run: a number, or one of a few words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.teaching.base import Call, Exercise
from workbench.teaching.calling import call, shown
from workbench.teaching.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class PredictionExercise(Exercise):
    """Ask what will come out, before it is run.

    solution : a number, or one of `words`. tolerance : how far a number may lie from it; a named wrong number
    draws its hint within the same tolerance. words : what may be answered, such as
    ``("rises", "falls", "stays")``; empty where a number is asked. unit : of the number, such as ``"px"``.

    Raises
    ------
    ValueError : a wrong answer that would be taken for right, or one that is none of the words.
    """

    answer_name: str = "prediction"
    tolerance: float = 0.0
    words: tuple[str, ...] = ()
    unit: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        for wrong in self.wrong:
            if self._near(wrong.answer, self.solution):
                said = "is near enough to be right; move it away or lower the tolerance"
                raise ValueError(f"exercise {self.id}: the wrong answer {wrong.name!r} {said}")
        answers = [self.solution, *(wrong.answer for wrong in self.wrong)]
        strange = [answer for answer in answers if not self._can_be(answer)]
        if strange:
            raise ValueError(f"exercise {self.id}: {strange[0]!r} must be {self._wanted}")

    def judge(self, answer: Any, rng: np.random.Generator, call: Call = call) -> Verdict:
        """Compare the prediction with what comes."""
        if answer is None or answer is ... or (isinstance(answer, str) and not answer.strip()):
            return self.verdict("not attempted")
        given = answer.strip().lower() if isinstance(answer, str) else answer
        if not self._can_be(given):
            return self.not_yet(None, expected=self._wanted, got=shown(answer))
        if self._near(given, self.solution):
            return self.verdict("right", f"right: {shown(given)}{self._unit}")
        wrong = next((w for w in self.wrong if self._near(given, w.answer)), None)
        return self.not_yet(wrong, got=f"{shown(given)}{self._unit}")

    def _can_be(self, given: Any) -> bool:
        if self.words:
            return isinstance(given, str) and given in self.words
        number = isinstance(given, (int, float, np.integer, np.floating)) and not isinstance(given, bool)
        return number and math.isfinite(given)

    def _near(self, given: Any, wanted: Any) -> bool:
        if isinstance(given, str) or isinstance(wanted, str):
            return bool(given == wanted)
        return math.isclose(float(given), float(wanted), rel_tol=1e-9, abs_tol=self.tolerance + 1e-12)

    @property
    def _wanted(self) -> str:
        in_unit = f" in {self.unit}" if self.unit else ""
        return f"one of {', '.join(self.words)}" if self.words else f"a number{in_unit}"

    @property
    def _unit(self) -> str:
        return f" {self.unit}" if self.unit else ""
