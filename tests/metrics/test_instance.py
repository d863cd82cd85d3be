import numpy as np
import pytest

from workbench.instances import Instances
from workbench.metrics import score
from workbench.metrics.instance import Detections, detect, f1_of
from workbench.metrics.overlap import Overlap
from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy

TAX = Taxonomy([Category(1, "cell"), Category(2, "debris"), Category(3, "background", "stuff")])


def strip(*runs: tuple[int, int]) -> np.ndarray:
    """Draw masks along a strip of 40 pixels, from (start, stop)."""
    masks = np.zeros((len(runs), 1, 40), bool)
    for mask, (start, stop) in zip(masks, runs, strict=True):
        mask[0, start:stop] = True
    return masks


def truth(*runs: tuple[int, int]) -> Segmentation:
    ids = np.full((1, 40), 9)
    for n, (start, stop) in enumerate(runs, start=1):
        ids[0, start:stop] = n
    return Segmentation.from_panoptic(ids, {n: 3 if n == 9 else 1 for n in np.unique(ids).tolist()}, TAX)


def cells(scores: list[float | None] | list[float] | None, *runs: tuple[int, int]) -> Instances:
    return Instances.from_masks(strip(*runs), [1] * len(runs), TAX, scores)


def test_average_precision_by_hand() -> None:
    """Right, wrong, right: precision 1 up to recall 1/2, then 2/3; 51 and 50 of the 101 recalls."""
    found = score(
        truth((0, 10), (20, 30)),
        cells([0.9, 0.8, 0.7], (0, 10), (12, 18), (20, 30)),
        lens="instance",
    )
    assert found.ap50 == pytest.approx((51 * 1 + 50 * 2 / 3) / 101, abs=1e-12)
    assert found.ap == pytest.approx(found.ap50, abs=1e-12)
    assert found.f1 == pytest.approx(4 / 5, abs=1e-15)


def test_precision_is_made_monotone() -> None:
    """A wrong guess first: precision 0, 1/2, 2/3, read from the right as 2/3 everywhere."""
    found = score(
        truth((0, 10), (20, 30)), cells([0.9, 0.8, 0.7], (12, 18), (0, 10), (20, 30)), lens="instance"
    )
    assert found.ap50 == pytest.approx(2 / 3, abs=1e-12)


def test_a_second_guess_of_one_truth_is_wrong() -> None:
    found = score(truth((0, 10)), cells([0.9, 0.8], (0, 9), (0, 10)), lens="instance")
    # At 0.5 to 0.9 the surer guess takes it; at 0.95 only the second reaches it, at precision 1/2.
    assert found.ap50 == 1.0
    assert found.ap == pytest.approx((9 * 1.0 + 1 / 2) / 10, abs=1e-12)
    assert (found.per_category["cell"].tp, found.per_category["cell"].fp) == (1, 1)


def test_guesses_without_scores_are_one_point_whatever_their_order() -> None:
    runs = [(0, 10), (12, 18), (20, 30)]
    for order in ([0, 1, 2], [1, 2, 0], [2, 1, 0]):
        guess = cells(None, *[runs[k] for k in order])
        assert score(truth((0, 10), (20, 30)), guess, lens="instance").ap50 == pytest.approx(2 / 3, abs=1e-12)


def test_scored_guesses_come_before_unscored_ones() -> None:
    guess = cells([None, 0.1], (12, 18), (0, 10))
    assert score(truth((0, 10)), guess, lens="instance").ap50 == 1.0
    table = Overlap.of_masks(truth((0, 10)).ids, strip((12, 18), (0, 10)))
    assert detect(table, {1: 1}, {1: 1, 2: 1}, {2: 0.1})[1].right.tolist() == [True, False]


def test_a_guess_takes_the_best_truth_that_is_free() -> None:
    found = score(truth((0, 10), (10, 16)), cells([0.9, 0.8], (2, 10), (0, 10)), lens="instance")
    assert (found.f1, found.matched_iou) == (pytest.approx(0.5), pytest.approx(0.8))


def test_guesses_mostly_in_void_are_not_judged() -> None:
    ids = np.zeros((1, 40), int)
    ids[0, :10] = 1
    half_void = Segmentation.from_panoptic(ids, {1: 1}, TAX)
    found = score(half_void, cells([0.9, 0.8], (20, 30), (0, 10)), lens="instance")
    assert (found.f1, found.ap) == (1.0, pytest.approx(1.0))


def test_categories_do_not_match_each_other() -> None:
    guess = Instances.from_masks(strip((0, 10)), [2], TAX, [0.9])
    found = score(truth((0, 10)), guess, lens="instance")
    assert found.f1 == 0.0
    assert found.ap == 0.0  # over cells alone: there is no debris to find
    assert np.isnan(found.per_category["debris"].ap)
    assert (found.per_category["debris"].fp, found.per_category["cell"].fn) == (1, 1)


def test_overlapping_masks_keep_their_whole_area() -> None:
    found = score(truth((0, 10), (10, 20)), cells([0.9, 0.8], (0, 12), (8, 20)), lens="instance")
    assert found.matched_iou == pytest.approx(10 / 12, abs=1e-12)


def test_nothing_to_find() -> None:
    empty = truth()
    found = score(empty, cells([], *[]), lens="instance")
    assert np.isnan([found.f1, found.ap, found.ap50, found.matched_iou]).all()
    assert found.why["ap"].startswith("the truth has no thing to find")
    wrong = score(empty, cells([0.5], (0, 5)), lens="instance")
    assert wrong.f1 == 0.0
    assert np.isnan(wrong.ap)


def test_f1_is_undefined_without_anything() -> None:
    assert np.isnan(f1_of(0, 0, 0))
    none = np.zeros(0, bool)
    assert Detections(truth=3, right=none, judged=none, ious=()).f1 == 0.0


def test_mean_true_score_counts_missed_things_as_nothing() -> None:
    found = score(truth((0, 10), (20, 30)), cells([0.9], (0, 8)), lens="instance")
    assert (found.matched_iou, found.mean_true_score) == (pytest.approx(0.8), pytest.approx(0.4))
    assert np.isnan(score(truth(), cells([0.5], (0, 5)), lens="instance").mean_true_score)


def test_ap75_and_sizes() -> None:
    found = score(truth((0, 10), (20, 30)), cells([0.9, 0.8], (0, 10), (20, 27)), lens="instance")
    assert (found.ap50, found.ap75) == (1.0, pytest.approx(51 / 101))
    assert found.ap_small == found.ap
    assert np.isnan([found.ap_medium, found.ap_large]).all()
    assert found.why["ap_large"].startswith("the truth has no thing of that size")
    assert found.per_category["cell"].ap75 == found.ap75
