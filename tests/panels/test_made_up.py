"""The made-up class: real marks, the mistakes that were drawn, the same at every start, and soon there."""

from __future__ import annotations

import ast
import time
from collections import Counter

import numpy as np
import pytest

from workbench.grading.sample.hands import HAND, HANDS
from workbench.panels.made_up import CODE, SHARES, STUDENTS, made_up
from workbench.teaching import EXERCISES, check
from workbench.teaching.exercise import FunctionExercise

ROLL = made_up()


def test_it_is_there_soon() -> None:
    made_up.cache_clear()
    start = time.process_time()
    made_up()
    assert time.process_time() - start < 10  # 1 s on an idle machine


def test_a_hundred_students_answered_every_exercise_of_the_lesson() -> None:
    assert len(ROLL.students) == STUDENTS
    assert [exercise.id for exercise in ROLL.exercises] == [id for id in EXERCISES if id.startswith("00.")]
    assert len(ROLL.entries) == STUDENTS * len(ROLL.exercises)
    assert any(not name.isascii() for name in ROLL.students)
    assert "made up" in ROLL.note


def test_the_shares_are_a_hundred() -> None:
    for shares in (*SHARES.values(), HANDS):
        assert sum(shares.values()) == STUDENTS


@pytest.mark.parametrize("id", SHARES)
def test_the_mistakes_are_those_that_were_drawn(id: str) -> None:
    named = {wrong.name for wrong in EXERCISES[id].wrong}
    drawn = {name: count for name, count in SHARES[id].items() if name in named}
    assert drawn
    assert Counter(entry.mistake for entry in ROLL.of(id) if entry.mistake) == drawn
    assert sum(entry.state == "right" for entry in ROLL.of(id)) == SHARES[id][None]


def test_the_same_class_at_every_start() -> None:
    made_up.cache_clear()
    assert made_up().entries[150].verdict == ROLL.entries[150].verdict
    assert made_up(1).students != ROLL.students


def test_masks_of_every_quality_are_there() -> None:
    mistakes = Counter(entry.mistake for entry in ROLL.of("00.4"))
    assert {wrong.name for wrong in EXERCISES["00.4"].wrong} < set(mistakes)
    right = sum(entry.state == "right" for entry in ROLL.of("00.4"))
    assert 40 <= right <= 80
    assert set(HANDS) == {*HAND, "none"}


def test_what_is_shown_as_code_does_what_is_said_of_it() -> None:
    for (id, kind), code in CODE.items():
        ast.parse(code)
        if kind == "it never ends" or not isinstance(EXERCISES[id], FunctionExercise):
            continue
        space: dict[str, object] = {"np": np}
        exec(code, space)
        verdict = check(id, space[EXERCISES[id].answer_name], seed=3)
        assert verdict.right == (kind is None)
        assert verdict.mistake == ("" if kind in (None, "it stops") else kind)
    assert ROLL.code(ROLL.students[0], "00.3").startswith("prediction = ")
    assert ROLL.code("nobody", "00.3") == ""
