"""What a declaration must hold."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.teaching.exercise import ChoiceExercise, Exercise, Wrong

PARTS = {"id": "99.1", "title": "Test", "prompt": "Test?", "solution": "a"}


def test_an_exercise_needs_two_named_mistakes() -> None:
    one = Wrong("one", "b", "no")
    for wrong in ((one,), (one, one), ()):
        with pytest.raises(ValueError, match=r"exercise 99\.1: needs at least two wrong answers"):
            ChoiceExercise(**PARTS, wrong=wrong, options={"a": "yes", "b": "no"})


def test_the_base_judges_nothing() -> None:
    bare = Exercise(**PARTS, wrong=(Wrong("one", 1, "no"), Wrong("two", 2, "no, no")))
    with pytest.raises(NotImplementedError):
        bare.judge(1, np.random.default_rng(0))
