import json
from pathlib import Path

import numpy as np
import pytest

from workbench.metrics.cityscapes_ap import CityscapesAP, Street, cityscapes_ap
from workbench.metrics.overlap import Overlap

FROZEN = json.loads((Path(__file__).parents[1] / "reference" / "cityscapes.json").read_text())
CASES = {case["name"]: case for case in FROZEN["cases"]}
LABELS = {"person": 24, "rider": 25, "car": 26}
DIFFERENT = ("a small group counts twice",)


def painted(boxes: list[list[int]]) -> np.ndarray:
    """Paint [id, row, column, height, width] over each other on a road."""
    ids = np.full(FROZEN["size"], 7)
    for value, row, column, height, width in boxes:
        ids[row : row + height, column : column + width] = value
    return ids


def street(case: dict) -> Street:
    """Read one frozen picture: ids below 1000 are groups of what they are called."""
    ids = painted(case["truth"])
    truth_names = {n: n // 1000 or n for n in np.unique(ids).tolist()}
    truth_names = {n: label for n, label in truth_names.items() if label in LABELS.values() or n >= 1000}
    masks = np.zeros((len(case["guess"]), *ids.shape), bool)
    for mask, (_, _, row, column, height, width) in zip(masks, case["guess"], strict=True):
        mask[row : row + height, column : column + width] = True
    guess_names = {k: guess[0] for k, guess in enumerate(case["guess"], start=1)}
    scores = {k: guess[1] for k, guess in enumerate(case["guess"], start=1)}
    groups = {n for n in truth_names if n < 1000}
    return Street.of(Overlap.of_masks(ids, masks), truth_names, guess_names, scores, groups)


def found(name: str) -> CityscapesAP:
    return cityscapes_ap([street(one) for one in CASES[name]["streets"]], list(LABELS.values()))


def agrees(ours: float, theirs: float | None) -> bool:
    return ours == pytest.approx(np.nan if theirs is None else theirs, abs=1e-9, nan_ok=True)


EQUAL = [name for name, case in CASES.items() if "ap" in case["reference"] and name not in DIFFERENT]


@pytest.mark.parametrize("name", EQUAL)
def test_equals_cityscapes_scripts(name: str) -> None:
    ours, theirs = found(name), CASES[name]["reference"]
    for label, category in LABELS.items():
        values = ours.per_category[category].values[0]
        assert all(agrees(float(v), w) for v, w in zip(values, theirs["ap"][label], strict=True))
    assert agrees(ours.ap, theirs["allAp"])
    assert agrees(ours.ap50, theirs["allAp50%"])


def test_the_frozen_cases_exercise_every_rule() -> None:
    assert len(EQUAL) >= 45
    values = [v for name in EQUAL for of in CASES[name]["reference"]["ap"].values() for v in of]
    assert sum(v is None for v in values) > 50
    assert sum(v is not None and 0 < v < 1 for v in values) > 100
    boxes = [box for case in CASES.values() for one in case["streets"] for box in one["truth"]]
    assert sum(0 < box[0] < 1000 and box[0] != 7 for box in boxes) > 10  # groups
    assert sum(box[0] == 0 for box in boxes) > 40  # void


def test_pixels_of_a_small_group_count_once() -> None:
    """Differ from the reference: a third of the guess is a group of 64 pixels, there two thirds."""
    theirs = CASES["a small group counts twice"]["reference"]["ap"]["car"]
    assert theirs[0] == 1.0
    assert found("a small group counts twice").ap50 == 0.25


def test_forgiving_every_guess_leaves_nothing_found() -> None:
    """Differ from the reference, which fails with an IndexError where no guess is judged."""
    assert "IndexError" in CASES["all guesses forgiven"]["reference"]["error"]
    assert found("all guesses forgiven").ap == 0.0


def test_guesses_without_a_score_are_one_point_the_last() -> None:
    ids = np.zeros((20, 60), int)
    ids[:, :20] = 1
    masks = np.zeros((2, 20, 60), bool)
    masks[0, :, :20], masks[1, :, 20:40] = True, True
    table = Overlap.of_masks(np.where(ids, ids, 5), masks)
    of = [Street.of(table, {1: 1}, {1: 1, 2: 1}, scores) for scores in ({}, {1: 0.1}, {2: 0.1})]
    assert [cityscapes_ap([one], [1]).ap50 for one in of] == [0.75, 1.0, 0.25]


def test_categories_and_images_without_anything() -> None:
    nothing = Street.of(Overlap.of([[0]], [[0]]), {}, {}, {})
    for streets in ([], [nothing]):
        ap = cityscapes_ap(streets, [1, 2])
        assert np.isnan([ap.ap, ap.ap50, ap.ap75]).all()
    assert np.isnan(cityscapes_ap([nothing], []).ap)
