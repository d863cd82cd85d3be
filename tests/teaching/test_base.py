"""What a declaration must hold, and what every verdict of it has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from workbench.teaching.base import Exercise, Wrong
from workbench.teaching.choices import ChoiceExercise

PARTS = {"id": "99.1", "title": "Test", "prompt": "Test?", "solution": "a"}
TWO = (Wrong("one", 1, "no"), Wrong("two", 2, "no, no"))


def test_an_exercise_needs_two_named_mistakes() -> None:
    one = Wrong("one", "b", "no")
    for wrong in ((one,), (one, one), ()):
        with pytest.raises(ValueError, match=r"exercise 99\.1: needs at least two wrong answers"):
            ChoiceExercise(**PARTS, wrong=wrong, options={"a": "yes", "b": "no"})


def test_the_base_judges_nothing() -> None:
    with pytest.raises(NotImplementedError):
        Exercise(**PARTS, wrong=TWO).judge(1, np.random.default_rng(0))


def test_a_kind_may_name_the_answers_of_all_its_exercises() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Counted(Exercise):
        answer_name = "count"

    assert Counted(**PARTS, wrong=TWO).answer_name == "count"
    assert Counted(**PARTS, wrong=TWO, answer_name="cells").answer_name == "cells"


def test_a_named_mistake_brings_its_hint_and_another_the_general_one() -> None:
    exercise = Exercise(**PARTS, wrong=TWO, hint="think")
    named, other = exercise.not_yet(TWO[1], share=0.25), exercise.not_yet(None)
    assert (named.hint, named.mistake, named.share) == ("no, no", "two", 0.25)
    assert (other.hint, other.mistake, other.share) == ("think", "", 0)
    assert exercise.handed_in(3) == 3
