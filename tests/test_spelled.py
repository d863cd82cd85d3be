"""A recipe in words: what is written gives the same result when it is run."""

from __future__ import annotations

import json
import shlex

import pytest

import workbench as wb
from workbench import runs
from workbench.recipe import Result

CASES = [
    ("otsu", {}),
    ("otsu", {"sigma": 2.5, "objects": "dark"}),
    ("kmeans", {"k": 3, "space": "rgb"}),
    (
        "grabcut",
        {"box": (40, 30, 90, 100), "seeds": ((60, 60, "object"), (5, 5, "background")), "iterations": 1},
    ),
    ("slic", {"segments": 40}),
]


@pytest.fixture(params=CASES, ids=lambda case: case[0])
def result(request: pytest.FixtureRequest) -> Result:
    name, values = request.param
    return wb.run(name, wb.samples.load("coins", longest=128).image, **values)


def test_the_call_gives_the_same_bytes(result: Result) -> None:
    image = wb.samples.load("coins", longest=128).image
    assert eval(result.recipe.call, {"wb": wb, "image": image}).sha256 == result.sha256


def test_the_command_gives_the_same_bytes(result: Result, tmp_path) -> None:
    words = shlex.split(result.recipe.to_command())
    assert words[:3] == ["workbench", "run", result.recipe.method]
    fit = words.index("--fit")
    assert words[fit + 1] == "128"
    values, image = runs.split(words[3:fit] + words[fit + 2 :])
    record = runs.run(words[2], image, values, out=tmp_path / "mask.npz", fit=128)
    assert json.loads(json.dumps(record))["sha256"] == result.sha256


def test_what_is_a_default_is_left_out() -> None:
    image = wb.samples.load("coins").image
    assert wb.run("otsu", image, sigma=1).recipe.call == 'wb.run("otsu", image)'
    assert wb.run("otsu", image).recipe.to_command() == "workbench run otsu coins"
    seeded = wb.run("region-growing", image, seeds=[(120, 80, "object")]).recipe
    assert seeded.to_command() == "workbench run region-growing coins --seed 120,80:object"
