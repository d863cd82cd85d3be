"""Equal to cityscapesScripts on frozen pictures; groups by hand."""

import json
from pathlib import Path

import numpy as np
import pytest

from workbench.metrics import Score, score
from workbench.metrics.cityscapes import grouped_ious
from workbench.metrics.many import pool
from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy

FROZEN = json.loads((Path(__file__).parents[1] / "reference" / "cityscapes_pixels.json").read_text())["cases"]
NAMES = {7: "road", 8: "sidewalk", 11: "building", 23: "sky", 24: "person", 26: "car", 28: "bus"}
TAX = Taxonomy([Category(n, name, "thing" if n in (24, 26, 28) else "stuff") for n, name in NAMES.items()])
GROUPS = {
    "flat": ["road", "sidewalk"],
    "construction": ["building"],
    "sky": ["sky"],
    "human": ["person"],
    "vehicle": ["car", "bus"],
}


def scored(picture: dict) -> Score:
    ids = np.array(picture["truth"])
    names = {int(n): int(n) if n < 1000 else int(n) // 1000 for n in np.unique(ids) if n}
    truth = Segmentation.from_panoptic(ids, names, TAX)
    guess = Segmentation.from_semantic(np.array(picture["guess"]), TAX)
    return score(truth, guess, lens="semantic", convention="cityscapes")


@pytest.mark.parametrize("case", FROZEN, ids=range(len(FROZEN)))
def test_equals_the_scripts(case: dict) -> None:
    found = pool([scored(picture) for picture in case["pictures"]])
    expected = case["reference"]
    assert isinstance(found, Score)
    ious = {name: one.iou for name, one in found.per_category.items() if not np.isnan(one.iou)}
    assert ious == pytest.approx(expected["classScores"], abs=1e-12)
    assert found.miou == pytest.approx(expected["mean"], abs=1e-12)
    weighted = {name: one.iiou for name, one in found.per_category.items() if not np.isnan(one.iiou)}
    assert weighted == pytest.approx(expected["classInstScores"], abs=1e-12)
    assert found.iiou == pytest.approx(expected["mean_instance"], abs=1e-12)
    grouped = {n: v for n, v in grouped_ious(found.facts, GROUPS).items() if not np.isnan(v)}
    assert grouped == pytest.approx(expected["categoryScores"], abs=1e-12)


def test_small_instances_count_as_much_as_large_ones() -> None:
    ids = np.array([[1000 + 1] * 9 + [1000 + 2]])
    tax = Taxonomy([Category(1, "cell")])
    truth = Segmentation.from_panoptic(ids, {1001: 1, 1002: 1}, tax)
    guess = Segmentation.from_semantic(np.array([[1] * 9 + [0]]), tax)
    found = score(truth, guess, lens="semantic")
    assert found.per_category["cell"].iou == pytest.approx(0.9)
    assert found.iiou == pytest.approx(0.5)


def test_groups_name_categories_of_the_truth() -> None:
    found = scored(FROZEN[0]["pictures"][0])
    with pytest.raises(ValueError, match="groups must name categories of the truth, got lorry; it has road,"):
        grouped_ious(found.facts, {"vehicle": ["car", "lorry"]})
