"""What every exercise has: what is asked, what is right, and the hint that each mistake draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.teaching.calling import Outcome, call
from workbench.teaching.verdict import State, Verdict

Inputs = tuple[Any, ...]
Call = Callable[[Any, Inputs, float], Outcome]
SECONDS = 3.0  # that a function may take for one input
KINDS = {"error": "it stopped with an error", "endless": "it did not end"}


@dataclass(frozen=True)
class Wrong:
    """Name a mistake that people make: an answer that makes it, and the hint it draws."""

    name: str
    answer: Any
    hint: str


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """Hold what every exercise has.

    id : lesson and number, such as ``"01.2"``. title, prompt : what a student reads.
    solution : an answer that is right. wrong : at least two named mistakes.
    hint : what helps when the mistake is none of those. answer_name : what a notebook calls the answer.
    points : for an answer that is right. seconds : for one call of a function, or one run of a method.
    megabytes : that a student's code may take; a grader's sandbox holds it to that, a notebook does not.

    Raises
    ------
    ValueError : fewer than two wrong answers, or two of one name.
    """

    id: str
    title: str
    prompt: str
    solution: Any
    wrong: tuple[Wrong, ...]
    hint: str = ""
    answer_name: str = ""
    points: int = 1
    seconds: float = SECONDS
    megabytes: int = 512

    def __post_init__(self) -> None:
        if len({wrong.name for wrong in self.wrong}) < max(2, len(self.wrong)):
            raise ValueError(
                f"exercise {self.id}: needs at least two wrong answers, each with a name of its own"
            )
        if not self.answer_name:  # a kind of exercise may say it for all of its own
            object.__setattr__(self, "answer_name", type(self).answer_name)

    def judge(self, answer: Any, rng: np.random.Generator, call: Call = call) -> Verdict:
        """Judge an answer on inputs drawn from `rng`.

        call : how a student's function is called; a grader calls it where it can do no harm.
        """
        raise NotImplementedError

    def handed_in(self, answer: Any) -> Any:
        """Give the solution or a named wrong answer in the form in which a student hands it in."""
        return answer

    def verdict(self, state: State, said: str = "", *, share: float = 0.0, **rows: str) -> Verdict:
        """Make a verdict of this exercise."""
        return Verdict(self.id, self.title, state, said, share=share, **rows)

    def not_yet(self, wrong: Wrong | None, *, share: float = 0.0, **rows: str) -> Verdict:
        """Make a verdict on an answer that is not right, with the hint of a named mistake or the general."""
        named = {"hint": wrong.hint, "mistake": wrong.name} if wrong else {"hint": self.hint}
        return self.verdict("not yet", share=share, **(named | rows))
