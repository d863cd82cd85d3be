"""Modes: clusters are where colours lie densely, however many such places there are."""

from __future__ import annotations

from typing import Annotated

import cv2
import numpy as np
import scipy
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.clouds import DRAWN, one_thread, show_cloud, show_clusters, some
from workbench.methods.clustering import FAMILY, in_order, nearest
from workbench.methods.features import Sigma
from workbench.methods.pixel_features import (
    Floats,
    Position,
    Seed,
    Space,
    Texture,
    feature_names,
    pixel_features,
)
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import progress, recording, stage

MOVED, CLIMBERS = 3000, 200  # pixels that make up the density of mean shift, and that climb it
STEPS, AT_REST = 300, 1e-3  # most steps of a climb; shares of the bandwidth that are no step any more
FRAMES = (0, 1, 2, 3, 4, 6, 8, 12, 18, 27, 40)  # steps that are shown
THUMBNAIL = 64  # px, the longest side that DBSCAN looks at


@method("Mean shift", family=FAMILY, yields="partition", source="Comaniciu and Meer 2002")
def mean_shift(
    image: Image,
    *,
    bandwidth: Annotated[
        float,
        Range(4, 60, 0.5, log=True),
        Label("Bandwidth", "How far a step looks: wide finds few clusters, narrow finds many."),
    ] = 12.0,
    space: Space = "lab",
    position: Position = 0.0,
    sigma: Sigma = 1.0,
    texture: Texture = "none",
    seed: Seed = 0,
) -> Segmentation:
    """Climb to where colours lie densest; each summit is a cluster, so that nobody has to say how many.

    Again and again a point moves to the mean of the colours within the bandwidth (a flat kernel), until it
    rests at a mode of their density. The density is that of 3000 pixels chosen by the seed; climbers start in
    the 200 fullest boxes of a grid as wide as the bandwidth; of modes within a bandwidth the fullest stays.
    Every pixel then joins the nearest mode rather than climbing itself.
    Comaniciu, D. and Meer, P.: Mean shift: a robust approach toward feature space analysis, 2002.
    """
    features = pixel_features(image, space, position, sigma, texture)
    names = feature_names(space, position, texture)
    points = some(features, MOVED, seed)
    centres = summits(points, starts(points, bandwidth), bandwidth, names)
    ids = nearest(features, centres).reshape(image.shape[:2]) + 1
    show_clusters(features, centres, ids, names, seed)
    return Segmentation.from_partition(ids)


@method("DBSCAN-like", family=FAMILY, yields="partition", source="Ester, Kriegel, Sander and Xu 1996")
def dbscan(
    image: Image,
    *,
    reach: Annotated[
        float, Range(1, 20, 0.1), Label("Reach (eps)", "How far apart neighbours may be; far joins clusters.")
    ] = 6.0,
    crowd: Annotated[
        int, Range(2, 100), Label("Crowd (min_samples)", "Points within reach that make a place dense.")
    ] = 12,
    space: Space = "lab",
    position: Position = 1.0,
    sigma: Sigma = 1.0,
    texture: Texture = "none",
) -> Segmentation:
    """Join what is densely connected, in clusters of any shape and number.

    A point with a crowd within reach is a core; cores within reach of each other are one cluster, which their
    other neighbours join; what is left is noise. Done by scikit-learn on a copy of at most 64 px a side, in
    colour and position; then every pixel of the picture, the noise as well, joins the cluster of the nearest
    point that has one. Where all is noise there is one cluster.
    Ester, M. et al.: A density-based algorithm for discovering clusters in large spatial databases with
    noise, 1996.
    """
    features = pixel_features(image, space, position, sigma, texture)
    names = feature_names(space, position, texture)
    points = thumbnail(features, image.shape[:2])
    groups = dense_groups(points, reach, crowd)
    if recording():
        noise = np.mean(groups < 0)
        text = f"{groups.max() + 1} clusters, numbered from 2; 1 is noise, {noise:.0%} of the points"
        show_cloud("dense places", points, groups + 2, np.empty((0, points.shape[1])), names, text)
    if (groups < 0).all():
        groups = np.zeros_like(groups)
    progress(1, 2)
    known = groups >= 0
    _, closest = scipy.spatial.KDTree(points[known]).query(features)
    ids = (groups[known][closest] + 1).reshape(image.shape[:2]).astype(np.int32)
    stage("clusters", ids, "the cluster of the nearest point that has one", kind="labels")
    return Segmentation.from_partition(ids)


def starts(points: Floats, width: float) -> Floats:
    """Give the first of the (N, F) points in each of the 200 fullest boxes of a grid, `width` units wide.

    >>> starts(np.array([[1], [9], [8]], np.float32), 5).tolist()
    [[9.0], [1.0]]
    """
    boxes = np.round(points / width).astype(np.int64)
    _, first, count = np.unique(boxes, axis=0, return_index=True, return_counts=True)
    return points[first[np.argsort(-count, kind="stable")[:CLIMBERS]]]


@one_thread()
def summits(points: Floats, places: Floats, bandwidth: float, names: tuple[str, ...]) -> Floats:
    """Climb from (M, F) places to the modes of the density of (N, F) points; (K, F), darkest first."""
    moving = np.ones(len(places), bool)
    for step in range(STEPS):
        progress(step, STEPS)
        if recording() and (step in FRAMES or not moving.any()):
            _show_climb(points[:DRAWN], places, f"after {step} steps", names)
        if not moving.any():
            break
        before, places = places, places.copy()
        places[moving], _ = climbed(points, before[moving], bandwidth)
        moving[moving] = np.linalg.norm((places - before)[moving], axis=1) > AT_REST * bandwidth
    _, crowds = climbed(points, places, bandwidth)
    left, kept = places[np.lexsort((*places.T[::-1], crowds))[::-1]], []
    while len(left):  # the fullest first; what lies within a bandwidth of it is the same mode
        kept.append(left[0])
        left = left[np.linalg.norm(left - left[0], axis=1) > bandwidth]
    modes = np.stack(kept)
    return modes[in_order(modes)]


def climbed(points: Floats, places: Floats, bandwidth: float) -> tuple[Floats, NDArray[np.int64]]:
    """Take one step of mean shift: from each place to the mean of the points within the bandwidth.

    Returns the (M, F) means, and how many of the (N, F) points each was made of.

    >>> climbed(np.array([[0], [2], [9]], np.float32), np.array([[1]], np.float32), 3)[0].tolist()
    [[1.0]]
    """
    near = scipy.spatial.distance.cdist(places, points) <= bandwidth
    count = near.sum(axis=1)
    # Places are points or means of points around one: none is ever alone, but rounding may have its say.
    means = np.where(count[:, None] > 0, (near @ points) / np.maximum(count, 1)[:, None], places)
    return means.astype(np.float32), count


def thumbnail(features: Floats, size: tuple[int, int]) -> Floats:
    """Average (height * width, F) features over the pixels of a picture of at most 64 px a side; (N, F)."""
    small = tuple(max(1, round(side * min(1, THUMBNAIL / max(size)))) for side in size)
    if small == size:
        return features
    planes = [np.ascontiguousarray(column).reshape(size) for column in features.T]
    return np.stack(
        [cv2.resize(plane, small[::-1], interpolation=cv2.INTER_AREA).ravel() for plane in planes], axis=1
    )


@one_thread()
def dense_groups(points: Floats, reach: float, crowd: int) -> NDArray[np.intp]:
    """Give (N,) the dense group of each of the (N, F) points, from 0, or -1 for noise, by scikit-learn."""
    from sklearn.cluster import DBSCAN

    return np.asarray(DBSCAN(eps=reach, min_samples=crowd).fit(points).labels_)


def _show_climb(shown: Floats, places: Floats, name: str, names: tuple[str, ...]) -> None:
    """Show where the climbers have got to."""
    met = len(np.unique(places.round(1), axis=0))
    text = f"{len(places)} climbers at {met} places; dots take the colour of the nearest"
    show_cloud(name, shown, nearest(shown, places) + 1, places, names, text, film="climb")
