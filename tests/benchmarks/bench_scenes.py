"""How long a generated picture takes on one core.

python tests/benchmarks/bench_scenes.py
"""

import statistics
from functools import partial

import cv2
from timing import Row, least, show

from workbench.scenes import SCENES

SEEDS = range(30)
AIMS = {128: "<= 4 ms", 256: "<= 15 ms"}


def rows() -> list[Row]:
    """Give the table: what, aim, measured."""
    found, threads = [], cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        for name, make in SCENES.items():
            for side in (128, 256, 512):
                taken = [least(partial(make, seed, (side, side)), 3) for seed in SEEDS]
                aim = AIMS.get(side, "")
                told = f"{statistics.mean(taken):.1f} ms (slowest seed {max(taken):.1f})"
                found.append({"what": f"scene {name} {side}x{side}, one core", "aim": aim, "measured": told})
    finally:
        cv2.setNumThreads(threads)
    return found


def test_scenes() -> None:
    show(rows())


if __name__ == "__main__":
    test_scenes()
