"""How long the workbench's own algorithms take, beside the nearest call of a library in the same run.

python tests/benchmarks/bench_own.py
"""

from __future__ import annotations

import numpy as np
import pytest
import skimage as ski
from timing import Row, milliseconds, row, show

import workbench as wb
from workbench.image import Image, read_image


def rows() -> list[Row]:
    """Give the table: what, aim, measured, peer."""
    big = read_image(np.array(wb.samples.load("astronaut").image))
    small = np.ascontiguousarray(big[::2, ::2])
    grey = ski.color.rgb2gray(big)
    circle = np.stack([256 + 150 * np.sin(turn := np.linspace(0, 6.28, 200)), 256 + 150 * np.cos(turn)], -1)

    def snake() -> object:
        return ski.segmentation.active_contour(grey, circle, max_num_iter=200, convergence=0)

    return [
        row("dense CRF, 10 iterations, 256x256", "<= 1 s", ours("dense-crf", small, iterations=10)),
        row("split and merge, 512x512", "<= 300 ms", ours("split-merge", big)),
        row(
            "  beside Felzenszwalb of scikit-image",
            "",
            milliseconds(lambda: ski.segmentation.felzenszwalb(big, 300), 5),
        ),
        row("ICM, 10 sweeps, two labels, 512x512", "<= 500 ms", ours("icm", big, sweeps=10)),
        row("ICM, 10 sweeps, four labels, 512x512", "<= 500 ms", ours("icm", big, sweeps=10, start=FOUR)),
        row("snake, 200 iterations, 512x512", "<= 100 ms", ours("snake", big, iterations=200)),
        row("  beside active_contour of scikit-image, 200 points", "", milliseconds(snake, 5)),
    ]


FOUR = {"method": "kmeans", "values": {"k": 4}}


def ours(name: str, image: Image, **values: object) -> float:
    """Give the median ms of a method that nobody records."""
    return milliseconds(lambda: wb.METHODS[name](image, **values), 5)


@pytest.mark.timeout(300)
def test_own() -> None:
    show(rows())


if __name__ == "__main__":
    test_own()
