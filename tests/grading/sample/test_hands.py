"""How the made-up class paints: each hand's mask is as near to the truth as its name says."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.grading.sample.hands import HAND

ROWS, COLUMNS = np.mgrid[:120, :120]
TRUTH = np.hypot(ROWS - 60, COLUMNS - 50) < 18
# The least and the most IoU, the least and the most size against the true one.
NEAR = {
    "careful": (0.85, 1.0, 0.85, 1.2),
    "quick": (0.65, 1.0, 0.7, 1.5),
    "halo": (0.35, 0.7, 1.4, 3.0),
    "core": (0.2, 0.75, 0.2, 0.75),
    "beside": (0.0, 0.95, 0.7, 1.4),
    "rim": (0.3, 0.9, 0.3, 0.95),
    "box": (0.5, 0.8, 1.2, 2.0),
    "background": (0.0, 0.05, 5.0, 20.0),
}


@pytest.mark.parametrize("hand", HAND)
@pytest.mark.parametrize("seed", range(5))
def test_a_hand_paints_as_its_name_says(hand: str, seed: int) -> None:
    before = TRUTH.copy()
    mask = HAND[hand](TRUTH, np.random.default_rng(seed))
    assert (mask.dtype, mask.shape) == (bool, TRUTH.shape)
    assert (before == TRUTH).all()
    low, high, small, large = NEAR[hand]
    assert low <= (mask & TRUTH).sum() / (mask | TRUTH).sum() <= high
    assert small <= mask.sum() / TRUTH.sum() <= large
