"""Freeze what panopticapi makes of three small pictures on which it errs.

git clone https://github.com/cocodataset/panopticapi && git -C panopticapi checkout 7bb4655
PYTHONPATH=panopticapi:tests python tests/reference/make_panoptic_traps.py > panoptic_traps.json
"""

import contextlib
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from reference.make_panoptic import CATEGORIES, write

COMMAND = (
    "PYTHONPATH=panopticapi:tests python tests/reference/make_panoptic_traps.py (panopticapi at 7bb4655)"
)


def asked(truth: np.ndarray, guess: np.ndarray, names: dict[int, int], **changes: object) -> dict:
    """Ask panopticapi about one picture; `area` is what the truth's file says, `crowd` its crowd segments."""
    from panopticapi.evaluation import pq_compute_single_core

    with tempfile.TemporaryDirectory() as name:
        folders = Path(name, "truth"), Path(name, "guess")
        there = [{n: c for n, c in names.items() if (side == n).any()} for side in (truth, guess)]
        one = write(folders[0], truth, there[0], list(changes.get("crowd", [])))
        two = write(folders[1], guess, there[1], [])
        for segment in one["segments_info"]:
            segment["area"] = changes.get("area", segment["area"])
        stat = pq_compute_single_core(0, [(one, two)], *folders, CATEGORIES)
    try:
        pq = stat.pq_average(CATEGORIES, isthing=None)[0]["pq"]
    except ZeroDivisionError:
        pq = "ZeroDivisionError"
    counts = {c: vars(stat[c]) for c in CATEGORIES if any(vars(stat[c]).values())}
    sides = {"truth": truth.tolist(), "guess": guess.tolist(), "names": names, "changes": changes}
    return {**sides, "counts": counts, "pq": pq}


def traps() -> dict[str, dict]:
    """Name the pictures: an area that is wrong, two crowds of one category, nothing at all."""
    square, strip = np.ones((10, 10), int), np.array([[1] * 10 + [2] * 10 + [3] * 10])
    inside = np.array([[7] * 5 + [0] * 15 + [3] * 10])
    return {
        "area": asked(square, square, {1: 1}, area=10),
        "crowds": asked(strip, inside, {1: 1, 2: 1, 3: 2, 7: 1}, crowd=[1, 2]),
        "nothing": asked(0 * square, 0 * square, {}),
    }


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        frozen = traps()
    print(json.dumps({"command": COMMAND, "traps": frozen}, separators=(",", ":")))
