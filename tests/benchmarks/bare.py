"""What each method stands on: the bare library calls with the same parameters, at 512 x 512."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import skimage as ski
from scipy import ndimage

from workbench.image import Image

Bare = Callable[[Image], object]


def _grey(image: Image, sigma: float = 1.0) -> np.ndarray:
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return cv2.GaussianBlur(grey, (0, 0), sigma) if sigma else grey


def _counts(grey: np.ndarray) -> np.ndarray:
    return np.bincount(grey.ravel(), minlength=256)


def _otsu(image: Image) -> object:
    grey = _grey(image)
    return grey > ski.filters.threshold_otsu(hist=(_counts(grey), np.arange(256)))


def _multi_otsu(image: Image) -> object:
    grey = _grey(image)
    cuts = ski.filters.threshold_multiotsu(hist=(_counts(grey), np.arange(256)), classes=3)
    return np.digitize(grey, cuts)


def _sauvola(image: Image) -> object:
    ink = 255 - _grey(image, 0)
    return ink <= ski.filters.threshold_sauvola(ink, window_size=101, k=0.2, r=128)


def _canny(image: Image) -> object:
    edges = cv2.Canny(_grey(image, 1.5), 20, 60, L2gradient=True)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    filled = ndimage.binary_fill_holes(cv2.morphologyEx(edges, cv2.MORPH_CLOSE, disc) > 0)
    solid = cv2.morphologyEx(filled.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return ski.morphology.remove_small_objects(solid > 0, max_size=99)


def _flood(image: Image) -> object:
    # Four clicks: automatic seeds are the workbench's own.
    grey, mask = _grey(image, 2.0), np.zeros((514, 514), np.uint8)
    flags = 4 | cv2.FLOODFILL_FIXED_RANGE | cv2.FLOODFILL_MASK_ONLY | (1 << 8)
    for row, column in CLICKS:
        cv2.floodFill(grey, mask, (column, row), 0, 30, 30, flags)
    return mask


def _kmeans(image: Image) -> object:
    lab = cv2.cvtColor(cv2.GaussianBlur(image, (0, 0), 1.0).astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    rows = lab.reshape(-1, 3)
    some = rows[np.random.default_rng(0).choice(len(rows), 10_000, replace=False)]
    _, _, centres = cv2.kmeans(some, 2, None, (3, 50, 0.01), 3, cv2.KMEANS_PP_CENTERS)
    return (np.square(centres).sum(axis=1) - 2 * rows @ centres.T).argmin(axis=1)


def _watershed(image: Image) -> object:
    grey = _grey(image, 1.5)
    lit = np.clip(grey.astype(np.int16) - cv2.blur(grey, (121, 121)) + 128, 0, 255).astype(np.uint8)
    front = ski.morphology.remove_small_objects(lit > ski.filters.threshold_otsu(lit), max_size=99)
    distance = cv2.distanceTransform(front.astype(np.uint8), cv2.DIST_L2, 5)
    pieces = cv2.connectedComponents(front.astype(np.uint8))[1]
    smoothed = cv2.GaussianBlur(distance, (0, 0), 1.0)
    peaks = ski.feature.peak_local_max(smoothed, min_distance=12, labels=pieces, exclude_border=False)
    markers = np.zeros(front.shape, np.int32)
    markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    return ski.segmentation.watershed(-distance, markers, mask=front)


def _chan_vese(image: Image) -> object:
    grey = _grey(image)
    level = (grey - ski.filters.threshold_otsu(grey) - 0.5) / grey.std()
    return ski.segmentation.chan_vese(grey / 255, mu=0.25, max_num_iter=30, tol=-1, init_level_set=level)


def _grabcut(image: Image) -> object:
    mask = np.zeros(image.shape[:2], np.uint8)
    mask[25:487, 25:487] = cv2.GC_PR_FGD
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(0)
    cv2.grabCut(image[..., ::-1].copy(), mask, None, *models, 3, cv2.GC_INIT_WITH_MASK)
    return mask


def _level(choose: Callable[..., float]) -> Bare:
    return lambda image: (grey := _grey(image)) > choose(grey)


def _hysteresis(image: Image) -> object:
    return ski.filters.apply_hysteresis_threshold(_grey(image), 95, 140)


def _adaptive(image: Image) -> object:
    ink = 255 - _grey(image)
    return ink < ski.filters.threshold_local(ink, 101, method="mean", mode="nearest") - 10


def _niblack(image: Image) -> object:
    ink = 255 - _grey(image)
    return ink <= ski.filters.threshold_niblack(ink, window_size=101, k=0.5)


def _flooded(image: Image) -> object:
    smoothed, mask = cv2.GaussianBlur(image, (0, 0), 1.0), np.zeros((514, 514), np.uint8)
    for row, column in CLICKS:
        cv2.floodFill(smoothed, mask, (column, row), 0, (4,) * 3, (4,) * 3, 4 | cv2.FLOODFILL_MASK_ONLY | 256)
    return mask


def _basins(image: Image) -> object:
    grey = _grey(image, 2.0)
    steepness = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)) / 8
    markers = ski.measure.label(ski.morphology.h_minima(steepness, np.float32(1.5)))
    return ski.segmentation.watershed(steepness, markers)


def _slic(image: Image, **changed: object) -> object:
    how = {"n_segments": 150, "compactness": 10.0, "sigma": 1.0, "start_label": 1}
    return ski.segmentation.slic(image, **how | changed)


CLICKS = [(100, 200), (300, 100), (400, 400), (250, 250)]
SEEDS = {"seeds": [(row, column, "object") for row, column in CLICKS]}
# Values that keep a method to what the bare call does.
VALUES = {"region-growing": SEEDS, "flood-fill": SEEDS}
BARE: dict[str, Bare] = {
    "fixed": lambda image: _grey(image, 0) > 128,
    "otsu": _otsu,
    "multi-otsu": _multi_otsu,
    "li": _level(ski.filters.threshold_li),
    "triangle": _level(ski.filters.threshold_triangle),
    "yen": _level(ski.filters.threshold_yen),
    "isodata": _level(ski.filters.threshold_isodata),
    "minimum": _level(ski.filters.threshold_minimum),
    "hysteresis": _hysteresis,
    "adaptive": _adaptive,
    "niblack": _niblack,
    "sauvola": _sauvola,
    "canny-fill": _canny,
    "gradient-watershed": _basins,
    "region-growing": _flood,
    "flood-fill": _flooded,
    "kmeans": _kmeans,
    "watershed": _watershed,
    "chan-vese": _chan_vese,
    "grabcut": _grabcut,
    "felzenszwalb": lambda image: ski.segmentation.felzenszwalb(image, scale=300, sigma=0.8, min_size=50),
    "slic": _slic,
    "slic-zero": lambda image: _slic(image, slic_zero=True),
}
