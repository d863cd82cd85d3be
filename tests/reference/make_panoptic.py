"""Freeze panopticapi's numbers on random pictures with void and crowd.

git clone https://github.com/cocodataset/panopticapi && git -C panopticapi checkout 7bb4655
PYTHONPATH=panopticapi python tests/reference/make_panoptic.py > tests/reference/panoptic.json
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

COMMAND = "PYTHONPATH=panopticapi python tests/reference/make_panoptic.py (panopticapi at 7bb4655)"
CATEGORIES = {n: {"id": n, "isthing": int(n <= 3)} for n in range(1, 6)}
CASES, SIDE = 12, 24


def random_ids(rng: np.random.Generator) -> np.ndarray:
    """Draw rectangles over each other; 0 is left as void."""
    ids = np.zeros((SIDE, SIDE), int)
    for n in range(1, rng.integers(6, 12)):
        r, c = rng.integers(0, SIDE - 4, 2)
        ids[r : r + rng.integers(3, 14), c : c + rng.integers(3, 14)] = n
    return ids


def drift(ids: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turn a truth into a guess: shifted by a pixel, with some pieces gone, others joined, ids renamed."""
    guess = np.roll(ids, tuple(rng.integers(-1, 2, 2)), (0, 1))
    guess[rng.integers(0, SIDE, 12), rng.integers(0, SIDE, 12)] = 0
    top = int(ids.max())
    if rng.random() < 0.5:
        guess[guess == rng.integers(1, top + 1)] = rng.integers(0, top + 1)
    guess[(guess == 0) & (rng.random(guess.shape) < 0.3)] = 70_000
    return np.where(guess > 0, guess + 300, 0)


def cases() -> Iterator[dict]:
    """Draw truths and guesses, with at most one crowd a category: the reference remembers only the last."""
    for seed in range(CASES):
        rng = np.random.default_rng(seed)
        truth = random_ids(rng)
        guess = drift(truth, rng)
        of_truth = {int(n): int(rng.integers(1, 6)) for n in np.unique(truth) if n}
        of_guess = {int(n): of_truth.get(int(n) - 300, 1) for n in np.unique(guess) if n}
        for n in list(of_guess)[:: int(rng.integers(3, 6))]:
            of_guess[n] = int(rng.integers(1, 6))
        last = {category: n for n, category in of_truth.items() if category <= 3}
        crowd = sorted(last.values())[: int(rng.integers(0, 3))]
        yield {
            "truth": truth.tolist(),
            "guess": guess.tolist(),
            "truth_names": of_truth,
            "guess_names": of_guess,
            "crowd": crowd,
        }


def write(folder: Path, ids: np.ndarray, names: dict[int, int], crowd: list[int]) -> dict:
    """Write ids as the RGB PNG that the reference reads, and give their annotation."""
    folder.mkdir()
    Image.fromarray(np.stack([ids % 256, ids // 256 % 256, ids // 65536], -1).astype(np.uint8)).save(
        folder / "1.png"
    )
    segments = [
        {"id": n, "category_id": c, "iscrowd": int(n in crowd), "area": int((ids == n).sum())}
        for n, c in names.items()
    ]
    return {"image_id": 1, "file_name": "1.png", "segments_info": segments}


def reference(case: dict) -> dict:
    """Ask panopticapi."""
    from panopticapi.evaluation import pq_compute_single_core

    with tempfile.TemporaryDirectory() as name:
        truth, guess = Path(name, "truth"), Path(name, "guess")
        one = write(truth, np.array(case["truth"]), case["truth_names"], case["crowd"])
        two = write(guess, np.array(case["guess"]), case["guess_names"], [])
        stat = pq_compute_single_core(0, [(one, two)], truth, guess, CATEGORIES)
    found = {c: vars(stat[c]) for c in CATEGORIES}
    means = {}
    for kind, flag in (("all", None), ("things", True), ("stuff", False)):
        try:
            means[kind] = stat.pq_average(CATEGORIES, isthing=flag)[0]
        except ZeroDivisionError:
            means[kind] = None
    return {"counts": found, "means": means}


if __name__ == "__main__":
    import contextlib
    import sys

    with contextlib.redirect_stdout(sys.stderr):
        frozen = [{**case, "reference": reference(case)} for case in cases()]
    print(json.dumps({"command": COMMAND, "cases": frozen}, separators=(",", ":")))
