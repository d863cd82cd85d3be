"""How long a generated picture takes on one core, and how long the U-Net takes over one.

python tests/benchmarks/bench_scenes.py
"""

import statistics
from functools import partial

import cv2
import numpy as np
from timing import Row, least, show

from workbench.scenes import SCENES

SEEDS = range(30)


def rows() -> list[Row]:
    """Give the table: what, aim, measured."""
    found, threads = [], cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        for name, make in SCENES.items():
            for side in (128, 256, 512):
                taken = [least(partial(make, seed, (side, side)), 3) for seed in SEEDS]
                aim = "<= 15 ms" if side == 256 else ""
                told = f"{statistics.median(taken):.1f} ms (slowest seed {max(taken):.1f})"
                found.append({"what": f"scene {name} {side}x{side}, one core", "aim": aim, "measured": told})
    finally:
        cv2.setNumThreads(threads)
    return [*found, *_network()]


def _network() -> list[Row]:
    import torch

    from workbench.methods.deep import cell_probability

    image = np.asarray(SCENES["cells"](0, (512, 512)).image)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        cell_probability(image, "unet-cells", 1.0)  # loads the weights
        taken = least(lambda: cell_probability(image, "unet-cells", 1.0), 15)
    finally:
        torch.set_num_threads(before)
    return [{"what": "U-Net 512x512, two cores", "aim": "<= 150 ms", "measured": f"{taken:.0f} ms"}]


def test_scenes() -> None:
    show(rows())


if __name__ == "__main__":
    test_scenes()
