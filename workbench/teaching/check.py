"""The one call of a lesson's check cell."""

from __future__ import annotations

import difflib
from typing import Any

import numpy as np

from workbench.teaching import kept
from workbench.teaching.exercises import EXERCISES
from workbench.teaching.verdict import Verdict


def check(id: str, answer: Any, *, seed: int | None = None) -> Verdict:
    """Judge an answer to an exercise on inputs that are fresh at every call.

    Parameters
    ----------
    id : such as ``"01.1"``. answer : the function, values or letter that the exercise asks for.
    seed : makes the inputs the same again; a lesson leaves it out, and a check with one does not count in
    a person's progress.

    Returns
    -------
    A verdict that a notebook shows: not attempted, right, or not yet with what was expected, what came, the
    smallest input that shows it, and one hint.

    Raises
    ------
    KeyError : there is no such exercise; near ones are named.

    >>> check("00.1", lambda mask: mask.mean(), seed=0).state
    'right'
    """
    if id not in EXERCISES:
        near = difflib.get_close_matches(id, EXERCISES, n=1, cutoff=0.0)
        raise KeyError(f"no exercise {id!r}, did you mean {near[0]!r}? There are {', '.join(EXERCISES)}")
    verdict = EXERCISES[id].judge(answer, np.random.default_rng(seed))
    if seed is None:
        kept.record(id, verdict.state)
    return verdict
