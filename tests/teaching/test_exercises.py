"""Every exercise on its three sides: the solution, the stub, and each named mistake with its own hint."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

import numpy as np
import pytest

from workbench.teaching import EXERCISES, check
from workbench.teaching.exercise import ChoiceExercise, FunctionExercise, SettingExercise

SEEDS = (0, 1, 2)
LESSONS = sorted((Path(__file__).parents[2] / "notebooks/lessons").glob("*.ipynb"))
CELLS = [
    (path, "".join(cell["source"])) for path in LESSONS for cell in json.loads(path.read_text())["cells"]
]
CHECKED = [
    (path, *found) for path, cell in CELLS for found in re.findall(r'^check\("(.+?)", (\w+)\)', cell, re.M)
]
MISTAKES = [(id, wrong) for id, exercise in EXERCISES.items() for wrong in exercise.wrong]


def test_there_are_exercises() -> None:
    assert len(EXERCISES) >= 7
    assert {id[:2] for id in EXERCISES} >= {"00", "01"}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("id", EXERCISES)
def test_the_solution_is_right(id: str, seed: int) -> None:
    exercise = EXERCISES[id]
    verdict = check(id, exercise.handed_in(exercise.solution), seed=seed)
    assert verdict.right
    assert (verdict.share, verdict.mistake) == (1, "")


@pytest.mark.parametrize("id", EXERCISES)
def test_a_stub_is_not_attempted(id: str) -> None:
    assert check(id, None).state == "not attempted"
    assert check(id, ...).state == "not attempted"
    if isinstance(EXERCISES[id], FunctionExercise):
        for function in (stub_of_dots, stub_that_passes, stub_that_raises):
            assert check(id, function).state == "not attempted"
    if isinstance(EXERCISES[id], SettingExercise):
        assert check(id, {}).state == "not attempted"


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("id", "wrong"), MISTAKES, ids=lambda part: getattr(part, "name", part))
def test_each_named_mistake_draws_its_own_hint(id: str, wrong, seed: int) -> None:
    verdict = check(id, EXERCISES[id].handed_in(wrong.answer), seed=seed)
    assert verdict.state == "not yet"
    assert (verdict.hint, verdict.mistake) == (wrong.hint, wrong.name)
    assert 0 <= verdict.share < 1


@pytest.mark.parametrize("id", EXERCISES)
def test_hints_are_all_different(id: str) -> None:
    exercise = EXERCISES[id]
    hints = [wrong.hint for wrong in exercise.wrong] + [exercise.hint]
    assert all(hints)
    assert len(set(hints)) == len(hints)


@pytest.mark.parametrize("id", EXERCISES)
def test_no_verdict_prints_the_solution(id: str) -> None:
    exercise = EXERCISES[id]
    if isinstance(exercise, FunctionExercise):
        secrets = [
            line.strip() for line in inspect.getsource(exercise.solution).splitlines() if "return" in line
        ]
    elif isinstance(exercise, ChoiceExercise):
        secrets = [exercise.options[exercise.solution]]
    else:
        secrets = [str(exercise.handed_in(exercise.solution))]
    for wrong in exercise.wrong:
        said = str(check(id, exercise.handed_in(wrong.answer), seed=0))
        assert not any(secret in said for secret in secrets)


@pytest.mark.parametrize("id", [id for id, e in EXERCISES.items() if isinstance(e, FunctionExercise)])
def test_inputs_come_smallest_first_and_fresh(id: str) -> None:
    cases = EXERCISES[id].cases
    first, second = cases(np.random.default_rng(1)), cases(np.random.default_rng(2))
    assert len(first) >= 5
    assert np.size(first[0][0]) == min(np.size(inputs[0]) for inputs in first)
    assert any(not np.array_equal(a[0], b[0]) for a, b in zip(first, second, strict=True))
    assert first[0][0].size <= 16  # small enough to be read


@pytest.mark.parametrize(("path", "id", "name"), CHECKED, ids=lambda part: getattr(part, "stem", part))
def test_a_lesson_checks_the_name_that_a_grader_looks_for(path: Path, id: str, name: str) -> None:
    assert EXERCISES[id].answer_name == name


def test_every_exercise_is_asked_in_a_lesson() -> None:
    assert [id for _, id, _ in CHECKED] == list(EXERCISES)


def stub_of_dots(*inputs): ...


def stub_that_passes(*inputs):
    pass


def stub_that_raises(*inputs):
    """Do nothing yet."""
    raise NotImplementedError
