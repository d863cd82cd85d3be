"""What a score makes of input at the edge: a defined value, or one sentence that says what to change."""

import json
import math

import numpy as np
import pytest

from workbench.instances import Instances
from workbench.metrics import LENSES, METRICS, Score, score
from workbench.metrics.coco import coco_ap
from workbench.metrics.comparison import LensName
from workbench.segmentation import Segment, Segmentation
from workbench.taxonomy import Category, Taxonomy

TAX = Taxonomy([Category(1, "background", "stuff"), Category(2, "cell"), Category(3, "debris")])
SIZE = (6, 7)
ONE = Segmentation.from_panoptic(np.ones(SIZE, int), {1: 2}, TAX)
VOID = Segmentation(np.zeros(SIZE, np.int32), {}, TAX)
HUGE = 2**31 - 1
COUNTS = {metric.name for metric in METRICS.values() if metric.undefined.startswith("never")}


def asked(truth: Segmentation, guess: Segmentation | Instances, lens: LensName) -> Score:
    """Score, and count everything there is to count."""
    found = score(truth, guess, lens=lens, target="cell")
    found.measured()
    json.dumps(found.as_dict("table", "boundary"), allow_nan=False)
    return found


def in_span(found: Score) -> bool:
    return all(
        math.isnan(value) or METRICS[name].span[0] <= value <= METRICS[name].span[1] + 1e-12
        for name, value in found.measured().items()
    )


@pytest.mark.parametrize("lens", LENSES)
def test_ten_thousand_segments(lens: LensName) -> None:
    ids = np.arange(1, 10_001).reshape(100, 100).repeat(3, 0).repeat(3, 1)
    cells = dict.fromkeys(range(1, 10_001), 2)
    truth = Segmentation.from_panoptic(ids, cells, TAX)
    found = asked(truth, Segmentation.from_panoptic(np.roll(ids, 1, 1), cells, TAX), lens)
    assert in_span(found)
    if lens in ("instance", "panoptic"):
        # Two of three columns agree, so IoU is 2 / 4; half is a match for AP, and not for panoptic quality.
        assert found.tp == (10_000 if lens == "instance" else 0)
    assert asked(truth, truth, lens).reason(found.headline[0]) == ""


@pytest.mark.parametrize("lens", LENSES)
def test_the_largest_id_there_is(lens: LensName) -> None:
    ids = np.ones(SIZE, int)
    ids[2:5, 2:5] = 2
    small = Segmentation.from_panoptic(ids, {1: 1, 2: 2}, TAX)
    huge = Segmentation.from_panoptic(np.where(ids == 2, HUGE, ids), {1: 1, HUGE: 2}, TAX)
    expected = asked(small, small, lens).measured()
    for truth, guess in ((huge, huge), (small, huge), (huge, small)):
        assert asked(truth, guess, lens).measured() == pytest.approx(expected, nan_ok=True)


def test_ids_above_the_largest_are_one_sentence() -> None:
    with pytest.raises(ValueError, match=f"ids must lie in 0 to {HUGE}, got 1 to {HUGE + 1}"):
        Segmentation.from_partition([[1, HUGE + 1]])


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [
        ([[0.5, 1.0]], "ids must be whole numbers, got float64; convert with .astype"),
        ([[-1, 1]], "ids must lie in 0 to 2147483647, got -1 to 1"),
        ([["a"]], "ids must be whole numbers"),
        ([1, 2], r"ids must be \(H, W\) with at least one pixel, got shape \(2,\)"),
        (np.zeros((0, 3), int), r"ids must be \(H, W\) with at least one pixel, got shape \(0, 3\)"),
    ],
)
def test_what_is_no_map_of_ids_is_one_sentence(ids: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Segmentation.from_partition(ids)


def test_ids_without_a_category_are_one_sentence() -> None:
    with pytest.raises(ValueError, match=r"ids 5 have pixels but no segment; name each id, or make it 0"):
        Segmentation.from_panoptic([[1, 5]], {1: 2}, TAX)
    with pytest.raises(ValueError, match="category ids 9 are not in the taxonomy"):
        Segmentation.from_semantic([[9]], TAX)


@pytest.mark.parametrize("lens", LENSES)
def test_sizes_that_differ_are_one_sentence(lens: LensName) -> None:
    other = Segmentation.from_panoptic(np.ones((7, 6), int), {1: 2}, TAX)
    with pytest.raises(ValueError, match=r"the guess is 7 x 6 .* and the truth 6 x 7 .*; resize the guess"):
        asked(ONE, other, lens)


@pytest.mark.parametrize("lens", LENSES)
@pytest.mark.parametrize("guess", [ONE, VOID], ids=["one", "nothing"])
def test_a_truth_that_is_all_void_judges_nothing(lens: LensName, guess: Segmentation) -> None:
    found = asked(VOID, guess, lens)
    for name, value in found.measured().items():
        assert value == 0 if name in COUNTS else math.isnan(value), name
        assert bool(found.reason(name)) == math.isnan(value)


@pytest.mark.parametrize("lens", LENSES)
def test_a_guess_that_labels_nothing_misses_everything(lens: LensName) -> None:
    found = asked(ONE, VOID, lens)
    assert in_span(found)
    assert getattr(found, found.headline[0]) == 0
    if lens in ("object", "instance", "panoptic"):
        assert (found.tp, found.fp) == (0, 0)
        assert found.fn > 0


@pytest.mark.parametrize("lens", ["semantic", "instance", "panoptic"])
def test_a_category_that_the_truth_lacks_is_a_miss_and_is_said(lens: LensName) -> None:
    tax = Taxonomy([*TAX, Category(9, "zebra")])
    found = asked(ONE, Segmentation.from_panoptic(np.ones(SIZE, int), {1: 9}, tax), lens)
    assert "the truth has no category 'zebra': what is called so counts as other" in found.remarks
    assert getattr(found, found.headline[0]) == 0
    assert {row["guess"] for row in found.confusion} == {"other"}


def test_a_category_that_the_truth_lacks_is_not_the_target_and_has_borders_like_others() -> None:
    tax = Taxonomy([*TAX, Category(9, "zebra")])
    stranger = Segmentation.from_panoptic(np.ones(SIZE, int), {1: 9}, tax)
    assert asked(ONE, stranger, "object").iou == 0
    assert asked(ONE, stranger, "regions").ari == 1


@pytest.mark.parametrize("lens", LENSES)
def test_scores_that_are_no_numbers_are_one_sentence(lens: LensName) -> None:
    masks = np.ones((2, *SIZE), bool)
    several = Instances.from_masks(masks, [2, 2], TAX, [0.5, math.nan])
    one = Segmentation(ONE.ids, {1: Segment(TAX["cell"], math.nan)}, TAX)
    with pytest.raises(
        ValueError, match=r"must be numbers, got nan for 1 of them, the first 1; give None where"
    ):
        score(ONE, several, lens=lens, target="cell")
    with pytest.raises(ValueError, match=r"scores rank guesses and must be numbers, got nan"):
        score(ONE, one, lens=lens, target="cell")


def test_scores_that_are_missing() -> None:
    """Guesses without scores cannot be ranked: here they are one point of the curve; COCO's AP refuses."""
    masks = np.zeros((2, *SIZE), bool)
    masks[0], masks[1, 0] = True, True
    unsure = Instances.from_masks(masks, [2, 2], TAX)
    assert score(ONE, unsure, lens="instance").ap == pytest.approx(0.5)
    truth = Instances.from_masks(masks[:1], [2], TAX)
    with pytest.raises(ValueError, match="2 of 2"):
        coco_ap([(truth, unsure)])


def test_one_pixel_is_a_picture() -> None:
    for lens in LENSES:
        dot = Segmentation.from_panoptic([[1]], {1: 2}, TAX)
        assert getattr(asked(dot, dot, lens), asked(dot, dot, lens).headline[0]) == 1
