"""Freeze boundary-iou-api's bands on random label maps, one segment at a time as it works.

git clone https://github.com/bowenc0221/boundary-iou-api && git -C boundary-iou-api checkout 37d2558
PYTHONPATH=boundary-iou-api python tests/reference/make_boundary.py > tests/reference/boundary.json
"""

import json
from collections.abc import Iterator

import numpy as np

COMMAND = "PYTHONPATH=boundary-iou-api python tests/reference/make_boundary.py (boundary-iou-api at 37d2558)"
SIZES = [(24, 24), (17, 40), (33, 20), (1, 30), (25, 1), (7, 7)]
RATIOS = [0.02, 0.05, 0.1, 0.2]


def cases() -> Iterator[tuple[np.ndarray, np.ndarray, float]]:
    """Draw pairs of label maps without void: rectangles over each other, in the guess a pixel aside."""
    for seed in range(24):
        rng = np.random.default_rng(seed)
        size = SIZES[seed % len(SIZES)]
        truth = np.ones(size, int)
        for n in range(2, rng.integers(3, 9)):
            row, column = rng.integers(0, size[0]), rng.integers(0, size[1])
            truth[row : row + rng.integers(1, 14), column : column + rng.integers(1, 14)] = n
        if seed % 5 == 4:
            truth = rng.integers(1, 4, size)
        guess = np.roll(truth, tuple(rng.integers(-2, 3, 2)), (0, 1))
        yield truth, guess, RATIOS[seed % len(RATIOS)]


def reference(truth: np.ndarray, guess: np.ndarray, ratio: float) -> dict:
    """Ask boundary-iou-api for each segment's band, and count those of each pair."""
    from boundary_iou.utils.boundary_utils import mask_to_boundary

    bands = [
        {int(n): mask_to_boundary((side == n).astype(np.uint8), ratio) > 0 for n in np.unique(side)}
        for side in (truth, guess)
    ]
    ious = [
        [t, g, int((one & two).sum()), int((one | two).sum())]
        for t, one in bands[0].items()
        for g, two in bands[1].items()
    ]
    # Bands lie inside of their segments, so one map holds them all.
    drawn = [rows(sum(band.astype(int) for band in side.values())) for side in bands]
    return {"bands": drawn, "pairs": ious}


def rows(ids: np.ndarray) -> list[str]:
    """Write a map of ids up to 9 as a line of digits for each row."""
    return ["".join(map(str, row)) for row in ids.astype(int).tolist()]


if __name__ == "__main__":
    frozen = [
        {"truth": rows(truth), "guess": rows(guess), "ratio": ratio, **reference(truth, guess, ratio)}
        for truth, guess, ratio in cases()
    ]
    print(json.dumps({"command": COMMAND, "cases": frozen}, separators=(",", ":")))
