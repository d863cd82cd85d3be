"""The three views of one answer, what each cannot say, and the five lenses, without a page."""

from __future__ import annotations

import json
from typing import Any, get_args

import numpy as np
import pytest

import workbench as wb
from workbench.metrics.comparison import LensName
from workbench.metrics.lens import prepare
from workbench.panels.views import VIEWS, claimed_twice, losses, needed, shown, touching, view_of, views
from workbench.widgets.pack import unpack

pytestmark = pytest.mark.timeout(120)
COINS, STREET = wb.samples.load("coins"), wb.samples.load("street")
TAX = wb.Taxonomy([wb.Category(1, "table", "stuff"), wb.Category(2, "cup"), wb.Category(3, "cat")])
IDS = np.array([[1, 2, 4, 3, 1], [1, 2, 4, 3, 0]], np.int32)
TRUTH = wb.Segmentation.from_panoptic(IDS, {1: 1, 2: 2, 4: 2, 3: 3}, TAX)


def opened(message: dict[str, Any], data: bytes) -> dict[str, np.ndarray]:
    return {
        view["name"]: unpack(view["pack"], data[slice(*view["at"])], tuple(view["size"]))
        for view in message["views"]
    }


@pytest.mark.parametrize("method", ["otsu", "watershed", "kmeans"])
def test_every_number_is_that_of_the_package(method: str) -> None:
    result = wb.run(method, COINS.image)
    message, _ = views(result.recipe, "panoptic", COINS.target, COINS.image, COINS.truth)
    assert [view["name"] for view in message["views"]] == list(VIEWS)
    for part in (*message["views"], *message["lenses"]):
        score = wb.score(COINS.truth, result.output, lens=part["name"], target=COINS.target)
        for number in part["numbers"]:
            assert number["value"] == getattr(score, number["key"])
    assert [row["name"] for row in message["lenses"]] == list(get_args(LensName))
    assert all(row["ms"] > 0 for row in message["lenses"])
    assert {row["named_by_truth"] for row in message["lenses"][:4]} == {method == "kmeans"}
    assert json.loads(json.dumps(message, allow_nan=False))["recipe"] == result.recipe.sha256


def test_the_truth_in_three_views_is_itself() -> None:
    message, data = shown(STREET.truth, STREET.truth, STREET.target)
    planes = opened(message, data)
    assert (planes["panoptic"] == STREET.truth.ids).all()
    assert (planes["semantic"] == STREET.truth.category_ids()).all()
    assert (planes["instance"] == STREET.truth.things().ids).all()
    assert all(number["value"] == 1.0 for view in message["views"] for number in view["numbers"])


def test_one_category_has_one_colour_in_all_views() -> None:
    message, _ = shown(STREET.truth, STREET.truth, STREET.target)
    colours = [{c["name"]: c["colour"] for c in view["categories"]} for view in message["views"]]
    assert colours[0] == colours[1] == colours[2] == {c.name: c.colour for c in STREET.truth.taxonomy}


def test_a_view_calls_other_what_the_truth_does_not_know_and_joins_stuff() -> None:
    strange = wb.Taxonomy([*TAX, wb.Category(9, "wolf"), wb.Category(8, "rug", "stuff")])
    guess = wb.Segmentation.from_panoptic(
        [[1, 2, 5, 6, 7], [1, 2, 5, 6, 7]], {1: 1, 2: 2, 5: 9, 6: 8, 7: 1}, strange
    )
    found = prepare(TRUTH, "panoptic").compare(guess)
    view = view_of(found, "panoptic")
    assert view.ids.tolist() == [[1, 2, 5, 5, 1]] * 2
    assert {n: s.category.name for n, s in view.segments.items() if s.category} == {
        1: "table",
        2: "cup",
        5: "other",
    }
    assert view_of(found, "instance").ids.tolist() == [[0, 2, 0, 0, 0]] * 2
    assert view_of(found, "semantic").ids.tolist() == [[1, 2, 4, 4, 1]] * 2


def test_who_touches_whom() -> None:
    assert touching(IDS) == {(1, 2): 2, (2, 4): 2, (3, 4): 2, (1, 3): 1}
    assert touching(np.zeros((3, 3), np.int32)) == {}
    assert touching(np.ones((1, 1), np.int32)) == {}


def test_what_each_view_cannot_say_is_counted() -> None:
    lost = losses(TRUTH, TRUTH)
    assert {name: one["count"] for name, one in lost.items()} == {"semantic": 1, "instance": 3, "panoptic": 2}
    assert "1 border between touching things of one category, 2 px" in lost["semantic"]["sentence"]
    assert "table vanished, 30 % of the picture" in lost["instance"]["sentence"]
    assert "at 2 borders it cannot say who is in front" in lost["panoptic"]["sentence"]


def test_where_nothing_is_lost_that_is_said() -> None:
    apart = wb.Segmentation.from_panoptic([[2, 0, 3]], {2: 2, 3: 3}, TAX)
    lost = losses(apart, apart)
    assert [one["count"] for one in lost.values()] == [0, 0, 0]
    assert "no two of one category touch" in lost["semantic"]["sentence"]
    assert "none to lose" in lost["instance"]["sentence"]
    assert "no two things touch" in lost["panoptic"]["sentence"]
    bare = wb.Segmentation.from_panoptic([[1, 1]], {1: 1}, TAX)
    assert "there are none" in losses(bare, bare)["semantic"]["sentence"]


def test_masks_that_overlap_lose_pixels_to_the_surest() -> None:
    masks = np.zeros((2, 2, 5), bool)
    masks[0, :, 1:3] = masks[1, :, 2:4] = True
    guess = wb.Instances.from_masks(masks, [2, 3], TAX, [0.9, 0.8])
    assert claimed_twice(guess) == 2
    message, _ = shown(guess, TRUTH, ("cup", "cat"))
    assert "2 px that several masks claim" in message["views"][2]["loss"]["sentence"]
    assert claimed_twice(wb.Instances((2, 5), (), TAX)) == 0


def test_a_lens_that_cannot_answer_shows_the_numbers_of_the_one_that_did() -> None:
    guess = wb.Segmentation.from_mask(np.isin(IDS, [2, 3]))
    message, _ = shown(guess, TRUTH, ("cup", "cat"))
    assert [one["key"] for one in message["views"][0]["numbers"]] == ["iou", "dice"]
    assert "scored under the object lens" in message["views"][0]["remark"]


def test_without_a_truth_there_are_no_names() -> None:
    with pytest.raises(ValueError, match="no truth to name the views by"):
        needed(None)
    with pytest.raises(ValueError, match="asks for names and this truth has none"):
        shown(TRUTH, wb.Segmentation.from_partition(IDS), ())
