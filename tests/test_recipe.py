"""Recipes: told as JSON and as Python, run again to the same bytes."""

from __future__ import annotations

import dataclasses
import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

import workbench as wb
from workbench import METHODS, cost
from workbench.image import ImageError
from workbench.recipe import FORMAT, ImageRef, Recipe, run

SPOTS = np.zeros((60, 80, 3), np.uint8)
SPOTS[10:30, 10:30] = 220
SPOTS[35:50, 50:70] = 180
SOME = Recipe(ImageRef("0" * 64, "array"), "otsu", {"sigma": 2})


def write(path: Path, image: np.ndarray) -> Path:
    Pillow.fromarray(image).save(path)
    return path


# --- what it is ---
def test_values_are_completed_checked_and_cannot_change() -> None:
    assert dict(SOME.values) == {"sigma": 2.0, "objects": "bright", "channel": "grey"}
    with pytest.raises(TypeError):
        SOME.values["sigma"] = 3  # type: ignore[index]
    with pytest.raises(dataclasses.FrozenInstanceError):
        SOME.method = "fixed"  # type: ignore[misc]
    with pytest.raises(ValueError, match=r"otsu: sigma must be in \[0, 10\], got -1"):
        Recipe(SOME.image, "otsu", {"sigma": -1})
    with pytest.raises(KeyError, match="no method 'otus', did you mean 'otsu'"):
        Recipe(SOME.image, "otus")


@pytest.mark.parametrize("longest", [0, -5, 1.5, "512", True])
def test_a_size_is_a_whole_number_of_pixels(longest: Any) -> None:
    with pytest.raises(ValueError, match=r"longest must be a whole number of px from 1, or None, got"):
        Recipe(SOME.image, "otsu", {}, longest)


def test_equal_recipes_are_one_key() -> None:
    again = Recipe(SOME.image, "otsu", {"sigma": 2.0, "objects": "bright"})
    assert again == SOME
    assert len({again, SOME, Recipe(SOME.image, "otsu")}) == 2
    assert again.sha256 == SOME.sha256 is SOME.sha256


def test_a_recipe_travels_between_processes() -> None:
    there = pickle.loads(
        pickle.dumps(Recipe(SOME.image, "region-growing", {"seeds": [(1, 2, "object")]}, 40))
    )
    assert there.values["seeds"] == ((1, 2, "object"),)
    assert there.longest == 40
    with pytest.raises(TypeError):
        there.values["sigma"] = 3


# --- JSON ---
@st.composite
def recipes(draw: Any) -> Recipe:
    name = draw(st.sampled_from(sorted(METHODS)))
    values = {}
    for param in METHODS[name].params.values():
        kinds = {
            "choice": st.sampled_from(param.choices or ("",)),
            "bool": st.booleans(),
            "points": st.lists(
                st.tuples(st.integers(0, 99), st.integers(0, 99), st.sampled_from(["object", "background"]))
            ),
            "box": st.none() | st.just((1, 2, 30, 40)),
            "curve": st.sampled_from([(), ((1, 1), (1, 9), (9, 9))]),
            "method": st.sampled_from([n for n in METHODS if METHODS[n].yields in param.accepts] or [""]),
        }
        if param.range is not None:
            low, high = param.range.low, param.range.high
            whole = st.integers(int(low), int(high))
            kinds[param.kind] = whole if param.kind == "integer" else st.floats(low, high)
        values[param.name] = draw(kinds[param.kind])
    image = ImageRef(
        draw(st.text("0123456789abcdef", min_size=64, max_size=64)),
        draw(st.text()),
        draw(st.none() | st.integers(1, 9)),
    )
    return Recipe(image, name, values, draw(st.none() | st.integers(1, 4000)))


@given(recipes())
@settings(max_examples=80, deadline=None)
def test_json_tells_all_of_it(recipe: Recipe) -> None:
    again = Recipe.from_json(recipe.to_json())
    assert again == recipe
    assert again.sha256 == recipe.sha256
    assert json.loads(recipe.to_json())["format"] == FORMAT
    compile(recipe.to_python("ab"), "recipe", "exec")  # whatever its origin says, it is Python


RECORD = json.loads(SOME.to_json())


@pytest.mark.parametrize(
    "text",
    ["", "{", "5", "[]", "null", "{}", "[" * 100_000]
    + [
        json.dumps(RECORD | change)
        for change in (
            {"image": 5},
            {"image": {"sha256": 5, "origin": "array"}},
            {"image": {"sha256": "0"}},
            {"image": {"sha256": "0", "origin": "array", "longest": "9"}},
            {"method": 5},
            {"values": []},
            {"values": None},
            {"longest": "9"},
        )
    ],
    ids=lambda text: text[:40],
)
def test_what_is_no_recipe(text: str) -> None:
    with pytest.raises(ValueError, match=r"^this is not a recipe: it needs format, image, method and values"):
        Recipe.from_json(text)


@pytest.mark.parametrize("version", [0, FORMAT + 1, "1", None])
def test_another_format_is_named(version: Any) -> None:
    with pytest.raises(
        ValueError, match=rf"this recipe has format {version!r}, this workbench reads {FORMAT}"
    ):
        Recipe.from_json(json.dumps(RECORD | {"format": version}))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"method": "gone"}, "no method 'gone'"),
        ({"values": {"sigma": 99}}, r"otsu: sigma must be in \[0, 10\], got 99"),
        ({"values": {"sugma": 1}}, "otsu: has no parameter 'sugma', did you mean 'sigma'"),
        ({"longest": 0}, "longest must be a whole number of px"),
    ],
)
def test_a_stored_recipe_runs_or_says_what_changed(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=rf"^the recipe no longer fits: {sentence}"):
        Recipe.from_json(json.dumps(RECORD | change))
    without = {key: value for key, value in RECORD.items() if key != "longest"}
    assert Recipe.from_json(json.dumps(without | {"values": {"sigma": 2}, "comment": "of later"})) == SOME


# --- running ---
@pytest.mark.parametrize("name", ["otsu", "kmeans", "watershed", "slic"])
def test_the_same_recipe_gives_the_same_bytes(name: str) -> None:
    coins = wb.samples.load("coins")
    first = run(name, coins.image)
    assert run(name, coins.image).sha256 == first.sha256
    assert Recipe.from_json(first.recipe.to_json()).run().sha256 == first.sha256


def test_a_recipe_finds_its_image_again(tmp_path: Path) -> None:
    file = write(tmp_path / "spots.png", SPOTS)
    result = run("otsu", wb.read_image(file))
    assert Recipe.from_json(result.recipe.to_json()).run().sha256 == result.sha256
    scaled = run("otsu", wb.read_image(file, longest=40))
    assert Recipe.from_json(scaled.recipe.to_json()).run().output.shape == (30, 40)


def test_a_changed_a_lost_and_a_nameless_image_are_told(tmp_path: Path) -> None:
    file = write(tmp_path / "spots.png", SPOTS)
    text = run("otsu", wb.read_image(file)).recipe.to_json()
    write(file, 255 - SPOTS)
    with pytest.raises(
        ImageError, match=r"spots\.png: is not the image of this recipe any more; its content changed"
    ):
        Recipe.from_json(text).run()
    file.unlink()
    with pytest.raises(ImageError, match="there is no such file"):
        Recipe.from_json(text).run()
    nameless = run("otsu", SPOTS.copy()).recipe
    with pytest.raises(ImageError, match=r"was 'array', not a file; give it: recipe\.run\(image\)"):
        nameless.run()
    assert nameless.run(SPOTS).sha256 == run("otsu", SPOTS).sha256
    with pytest.raises(ImageError, match=r"this is not the image of the recipe"):
        nameless.run(255 - SPOTS)


def test_an_array_that_somebody_holds_is_found() -> None:
    image = wb.read_image(SPOTS)
    assert Recipe.from_json(run("otsu", image).recipe.to_json()).run().output.shape == SPOTS.shape[:2]


def test_longest_works_smaller_and_answers_full_size() -> None:
    small = run("otsu", SPOTS, longest=40, sigma=0)
    assert small.output.shape == SPOTS.shape[:2]
    assert small.recipe.longest == 40
    assert wb.score(run("otsu", SPOTS, sigma=0).output, small.output).iou > 0.8
    large = run("otsu", SPOTS, longest=4000, sigma=0)
    assert large.sha256 == run("otsu", SPOTS, sigma=0).sha256


def test_prompts_are_meant_in_the_images_own_pixels_also_when_it_is_worked_on_smaller() -> None:
    seeds = [(40, 60, "object")]
    full = run("region-growing", SPOTS, seeds=seeds, sigma=0)
    small = run("region-growing", SPOTS, seeds=seeds, sigma=0, longest=40)
    assert small.recipe.values["seeds"] == ((40, 60, "object"),)
    assert wb.score(full.output, small.output).iou > 0.9
    assert run("grabcut", SPOTS, box=(5, 5, 59, 79), longest=40).output.shape == SPOTS.shape[:2]
    with pytest.raises(
        ValueError, match=r"region-growing: seeds must lie inside the 60 x 80 image, got \(60, 0\)"
    ):
        run("region-growing", SPOTS, seeds=[(60, 0, "object")], longest=40)


def test_run_takes_whatever_read_image_takes(tmp_path: Path) -> None:
    file = write(tmp_path / "spots.png", SPOTS)
    expected = run("otsu", SPOTS).sha256
    assert run("otsu", file).sha256 == run("otsu", file.read_bytes()).sha256 == expected
    assert run("otsu", SPOTS[..., 0]).sha256 == expected
    with pytest.raises(ImageError, match="with at least one pixel"):
        run("otsu", np.zeros((0, 5, 3), np.uint8))
    with pytest.raises(ImageError, match="there is no such file"):
        run("otsu", "absent.png")
    with pytest.raises(ValueError, match="otsu: sigma must be"):
        run("otsu", "absent.png", sigma=-1)  # the cheap question first


def test_a_result_says_what_it_cost_and_shows_its_way() -> None:
    result = run("otsu", SPOTS)
    assert 0 < result.seconds < 30
    assert result.peak_bytes >= 0
    assert result.stages
    assert result.device == "cpu"


PEAK = """
import numpy as np
from workbench import cost
with cost.Cost(peak=True) as measured:
    np.ones(64 * 2**20, np.uint8).sum()
print(measured.peak_bytes)
"""


def test_memory_is_measured_at_its_peak() -> None:
    """In a fresh process: in this one, other tests' leftovers come and go meanwhile."""
    done = subprocess.run([sys.executable, "-c", PEAK], capture_output=True, text=True, check=True)
    if not Path("/proc/self/clear_refs").exists():
        assert int(done.stdout) == 0
    else:
        assert 48 * 2**20 < int(done.stdout) < 200 * 2**20
    with cost.Cost(peak=False) as unmeasured:
        pass
    assert unmeasured.peak_bytes == 0


def test_where_the_system_cannot_tell_the_peak_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container may forbid the reset: then a process's whole life would pass for one run's."""

    def forbidden(*_: Any, **__: Any) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr(Path, "write_text", forbidden)
    with cost.Cost(peak=True) as measured:
        np.ones(2**20).sum()
    assert measured.peak_bytes == 0


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            lambda image: image[..., 0] > 9,
            r"fixed: must return a Segmentation or Instances, got ndarray; wrap it",
        ),
        (lambda image: None, r"fixed: must return a Segmentation or Instances, got NoneType"),
        (
            lambda image: wb.Segmentation.from_mask(np.ones((1, 1), bool)),
            r"fixed: must return the image's size \(60, 80\), got \(1, 1\)",
        ),
    ],
)
def test_a_method_that_returns_something_else_is_told(
    answer: Any, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = dataclasses.replace(METHODS["fixed"], function=lambda image, **_: answer(image))
    monkeypatch.setitem(METHODS._methods, "fixed", broken)
    with pytest.raises(TypeError, match=sentence):
        run("fixed", SPOTS)


# --- as Python ---
def test_python_is_what_a_person_would_write() -> None:
    coins = wb.samples.load("coins")
    assert run("otsu", coins.image, sigma=1.5).recipe.to_python() == (
        "import workbench as wb\n\n"
        'image = wb.samples.load("coins").image\n'
        'result = wb.run("otsu", image, sigma=1.5)\n'
    )


def test_scripts_and_cells_run_as_they_are_written(tmp_path: Path) -> None:
    file = write(tmp_path / "it's a photo.png", SPOTS)
    results = [
        run("otsu", wb.samples.load("coins", longest=200).image, sigma=1.5),
        run("region-growing", wb.read_image(file), seeds=[(40, 60, "object")], longest=40),
        run("watershed", wb.read_image(file.read_bytes(), name=file.name)),
    ]
    code = "\n".join(result.recipe.to_python(result.sha256) for result in results)
    code += results[0].recipe.to_cell()
    done = subprocess.run(
        [sys.executable, "-"], input=code, text=True, capture_output=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    wrong = results[0].recipe.to_python("0" * 64)
    done = subprocess.run(
        [sys.executable, "-"], input=wrong, text=True, capture_output=True, cwd=tmp_path, check=False
    )
    assert "AssertionError" in done.stderr


def test_an_image_without_a_home_is_asked_for() -> None:
    assert "image = wb.read_image('your-image.png')\n" in SOME.to_python()


def test_a_hostile_origin_stays_text() -> None:
    for origin in ('sample:x").image; 1/0  # ', "file:x'); 1/0  # ", "file:a\nb", 'sample:"\n1/0'):
        lines = Recipe(ImageRef("0" * 64, origin), "otsu").to_python().splitlines()
        assert len(lines) == 4
        compile("\n".join(lines), "recipe", "exec")
        assert lines[2].startswith(("image = wb.samples.load(", "image = wb.read_image("))
