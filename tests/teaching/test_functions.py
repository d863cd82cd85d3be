"""Functions: judged by the solution or by a property, with a share and a picture."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from workbench.teaching.base import Inputs, Wrong
from workbench.teaching.calling import Outcome
from workbench.teaching.functions import FunctionExercise
from workbench.teaching.verdict import Verdict


def above(rng: np.random.Generator) -> list[Inputs]:
    return [(rng.integers(0, 9, (side, side)),) for side in (2, 3, 5, 8)]


MASK = FunctionExercise(
    id="99.1",
    title="Above four",
    prompt="",
    signature="above(values)",
    solution=lambda values: values > 4,
    cases=above,
    wrong=(
        Wrong("from four", lambda values: values >= 4, "Four is not above four."),
        Wrong("below", lambda values: values < 4, "That is the other side."),
    ),
    hint="Compare.",
)


def ordered(inputs: Inputs, value: Any) -> str:
    if sorted(value) != sorted(inputs[0].tolist()):
        return "the same numbers, each as often as before"
    return "" if all(a % 2 >= b % 2 for a, b in pairwise(value)) else "all odd numbers first"


ODD_FIRST = FunctionExercise(
    id="99.2",
    title="Odd first",
    prompt="",
    signature="odd_first(numbers)",
    solution=lambda numbers: sorted(numbers.tolist(), key=lambda n: n % 2 == 0),
    cases=lambda rng: [(np.arange(2, 2 + n),) for n in (2, 3, 4, 5)],
    holds=ordered,
    wrong=(
        Wrong("ascending", lambda numbers: sorted(numbers.tolist()), "Sorted by size, not by oddness."),
        Wrong("odd only", lambda numbers: [n for n in numbers.tolist() if n % 2], "The even ones are gone."),
    ),
    hint="Two lists, one after the other.",
)


def judged(exercise: FunctionExercise, answer: Any) -> Verdict:
    return exercise.judge(answer, np.random.default_rng(3))


def test_the_answer_is_called_what_the_signature_says() -> None:
    assert MASK.answer_name == "above"


def test_the_share_is_that_of_the_inputs_that_are_right() -> None:
    small = judged(MASK, lambda values: values > 4 if len(values) < 4 else values > 5)
    assert (small.state, small.share) == ("not yet", 0.5)
    stops = judged(MASK, lambda values: values > 4 if len(values) != 3 else values[9])
    assert (stops.share, stops.got[:27]) == (0.75, "it stopped with an error: I")


def test_after_an_endless_one_no_other_is_tried() -> None:
    seen = []

    def call(function: Any, inputs: Inputs, seconds: float) -> Outcome:
        seen.append(len(inputs[0]))
        return Outcome("endless") if len(inputs[0]) == 3 else Outcome("value", function(*inputs))

    verdict = MASK.judge(lambda values: values > 4, np.random.default_rng(3), call=call)
    assert (seen, verdict.share) == ([2, 3], 0.25)
    assert verdict.hint.startswith("Smaller inputs worked")


def test_the_smallest_failing_input_is_told_and_a_larger_one_drawn() -> None:
    verdict = judged(MASK, lambda values: ~(values > 4))
    assert verdict.given.startswith("values = [[")
    assert verdict.given.count("\n") == 1  # two rows
    assert "5 x 5 pixels" in verdict.picture
    assert "(stripes)" in verdict.picture
    assert verdict.picture in verdict._repr_html_()


def test_a_right_answer_has_no_picture_and_everything_of_its_share() -> None:
    verdict = judged(MASK, lambda values: values >= 5)
    assert (verdict.state, verdict.share, verdict.picture) == ("right", 1, "")


def test_by_a_property_many_answers_are_right() -> None:
    assert judged(ODD_FIRST, ODD_FIRST.solution).right
    assert judged(ODD_FIRST, lambda numbers: sorted(numbers.tolist(), key=lambda n: (-(n % 2), -n))).right


def test_by_a_property_a_verdict_says_what_is_broken() -> None:
    verdict = judged(ODD_FIRST, lambda numbers: numbers.tolist())
    assert (verdict.state, verdict.expected) == ("not yet", "all odd numbers first")
    assert (verdict.mistake, verdict.hint) == ("ascending", "Sorted by size, not by oddness.")
    gone = judged(ODD_FIRST, lambda numbers: [n for n in numbers.tolist() if n % 2])
    assert (gone.mistake, gone.expected) == ("odd only", "the same numbers, each as often as before")


@pytest.mark.parametrize("exercise", [MASK, ODD_FIRST], ids=lambda one: one.title)
@pytest.mark.parametrize("strange", [None, 7, object(), "text", [[1], [2, 3]], np.zeros(0)])
def test_a_strange_result_is_a_wrong_one(exercise: FunctionExercise, strange: Any) -> None:
    verdict = judged(exercise, lambda *_: strange)
    assert (verdict.state, verdict.share, verdict.mistake) == ("not yet", 0, "")
    assert verdict.hint == exercise.hint


def test_a_comparison_that_cannot_take_a_value_is_a_wrong_answer() -> None:
    strict = replace(MASK, equal=lambda a, b: bool(a.tolist() == b.tolist()))
    assert judged(strict, lambda values: values > 4).right
    assert judged(strict, lambda values: "text").state == "not yet"


@pytest.mark.parametrize("exercise", [MASK, ODD_FIRST], ids=lambda one: one.title)
def test_three_sides(exercise: FunctionExercise) -> None:
    assert judged(exercise, exercise.solution).right
    assert judged(exercise, lambda values: None).state == "not attempted"
    assert judged(exercise, None).state == "not attempted"
    for wrong in exercise.wrong:
        assert judged(exercise, wrong.answer).mistake == wrong.name
