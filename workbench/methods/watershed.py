"""Watershed: flood the picture like a landscape, and build a dam where two lakes meet."""

from __future__ import annotations

from typing import Annotated, Literal

import cv2
import numpy as np
import skimage as ski
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.edges import drop_small
from workbench.methods.features import Sigma, channel_of, smooth
from workbench.methods.thresholding import Side
from workbench.registry import Label, Range, method
from workbench.segmentation import Segment, Segmentation, present
from workbench.taxonomy import BINARY
from workbench.trace import stage

Field = NDArray[np.float32]


@method("Watershed", family="watershed", yields="foreground", source="Beucher and Lantuéjoul 1979; Vincent and Soille 1991")
def watershed(
    image: Image,
    *,
    landscape: Annotated[
        Literal["distance", "gradient"],
        Label("Landscape", "Distance splits touching round objects; gradient follows edges."),
    ] = "distance",
    sigma: Sigma = 1.5,
    separation: Annotated[int, Range(1, 60, 1, "px"), Label("Smallest distance of markers", "Higher merges, lower splits.")] = 12,
    smallest: Annotated[int, Range(0, 2000, 10, "px"), Label("Smallest object", "Drops smaller pieces first.")] = 100,
    compactness: Annotated[float, Range(0, 0.1, 0.001), Label("Compactness", "Above 0, basins grow rounder.")] = 0.0,
    objects: Side = "bright",
) -> Segmentation:
    """Separate touching objects by flooding from their middles.

    The foreground is Otsu's. Markers are the peaks of its distance map; basins grow over the (negative) distance
    or over the gradient within the foreground. Vincent, L. and Soille, P.: Watersheds in digital spaces, 1991;
    compact basins after Neubert and Protzel, 2014.
    """
    smoothed = smooth(channel_of(image, "grey"), sigma)
    front = _foreground(smoothed, objects, smallest)
    distance = np.asarray(cv2.distanceTransform(front.astype(np.uint8), cv2.DIST_L2, 5), np.float32)
    stage("distance map", distance, "px to the nearest background")
    markers = _markers(distance, front, separation)
    stage("markers", markers, f"{markers.max()} starting points", kind="labels")
    field = -distance if landscape == "distance" else _gradient(smoothed)
    basins = ski.segmentation.watershed(field, markers, mask=front, compactness=compactness)
    return _named(basins)


def _foreground(grey: NDArray[np.uint8], objects: str, smallest: int) -> NDArray[np.bool_]:
    level = ski.filters.threshold_otsu(grey) if np.ptp(grey) else int(grey.flat[0])
    return drop_small(grey > level if objects == "bright" else grey <= level, smallest)


def _markers(distance: Field, front: NDArray[np.bool_], separation: int) -> NDArray[np.int32]:
    # A light blur joins the double peaks that digital distance maps have.
    peaks = ski.feature.peak_local_max(
        cv2.GaussianBlur(distance, (0, 0), 1.0), min_distance=separation, labels=front.astype(np.int32), exclude_border=False
    )
    markers = np.zeros(distance.shape, np.int32)
    markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    return markers


def _gradient(grey: NDArray[np.uint8]) -> Field:
    gradient = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    stage("gradient", gradient, "the landscape that is flooded")
    return gradient


def _named(basins: NDArray[np.int32]) -> Segmentation:
    """Call each basin an object of its own, and everything else background."""
    ids = basins.astype(np.int32) + 1  # 1 is the background
    ground, front = BINARY
    return Segmentation(ids, {n: Segment(front if n > 1 else ground) for n in present(ids)}, BINARY, "foreground")
