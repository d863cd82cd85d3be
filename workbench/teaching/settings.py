"""Exercises that ask for a method's parameters, judged on pictures that nobody has seen."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.recipe import Recipe, run
from workbench.registry import METHODS
from workbench.sample import Sample
from workbench.teaching.base import Call, Exercise, Wrong
from workbench.teaching.calling import call, shown
from workbench.teaching.verdict import Verdict

Values = Mapping[str, Any]
Setting = tuple[Values, int | None]  # the values, and the longest side to work on


@dataclass(frozen=True, kw_only=True)
class SettingExercise(Exercise):
    """Ask for the values of a method's parameters that do well on pictures nobody has seen.

    An answer is a dictionary of values, or a recipe: what a panel's card gives, as it is or as its JSON.

    method : its name. scenes : makes the held-out pictures. values : the parameters to choose.
    margin : how far below the solution's mean object IoU on the same pictures an answer may stay.
    bar : the mean IoU that is asked for instead, where it shall be one number for everybody.
    """

    answer_name: str = "setting"
    method: str
    scenes: Callable[[np.random.Generator], Sequence[Sample]]
    values: tuple[str, ...]
    margin: float = 0.03
    bar: float | None = None

    def judge(self, answer: Any, rng: np.random.Generator, call: Call = call) -> Verdict:
        """Score the setting on fresh pictures."""
        if answer is None or answer is ... or (isinstance(answer, (Mapping, str)) and not answer):
            return self.verdict("not attempted")
        wanted = "a dictionary such as {" + ", ".join(f"{name!r}: ..." for name in self.values) + "}"
        if not isinstance(answer, (Mapping, str, Recipe)):
            return self.not_yet(None, expected=wanted, got=shown(answer))
        try:
            setting = self._setting(answer)
        except (ValueError, TypeError) as error:
            got = shown(dict(answer)) if isinstance(answer, Mapping) else shown(answer)
            return self.not_yet(None, expected=wanted, got=got, hint=str(error))
        scenes = list(self.scenes(rng))
        bar = self._mean((self.solution, None), scenes) - self.margin if self.bar is None else self.bar
        mean = self._mean(setting, scenes)
        where = f"mean IoU on {len(scenes)} unseen pictures"
        if mean >= bar:
            return self.verdict("right", f"{where}: {mean:.3f}, where {bar:.3f} was asked")
        rows = {"given": where, "expected": f"at least {bar:.3f}", "got": f"{mean:.3f}"}
        share = 0.0 if math.isnan(mean) else max(0.0, mean / bar)
        return self.not_yet(self._mistake(setting[0]), share=share, **rows)

    def _setting(self, answer: Values | str | Recipe) -> Setting:
        """Read an answer.

        Raises
        ------
        ValueError, TypeError : no recipe, one of another method, a value that breaks its rule.
        """
        if isinstance(answer, str):
            answer = Recipe.from_json(answer)
        if isinstance(answer, Mapping):
            METHODS[self.method].check(answer)
            return answer, None
        if answer.method != self.method:
            asked, came = METHODS[self.method].title, METHODS[answer.method].title
            raise ValueError(f"This recipe is of the method {came}; asked is one of {asked}.")
        return answer.values, answer.longest

    def _mean(self, setting: Setting, scenes: Sequence[Sample]) -> float:
        from workbench.metrics.score import score

        values, longest = setting
        found = []
        for scene in scenes:
            assert scene.truth is not None  # ours: generated scenes have one
            guess = run(self.method, scene.image, longest=longest, **values).output
            found.append(score(scene.truth, guess, target=scene.target).iou)
        return float(np.mean(found))

    def _mistake(self, answer: Values) -> Wrong | None:
        """Find the named mistake on the same side of the solution, parameter by parameter."""
        for wrong in self.wrong:
            if all(
                _same_side(answer.get(n, self._default(n)), v, self.solution[n])
                for n, v in wrong.answer.items()
            ):
                return wrong
        return None

    def _default(self, name: str) -> Any:
        return METHODS[self.method].params[name].default


def _same_side(given: Any, wrong: Any, right: Any) -> bool:
    if isinstance(wrong, str) or not isinstance(given, (int, float)):
        return bool(given == wrong)
    return (given - right) * (wrong - right) > 0
