"""Marks for a submission: the same judgement as in a lesson, with the student's code shut in."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from workbench.grading import surroundings, wire
from workbench.grading.judging import Mark, Remote, answer_name, hidden, judged
from workbench.grading.sandbox import Limits
from workbench.teaching import EXERCISES
from workbench.teaching.exercise import ChoiceExercise, Exercise, FunctionExercise, Wrong

SECRET = b"a secret"
LIMITS = Limits(memory=500 * 2**20, processes=8)
DOUBLE = FunctionExercise(
    id="90.1",
    title="Double it",
    prompt="",
    signature="double(values)",
    solution=lambda values: values * 2,
    cases=lambda rng: [(rng.normal(size=n),) for n in (1, 2, 3, 4)],
    wrong=(
        Wrong("squared", lambda values: values**2, "That is a square."),
        Wrong("halved", lambda values: values / 2, "That is a half."),
    ),
    hint="Add it to itself.",
    points=4,
)
CHOICE = ChoiceExercise(
    id="90.2",
    title="Choose",
    prompt="",
    solution="b",
    options={"a": "one", "b": "two", "c": "three"},
    wrong=(Wrong("first", "a", "Not the first."), Wrong("last", "c", "Not the last.")),
)
PICKS = {"90.2": "letter"}


def marks(*cells: str) -> list[Mark]:
    return judged(cells, [DOUBLE, CHOICE], SECRET, LIMITS, picks=PICKS)


def test_right_answers_get_their_points(shut_in: str) -> None:
    first, second = marks("def double(values):\n    return values + values", "letter = 'b'")
    assert (first.state, first.points, first.of, first.mistake, first.violation) == ("right", 4, 4, "", "")
    assert (second.state, second.points, second.of) == ("right", 1, 1)
    assert first.answer is None
    assert second.answer is not None
    assert wire.unpacked(second.answer) == "b"
    assert first.seconds > 0


def test_a_named_mistake_is_named(shut_in: str) -> None:
    first, second = marks("def double(values):\n    return values ** 2", "letter = 'c'")
    assert (first.state, first.mistake, first.verdict.hint) == ("not yet", "squared", "That is a square.")
    assert (second.state, second.mistake, second.points) == ("not yet", "last", 0)


def test_what_nobody_answered_is_not_attempted(shut_in: str) -> None:
    stub = "def double(values):\n    raise NotImplementedError"
    for cells in ((), (stub, "letter = None"), ("def double(values):\n    ...", "letter = ...")):
        assert [(mark.state, mark.points) for mark in marks(*cells)] == [("not attempted", 0)] * 2


def test_an_error_is_told_and_costs_only_its_exercise(shut_in: str) -> None:
    first, second = marks("def double(values):\n    return values.nothing", "letter = 'b'")
    assert "AttributeError" in first.verdict.got
    assert first.verdict.got.endswith("(line 2)")
    assert second.points == 1
    (_, second) = marks("letter = 1 / 0")
    assert second.verdict.got == "it stopped with an error: ZeroDivisionError: division by zero (line 1)"


def test_hidden_inputs_are_the_same_for_all_and_others_for_every_secret_and_exercise() -> None:
    assert hidden(SECRET, "01.1").random() == hidden(SECRET, "01.1").random()
    pairs = [(SECRET, "01.1"), (SECRET, "01.2"), (b"b", "01.1"), (b"b0", "1.1")]
    assert len({hidden(secret, id).random() for secret, id in pairs}) == 4


def test_marks_are_the_same_when_they_are_made_again(shut_in: str) -> None:
    cells = ("def double(values):\n    return values * 2.1", "letter = 'a'")
    again = [[dataclasses.replace(mark, seconds=0) for mark in marks(*cells)] for _ in range(2)]
    assert again[0] == again[1]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fragile(Exercise):
    """Cannot take an answer that it did not think of; says much."""

    answer_name = "number"

    def judge(self, answer: Any, rng: np.random.Generator, call: Callable[..., Any] = print) -> Any:
        return self.verdict("right" if answer + 1 == 2 else "not yet", said="x" * 10**6)


def test_an_answer_that_an_exercise_cannot_take_is_a_wrong_one(shut_in: str) -> None:
    exercise = Fragile(id="90.3", title="t", prompt="", solution=1, wrong=CHOICE.wrong)
    (mark,) = judged(["number = 'text'"], [exercise], SECRET, LIMITS)
    assert (mark.state, mark.points) == ("not yet", 0)
    assert "an answer that could not be judged (TypeError" in mark.verdict.got
    (mark,) = judged(["number = 1"], [exercise], SECRET, LIMITS)
    assert mark.state == "right"
    assert len(mark.verdict.said) == 2000


@dataclasses.dataclass(frozen=True, kw_only=True)
class Slow(Exercise):
    """Cannot say how long an answer will take."""

    answer_name = "number"

    def judge(self, answer: Any, rng: np.random.Generator, call: Callable[..., Any] = print) -> Any:
        end = time.monotonic() + answer
        while time.monotonic() < end:
            pass
        return self.verdict("right")


def test_an_answer_whose_judging_does_not_end_is_a_wrong_one(shut_in: str) -> None:
    exercise = Slow(id="90.4", title="t", prompt="", solution=0, wrong=CHOICE.wrong, hint="Be quick.")
    brief = dataclasses.replace(LIMITS, wall=1.0)
    slow, quick = (judged([f"number = {n}"], [exercise], SECRET, brief)[0] for n in (600, 0))
    assert (slow.state, slow.points, quick.state) == ("not yet", 0, "right")
    assert slow.verdict.got == "an answer whose judging took longer than 1 s"
    assert slow.verdict.hint == "Be quick."
    assert slow.seconds < 30


def test_trusting_gives_the_same_marks_and_warns(shut_in: str) -> None:
    cells = ["def double(values):\n    return values ** 2", "letter = 'b'"]
    with pytest.warns(UserWarning, match="WITHOUT a sandbox"):
        trusted = judged(cells, [DOUBLE, CHOICE], SECRET, LIMITS, trusting=True, picks=PICKS)
    kept = marks(*cells)
    assert [(m.state, m.mistake, m.points) for m in trusted] == [(m.state, m.mistake, m.points) for m in kept]


def test_a_lesson_with_its_solutions_gets_full_points(shut_in: str) -> None:
    cells = [
        "import numpy as np",
        "def threshold(grey, level):\n    return grey > level",
        "setting = {'sigma': 2.0, 'objects': 'bright'}",
        "reason = 'b'",
    ]
    chosen = [EXERCISES[id] for id in ("01.1", "01.3", "01.4")]
    made = judged(cells, chosen, SECRET, LIMITS, picks={"01.3": "setting", "01.4": "reason"})
    assert [mark.points for mark in made] == [mark.of for mark in made]


def test_a_students_function_is_never_called_here() -> None:
    with pytest.raises(TypeError, match="is called in the sandbox only"):
        Remote("double")(1)


def test_an_exercise_that_does_not_name_its_answer_is_refused() -> None:
    assert answer_name(DOUBLE) == "double"
    nameless = Fragile(id="90.4", title="t", prompt="", solution=1, wrong=CHOICE.wrong)
    object.__setattr__(nameless, "answer_name", "")
    with pytest.raises(ValueError, match=r"exercise 90\.4 does not say what its answer is called"):
        answer_name(nameless)


def test_a_sandbox_that_does_not_start_is_no_students_mistake(
    shut_in: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surroundings, "python", lambda code, program: ["/bin/sh", "-c", "exit 7"])
    with pytest.raises(surroundings.NoSandbox, match="the sandbox did not start"):
        marks("def double(values):\n    return values * 2")
