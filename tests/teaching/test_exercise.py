"""The kinds have one address."""

from __future__ import annotations

from workbench.teaching import exercise
from workbench.teaching.base import Exercise


def test_every_kind_is_an_exercise_and_says_what_its_answer_is_called() -> None:
    kinds = [getattr(exercise, name) for name in exercise.__all__ if name.endswith("Exercise")]
    assert len(kinds) == 6
    assert all(issubclass(kind, Exercise) for kind in kinds)
    names = {
        kind.__name__: kind.answer_name for kind in kinds if kind not in (Exercise, exercise.FunctionExercise)
    }
    assert all(name.isidentifier() for name in names.values())
