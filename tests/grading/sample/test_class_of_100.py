"""The class of a hundred: names, shares that add up, and answers that are worth what their kind says."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from workbench.grading.sample.class_of_100 import (
    SHARES,
    STUDENTS,
    answer_of,
    dealt,
    names,
    painted,
    verdict_on,
)
from workbench.grading.sample.hands import HANDS
from workbench.teaching import EXERCISES
from workbench.teaching.masks import MaskExercise

KINDS = [(id, kind) for id, shares in SHARES.items() for kind in shares]


def test_a_hundred_names_differ_and_come_in_order() -> None:
    drawn = names(np.random.default_rng(3))
    assert len(set(drawn)) == STUDENTS
    assert drawn == sorted(drawn)
    assert drawn != names(np.random.default_rng(4))


@pytest.mark.parametrize("shares", [*SHARES.values(), HANDS])
def test_every_kind_is_dealt_as_often_as_its_share_says(shares: dict[str | None, int]) -> None:
    assert Counter(dealt(shares, np.random.default_rng(0))) == shares


@pytest.mark.parametrize(("id", "kind"), KINDS)
def test_a_kind_is_judged_as_what_it_is(id: str, kind: str | None) -> None:
    exercise = EXERCISES[id]
    verdict = verdict_on(exercise, kind, np.random.default_rng(5))
    assert verdict.state == {None: "right", "": "not attempted"}.get(kind, "not yet")
    named = {wrong.name for wrong in exercise.wrong}
    assert verdict.mistake == (kind if kind in named else "")
    assert verdict.share < 1 or kind is None
    if kind in ("it stops", "it never ends"):
        assert verdict.share == 0
        assert callable(answer_of(exercise, kind))


@pytest.mark.parametrize("hand", HANDS)
def test_what_a_hand_paints_is_text_that_can_be_judged(hand: str) -> None:
    exercise = EXERCISES["00.4"]
    assert isinstance(exercise, MaskExercise)
    line = painted(exercise, hand, np.random.default_rng(1))
    verdict = exercise.judge(line, np.random.default_rng(0))
    assert (verdict.state == "not attempted") == (hand == "none") == (line == "")
    assert (verdict.share == 1) >= (hand == "careful")
