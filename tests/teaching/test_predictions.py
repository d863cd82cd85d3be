"""Predictions: a number within its tolerance, or one of a few words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from workbench.teaching.base import Wrong
from workbench.teaching.predictions import PredictionExercise

NUMBER = PredictionExercise(
    id="99.1",
    title="How wide?",
    prompt="",
    solution=20,
    tolerance=1.5,
    unit="px",
    wrong=(Wrong("radius", 10, "That is half of it."), Wrong("both", 40, "That is twice as much.")),
    hint="Count.",
)
WORD = PredictionExercise(
    id="99.2",
    title="Which way?",
    prompt="",
    solution="falls",
    words=("rises", "falls", "stays"),
    wrong=(Wrong("more", "rises", "More is not better."), Wrong("none", "stays", "Something happens.")),
    hint="One word.",
)


def judged(exercise: PredictionExercise, answer):
    return exercise.judge(answer, np.random.default_rng(0))


@pytest.mark.parametrize("answer", [20, 18.5, 21.5, np.float32(20.3), np.int64(20)])
def test_a_number_within_the_tolerance_is_right(answer) -> None:
    assert judged(NUMBER, answer).right
    assert judged(NUMBER, answer).said.endswith(" px")


HINTS = {"radius": "That is half of it.", "both": "That is twice as much.", "": "Count."}


@pytest.mark.parametrize(("answer", "mistake"), [(10, "radius"), (11.4, "radius"), (40, "both"), (30, "")])
def test_a_named_wrong_number_draws_its_hint(answer, mistake: str) -> None:
    verdict = judged(NUMBER, answer)
    assert (verdict.state, verdict.mistake, verdict.share) == ("not yet", mistake, 0)
    assert verdict.hint == HINTS[mistake]


def test_words_are_taken_as_people_write_them() -> None:
    assert judged(WORD, " Falls").right
    assert judged(WORD, "rises").mistake == "more"


@pytest.mark.parametrize("answer", [None, ..., "", " "])
@pytest.mark.parametrize("exercise", [NUMBER, WORD], ids=lambda one: one.title)
def test_nothing_is_not_attempted(exercise: PredictionExercise, answer) -> None:
    assert judged(exercise, answer).state == "not attempted"


@pytest.mark.parametrize("answer", ["twenty", True, [20], np.zeros(3), float("nan"), float("inf"), 1j, "20"])
def test_what_is_no_number_is_told_what_is_asked(answer) -> None:
    verdict = judged(NUMBER, answer)
    assert (verdict.state, verdict.expected, verdict.hint) == ("not yet", "a number in px", "Count.")


def test_what_is_no_word_is_told_which_there_are() -> None:
    assert judged(WORD, "sinks").expected == "one of rises, falls, stays"
    assert judged(WORD, 3).expected == "one of rises, falls, stays"


def test_a_wrong_answer_that_would_be_right_is_refused() -> None:
    with pytest.raises(ValueError, match=r"99\.1: the wrong answer 'near' is near enough to be right"):
        replace(NUMBER, wrong=(*NUMBER.wrong, Wrong("near", 21, "Hm.")))


def test_a_solution_that_nobody_can_give_is_refused() -> None:
    with pytest.raises(ValueError, match=r"99\.2: 'sinks' must be one of rises, falls, stays"):
        replace(WORD, solution="sinks")
