"""What a network is punished for."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def dice_loss(logits: Tensor, truth: Tensor, smooth: float = 1.0) -> Tensor:
    """Give 1 minus the soft Dice of (B, 1, H, W) logits and masks, averaged over the pictures.

    `smooth` is added above and below, so that a picture without objects has a loss (Milletari et al., 2016).

    >>> float(dice_loss(torch.full((1, 1, 2, 2), 99.0), torch.ones(1, 1, 2, 2)))
    0.0
    """
    guess = torch.sigmoid(logits)
    both = (guess * truth).sum(dim=(1, 2, 3))
    total = guess.sum(dim=(1, 2, 3)) + truth.sum(dim=(1, 2, 3))
    return (1 - (2 * both + smooth) / (total + smooth)).mean()


def bce_dice(logits: Tensor, truth: Tensor) -> dict[str, Tensor]:
    """Give binary cross-entropy, which judges each pixel, and soft Dice, which judges the whole.

    Cross-entropy alone is content with background where objects are few; Dice alone is silent about how sure
    the network is.
    """
    entropy = functional.binary_cross_entropy_with_logits(logits, truth)
    return {"cross-entropy": entropy, "Dice": dice_loss(logits, truth)}
