"""Settings: dictionaries and recipes, judged on pictures that nobody has seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import workbench as wb
from workbench.recipe import ImageRef, Recipe
from workbench.sample import Sample
from workbench.segmentation import Segmentation
from workbench.teaching.base import Wrong
from workbench.teaching.settings import SettingExercise


def discs(rng: np.random.Generator) -> list[Sample]:
    made = []
    for _ in range(3):
        row, column = rng.integers(12, 28, 2)
        rows, columns = np.mgrid[:40, :40]
        disc = (rows - row) ** 2 + (columns - column) ** 2 < 100
        image = np.repeat(np.where(disc, 150, 60).astype(np.uint8)[..., None], 3, -1)
        truth = Segmentation.from_mask(disc)
        made.append(Sample("disc", "A disc", image, truth, ("foreground",), "us", "BSD-3-Clause", "exact"))
    return made


LEVEL = SettingExercise(
    id="99.1",
    title="Choose a level",
    prompt="",
    method="fixed",
    values=("level",),
    scenes=discs,
    solution={"level": 100},
    wrong=(Wrong("too high", {"level": 200}, "Lower."), Wrong("too low", {"level": 20}, "Higher.")),
    hint="Between the two greys.",
    bar=0.8,
)


def judged(answer, exercise: SettingExercise = LEVEL):
    return exercise.judge(answer, np.random.default_rng(0))


def recipe(name: str = "fixed", **values) -> Recipe:
    return Recipe(ImageRef("0" * 64, "array"), name, values)


@pytest.mark.parametrize("answer", [None, ..., {}, ""])
def test_nothing_is_not_attempted(answer) -> None:
    assert judged(answer).state == "not attempted"


def test_a_dictionary_a_recipe_and_its_text_are_the_same_answer() -> None:
    for answer in ({"level": 100}, recipe(level=100), recipe(level=100).to_json()):
        verdict = judged(answer)
        assert verdict.said == "mean IoU on 3 unseen pictures: 1.000, where 0.800 was asked"
    for answer in ({"level": 20}, recipe(level=20), recipe(level=20).to_json()):
        assert (judged(answer).mistake, judged(answer).hint) == ("too low", "Higher.")


def test_the_recipe_of_a_result_is_an_answer() -> None:
    assert judged(wb.run("fixed", discs(np.random.default_rng(5))[0].image, level=90).recipe).right


def test_a_recipe_that_works_on_a_smaller_copy_is_judged_so() -> None:
    small = Recipe(ImageRef("0" * 64, "array"), "fixed", {"level": 100}, longest=4)
    whole, coarse = judged(recipe(level=100)), judged(small)
    assert whole.said != coarse.said


def test_the_share_is_how_near_the_bar_it_came() -> None:
    low = judged({"level": 20})
    assert float(low.got) > 0
    assert low.share == pytest.approx(float(low.got) / 0.8, abs=1e-3)
    assert judged({"level": 200}).share == 0


def test_without_a_bar_the_solution_sets_it() -> None:
    assert judged({"level": 100}, replace(LEVEL, bar=None)).said.endswith("where 0.970 was asked")


def test_a_recipe_of_another_method_is_told_whose_is_asked() -> None:
    verdict = judged(recipe("otsu"))
    assert verdict.state == "not yet"
    assert verdict.hint == "This recipe is of the method Otsu; asked is one of Fixed threshold."


RENAMED = recipe(level=100).to_json().replace('"fixed"', '"none"')


@pytest.mark.parametrize("answer", ["{}", "level=3", RENAMED])
def test_a_text_that_is_no_recipe_is_told(answer: str) -> None:
    verdict = judged(answer)
    assert verdict.state == "not yet"
    assert "recipe" in verdict.hint


@pytest.mark.parametrize("answer", [2.0, ["level"], np.zeros(3), lambda: 1])
def test_what_is_no_setting_is_told_what_is(answer) -> None:
    assert judged(answer).expected == "a dictionary such as {'level': ...}"


def test_a_value_against_the_rules_names_the_rule() -> None:
    assert judged({"level": 999}).hint.startswith("fixed: level must be a whole number in [0, 255]")
