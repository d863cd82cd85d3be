"""How long a generated picture takes on one core, and how long the U-Net takes over one.

python tests/benchmarks/bench_scenes.py
"""

import statistics
import time
from collections.abc import Callable
from functools import partial

import cv2
import numpy as np

from workbench.scenes import SCENES

SEEDS = range(30)


def rows() -> list[dict[str, str]]:
    """Give the table: what, aim, measured."""
    found, threads = [], cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        for name, make in SCENES.items():
            for side in (128, 256, 512):
                taken = [best(partial(make, seed, (side, side)), 3) for seed in SEEDS]
                aim = "<= 15 ms" if side == 256 else ""
                told = f"{statistics.median(taken):.1f} ms (slowest seed {max(taken):.1f})"
                found.append({"what": f"scene {name} {side}x{side}, one core", "aim": aim, "measured": told})
    finally:
        cv2.setNumThreads(threads)
    return [*found, *_network()]


def _network() -> list[dict[str, str]]:
    import torch

    from workbench.methods.deep import cell_probability

    image = np.asarray(SCENES["cells"](0, (512, 512)).image)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        cell_probability(image, "unet-cells", 1.0)  # loads the weights
        taken = best(lambda: cell_probability(image, "unet-cells", 1.0), 15)
    finally:
        torch.set_num_threads(before)
    return [{"what": "U-Net 512x512, two cores", "aim": "<= 150 ms", "measured": f"{taken:.0f} ms"}]


def best(call: Callable[[], object], times: int) -> float:
    """Give the least milliseconds of a few calls: what it takes when nobody else wants the core."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return 1000 * min(taken)


def test_scenes() -> None:
    print()
    for found in rows():
        print(f"{found['what']:<40} {found['aim']:>10}  {found['measured']}")


if __name__ == "__main__":
    test_scenes()
