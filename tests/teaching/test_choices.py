"""Choices: a letter, its hint, and everything else that people write."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.teaching.base import Wrong
from workbench.teaching.choices import ChoiceExercise

CHOICE = ChoiceExercise(
    id="99.1",
    title="Choose",
    prompt="",
    solution="b",
    options={"a": "one", "b": "two", "c": "three"},
    wrong=(Wrong("first", "a", "Not the first."), Wrong("last", "c", "Not the last.")),
    hint="A letter.",
)


def judged(answer):
    return CHOICE.judge(answer, np.random.default_rng(0))


@pytest.mark.parametrize("answer", [None, ..., "", "  "])
def test_nothing_is_not_attempted(answer) -> None:
    assert judged(answer).state == "not attempted"


def test_the_letter_is_right_and_the_others_draw_their_hints() -> None:
    assert judged("B").said == "right: two"
    assert [(judged(w.answer).mistake, judged(w.answer).hint) for w in CHOICE.wrong] == [
        ("first", "Not the first."),
        ("last", "Not the last."),
    ]


@pytest.mark.parametrize("answer", ["z", 2, ["b"], np.array(["b", "c"]), {"b"}])
def test_what_is_no_letter_is_told_which_there_are(answer) -> None:
    verdict = judged(answer)
    assert (verdict.state, verdict.expected, verdict.hint) == ("not yet", "one of a, b, c", "A letter.")
