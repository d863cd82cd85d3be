"""Marks for one submission: its answers come out of a sandbox, and are judged here.

Here is where the solutions, the secret and NumPy are that no student's code has touched.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from workbench.grading import wire
from workbench.grading.sandbox import Limits, Sandbox, Trusting
from workbench.teaching import calling
from workbench.teaching.calling import Outcome
from workbench.teaching.exercise import KINDS, Exercise
from workbench.teaching.verdict import State, Verdict

LONGEST = 2000  # characters of one row of a verdict; an answer can be far longer
ROWS = ("said", "given", "expected", "got", "hint")


@dataclass(frozen=True)
class Mark:
    """Hold what one exercise of a submission came to.

    exercise : its id. state : of the verdict. points : got, of `of`. mistake : the name of the wrong answer
    that was recognised, or empty. seconds : that judging took. violation : what the code did that no answer
    needs, or empty. answer : a data answer, packed (`workbench.grading.wire`); None for a function.
    """

    exercise: str
    state: State
    points: float
    of: float
    mistake: str
    seconds: float
    verdict: Verdict
    violation: str = ""
    answer: bytes | None = None


class Remote:
    """Stand for a function that exists only in a sandbox; it is asked for there, not called here."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, *_: Any) -> Any:
        """Refuse.

        Raises
        ------
        TypeError : always.
        """
        raise TypeError(f"{self.name} is a student's function: it is called in the sandbox only")


def judged(
    cells: Sequence[str],
    exercises: Sequence[Exercise],
    secret: bytes,
    limits: Limits | None = None,
    trusting: bool = False,
    picks: Mapping[str, str] | None = None,
) -> list[Mark]:
    """Judge a submission's answers, an exercise at a time.

    Parameters
    ----------
    cells : the code of its notebook's cells. exercises : what was asked. limits : what an answer may use.
    secret : from it and the exercise's id the hidden inputs are drawn, the same for everybody.
    trusting : run the code without a sandbox. picks : the name that an exercise's answer has, by id, where it
    is another than the exercise says.

    Raises
    ------
    NoSandbox : this machine has none, and nobody is trusted.
    """
    picks = picks or {}
    with (Trusting if trusting else Sandbox)(cells, limits) as sandbox:
        return [_mark(e, picks.get(e.id) or answer_name(e), sandbox, hidden(secret, e.id)) for e in exercises]


def hidden(secret: bytes, id: str) -> np.random.Generator:
    """Give the generator of an exercise's hidden inputs.

    >>> hidden(b"a", "01.1").integers(1000) == hidden(b"a", "01.1").integers(1000)
    np.True_
    """
    # The length keeps (secret, id) apart from any other pair that reads the same.
    digest = hashlib.sha256(len(secret).to_bytes(8, "big") + secret + id.encode()).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))


def answer_name(exercise: Exercise) -> str:
    """Say what an exercise's answer is called in a notebook.

    Raises
    ------
    ValueError : the exercise does not say.
    """
    name = getattr(exercise, "answer_name", "") or getattr(exercise, "signature", "").partition("(")[0]
    if not name:
        raise ValueError(f"exercise {exercise.id} does not say what its answer is called; give it in `picks`")
    return str(name)


def _mark(exercise: Exercise, name: str, sandbox: Sandbox, rng: np.random.Generator) -> Mark:
    start, known = time.monotonic(), len(sandbox.violations)
    answer = None
    if hasattr(exercise, "signature"):
        verdict = _verdict(exercise, Remote(name), rng, sandbox)
    else:
        outcome = sandbox.value(name)
        if outcome.kind in KINDS:
            verdict = exercise.verdict("not yet", got=_said(outcome), hint=exercise.hint)
        else:
            verdict = _judged_here(exercise, outcome.value, rng, sandbox)
            answer = None if outcome.value is None else wire.packed(outcome.value)
    sandbox.leave()
    mistake = _mistake(exercise, verdict)
    verdict = replace(verdict, **{row: getattr(verdict, row)[:LONGEST] for row in ROWS})
    share = float(getattr(verdict, "share", verdict.right))
    return Mark(
        exercise=exercise.id,
        state=verdict.state,
        points=round(exercise.points * share, 2),
        of=exercise.points,
        mistake=mistake,
        seconds=time.monotonic() - start,
        verdict=verdict,
        violation="; ".join(sandbox.violations[known:]),
        answer=answer,
    )


def _verdict(exercise: Exercise, answer: Any, rng: np.random.Generator, sandbox: Sandbox) -> Verdict:
    def call(function: Any, inputs: tuple[Any, ...], seconds: float) -> Outcome:
        if isinstance(function, Remote):
            return sandbox.call(function.name, inputs, seconds)
        return calling.call(function, inputs, seconds)  # a named wrong answer, one of ours

    try:
        return exercise.judge(answer, rng, call=call)
    except OSError:  # the sandbox itself has failed: that is no student's mistake
        raise
    except Exception as error:  # data of a kind that the exercise never thought of is a wrong answer
        said = f"an answer that could not be judged ({type(error).__name__}: {str(error)[:200]})"
        return exercise.verdict("not yet", got=said, hint=exercise.hint)


def _judged_here(exercise: Exercise, answer: Any, rng: np.random.Generator, sandbox: Sandbox) -> Verdict:
    """Judge data; values that are allowed can still make a method slow, so this has its time, too."""
    wall = sandbox.limits.wall
    outcome = calling.call(lambda given: _verdict(exercise, given, rng, sandbox), (answer,), wall)
    if isinstance(outcome.value, Verdict):
        return outcome.value
    said = (
        f"an answer whose judging took longer than {wall:g} s"
        if outcome.kind == "endless"
        else _said(outcome)
    )
    return exercise.verdict("not yet", got=said, hint=exercise.hint)


def _said(outcome: Outcome) -> str:
    return f"{KINDS[outcome.kind]}{': ' + outcome.message if outcome.message else ''}"


def _mistake(exercise: Exercise, verdict: Verdict) -> str:
    """Name the wrong answer whose hint the verdict gives."""
    named = (wrong.name for wrong in exercise.wrong if verdict.hint and wrong.hint == verdict.hint)
    return next(named, "") if verdict.state == "not yet" else ""
