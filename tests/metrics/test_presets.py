"""Errors made on purpose: each does what it says, to samples and to small truths."""

from __future__ import annotations

import math

import numpy as np
import pytest

import workbench as wb
from workbench.metrics.presets import (
    NOWHERE,
    PRESETS,
    background_unlabelled,
    dilated,
    names_swapped,
    object_voided,
    objects_of,
    one_split,
    preset_of,
    small_missed,
    two_merged,
)

TAX = wb.Taxonomy([wb.Category(1, "ground", "stuff"), wb.Category(2, "coin", "thing")])
IDS = np.array([[1, 1, 1, 1, 1, 1], [1, 2, 1, 3, 3, 1], [1, 1, 1, 1, 1, 1]])
TRUTH = wb.Segmentation.from_panoptic(IDS, {1: 1, 2: 2, 3: 2}, TAX)
VOID = wb.Segmentation.from_partition([[0, 0]])


# No category of the mosaic has two segments to be merged.
PAIRS = [(name, sample) for sample in ("coins", "street", "mosaic") for name in PRESETS]
PAIRS.remove(("merge", "mosaic"))


@pytest.mark.parametrize(("name", "sample"), PAIRS)
def test_every_preset_makes_an_error_on_a_sample_and_leaves_it_alone(name: str, sample: str) -> None:
    truth = wb.samples.load(sample).truth
    before = truth.sha256
    new_truth, guess = PRESETS[name].apply(truth)
    assert (new_truth is truth) == (PRESETS[name].side == "guess")
    assert truth.sha256 == before
    assert new_truth.shape == guess.shape == truth.shape
    other = guess if PRESETS[name].side == "guess" else new_truth
    assert (
        other.sha256 != before
        or other.segments != truth.segments
        or len(other.taxonomy) > len(truth.taxonomy)
    )


def test_what_each_teaches() -> None:
    coins = wb.samples.load("coins").truth

    def measured(name: str, lens: str, metric: str, convention: str = "workbench") -> float:
        return getattr(wb.score(*PRESETS[name].apply(coins), lens=lens, convention=convention), metric)

    assert 0.9 < measured("shift", "object", "iou") < 1
    assert measured("dilate", "object", "recall") == 1
    assert measured("dilate", "object", "precision") < 0.95
    assert measured("miss", "panoptic", "fn") == 1
    assert measured("miss", "object", "iou") > 0.95
    assert measured("merge", "object", "iou") == 1
    assert measured("merge", "panoptic", "pq") < 1
    assert measured("split", "object", "iou") == 1
    assert measured("split", "regions", "vi_split") > 0
    assert measured("swap", "regions", "ari") == 1
    assert measured("swap", "object", "iou") == 0
    assert measured("void", "panoptic", "pq") == 1
    assert measured("unlabelled", "object", "iou") == 1
    assert measured("unlabelled", "semantic", "miou") == 0.5
    assert measured("empty", "semantic", "miou") == 1
    assert math.isnan(measured("empty", "semantic", "miou", "voc"))
    assert measured("empty", "semantic", "miou", "ade20k") == pytest.approx(2 / 3)


def test_pixels_of_the_smallest_cases() -> None:
    assert small_missed(TRUTH).ids[1].tolist() == [1, 1, 1, 3, 3, 1]
    assert two_merged(TRUTH).ids[1].tolist() == [1, 2, 1, 2, 2, 1]
    assert one_split(TRUTH).ids[1].tolist() == [1, 2, 1, 3, 4, 1]
    assert object_voided(TRUTH).ids[1].tolist() == [1, 0, 1, 3, 3, 1]
    assert background_unlabelled(TRUTH).ids[1].tolist() == [0, 2, 0, 3, 3, 0]
    assert set(np.unique(dilated(TRUTH).ids)) == {2, 3}
    assert names_swapped(TRUTH).segments[2].category == TAX["ground"]
    assert NOWHERE in PRESETS["empty"].make(TRUTH).taxonomy
    assert objects_of(TRUTH) == [2, 3]


@pytest.mark.parametrize(
    ("name", "truth", "sentence"),
    [
        ("merge", wb.Segmentation.from_mask([[True, False]]), "two objects of one category"),
        ("split", wb.Segmentation.from_mask([[True, False]]), "object of two pixels"),
        ("swap", wb.Segmentation.from_mask([[True, True]]), "needs two categories"),
        ("empty", wb.Segmentation.from_partition([[1, 2]]), "needs names"),
        ("miss", VOID, "all void"),
    ],
)
def test_a_truth_that_has_too_little_is_told_so(name: str, truth: wb.Segmentation, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        PRESETS[name].apply(truth)


def test_an_unknown_preset_lists_those_that_there_are() -> None:
    with pytest.raises(ValueError, match="no preset 'blur'; there are shift, dilate"):
        preset_of("blur")


def test_an_object_ringed_by_void_is_missed_for_what_lies_beyond() -> None:
    ids = np.ones((7, 7), int)
    ids[1:6, 1:6] = 0
    ids[3, 3] = 2
    truth = wb.Segmentation.from_panoptic(ids, {1: 1, 2: 2}, TAX)
    assert small_missed(truth).ids[3, 3] == 1
