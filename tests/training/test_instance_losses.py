import math

import numpy as np
import pytest
import torch
from torch import nn

from workbench.models.boxes import NOTHING, anchors, encoded, matched
from workbench.models.one_shot import OneShot, Said
from workbench.training import instance_losses
from workbench.training.instance_losses import hard_negatives, losses_of, mask_loss, semantic_of_things


@pytest.mark.parametrize("seed", range(4))
def test_three_of_nothing_are_learnt_from_for_each_thing_the_hardest(seed):
    rng = np.random.default_rng(seed)
    scores, labels = rng.normal(size=(2, 40, 3)), rng.choice([-1, 0, 0, 0, 0, 0, 0, 1, 2], (2, 40))
    total, things = 0.0, 0
    for picture in range(2):
        cost = [
            -math.log(math.exp(row[max(label, 0)]) / sum(math.exp(v) for v in row))
            for row, label in zip(scores[picture], labels[picture], strict=True)
        ]
        sure = [c for c, label in zip(cost, labels[picture], strict=True) if label > 0]
        nothing = sorted(
            (c for c, label in zip(cost, labels[picture], strict=True) if label == 0), reverse=True
        )
        total += sum(sure) + sum(nothing[: 3 * max(1, len(sure))])
        things += len(sure)
    found = hard_negatives(torch.from_numpy(scores), torch.from_numpy(labels), 3)
    assert found.item() == pytest.approx(total / max(1, things))


def test_masks_are_judged_in_their_box_only_and_per_pixel_of_it():
    rng = np.random.default_rng(0)
    logits, masks = rng.normal(size=(2, 6, 8)), rng.random((2, 6, 8)) < 0.5
    boxes = [[1.0, 2.0, 5.0, 4.0], [2.5, 0.0, 8.0, 6.0]]
    wanted = 0.0
    for n, (left, top, right, bottom) in enumerate(boxes):
        cost = 0.0
        for r in range(6):
            for c in range(8):
                if r + 1 > top and r < bottom and c + 1 > left and c < right:
                    chance = 1 / (1 + math.exp(-logits[n, r, c]))
                    cost -= math.log(chance if masks[n, r, c] else 1 - chance)
        wanted += cost / ((right - left) * (bottom - top))
    found = mask_loss(torch.from_numpy(logits), torch.from_numpy(masks).double(), torch.tensor(boxes))
    assert found.item() == pytest.approx(wanted)


def test_the_semantic_branch_learns_each_kind_by_itself():
    truth = {"masks": torch.zeros(2, 8, 8, dtype=torch.uint8), "labels": torch.tensor([1, 2])}
    truth["masks"][0, :4, :4] = 1
    truth["masks"][1, :4, :2] = 1  # both at one place: no contradiction
    sure = torch.full((1, 2, 2, 2), -20.0)
    sure[0, 0, 0, 0] = 20
    with_half = torch.zeros(1, 2, 2, 2)
    with_half[:] = sure
    with_half[0, 1, 0, 0] = 0.0  # half of the second's cell is covered: log 2 is the least possible
    assert semantic_of_things(with_half, [truth]).item() == pytest.approx(math.log(2) / 8, rel=1e-3)


def perfect(truth, size=64):
    """What a network that knows the truth would say, at 1/2 of the picture's size."""
    origins = anchors([(16, 16), (8, 8), (4, 4), (2, 2)], (4, 8, 16, 32), (12, 24, 48, 96), (1.0, 0.5, 2.0))
    which = matched(origins, truth["boxes"])
    scores = torch.full((1, len(origins), 3), -20.0)
    offsets, coefficients = torch.zeros(1, len(origins), 4), torch.zeros(1, len(origins), 2)
    for k, thing in enumerate(which.tolist()):
        scores[0, k, int(truth["labels"][thing]) if thing >= 0 else 0] = 20.0
        if thing >= 0:
            offsets[0, k] = encoded(truth["boxes"][thing][None], origins[k][None])[0]
            coefficients[0, k] = torch.tensor([-1.0, -1.0])
            coefficients[0, k, thing] = 1.0
    prototypes = 20 * nn.functional.avg_pool2d(truth["masks"].float()[None], 2)
    return Said(scores, offsets, coefficients, prototypes, origins, None), which


def test_who_knows_the_truth_loses_nothing_but_on_masks(monkeypatch):
    masks = torch.zeros(2, 64, 64, dtype=torch.uint8)
    masks[0, 8:24, 8:20], masks[1, 30:60, 30:50] = 1, 1
    boxes = torch.tensor([[8.0, 8, 20, 24], [30, 30, 50, 60]])
    truth = {"masks": masks, "boxes": boxes, "labels": torch.tensor([1, 2])}
    said, which = perfect(truth)
    net = OneShot(things=2, prototypes=2, widths=(8, 8, 8, 8), width=8)
    monkeypatch.setattr(net, "forward", lambda pictures: said)
    losses = losses_of(net)(net, torch.zeros(1, 3, 64, 64), [truth])
    assert (which == NOTHING).any()
    assert losses["name"].item() == pytest.approx(0, abs=1e-6)
    assert losses["box"].item() == pytest.approx(0, abs=1e-6)
    # These things fill their boxes: a mask that is sure inside is right everywhere that it is asked.
    assert losses["mask"].item() == pytest.approx(0, abs=1e-3)
    wrong = Said(said.scores, said.offsets, -said.coefficients, said.prototypes, said.anchors, None)
    monkeypatch.setattr(net, "forward", lambda pictures: wrong)
    # Twenty nats a pixel, the mean over the box, times the paper's weight; edges of whole cells add nothing.
    assert losses_of(net)(net, torch.zeros(1, 3, 64, 64), [truth])["mask"].item() == pytest.approx(
        20 * instance_losses.MASK, rel=0.01
    )


def test_a_picture_without_things_has_losses():
    net = OneShot(things=2, prototypes=2, widths=(8, 8, 8, 8), width=8).train()
    truth = {
        "masks": torch.zeros(0, 64, 64, dtype=torch.uint8), "boxes": torch.zeros(0, 4),
        "labels": torch.zeros(0, dtype=torch.int64),
    }  # fmt: skip
    losses = losses_of(net)(net, torch.randn(2, 3, 64, 64), [truth, truth])
    assert all(torch.isfinite(loss) for loss in losses.values())
    assert losses["box"] == losses["mask"] == 0
    sum(losses.values()).backward()


def test_refuses_a_network_that_finds_no_things():
    with pytest.raises(
        ValueError, match="Linear finds no things; there are OneShot, MaskRCNN and PanopticFPN"
    ):
        losses_of(nn.Linear(1, 1))
