import math

import pytest
import torch

from workbench.training.losses import bce_dice, dice_loss


def test_a_sure_and_right_answer_costs_nothing():
    truth = torch.tensor([[[[1.0, 0.0]]]])
    assert sum(map(float, bce_dice(torch.tensor([[[[50.0, -50.0]]]]), truth).values())) == pytest.approx(
        0, abs=1e-6
    )


def test_dice_worked_by_hand():
    """Probabilities of 0.5 on a truth of one pixel in two: 1 - (2 x 0.5 + 1) / (1 + 1 + 1)."""
    assert float(dice_loss(torch.zeros(1, 1, 1, 2), torch.tensor([[[[1.0, 0.0]]]]))) == pytest.approx(1 / 3)


def test_both_worked_by_hand():
    parts = bce_dice(torch.zeros(1, 1, 1, 2), torch.tensor([[[[1.0, 0.0]]]]))
    assert float(parts["cross-entropy"]) == pytest.approx(math.log(2))
    assert float(parts["Dice"]) == pytest.approx(1 / 3)


def test_each_picture_counts_the_same():
    logits = torch.stack([torch.full((1, 2, 2), 50.0), torch.full((1, 2, 2), -50.0)])
    assert float(dice_loss(logits, torch.ones(2, 1, 2, 2))) == pytest.approx((0 + 4 / 5) / 2)


def test_an_empty_picture_has_a_loss_and_a_gradient():
    logits = torch.zeros(1, 1, 4, 4, requires_grad=True)
    sum(bce_dice(logits, torch.zeros(1, 1, 4, 4)).values()).backward()
    assert torch.isfinite(logits.grad).all()
    assert (logits.grad > 0).all()
