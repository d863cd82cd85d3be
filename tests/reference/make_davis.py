"""Freeze DAVIS's J and F on pairs of masks: random, shifted, at the border, empty, with void.

git clone https://github.com/davisvideochallenge/davis2017-evaluation
git -C davis2017-evaluation checkout ac7c43f
PYTHONPATH=davis2017-evaluation python tests/reference/make_davis.py > tests/reference/davis.json
"""

import json
import warnings
from collections.abc import Iterator

import numpy as np

COMMAND = (
    "PYTHONPATH=davis2017-evaluation python tests/reference/make_davis.py (davis2017-evaluation at ac7c43f)"
)
SIZES = [(40, 40), (31, 64), (90, 27), (1, 50), (40, 1), (75, 90)]


def blob(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Draw an ellipse that may leave the picture."""
    rows, columns = np.mgrid[: size[0], : size[1]]
    middle, radii = rng.random(2) * size, (0.1 + rng.random(2) * 0.4) * size + 1
    return ((rows - middle[0]) / radii[0]) ** 2 + ((columns - middle[1]) / radii[1]) ** 2 <= 1


def cases() -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray | None]]:
    """Draw (truth, guess, void)."""
    for seed in range(30):
        rng = np.random.default_rng(seed)
        size = SIZES[seed % len(SIZES)]
        truth = blob(size, rng)
        guess = np.roll(truth, tuple(rng.integers(-3, 4, 2)), (0, 1)) ^ (rng.random(size) < 0.01)
        yield truth, guess, blob(size, rng) if seed % 3 == 0 else None
    nothing, everything, speck = np.zeros((20, 30), bool), np.ones((20, 30), bool), np.zeros((20, 30), bool)
    speck[7, 11] = True
    for truth in (nothing, everything, speck):
        for guess in (nothing, everything, speck):
            yield truth, guess, None
    yield speck, everything, everything


def reference(truth: np.ndarray, guess: np.ndarray, void: np.ndarray | None) -> dict[str, float]:
    """Ask the DAVIS evaluation."""
    from davis2017.metrics import db_eval_boundary, db_eval_iou

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 0 / 0, which it then calls 1
        j = db_eval_iou(truth, guess, void)
    return {"j": float(j), "f": float(db_eval_boundary(truth, guess, void))}


def rows(mask: np.ndarray | None) -> list[str] | None:
    """Write a mask as a line of 0 and 1 for each row."""
    return None if mask is None else ["".join(map(str, row)) for row in mask.astype(int)]


if __name__ == "__main__":
    frozen = [
        {"truth": rows(truth), "guess": rows(guess), "void": rows(void), **reference(truth, guess, void)}
        for truth, guess, void in cases()
    ]
    print(json.dumps({"command": COMMAND, "cases": frozen}, separators=(",", ":")))
