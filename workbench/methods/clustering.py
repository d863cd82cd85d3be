"""Clustering: pixels that look alike belong together, wherever they are."""

from __future__ import annotations

from typing import Annotated, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.image import Image
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import chart, recording, stage


@method("K-means", family="clustering", yields="partition", source="Lloyd 1982; Arthur and Vassilvitskii 2007")
def kmeans(
    image: Image,
    *,
    k: Annotated[int, Range(2, 8), Label("Clusters (k)", "How many groups of colours to look for.")] = 2,
    space: Annotated[Literal["lab", "rgb", "grey"], Label("Colour space", "What counts as alike.")] = "lab",
    position: Annotated[float, Range(0, 2, 0.05), Label("Weight of position", "Above 0, near pixels cluster together.")] = 0.0,
    sigma: Annotated[float, Range(0, 10, 0.1, "px"), Label("Gaussian blur (sigma)", "Smooths noise first.")] = 1.0,
    seed: Annotated[int, Range(0, 99), Label("Random seed", "Another start may end in other clusters.")] = 0,
) -> Segmentation:
    """Group the pixels around k centres in colour (and, if you like, position).

    Lloyd, S.: Least squares quantization in PCM, 1982, started as k-means++ (Arthur and Vassilvitskii, 2007)
    on at most 10 000 pixels chosen by the seed; then every pixel joins its nearest centre. Clusters are numbered
    by size, so that small changes of a slider do not swap their colours.
    """
    features = _features(image, space, position, sigma)
    centres = _centres(features, k, seed)
    nearest = _assign(features, centres)
    if recording():
        _show(features, centres, nearest.reshape(image.shape[:2]))
    # The largest cluster is 1: the numbers follow the picture, not the random start.
    order = np.argsort(-np.bincount(nearest, minlength=len(centres)), kind="stable")
    rank = np.empty(len(centres), np.int32)
    rank[order] = np.arange(1, len(centres) + 1)
    return Segmentation.from_partition(rank[nearest].reshape(image.shape[:2]))


def _features(image: Image, space: str, position: float, sigma: float) -> NDArray[np.float32]:
    """Give (H * W, features) float32: colour from 0 to 100, then row and column times their weight."""
    pixels = cv2.GaussianBlur(image, (0, 0), sigma) if sigma > 0 else image
    unit = pixels.astype(np.float32) / 255
    if space == "lab":
        colour = cv2.cvtColor(unit, cv2.COLOR_RGB2Lab)
    elif space == "grey":
        colour = cv2.cvtColor(unit, cv2.COLOR_RGB2GRAY)[..., None] * 100
    else:
        colour = unit * 100
    if position == 0:
        return colour.reshape(-1, colour.shape[2])
    height, width = image.shape[:2]
    where = np.indices((height, width), np.float32).transpose(1, 2, 0) * (100 * position / max(height, width))
    return np.concatenate([colour, where], axis=2).reshape(height * width, -1)


def _centres(features: NDArray[np.float32], k: int, seed: int) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    chosen = features if len(features) <= 10_000 else features[rng.choice(len(features), 10_000, replace=False)]
    distinct = np.unique(chosen, axis=0)
    if len(distinct) <= k:  # fewer colours than clusters: each colour is one
        return distinct
    cv2.setRNGSeed(seed)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 50, 0.01)
    _, _, centres = cv2.kmeans(chosen, k, None, stop, 3, cv2.KMEANS_PP_CENTERS)
    return centres


def _assign(features: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.intp]:
    # |x - c|^2 without |x|^2, which is the same for all centres.
    return (np.square(centres).sum(axis=1) - 2 * features @ centres.T).argmin(axis=1)


def _show(features: NDArray[np.float32], centres: NDArray[np.float32], clusters: NDArray[np.intp]) -> None:
    stage("clusters", clusters + 1, "the nearest centre of each pixel", kind="labels")
    counts, bounds = np.histogram(features[:, 0], 100)
    middle = (bounds[1:] + bounds[:-1]) / 2
    chart("first feature", middle, counts, "lines: the centres", marks=centres[:, 0], axes=("value", "pixels"))
