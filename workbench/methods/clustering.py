"""Clustering: pixels that look alike belong together, wherever they are."""

from __future__ import annotations

from typing import Annotated, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.features import Sigma
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import chart, recording, scatter, stage

SOURCE = "Lloyd 1982; Arthur and Vassilvitskii 2007"


@method("K-means", family="clustering", yields="partition", source=SOURCE)
def kmeans(
    image: Image,
    *,
    k: Annotated[int, Range(2, 8), Label("Clusters (k)", "How many groups of colours to look for.")] = 2,
    space: Annotated[Literal["lab", "rgb", "grey"], Label("Colour space", "What counts as alike.")] = "lab",
    position: Annotated[
        float, Range(0, 2, 0.05), Label("Weight of position", "Above 0, near pixels cluster together.")
    ] = 0.0,
    sigma: Sigma = 1.0,
    seed: Annotated[int, Range(0, 99), Label("Random seed", "Another start may end in other clusters.")] = 0,
) -> Segmentation:
    """Group the pixels around k centres in colour (and, if you like, position).

    Lloyd, S.: Least squares quantization in PCM, 1982, started as k-means++ (Arthur and Vassilvitskii, 2007)
    on at most 10 000 pixels chosen by the seed, best of three starts; then every pixel joins its nearest
    centre. Clusters are numbered from dark to bright, so that small changes seldom swap their colours.
    """
    features = _features(image, space, position, sigma)
    centres = _centres(features, k, seed)
    ids = (_assign(features, centres) + 1).reshape(image.shape[:2]).astype(np.int32)
    if recording():
        _show(features, centres, ids, seed)
    return Segmentation.from_partition(ids)


def _features(image: Image, space: str, position: float, sigma: float) -> NDArray[np.float32]:
    """Give (H * W, features) float32: colour from 0 to 100, then row and column times their weight."""
    pixels = cv2.GaussianBlur(image, (0, 0), sigma) if sigma > 0 else image
    unit = pixels.astype(np.float32) / 255
    if space == "lab":
        colour = np.asarray(cv2.cvtColor(unit, cv2.COLOR_RGB2Lab), np.float32)
    elif space == "grey":
        colour = np.asarray(cv2.cvtColor(unit, cv2.COLOR_RGB2GRAY), np.float32)[..., None] * 100
    else:
        colour = np.asarray(unit * 100, np.float32)
    if position == 0:
        return colour.reshape(-1, colour.shape[2])
    height, width = image.shape[:2]
    where = np.indices((height, width), np.float32).transpose(1, 2, 0) * (100 * position / max(height, width))
    return np.concatenate([colour, where], axis=2).reshape(height * width, -1)


def _centres(features: NDArray[np.float32], k: int, seed: int) -> NDArray[np.float32]:
    chosen = _some(features, 10_000, seed)
    if (
        len(np.unique(chosen[:1000], axis=0)) <= k
    ):  # quick for most pictures, which have more colours than that
        distinct = np.unique(chosen, axis=0)
        if len(distinct) <= k:  # each colour is a cluster
            return distinct
    if recording():
        rounds = range(1, 13)
        spread = [_lloyd(chosen, k, seed, limit)[0] / len(chosen) for limit in rounds]
        chart(
            "iterations",
            list(rounds),
            spread,
            "falls until no pixel changes sides",
            axes=("iteration", "spread"),
        )
    return _lloyd(chosen, k, seed, 50)[1]


def _some(features: NDArray[np.float32], count: int, seed: int) -> NDArray[np.float32]:
    """Choose rows by the seed, each at most once; all of them where there are no more than `count`."""
    if len(features) <= count:
        return features
    return features[np.random.default_rng(seed).choice(len(features), count, replace=False)]


def _lloyd(chosen: NDArray[np.float32], k: int, seed: int, limit: int) -> tuple[float, NDArray[np.float32]]:
    """Give the sum of squared distances to the nearest centre, and the centres; equal seeds start alike."""
    cv2.setRNGSeed(seed)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, limit, 0.01)
    spread, _, centres = cv2.kmeans(chosen, k, None, stop, 3, cv2.KMEANS_PP_CENTERS)  # type: ignore[call-overload]
    # The numbers follow the picture, not the random start: by lightness (or red), then by the next feature.
    return spread, centres[np.lexsort(centres.T[::-1])]


def _assign(features: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.intp]:
    # |x - c|^2 without |x|^2, which is the same for all centres, is linear in x: OpenCV's transform. A matrix
    # product would wait for its threads on a busy machine.
    linear = np.column_stack([-2 * centres, np.square(centres).sum(axis=1)])
    return cv2.transform(features[:, None, :], linear)[:, 0].reshape(len(features), -1).argmin(axis=1)


def _show(
    features: NDArray[np.float32], centres: NDArray[np.float32], ids: NDArray[np.int32], seed: int
) -> None:
    stage("clusters", ids, "the nearest centre of each pixel", kind="labels")
    # Those two features that differ most from pixel to pixel; grey alone is drawn against the cluster.
    table = np.column_stack([features, ids.ravel()])
    shown = _some(table, 1500, seed)
    alone = features.shape[1] == 1
    first, second = (0, 1) if alone else np.sort(np.argsort(-shown.var(axis=0)[:-1], kind="stable")[:2])
    places = np.column_stack([centres, np.arange(1, len(centres) + 1)])
    names = (f"feature {first + 1}", "cluster" if alone else f"feature {second + 1}")
    dots, marks = shown[:, [first, second, -1]].T, places[:, [first, second]]
    scatter("features", dots, "pixels by their cluster, and the centres", centres=marks, axes=names)
