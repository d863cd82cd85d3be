"""Which metric was compared with which reference, by which test, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["equal", "differs"]
HERE, THERE = "tests/conformance/", "tests/metrics/"
REFERENCES = {
    "scikit-learn": "1.9.1",
    "scikit-image": "0.26.0",
    "torchmetrics": "1.9.0",
    "MONAI": "1.6.1",
    "pycocotools": "2.0.11",
    "faster-coco-eval": "1.8.0",
    "surface-distance": "0.1",
    "segmentation_models_pytorch": "0.6.0, its formula alone",
    "panopticapi": "7bb4655, frozen",
    "cityscapesScripts": "0bcc4a7, frozen",
    "boundary-iou-api": "37d2558, frozen",
    "DAVIS evaluation": "ac7c43f, frozen",
    "Berkeley benchmark": "a04b7c6, frozen",
    "superpixel benchmark": "8eb51aa, frozen",
    "stardist": "650d3a1, frozen",
    "DeepLab": "tensorflow/models at d318246, frozen",
    "the formula": "counted pixel by pixel",
}


# Numbers that are on no card, since they take too long; functions of `workbench.metrics` give them.
FUNCTIONS = {"bsds_f": "boundary F (BSDS)"}


@dataclass(frozen=True)
class Cell:
    """Hold one comparison.

    Parameters
    ----------
    metric : its name in the registry, or in `FUNCTIONS`. reference : a name in `REFERENCES`.
    verdict : "equal", to 1e-9 or as exactly as the reference answers, which `why` then says; or "differs".
    why : what differs, and why ours is as it is; for "equal", what has to be known of it.
    test : the test that shows it, as pytest names it.
    """

    metric: str
    reference: str
    verdict: Verdict
    why: str
    test: str


def _cells(metrics: str, reference: str, verdict: Verdict, test: str, why: str = "") -> Iterator[Cell]:
    for metric in metrics.split():
        yield Cell(metric, reference, verdict, why, test)


def _every() -> Iterator[Cell]:
    yield from _semantic()
    yield from _instance()
    yield from _panoptic()
    yield from _regions()
    yield from _boundaries()


SINGLE = "to 1e-6: it divides in single precision"
ABSENT = "What is in neither truth nor guess is undefined here, not 0."


def _semantic() -> Iterator[Cell]:
    learn, torch = HERE + "test_sklearn.py::", HERE + "test_torchmetrics.py::"
    monai = HERE + "test_monai.py::"
    yield from _cells("iou dice precision recall", "scikit-learn", "equal", learn + "test_each_category")
    yield from _cells("tp fp fn tn", "scikit-learn", "equal", learn + "test_one_mask", "pixels of one mask")
    yield from _cells(
        "pixel_accuracy mean_accuracy miou mdice fwiou ade_score",
        "scikit-learn",
        "equal",
        learn + "test_over_categories",
    )
    nothing = learn + "test_nothing_on_either_side_is_undefined_and_not_0"
    yield from _cells("iou dice", "scikit-learn", "differs", nothing, ABSENT)
    absent = "A category that is nowhere is left out of our mean; listed there, it counts as 0."
    yield Cell(
        "miou",
        "scikit-learn",
        "differs",
        absent,
        learn + "test_an_absent_category_lowers_its_mean_and_not_ours",
    )
    yield from _cells(
        "iou dice precision recall", "torchmetrics", "equal", torch + "test_each_category", SINGLE
    )
    yield from _cells("tp fp fn tn", "torchmetrics", "equal", torch + "test_one_mask", "pixels of one mask")
    yield from _cells(
        "pixel_accuracy miou mdice fwiou", "torchmetrics", "equal", torch + "test_over_categories", SINGLE
    )
    yield Cell(
        "mean_accuracy",
        "torchmetrics",
        "differs",
        "Its macro recall takes a category of the guess alone as 0; there was nothing to find.",
        torch + "test_mean_accuracy_counts_the_categories_of_the_truth_alone",
    )
    yield Cell(
        "miou",
        "torchmetrics",
        "differs",
        "Its MeanIoU averages over images and categories; papers sum the tables of all images first.",
        torch + "test_its_mean_iou_averages_images_where_a_dataset_is_summed",
    )
    yield Cell(
        "miou",
        "torchmetrics",
        "differs",
        "Its MeanIoU fails on 255 in a truth; here void is not judged.",
        torch + "test_its_mean_iou_knows_no_void",
    )
    undefined = torch + "test_nothing_on_either_side_is_undefined_where_it_says_0"
    yield from _cells("iou dice", "torchmetrics", "differs", undefined, ABSENT)
    yield from _cells("iou dice", "MONAI", "equal", monai + "test_one_mask", SINGLE)
    yield from _cells("iou dice precision recall", "MONAI", "equal", monai + "test_each_category", SINGLE)
    alarm = "By default a false alarm on an empty truth is undefined there, and dropped; here it is 0."
    yield Cell(
        "dice",
        "MONAI",
        "differs",
        alarm,
        monai + "test_a_false_alarm_on_an_empty_truth_is_forgiven_there_and_0_here",
    )
    both = "Both empty is undefined here, and 1 by the medical convention, as there with ignore_empty=False."
    yield Cell(
        "dice",
        "MONAI",
        "differs",
        both,
        monai + "test_both_empty_is_1_by_the_medical_convention_and_undefined_else",
    )
    yield Cell(
        "pixel_accuracy",
        "segmentation_models_pytorch",
        "differs",
        "Its micro accuracy counts a pixel in every category, so that 0.75 becomes 0.9.",
        HERE + "test_frozen.py::test_pixel_accuracy_counts_each_pixel_once",
    )
    yield Cell(
        "iiou", "cityscapesScripts", "equal", "", THERE + "test_cityscapes.py::test_equals_the_scripts"
    )


def _instance() -> Iterator[Cell]:
    coco, torch = THERE + "test_coco.py::", HERE + "test_torchmetrics.py::"
    every = "ap ap50 ap75 ap_small ap_medium ap_large"
    yield from _cells(
        every, "pycocotools", "equal", coco + "test_equals_pycocotools", "by the COCO convention"
    )
    yield Cell(
        "ap",
        "pycocotools",
        "differs",
        "An annotation with id 0 counts as missed there: a perfect AP is 0.",
        coco + "test_a_truth_is_not_lost_for_its_id",
    )
    minus = "What is undefined is nan here, and -1 there."
    yield from _cells(
        every,
        "pycocotools",
        "differs",
        coco + "test_nothing_to_find_is_undefined_where_coco_says_minus_one",
        minus,
    )
    card = THERE + "test_ranking.py::"
    house = {
        "test_rules_part_on_guesses_without_a_score": (
            "By our own convention guesses without a score are one point of the curve, not refused."
        ),
        "test_rules_part_on_void": "By our own convention void is taken out of the union; COCO has none.",
        "test_rules_part_after_a_hundred_guesses_of_an_image": (
            "By our own convention an image may have any number of guesses, not 100 a category."
        ),
    }
    for test, why in house.items():
        yield from _cells("ap ap50 ap75", "pycocotools", "differs", card + test, why)
    boundary = coco + "test_boundary_ap_equals_faster_coco_eval"
    yield Cell("boundary_ap", "faster-coco-eval", "equal", "", boundary)
    reached = "An IoU of exactly 0.8 does not reach its threshold, which is in single precision."
    yield from _cells(
        "ap ap50 ap75 ap_small",
        "torchmetrics",
        "equal",
        torch + "test_average_precision",
        f"by the COCO convention, {SINGLE}",
    )
    yield Cell(
        "ap",
        "torchmetrics",
        "differs",
        reached,
        torch + "test_an_iou_that_just_reaches_a_threshold_is_a_match",
    )
    none = "Without a single guess it answers -1, as if nothing had been to find; AP is 0."
    yield Cell(
        "ap", "torchmetrics", "differs", none, torch + "test_finding_nothing_is_0_where_it_says_undefined"
    )
    yield Cell(
        "ap",
        "cityscapesScripts",
        "equal",
        "by the Cityscapes convention",
        THERE + "test_cityscapes_ap.py::test_equals_cityscapes_scripts",
    )
    yield from _cells(
        "f1 tp fp fn",
        "stardist",
        "equal",
        HERE + "test_frozen.py::test_things_found_at_one_half",
        "things at IoU 0.5",
    )
    yield from _cells(
        "matched_iou mean_true_score",
        "stardist",
        "equal",
        HERE + "test_frozen.py::test_things_found_at_one_half",
        f"things at IoU 0.5, {SINGLE}",
    )


def _panoptic() -> Iterator[Cell]:
    torch, monai, frozen = (HERE + f"test_{name}.py::" for name in ("torchmetrics", "monai", "frozen"))
    pan = THERE + "test_panoptic.py::test_equals_panopticapi_with_void_and_crowd"
    yield from _cells("pq sq rq pq_things pq_stuff tp fp fn", "panopticapi", "equal", pan)
    area = "It believes the area that a file states: IoU 10 is possible there. Ours counts pixels."
    yield from _cells(
        "pq sq", "panopticapi", "differs", frozen + "test_an_area_in_a_file_is_not_believed", area
    )
    crowd = "It remembers one crowd a category; here every crowd forgives."
    yield from _cells(
        "pq rq", "panopticapi", "differs", frozen + "test_every_crowd_of_a_category_forgives", crowd
    )
    nothing = "Nothing at all is undefined here, and a division by zero there."
    yield Cell("pq", "panopticapi", "differs", nothing, frozen + "test_nothing_at_all_is_undefined")
    void = torch + "test_panoptic_quality_with_void_in_the_truth"
    yield from _cells("pq sq rq", "torchmetrics", "equal", void, SINGLE)
    yield Cell("pq_dagger", "torchmetrics", "equal", f"its modified panoptic quality, {SINGLE}", void)
    unlabelled = "40 % of an object and nothing else is PQ 1 there; here, as in panopticapi, it is missed."
    yield from _cells(
        "pq rq",
        "torchmetrics",
        "differs",
        torch + "test_a_guess_left_unlabelled_is_forgiven_there_and_missed_here",
        unlabelled,
    )
    yield from _cells(
        "tp fp fn",
        "MONAI",
        "equal",
        monai + "test_panoptic_quality_of_one_category",
        "segments of one category",
    )
    smooth = "A millionth is added to its denominators: perfect is less than 1."
    yield from _cells(
        "pq sq rq", "MONAI", "differs", monai + "test_smoothing_is_in_its_panoptic_quality", smooth
    )
    bands = THERE + "test_panoptic.py::test_boundary_pq_equals_boundary_iou_api"
    yield Cell("boundary_pq", "boundary-iou-api", "equal", "", bands)
    yield Cell("parsing_covering", "DeepLab", "equal", "", frozen + "test_parsing_covering")


def _regions() -> Iterator[Cell]:
    learn, image = HERE + "test_sklearn.py::", HERE + "test_skimage.py::"
    superpixels = HERE + "test_frozen.py::test_superpixels"
    yield Cell("ari", "scikit-learn", "equal", "", learn + "test_regions")
    yield from _cells(
        "vi_split vi_merge",
        "scikit-learn",
        "equal",
        learn + "test_regions",
        "entropy less mutual information",
    )
    yield Cell(
        "rand_error", "scikit-learn", "equal", "1 - F1 of its pair confusion matrix", learn + "test_regions"
    )
    yield Cell("asa", "scikit-learn", "equal", "purity of its contingency matrix", learn + "test_regions")
    yield Cell(
        "ari",
        "torchmetrics",
        "equal",
        "to 1e-5: single precision",
        HERE + "test_torchmetrics.py::test_rand_index",
    )
    yield from _cells("vi_split vi_merge", "scikit-image", "equal", image + "test_variation_of_information")
    yield Cell("rand_error", "scikit-image", "equal", "", image + "test_adapted_rand_error")
    swapped = "Its precision and recall are the other way round than documented; the error is the same."
    yield Cell(
        "rand_error",
        "scikit-image",
        "differs",
        swapped,
        image + "test_adapted_rand_gives_precision_and_recall_the_wrong_way_round",
    )
    yield from _cells("asa undersegmentation_error", "superpixel benchmark", "equal", superpixels, SINGLE)
    two = "Several errors have this name; ours is Neubert and Protzel's, and 1 - ASA is another."
    yield Cell(
        "undersegmentation_error",
        "superpixel benchmark",
        "differs",
        two,
        HERE + "test_frozen.py::test_the_two_undersegmentation_errors_differ",
    )
    yield Cell(
        "covering",
        "the formula",
        "equal",
        "",
        HERE + "test_frozen.py::test_covering_is_the_formula_counted_pixel_by_pixel",
    )


def _boundaries() -> Iterator[Cell]:
    surface, monai = THERE + "test_surface.py::", HERE + "test_monai.py::"
    distances = "hausdorff hd95 assd nsd"
    exact = "its distances, summed in double precision; its own answers to 2e-6"
    yield from _cells(distances, "MONAI", "equal", surface + "test_equals_monai", exact)
    missed = "A missed object is undefined there, and dropped from the mean; here it is infinitely far."
    yield Cell(
        "hd95",
        "MONAI",
        "differs",
        missed,
        monai + "test_hd95_of_a_missed_object_is_undefined_there_and_infinite_here",
    )
    weighed = "It weighs by the length of the contour on pixel corners; ours counts outline pixels."
    yield from _cells(
        "assd nsd", "surface-distance", "differs", surface + "test_the_variants_differ_on_one_pair", weighed
    )
    yield Cell(
        "hd95",
        "surface-distance",
        "equal",
        "on the pair where the others differ",
        surface + "test_the_variants_differ_on_one_pair",
    )
    image, torch = HERE + "test_skimage.py::", HERE + "test_torchmetrics.py::"
    yield Cell(
        "hausdorff",
        "scikit-image",
        "equal",
        "where no outline lies inside the other area",
        image + "test_hausdorff_distance",
    )
    hole = "It measures between areas, and does not see a hole in one; ours measures between outlines."
    yield Cell(
        "hausdorff",
        "scikit-image",
        "differs",
        hole,
        image + "test_a_hole_is_seen_by_outlines_and_not_by_areas",
    )
    yield Cell(
        "hausdorff", "torchmetrics", "equal", "on square images", torch + "test_hausdorff_distance_of_squares"
    )
    wide = "It is wrong on images that are not square: 13.6 for 4, or an IndexError."
    yield Cell(
        "hausdorff",
        "torchmetrics",
        "differs",
        wide,
        torch + "test_hausdorff_distance_is_wrong_on_images_that_are_not_square",
    )
    yield Cell(
        "boundary_iou", "boundary-iou-api", "equal", "", THERE + "test_bands.py::test_equals_boundary_iou_api"
    )
    yield Cell("boundary_f", "DAVIS evaluation", "equal", "", THERE + "test_boundary.py::test_equals_davis")
    yield Cell(
        "boundary_recall",
        "superpixel benchmark",
        "equal",
        "to 1e-7; no boundary is undefined here, 0 there",
        THERE + "test_boundary.py::test_boundary_recall_equals_the_superpixel_benchmark",
    )
    luck = "Its pairing leaves some pixels alone at random; ours finds as many pairs, or up to 3 % more."
    yield Cell(
        "bsds_f",
        "Berkeley benchmark",
        "differs",
        luck,
        THERE + "test_bsds.py::test_counts_as_the_berkeley_benchmark_does",
    )


CELLS = tuple(_every())
