"""The merge of query masks: by hand, and against the library's own."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch
import transformers

from workbench.models.public.merging import Queries, merged

NAMED = {0: 1, 1: 2, 2: 3}


def queries(classes, masks, *, seen=None):
    """Make queries from class numbers (3 is nothing) and masks of 0 and 1."""
    logits = torch.full((len(classes), 4), -9.0)
    for k, number in enumerate(classes):
        logits[k, number] = 9.0
    masks = torch.tensor(masks, dtype=torch.float32) * 20 - 10
    size = seen or tuple(masks.shape[1:])
    return Queries(logits, masks, size, size)


def test_each_query_gets_its_segment():
    got = merged(queries([0, 1], [[[1, 0, 0]], [[0, 1, 0]]]), (1, 3), NAMED, frozenset(), 0.5)
    assert got.ids.tolist() == [[1, 2, 0]]  # nobody wants the last pixel: unlabelled, not background
    assert got.categories == {1: 1, 2: 2}
    assert got.scores[1] == pytest.approx(1, abs=1e-3)


def test_queries_of_nothing_of_no_name_and_unsure_ones_are_left_out():
    masks = [[[1, 0]], [[0, 1]]]
    assert merged(queries([3, 3], masks), (1, 2), NAMED, frozenset(), 0.5).categories == {}
    assert merged(queries([0, 2], masks), (1, 2), {0: 1}, frozenset(), 0.5).categories == {1: 1}
    unsure = Queries(torch.zeros(2, 4), torch.ones(2, 1, 2), (1, 2), (1, 2))
    got = merged(unsure, (1, 2), NAMED, frozenset(), 0.5)
    assert got.ids.tolist() == [[0, 0]]


def test_stuff_of_one_category_is_one_segment_and_things_are_not():
    asked = queries([0, 1, 0, 1], np.eye(4)[:, None].tolist())
    got = merged(asked, (1, 4), NAMED, frozenset({1}), 0.5)
    assert got.ids.tolist() == [[1, 2, 1, 3]]
    assert got.categories == {1: 1, 2: 2, 3: 2}


def test_what_is_mostly_behind_others_is_dropped():
    asked = queries([0, 1], [[[1, 1, 1, 1]], [[1, 1, 1, 0]]])
    asked.masks[0] *= 0.5  # less sure of each pixel
    got = merged(asked, (1, 4), NAMED, frozenset(), 0.5)
    assert got.categories == {1: 2}
    assert got.ids.tolist() == [[1, 1, 1, 0]]


def test_padding_is_cut_off_before_the_masks_are_brought_to_size():
    asked = queries([0], [[[1, 1, 0, 0], [0, 0, 0, 0]]])
    got = merged(Queries(asked.classes, asked.masks, (2, 4), (1, 4)), (3, 4), NAMED, frozenset(), 0.5)
    assert got.ids.tolist() == [[1, 1, 0, 0]] * 3


@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_librarys_rule(seed):
    """EoMT's own merge is that of the papers; where it does not fuse stuff, ids differ by one only."""
    rng = torch.Generator().manual_seed(seed)
    classes, places = torch.randn(12, 4, generator=rng) * 6, torch.rand(12, 2, 1, 1, generator=rng) * 7
    grid = torch.stack(torch.meshgrid(torch.arange(8), torch.arange(8), indexing="ij"))
    masks = 5 - (grid - places).square().sum(1) * 2  # round blobs, some of them behind others
    processor = transformers.EomtImageProcessor(size={"shortest_edge": 32, "longest_edge": 32}, do_pad=True)
    outputs = SimpleNamespace(masks_queries_logits=masks[None], class_queries_logits=classes[None])
    theirs = processor.post_process_panoptic_segmentation(
        outputs, target_sizes=[(20, 40)], threshold=0.5, stuff_classes=[]
    )[0]
    asked = Queries(classes, masks, (32, 32), (16, 32))
    ours = merged(asked, (20, 40), NAMED, frozenset(), 0.5)
    assert len(ours.categories) > 1
    assert (ours.ids == theirs["segmentation"].numpy() + 1).all()
    assert [c - 1 for c in ours.categories.values()] == [s["label_id"] for s in theirs["segments_info"]]
