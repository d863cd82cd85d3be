"""MONAI on the same pixels; its surface distances are compared in tests/metrics/test_surface.py."""

from types import ModuleType

import numpy as np
import pytest
import torch
from conformance.cases import NUMBERS, TAX, Case, maps, masks

from workbench.metrics import score
from workbench.metrics.conventions import CONVENTIONS
from workbench.segmentation import Segmentation

pytestmark = pytest.mark.filterwarnings("ignore")  # it warns of empty masks, which we ask about on purpose
SINGLE = 1e-6


def mo() -> ModuleType:
    """Give MONAI's metrics; all of MONAI comes with them, so not before a test asks."""
    from monai import metrics

    return metrics


def tensors(case: Case) -> tuple[torch.Tensor, torch.Tensor]:
    """Give guess and truth, in its order, as one channel of floats."""
    guess, truth = (
        torch.from_numpy((ids > 0).astype(np.float32))[None, None] for ids in (case.guess, case.truth)
    )
    return guess, truth


def channels(case: Case) -> tuple[torch.Tensor, torch.Tensor]:
    """Give guess and truth with a channel a category; void is cut out of both."""
    sides = []
    for ids in (case.guess, case.truth):
        judged = np.where(case.truth == 0, 0, ids)
        sides.append(torch.from_numpy(np.stack([judged == n for n in NUMBERS]).astype(np.float32))[None])
    return sides[0], sides[1]


def test_one_mask() -> None:
    """Equal where the truth has a pixel; what it does where it has none is below."""
    for case in masks():
        found = score(*case.masks())
        if case.truth.any():
            assert found.iou == pytest.approx(float(mo().compute_iou(*tensors(case))), abs=SINGLE), case.name
            assert found.dice == pytest.approx(float(mo().compute_dice(*tensors(case))), abs=SINGLE), (
                case.name
            )


def test_each_category() -> None:
    for case in maps():
        found = score(*case.semantic(), lens="semantic")
        iou = mo().compute_iou(*channels(case), ignore_empty=False)[0]
        dice = mo().compute_dice(*channels(case), ignore_empty=False)[0]
        counts = mo().get_confusion_matrix(*channels(case))[0]
        for k, n in enumerate(NUMBERS):
            ours = found.per_category[f"c{n}"]
            # What is nowhere is 1 there, as by our medical convention.
            assert np.nan_to_num(ours.iou, nan=1.0) == pytest.approx(float(iou[k]), abs=SINGLE), case.name
            assert np.nan_to_num(ours.dice, nan=1.0) == pytest.approx(float(dice[k]), abs=SINGLE), case.name
            hit, extra, _, missed = counts[k].tolist()
            pixels = found.facts.pixels
            assert (pixels.hit[k], pixels.guess[k] - pixels.hit[k]) == (hit, extra)
            assert pixels.truth[k] - pixels.hit[k] == missed
            for name, part, whole in (("precision", hit, hit + extra), ("recall", hit, hit + missed)):
                value = getattr(ours, name)
                asked = mo().compute_confusion_matrix_metric(name, counts[k])
                assert np.isnan(value) if not whole else value == pytest.approx(float(asked), abs=SINGLE), (
                    part
                )


def test_a_false_alarm_on_an_empty_truth_is_forgiven_there_and_0_here() -> None:
    """Differ from its default: nan, which its mean then drops; to cry wolf costs nothing."""
    case = Case("alarm", np.zeros((6, 7), int), np.eye(6, 7, dtype=int))
    assert np.isnan(float(mo().compute_dice(*tensors(case))))
    assert float(mo().compute_dice(*tensors(case), ignore_empty=False)) == 0
    assert score(*case.masks()).dice == score(*case.masks(), convention="medical").dice == 0


def test_both_empty_is_1_by_the_medical_convention_and_undefined_else() -> None:
    case = Case("empty", np.zeros((6, 7), int), np.zeros((6, 7), int))
    theirs = float(mo().compute_dice(*tensors(case), ignore_empty=False))
    assert theirs == score(*case.masks(), convention="medical").dice == 1
    assert np.isnan(float(mo().compute_dice(*tensors(case))))
    assert np.isnan(score(*case.masks()).dice)
    assert CONVENTIONS["medical"].absent == 1


def pieces(case: Case) -> tuple[Segmentation, Segmentation]:
    """Read ids as objects of category 1, and 0 as stuff around them, which is neither void nor unlabelled."""
    sides = []
    for ids in (case.truth, case.guess):
        there = [int(n) for n in np.unique(ids)]
        names = {n + 1: 1 if n else 4 for n in there}
        sides.append(Segmentation.from_panoptic(ids + 1, names, TAX))
    return sides[0], sides[1]


def test_panoptic_quality_of_one_category() -> None:
    for case in maps():
        found = score(*pieces(case), lens="panoptic")
        tally = found.facts.tallies.get(1)
        if tally is None:
            continue
        sides = [torch.from_numpy(ids.astype(np.int64)) for ids in (case.guess, case.truth)]
        counts = mo().compute_panoptic_quality(*sides, output_confusion_matrix=True).tolist()
        assert (tally.tp, tally.fp, tally.fn) == tuple(counts[:3]), case.name
        assert tally.iou == pytest.approx(counts[3], abs=1e-5), case.name
        for name, theirs in (("pq", "pq"), ("sq", "sq"), ("rq", "rq")):
            asked = float(mo().compute_panoptic_quality(*sides, metric_name=theirs, smooth_numerator=1e-6))
            ours = getattr(found.per_category["c1"], name)
            # Its smoothing of a millionth is in every quotient.
            assert ours == pytest.approx(asked, abs=3e-6), (case.name, name)


def test_smoothing_is_in_its_panoptic_quality() -> None:
    """Differ: a perfect guess of one object has SQ 1 / (1 + 1e-6) there."""
    ids = np.ones((6, 7), np.int64)
    sides = [torch.from_numpy(ids)] * 2
    theirs = float(mo().compute_panoptic_quality(*sides, metric_name="sq").double())
    assert theirs < 1
    assert score(*pieces(Case("same", ids, ids)), lens="panoptic").per_category["c1"].sq == 1


def test_hd95_of_a_missed_object_is_undefined_there_and_infinite_here() -> None:
    """Differ (its issue 9095): nan falls out of its mean, so to miss an object improves the score."""
    missed = Case("missed", np.eye(6, 7, dtype=int), np.zeros((6, 7), int))
    theirs = mo().compute_hausdorff_distance(*tensors(missed), include_background=True, percentile=95)
    assert np.isnan(float(theirs))
    assert score(*missed.masks()).hd95 == np.inf
    assert score(*missed.masks(), convention="medical").hd95 == np.hypot(6, 7)
