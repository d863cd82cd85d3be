"""How long a whole curve takes, score included, beside a bare loop over the libraries and NumPy's IoU.

python tests/benchmarks/bench_sweeps.py
"""

from __future__ import annotations

import time
from collections.abc import Callable

import cv2
import numpy as np
import skimage as ski
from numpy.typing import NDArray
from timing import Row, show

import workbench as wb
from workbench.evaluation.sweep import sweep
from workbench.image import Image

Mask = NDArray[np.bool_]
AIMS = {"otsu": 0.5, "watershed": 2.5}  # s for 21 points at 512 x 512
TIMES = 5


def _grey(image: Image, sigma: float) -> NDArray[np.uint8]:
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return cv2.GaussianBlur(grey, (0, 0), sigma) if sigma else grey


def _otsu(image: Image, sigma: float) -> Mask:
    grey = _grey(image, sigma)
    counts = np.bincount(grey.ravel(), minlength=256)
    return grey > ski.filters.threshold_otsu(hist=(counts, np.arange(256)))


def _watershed(image: Image, sigma: float) -> Mask:
    grey = _grey(image, sigma)
    lit = np.clip(grey.astype(np.int16) - cv2.blur(grey, (121, 121)) + 128, 0, 255).astype(np.uint8)
    front = ski.morphology.remove_small_objects(lit > ski.filters.threshold_otsu(lit), max_size=99)
    distance = cv2.distanceTransform(front.astype(np.uint8), cv2.DIST_L2, 5)
    pieces = cv2.connectedComponents(front.astype(np.uint8))[1]
    smoothed = cv2.GaussianBlur(distance, (0, 0), 1.0)
    peaks = ski.feature.peak_local_max(smoothed, min_distance=12, labels=pieces, exclude_border=False)
    markers = np.zeros(front.shape, np.int32)
    markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    return ski.segmentation.watershed(-distance, markers, mask=front) > 0


BARE: dict[str, Callable[[Image, float], Mask]] = {"otsu": _otsu, "watershed": _watershed}


def _iou(target: Mask, void: Mask, guess: Mask) -> float:
    guess = guess & ~void
    return float((target & guess).sum() / (target | guess).sum())


def rows() -> list[Row]:
    """Give the table: what, aim, measured; the two loops take turns, and the quickest of each counts."""
    sample = wb.samples.load("astronaut")
    assert sample.truth is not None
    wanted = {c.id for c in sample.truth.taxonomy if c.name in sample.target}
    target, void = np.isin(sample.truth.category_ids(), list(wanted)), sample.truth.ids == 0
    found = []
    for name, bare in BARE.items():
        ours, theirs = [], []
        for _ in range(TIMES):
            taken, line = _timed(lambda name=name: sweep(name, sample, "sigma"))
            ours.append(taken)
            loop = lambda line=line, bare=bare: [  # noqa: E731
                _iou(target, void, bare(sample.image, sigma)) for sigma in line.values.tolist()
            ]
            taken, scores = _timed(loop)
            theirs.append(taken)
            # A little apart where the library rounds a level otherwise; the same curve all the same.
            assert np.abs(line.scores - scores).max() < 0.02, "the two do not measure the same"
        mine, plain = min(ours), min(theirs)
        found.append(
            {
                "what": f"{name} over sigma, {len(line.values)} points, 512x512, score included",
                "aim": f"<= {AIMS[name]:g} s",
                "measured": f"{mine:.3f} s ({plain:.3f} s bare: {mine / plain:.2f}x)",
            }
        )
    return found


def _timed(call: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def test_sweeps() -> None:
    show(rows())


if __name__ == "__main__":
    test_sweeps()
