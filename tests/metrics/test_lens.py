"""Every cell of the matrix: five lenses by five ways to answer, worked by hand on one small picture.

The truth, 4 x 6: a background of 14 pixels, two coins of 4 (ids 2 and 3), two pixels of void.
"""

import numpy as np
import pytest

from workbench.instances import Instances
from workbench.metrics import LENSES, prepare, score
from workbench.metrics.lens import OTHER
from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy

TAX = Taxonomy([Category(1, "background", "stuff"), Category(2, "coin", "thing")])
TRUTH = Segmentation.from_panoptic(
    [[1, 1, 1, 1, 1, 1], [1, 2, 2, 1, 3, 3], [1, 2, 2, 1, 3, 3], [1, 1, 1, 1, 0, 0]], {1: 1, 2: 2, 3: 2}, TAX
)


def foreground() -> Segmentation:
    """Cover the first coin and a pixel beside it, half of the second, and the void."""
    rows = ["......", ".##.#.", ".##.#.", ".#..##"]
    return Segmentation.from_mask(np.array([[mark == "#" for mark in row] for row in rows]))


def partition() -> Segmentation:
    """Hold the first coin exactly; region 9 is half background and half the second coin."""
    return Segmentation.from_partition(
        [[5, 5, 5, 5, 5, 5], [5, 7, 7, 9, 9, 5], [5, 7, 7, 9, 9, 5], [5, 5, 5, 5, 5, 0]]
    )


def semantic() -> Segmentation:
    """Name by ids of its own, with a category that the truth lacks and a pixel left out."""
    tax = Taxonomy([Category(4, "coin"), Category(8, "background", "stuff"), Category(9, "ring")])
    rows = [[8, 8, 8, 8, 8, 8], [8, 4, 4, 8, 4, 4], [8, 4, 4, 8, 9, 9], [8, 8, 4, 0, 4, 4]]
    return Segmentation.from_semantic(rows, tax)


def instance() -> Instances:
    """Give each coin a mask two pixels too wide; the two share a column."""
    masks = np.zeros((2, 4, 6), bool)
    masks[0, 1:3, 1:4] = masks[1, 1:3, 3:6] = True
    return Instances.from_masks(masks, [3, 3], Taxonomy([Category(3, "coin")]), [0.9, 0.8])


def panoptic() -> Segmentation:
    """Find both coins, call one pixel of the second a ring, leave one of the background out."""
    tax = Taxonomy([Category(1, "background", "stuff"), Category(2, "coin"), Category(5, "ring")])
    rows = [[1, 1, 1, 1, 1, 1], [1, 2, 2, 1, 3, 3], [1, 2, 2, 1, 3, 4], [1, 1, 0, 1, 4, 4]]
    return Segmentation.from_panoptic(rows, {1: 1, 2: 2, 3: 2, 4: 5}, tax)


WAYS = {f.__name__: f for f in (foreground, partition, semantic, instance, panoptic)}
CELLS = {
    ("object", "foreground"): {"tp": 6, "fp": 1, "fn": 2, "tn": 13, "iou": 6 / 9, "dice": 12 / 15},
    ("object", "partition"): {"tp": 4, "fp": 0, "fn": 4, "tn": 14, "iou": 4 / 8},
    # The pixel left out is nobody's accusation; the ring is not the target.
    ("object", "semantic"): {"tp": 6, "fp": 1, "fn": 2, "tn": 13, "iou": 6 / 9},
    ("object", "instance"): {"tp": 8, "fp": 2, "fn": 0, "tn": 12, "iou": 8 / 10},
    ("object", "panoptic"): {"tp": 7, "fp": 0, "fn": 1, "tn": 14, "iou": 7 / 8},
    ("semantic", "foreground"): {"pixel_accuracy": 19 / 22, "miou": (6 / 9 + 13 / 16) / 2},
    ("semantic", "partition"): {"pixel_accuracy": 18 / 22, "miou": (4 / 8 + 14 / 18) / 2},
    ("semantic", "semantic"): {"pixel_accuracy": 18 / 22, "miou": (6 / 9 + 12 / 14) / 2},
    # Things painted, the rest unlabelled: the background is missed whole.
    ("semantic", "instance"): {"pixel_accuracy": 8 / 22, "miou": (8 / 10 + 0) / 2},
    ("semantic", "panoptic"): {"pixel_accuracy": 20 / 22, "miou": (7 / 8 + 13 / 14) / 2},
    ("instance", "foreground"): {"f1": 1.0, "matched_iou": (4 / 5 + 2 / 4) / 2},
    ("instance", "partition"): {"f1": 2 / 3, "matched_iou": 1.0},
    # The piece that lies in void is not judged.
    ("instance", "semantic"): {"f1": 1.0, "matched_iou": (4 / 5 + 2 / 4) / 2},
    # Overlaps kept: both masks are 4 of 6, right up to the threshold of 0.65, four thresholds of ten.
    ("instance", "instance"): {"f1": 1.0, "matched_iou": 4 / 6, "ap": 0.4, "ap50": 1.0},
    ("instance", "panoptic"): {"f1": 1.0, "matched_iou": (1 + 3 / 4) / 2},
    # An IoU of exactly one half is no match under PQ.
    ("panoptic", "foreground"): {"pq_things": 0.8 / 2, "pq_stuff": 13 / 16, "pq": (0.4 + 13 / 16) / 2},
    # Both regions named background are one stuff segment.
    ("panoptic", "partition"): {"pq_things": 1 / 1.5, "pq_stuff": 14 / 18},
    ("panoptic", "semantic"): {"pq_things": 0.8 / 2, "pq_stuff": 12 / 14},
    # Pasted by score: the second mask loses the shared column and is exact.
    ("panoptic", "instance"): {"pq_things": (4 / 6 + 1) / 2, "pq_stuff": 0.0},
    ("panoptic", "panoptic"): {"pq_things": (1 + 3 / 4) / 2, "pq_stuff": 13 / 14},
    ("regions", "foreground"): {"covering": (14 * 13 / 16 + 4 * 4 / 5 + 4 * 2 / 4) / 22},
    ("regions", "partition"): {"covering": (14 * 12 / 16 + 4 + 4 * 1 / 3) / 22},
    ("regions", "semantic"): {"covering": (14 * 12 / 14 + 4 * 4 / 5 + 4 * 2 / 4) / 22},
    ("regions", "instance"): {"covering": (14 * 1 / 9 + 4 * 4 / 6 + 4) / 22},
    ("regions", "panoptic"): {"covering": (14 * 13 / 14 + 4 + 4 * 3 / 4) / 22},
}


def test_the_matrix_is_whole() -> None:
    assert set(CELLS) == {(lens, way) for lens in LENSES for way in WAYS}


@pytest.mark.parametrize(("lens", "way"), CELLS, ids="-".join)
def test_cell(lens: str, way: str) -> None:
    found = score(TRUTH, WAYS[way](), lens=lens, target=["coin"])
    assert found.lens == found.scored_as == lens
    assert found.named_by_truth == (way == "partition" and lens != "regions")
    for name, value in CELLS[lens, way].items():
        assert getattr(found, name) == pytest.approx(value, abs=1e-12), name


@pytest.mark.parametrize(("lens", "way"), CELLS, ids="-".join)
def test_a_perfect_truth_scores_full_under_every_lens(lens: str, way: str) -> None:
    if way in ("foreground", "semantic"):
        guess = TRUTH.semantic() if way == "semantic" else Segmentation.from_mask(TRUTH.mask("coin"))
    elif way == "instance":
        guess = Instances.from_masks(np.stack([TRUTH.ids == 2, TRUTH.ids == 3]), [2, 2], TAX, [0.9, 0.8])
    else:
        guess = Segmentation.from_partition(TRUTH.ids) if way == "partition" else TRUTH
    found = score(TRUTH, guess, lens=lens)
    head = getattr(found, found.headline[0])
    if way == "instance" and lens in ("semantic", "panoptic", "regions"):
        assert head < 1  # the background was never guessed
    else:
        assert head == 1.0


def test_confusion_keeps_other_and_unlabelled_in_columns_of_their_own() -> None:
    rows = score(TRUTH, semantic(), lens="semantic").confusion
    cells = {(row["truth"], row["guess"]): row["pixels"] for row in rows}
    assert cells == {
        ("background", "background"): 12,
        ("background", "coin"): 1,
        ("background", "unlabelled"): 1,
        ("coin", "coin"): 6,
        ("coin", "other"): 2,
    }


def test_a_name_that_the_truth_lacks_is_said_aloud() -> None:
    assert "no category 'ring'" in score(TRUTH, semantic(), lens="semantic").remarks[0]
    assert OTHER not in {category.id for category in TAX}


STREET = Taxonomy(
    [Category(1, "road", "stuff"), Category(2, "car"), Category(3, "person"), Category(4, "sky", "stuff")]
)
SCENE = Segmentation.from_panoptic(
    [[4, 4, 4, 4], [2, 2, 3, 1], [2, 2, 3, 1]], {4: 4, 2: 2, 3: 3, 1: 1}, STREET
)


@pytest.mark.parametrize("lens", ["semantic", "panoptic"])
def test_foreground_cannot_name_a_target_of_several_categories(lens: str) -> None:
    guess = Segmentation.from_mask(SCENE.mask("car", "person"))
    found = score(SCENE, guess, lens=lens)
    assert (found.lens, found.scored_as, found.iou) == (lens, "object", 1.0)
    assert "object lens" in found.remarks[-1]
    assert np.isnan(found.pq)
    assert "object lens does not measure" in found.why["pq"]


def test_foreground_pieces_match_any_category_of_the_target() -> None:
    guess = Segmentation.from_mask(np.array([[0, 0, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0]], bool))
    found = score(SCENE, guess, lens="instance")
    assert (found.scored_as, found.named_by_truth) == ("instance", False)
    assert found.f1 == pytest.approx(2 / 3)
    assert "any target category" in found.remarks[-1]


def test_foreground_under_a_target_of_one_among_many() -> None:
    guess = Segmentation.from_mask(SCENE.mask("car"))
    found = score(SCENE, guess, lens="semantic", target="car")
    assert found.per_category["car"].iou == 1.0
    # "background" is no category of this truth, and two others are left: what is not a car stays other.
    assert found.per_category["sky"].iou == 0.0
    assert {row["guess"] for row in found.confusion} == {"car", "other"}


def test_a_stuff_target_has_no_instances() -> None:
    guess = Segmentation.from_mask(SCENE.mask("sky"))
    found = score(SCENE, guess, lens="instance", target="sky")
    assert found.f1 == 0.0  # two things missed, nothing accused
    assert score(SCENE, guess, lens="panoptic", target="sky").per_category["sky"].pq == 1.0


def test_instances_that_do_not_name_the_target_all_count_as_objects() -> None:
    blob = Instances.from_masks(SCENE.mask("car")[None], [1], Taxonomy([Category(1, "blob")]))
    found = score(SCENE, blob, lens="object", target="car")
    assert found.iou == 1.0
    assert "all its instances count" in found.remarks[0]


def test_instances_of_other_categories_are_not_the_target() -> None:
    both = Instances.from_masks(np.stack([SCENE.mask("car"), SCENE.mask("person")]), [2, 3], STREET)
    assert score(SCENE, both, lens="object", target="car").iou == 1.0
    assert score(SCENE, both, lens="object").iou == 1.0


def test_no_instances_is_an_answer() -> None:
    none = Instances.from_masks(np.zeros((0, 3, 4), bool), [], STREET, [])
    for lens in LENSES:
        found = score(SCENE, none, lens=lens)
        assert getattr(found, found.headline[0]) == pytest.approx(0.0, abs=1e-12)


def test_pasting_says_what_it_dropped() -> None:
    masks = np.stack([SCENE.mask("car"), SCENE.mask("car")])
    found = score(SCENE, Instances.from_masks(masks, [2, 2], STREET, [0.9, 0.2]), lens="panoptic")
    assert found.remarks == ("1 of 2 instances lie wholly under surer ones and are dropped",)


def test_split_cuts_touching_discs_apart() -> None:
    rows, columns = np.mgrid[:40, :64]
    discs = [np.hypot(rows - 20, columns - centre) < 12 for centre in (20, 42)]
    truth = Segmentation.from_panoptic(1 + discs[0] + 2 * (discs[1] & ~discs[0]), {1: 1, 2: 2, 3: 2}, TAX)
    guess = Segmentation.from_mask(discs[0] | discs[1])
    assert score(truth, guess, lens="instance").f1 < 1.0
    assert score(truth, guess, lens="instance", split=True).f1 == 1.0


def test_pieces_that_touch_at_a_corner_are_two() -> None:
    truth = Segmentation.from_panoptic([[2, 1], [1, 3]], {1: 1, 2: 2, 3: 2}, TAX)
    guess = Segmentation.from_mask(np.array([[True, False], [False, True]]))
    assert score(truth, guess, lens="instance").f1 == 1.0


def test_a_prepared_lens_serves_many_guesses() -> None:
    asked = prepare(TRUTH, "semantic", "coin")
    for way in WAYS.values():
        found = score(TRUTH, way(), lens="semantic", target="coin")
        assert score(asked, way()).as_dict() == found.as_dict()


def test_unnamed_segments_in_a_truth_are_void_to_a_lens_that_asks_for_names() -> None:
    from workbench.segmentation import Segment

    truth = Segmentation(np.array([[1, 2, 2]]), {1: Segment(TAX["coin"]), 2: Segment()}, TAX)
    found = score(truth, Segmentation.from_mask(np.array([[True, True, False]])))
    assert (found.tp, found.fp, found.fn, found.tn) == (1, 0, 0, 0)


def test_refusals() -> None:
    with pytest.raises(ValueError, match=r"guess is 2 x 2 .* truth 4 x 6 .*resize"):
        score(TRUTH, Segmentation.from_mask(np.zeros((2, 2), bool)))
    with pytest.raises(ValueError, match="no lens 'objects'; there are object, semantic"):
        score(TRUTH, TRUTH, lens="objects")
    with pytest.raises(ValueError, match="no target category 'coins' in the truth; did you mean coin"):
        score(TRUTH, TRUTH, target=["coins"])
    with pytest.raises(ValueError, match="did you mean background or coin"):
        score(TRUTH, TRUTH, target=["zebra"])
    unnamed = Segmentation.from_partition(TRUTH.ids)
    with pytest.raises(ValueError, match="this truth has none; use lens='regions'"):
        score(unnamed, TRUTH, lens="semantic")
    stuff = Segmentation.from_semantic([[1]], Taxonomy([Category(1, "sky", "stuff")]))
    with pytest.raises(ValueError, match="needs a target and this truth has no things; pass target="):
        score(stuff, stuff)


def test_objects_that_a_foreground_keeps_apart_stay_apart() -> None:
    """A watershed draws touching objects with ids of their own, all of them foreground."""
    from workbench.segmentation import Segment
    from workbench.taxonomy import BINARY

    truth = Segmentation.from_panoptic([[1, 2, 2, 3, 3]], {1: 1, 2: 2, 3: 2}, TAX)
    front, ground = Segment(BINARY["foreground"]), Segment(BINARY["background"])
    guess = Segmentation(np.array([[1, 6, 6, 4, 4]]), {1: ground, 4: front, 6: front}, BINARY, "foreground")
    assert score(truth, guess, lens="instance").f1 == 1.0
    assert score(truth, guess, lens="panoptic").pq == 1.0
    assert score(truth, guess, lens="object").iou == 1.0
