"""Freeze the boundary PQ of boundary-iou-api on random pictures of rectangles.

git clone https://github.com/bowenc0221/boundary-iou-api && git -C boundary-iou-api checkout 37d2558
git clone https://github.com/cocodataset/panopticapi && git -C panopticapi checkout 7bb4655
PYTHONPATH=boundary-iou-api:panopticapi python tests/reference/make_boundary_panoptic.py > boundary_pq.json
"""

import contextlib
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

COMMAND = "python tests/reference/make_boundary_panoptic.py (boundary-iou-api 37d2558, panopticapi 7bb4655)"
CATEGORIES = {n: {"id": n, "isthing": int(n <= 3)} for n in range(1, 6)}
SIZE, CASES = (100, 140), 15
Rectangle = list[int]  # id, category, row, column, height, width


def rectangles(rng: np.random.Generator) -> list[Rectangle]:
    """Draw rectangles over a ground. Ids are far from the categories': the reference confuses the two."""
    found = [[100, 4, 0, 0, *SIZE]]
    for n in range(1, int(rng.integers(4, 9))):
        place = [int(v) for v in (rng.integers(0, 75), rng.integers(0, 110), *rng.integers(8, 50, 2))]
        found.append([100 + n, int(rng.integers(1, 6)), *place])
    return found


def drift(truth: list[Rectangle], rng: np.random.Generator) -> list[Rectangle]:
    """Move every side a little, lose one rectangle now and then, rename some."""
    guess = []
    for n, category, *place in truth:
        if n > 100 and rng.random() < 0.15:
            continue
        moved = [int(v) for v in np.array(place) + (rng.integers(-3, 4, 4) if n > 100 else 0)]
        told = int(rng.integers(1, 6)) if rng.random() < 0.15 else category
        guess.append([n + 300, told, max(0, moved[0]), max(0, moved[1]), *moved[2:]])
    return guess


def painted(listed: list[Rectangle]) -> np.ndarray:
    ids = np.zeros(SIZE, int)
    for n, _, r, c, h, w in listed:
        ids[r : r + h, c : c + w] = n
    return ids


def write(folder: Path, listed: list[Rectangle]) -> dict:
    """Write ids as the RGB PNG that the reference reads, and give their annotation."""
    folder.mkdir()
    ids = painted(listed)
    Image.fromarray(np.stack([ids % 256, ids // 256 % 256, ids // 65536], -1).astype(np.uint8)).save(
        folder / "1.png"
    )
    segments = [
        {"id": n, "category_id": c, "iscrowd": 0, "area": int((ids == n).sum())}
        for n, c, *_ in listed
        if (ids == n).any()
    ]
    return {"image_id": 1, "file_name": "1.png", "segments_info": segments}


def reference(truth: list[Rectangle], guess: list[Rectangle]) -> dict:
    """Ask boundary-iou-api, with its band of 2 % of the diagonal."""
    from boundary_iou.coco_panoptic_api.evaluation import pq_compute_single_core

    with tempfile.TemporaryDirectory() as name:
        folders = Path(name, "truth"), Path(name, "guess")
        pairs = [(write(folders[0], truth), write(folders[1], guess))]
        stat = pq_compute_single_core(0, pairs, *folders, CATEGORIES, "boundary", 0.02)
    return {
        "counts": {c: vars(stat[c]) for c in CATEGORIES},
        "pq": stat.pq_average(CATEGORIES, None)[0]["pq"],
    }


def case(seed: int) -> dict:
    rng = np.random.default_rng(seed)
    truth = rectangles(rng)
    guess = drift(truth, rng)
    return {"truth": truth, "guess": guess, "reference": reference(truth, guess)}


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        frozen = [case(seed) for seed in range(CASES)]
    plain = lambda value: value.item()  # noqa: E731  numpy's numbers
    print(
        json.dumps({"command": COMMAND, "size": SIZE, "cases": frozen}, default=plain, separators=(",", ":"))
    )
