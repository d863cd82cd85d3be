import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from workbench.metrics.boundary import (
    EdgeCounts,
    davis_edges,
    davis_f,
    davis_j,
    davis_radius,
    recall_radius,
    square_counts,
)
from workbench.metrics.many import pool
from workbench.metrics.score import score
from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy

FROZEN = Path(__file__).parents[1] / "reference"
DAVIS = json.loads((FROZEN / "davis.json").read_text())["cases"]
SUPERPIXELS = json.loads((FROZEN / "bsds.json").read_text())["cases"]
IDS = hnp.arrays(np.int32, (9, 11), elements=st.integers(0, 3))
TAX = Taxonomy([Category(n, f"c{n}", "stuff") for n in (1, 2, 3)])


def read(lines: list[str]) -> np.ndarray:
    return np.array([list(line) for line in lines]).astype(np.int32)


def mask(lines: list[str] | None) -> np.ndarray | None:
    return None if lines is None else read(lines) > 0


@pytest.mark.parametrize("case", DAVIS, ids=range(len(DAVIS)))
def test_equals_davis(case: dict) -> None:
    truth, guess, void = (mask(case[name]) for name in ("truth", "guess", "void"))
    assert davis_j(truth, guess, void) == pytest.approx(case["j"], abs=1e-12)
    assert davis_f(truth, guess, void) == pytest.approx(case["f"], abs=1e-12)


def test_the_davis_cases_hold_void_empty_sides_and_every_kind_of_value() -> None:
    assert sum(case["void"] is not None for case in DAVIS) >= 10
    values = [case["f"] for case in DAVIS]
    assert {0.0, 1.0} < set(values)
    assert sum(0 < value < 1 for value in values) >= 20


@pytest.mark.parametrize("case", DAVIS, ids=range(len(DAVIS)))
def test_maps_of_categories_are_counted_as_masks_are(case: dict) -> None:
    truth, guess, void = (mask(case[name]) for name in ("truth", "guess", "void"))
    ids = [np.where(side, 2, 1).astype(np.int32) for side in (truth, guess)]
    if void is not None:
        ids[0][void] = 0
    found = davis_edges(*ids, [2])[2].f
    assert (1.0 if np.isnan(found) else found) == pytest.approx(case["f"], abs=1e-12)


@pytest.mark.parametrize("size", [(480, 854), (1080, 1920), (8, 8), (1, 1)])
def test_the_radius_of_davis(size: tuple[int, int]) -> None:
    assert davis_radius(size) == np.ceil(0.008 * np.linalg.norm(size))


@pytest.mark.parametrize("case", SUPERPIXELS, ids=range(len(SUPERPIXELS)))
def test_boundary_recall_equals_the_superpixel_benchmark(case: dict) -> None:
    truth, guess = read(case["truths"][0]), read(case["guess"])
    # It measures in double precision with a share given in single precision, and rounds halves up.
    radius = int(np.floor(float(np.float32(case["close"])) * np.hypot(*truth.shape) + 0.5))
    found = square_counts(truth, guess, radius).recall
    if np.isnan(found):
        assert case["recall"] == 0  # differ on purpose: it calls no boundary at all a recall of 0
        return
    assert found == pytest.approx(case["recall"], abs=1e-7)  # it answers in single precision


def test_the_recall_cases_are_not_all_alike() -> None:
    assert len({case["recall"] for case in SUPERPIXELS}) > 8


@pytest.mark.parametrize(
    ("size", "radius"), [((321, 481), 1), ((100, 100), 0), ((1024, 2048), 6), ((120, 160), 1)]
)
def test_the_radius_of_the_superpixel_benchmark_rounds_half_up(size: tuple[int, int], radius: int) -> None:
    assert recall_radius(size) == radius


@given(IDS, IDS)
def test_swapping_truth_and_guess_swaps_precision_and_recall(one: np.ndarray, two: np.ndarray) -> None:
    one, two = one + 1, two + 1
    forth, back = square_counts(one, two, 1), square_counts(two, one, 1)
    assert forth == EdgeCounts(back.guess, back.right, back.truth, back.found)
    assert np.isnan(forth.f) or 0 <= forth.f <= 1


@given(IDS, IDS, IDS)
def test_what_is_painted_in_void_changes_nothing(
    truth: np.ndarray, guess: np.ndarray, other: np.ndarray
) -> None:
    painted = np.where(truth == 0, other, guess)
    assert square_counts(truth, guess, 1) == square_counts(truth, painted, 1)
    assert davis_edges(truth, guess, [1, 2, 3]) == davis_edges(truth, painted, [1, 2, 3])


def test_regions_that_only_void_parts_have_a_boundary() -> None:
    truth = np.array([[1, 1, 1, 0, 0, 2, 2, 2]] * 3)
    apart, joined = np.array([[1, 1, 1, 1, 1, 2, 2, 2]] * 3), np.ones((3, 8), int)
    assert square_counts(truth, apart, 0).recall == 1.0
    assert square_counts(truth, joined, 0).recall == 0.0


def test_counts_add_up_and_say_what_is_undefined() -> None:
    none = EdgeCounts(0, 0, 0, 0)
    assert np.isnan([none.precision, none.recall, none.f]).all()
    assert EdgeCounts(3, 0, 0, 0).f == EdgeCounts(0, 0, 3, 0).f == EdgeCounts(3, 0, 3, 0).f == 0
    assert EdgeCounts(1, 1, 2, 1) + EdgeCounts(3, 2, 1, 0) == EdgeCounts(4, 3, 3, 1)


def segmented(ids: np.ndarray) -> Segmentation:
    return Segmentation.from_semantic(ids, TAX)


def halves(at: int) -> np.ndarray:
    ids = np.ones((60, 60), np.int32)
    ids[:, at:] = 2
    return ids


def test_the_score_has_the_target_the_mean_and_each_category() -> None:
    truth, guess = halves(30), halves(33)
    whole = score(segmented(truth), segmented(guess), lens="semantic")
    target = score(segmented(truth), segmented(guess), lens="object", target="c2")
    assert target.boundary_iou == whole.per_category["c2"].boundary_iou
    assert target.boundary_f == davis_f(truth == 2, guess == 2) == 0.0
    each = [whole.per_category[c].boundary_iou for c in ("c1", "c2")]
    assert whole.boundary_iou == pytest.approx(np.mean(each))
    assert np.isnan(whole.per_category["c3"].boundary_iou)
    assert np.isnan(whole.boundary_recall)


def test_a_category_nowhere_follows_the_convention() -> None:
    truth = segmented(halves(30))
    assert np.isnan(score(truth, truth, lens="semantic").per_category["c3"].boundary_f)
    ade = score(truth, truth, lens="semantic", convention="ade20k")
    assert ade.per_category["c3"].boundary_f == ade.per_category["c3"].boundary_iou == 0
    assert ade.boundary_iou == pytest.approx(2 / 3)


def test_a_category_that_one_side_lacks_scores_0() -> None:
    found = score(segmented(halves(30)), segmented(np.ones((60, 60), int)), lens="semantic").per_category[
        "c2"
    ]
    assert (found.boundary_iou, found.boundary_f, found.nsd) == (0, 0, 0)


def test_over_several_images_counts_are_summed() -> None:
    pairs = [(halves(30), halves(31)), (halves(30), halves(40))]
    scores = [score(segmented(truth), segmented(guess), lens="semantic") for truth, guess in pairs]
    pooled = pool(scores, "dataset")
    bands = [found.facts.bands for found in scores]
    assert pooled.facts.bands.dense().tolist() == (bands[0] + bands[1]).dense().tolist()
    assert pooled.per_category["c1"].boundary_f == pytest.approx(0.5)
    regions = [score(segmented(truth), segmented(guess), lens="regions") for truth, guess in pairs]
    assert pool(regions, "dataset").boundary_recall == pytest.approx(0.25)


def test_boundary_scores_are_asked_for_and_not_on_every_card() -> None:
    found = score(segmented(halves(30)), segmented(halves(31)), lens="semantic")
    assert "boundary_iou" not in found.measures
    assert set(found.measured("boundary")) == {
        "boundary_iou",
        "boundary_f",
        "hausdorff",
        "hd95",
        "assd",
        "nsd",
    }
