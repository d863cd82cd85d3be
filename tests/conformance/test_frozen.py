"""References that are not packages, frozen as inputs and outputs; each file says the command that made it."""

import json
from pathlib import Path

import numpy as np
import pytest
from conformance.cases import TAX, maps

from workbench.metrics import score
from workbench.metrics.panoptic import Tally
from workbench.segmentation import Segmentation

FROZEN = Path(__file__).parents[1] / "reference"
TRAPS = json.loads((FROZEN / "panoptic_traps.json").read_text())["traps"]
SUPERPIXELS = json.loads((FROZEN / "superpixels.json").read_text())["cases"]
STARDIST = json.loads((FROZEN / "stardist.json").read_text())["cases"]
COVERING = json.loads((FROZEN / "covering.json").read_text())["cases"]


def named(ids: list, names: dict[int, int]) -> Segmentation:
    there = {int(n): names[int(n)] for n in np.unique(ids) if n}
    return Segmentation.from_panoptic(ids, there, TAX)


def sides(trap: dict) -> tuple[Segmentation, Segmentation]:
    names = {int(n): c for n, c in trap["names"].items()}
    return named(trap["truth"], names), named(trap["guess"], names)


def test_an_area_in_a_file_is_not_believed() -> None:
    """Differ from panopticapi: a stated area of 10 for 100 pixels makes its IoU, and its PQ, 10."""
    trap = TRAPS["area"]
    assert (trap["pq"], trap["counts"]["1"]["iou"]) == (10, 10)
    assert score(*sides(trap), lens="panoptic").pq == 1


def test_every_crowd_of_a_category_forgives() -> None:
    """Differ from panopticapi (its issue 19): it remembers a category's last crowd alone."""
    trap = TRAPS["crowds"]
    assert trap["counts"]["1"] == {"iou": 0, "tp": 0, "fp": 1, "fn": 0}
    found = score(*sides(trap), lens="panoptic", crowd=trap["changes"]["crowd"])
    assert found.facts.tallies[1] == Tally()
    assert (trap["pq"], found.pq) == (0.5, 1.0)


def test_nothing_at_all_is_undefined() -> None:
    """Differ from panopticapi, which divides by zero."""
    trap = TRAPS["nothing"]
    assert trap["pq"] == "ZeroDivisionError"
    assert np.isnan(score(*sides(trap), lens="panoptic").pq)


@pytest.mark.parametrize("case", SUPERPIXELS, ids=range(len(SUPERPIXELS)))
def test_superpixels(case: dict) -> None:
    """Equal to 1e-6: the benchmark answers in single precision."""
    pair = (Segmentation.from_partition(case[side]) for side in ("truth", "guess"))
    found = score(*pair, lens="regions")
    assert found.asa == pytest.approx(case["asa"], abs=1e-6)
    assert found.undersegmentation_error == pytest.approx(case["undersegmentation_error"], abs=1e-6)
    # Another error of the same name: two papers, two formulas, so a number must say which.
    assert 1 - found.asa == pytest.approx(case["one_minus_asa"], abs=1e-6)


def test_the_two_undersegmentation_errors_differ() -> None:
    assert sum(case["undersegmentation_error"] > case["one_minus_asa"] + 0.1 for case in SUPERPIXELS) > 10


@pytest.mark.parametrize("case", COVERING, ids=range(len(COVERING)))
def test_parsing_covering(case: dict) -> None:
    truth, guess = (
        named(case[ids], dict(enumerate(case[names])))
        for ids, names in (("truth", "names"), ("guess", "called"))
    )
    assert score(truth, guess, lens="panoptic").parsing_covering == pytest.approx(case["covering"], abs=1e-12)


def test_covering_is_the_formula_counted_pixel_by_pixel() -> None:
    """Segmentation covering has no reference in Python: each region's best IoU, weighted by its size."""
    for case in maps():
        judged = case.truth > 0
        if not judged.any():
            continue
        total = 0.0
        for n in np.unique(case.truth[judged]):
            region = case.truth == n
            others = [(case.guess == g) & judged for g in np.unique(case.guess[judged]) if g]
            best = max(((region & o).sum() / (region | o).sum() for o in others), default=0.0)
            total += region.sum() * best
        found = score(*case.partition(), lens="regions").covering
        assert found == pytest.approx(total / judged.sum(), abs=1e-12), case.name


def test_pixel_accuracy_counts_each_pixel_once() -> None:
    """Differ from segmentation_models_pytorch 0.6.0, whose micro accuracy counts a pixel in every category.

    That package is no dependency of the tests; its formula is (TP + TN) / (TP + FP + FN + TN), summed over
    categories, so a pixel that is wrong in two of five categories is right in three.
    """
    truth = np.array([[1, 2, 3, 4]])
    guess = np.array([[1, 2, 3, 5]])
    pair = (Segmentation.from_semantic(ids, TAX) for ids in (truth, guess))
    assert score(*pair, lens="semantic").pixel_accuracy == 0.75
    right = sum(((truth == n) == (guess == n)).sum() for n in range(1, 6))
    assert right / (5 * truth.size) == 0.9


@pytest.mark.parametrize("case", STARDIST, ids=range(len(STARDIST)))
def test_things_found_at_one_half(case: dict) -> None:
    """Its background is stuff, neither void nor unlabelled; where nothing is there, its 0 is our nan."""
    ground = 10_000
    truth = np.where(np.array(case["truth"]) == 0, ground, case["truth"])
    names = dict.fromkeys(range(1, ground), 1) | {ground: 4}
    found = score(named(truth, names), named(case["guess"], names), lens="instance")
    theirs = next(row for row in case["reference"] if row["thresh"] == 0.5)
    assert (found.tp, found.fp, found.fn) == (theirs["tp"], theirs["fp"], theirs["fn"])
    pairs = {"f1": "f1", "matched_iou": "mean_matched_score", "mean_true_score": "mean_true_score"}
    for ours, name in pairs.items():
        # It divides pixels in single precision.
        assert np.nan_to_num(getattr(found, ours)) == pytest.approx(theirs[name], abs=1e-6), ours
