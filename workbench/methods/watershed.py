"""Watershed: flood the picture like a landscape, and build a dam where two lakes meet."""

from __future__ import annotations

from typing import Annotated, Literal

import cv2
import numpy as np
import skimage as ski
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.edges import drop_small, gradient_of
from workbench.methods.features import Sigma, channel_of, even_out, histogram, smooth
from workbench.methods.thresholding import Side, otsu_level
from workbench.prompts import strokes
from workbench.registry import Label, Points, Range, method
from workbench.segmentation import Segment, Segmentation, present
from workbench.taxonomy import BINARY
from workbench.trace import recording, stage

SOURCE = "Beucher and Lantuéjoul 1979; Vincent and Soille 1991"
Field = NDArray[np.float32]
FRAMES = 9


@method("Watershed", family="watershed", yields="foreground", source=SOURCE)
def watershed(
    image: Image,
    *,
    landscape: Annotated[
        Literal["distance", "gradient", "intensity"],
        Label("Landscape", "Distance splits round objects; gradient follows edges, intensity shades."),
    ] = "distance",
    sigma: Sigma = 1.5,
    even: Annotated[
        int,
        Range(0, 150, 5, "px"),
        Label("Even out light over", "Wider than the objects; 0 takes the light as it is."),
    ] = 60,
    separation: Annotated[
        int, Range(1, 60, 1, "px"), Label("Distance between markers", "Higher merges, lower splits.")
    ] = 12,
    smallest: Annotated[
        int, Range(0, 2000, 10, "px"), Label("Smallest object", "Drops smaller pieces first.")
    ] = 100,
    compactness: Annotated[
        float, Range(0, 10, 0.1), Label("Compactness", "Above 0, basins grow rounder.")
    ] = 0.0,
    objects: Side = "bright",
    seeds: Annotated[
        Points,
        Label("Markers", "Each click or scribble is an object; background ones flood the whole picture."),
    ] = (),
) -> Segmentation:
    """Separate touching objects by flooding from their middles.

    The foreground is what Otsu's threshold finds once each pixel is compared with the mean around it. Markers
    are the peaks of its distance map, or one for each object click or scribble; basins grow within the
    foreground over the (negative) distance, the gradient, or the intensity (objects as valleys). With a
    background click or scribble the whole picture is flooded, and what its water covers is background; the
    distance is then that to the foreground's outline, on both of its sides. Beucher, S. and Lantuéjoul, C.:
    Use of watersheds in contour detection, 1979, flooded as in Vincent, L. and Soille, P.: Watersheds in
    digital spaces, 1991; compact basins after Neubert, P. and Protzel, P.: Compact watershed and preemptive
    SLIC, 2014.
    """
    smoothed = smooth(channel_of(image, "grey"), sigma)
    front = _foreground(even_out(smoothed, even), objects, smallest)
    stage("foreground", front, "what stands out from its surroundings")
    distance = _depth(front)
    stage("distance map", lambda: np.where(front, distance, 0), "px to the nearest background")
    clicked, ground = strokes(seeds, "object"), strokes(seeds, "background")
    markers = _drawn(clicked, front.shape) if clicked else _peaks(distance, front, separation)
    count = markers.max()
    if ground:
        distance = np.where(front, distance, _depth(~front))
        markers[tuple(np.concatenate(ground).T)] = count + 1
    stage("markers", lambda: _thick(markers), f"{count} starting points", kind="labels")
    field = _field(landscape, smoothed, distance, objects)
    lake = np.ones_like(front) if ground else front | (markers > 0)
    basins = ski.segmentation.watershed(field, markers, mask=lake, compactness=compactness)
    if recording() and markers.any():
        _show_flood(field, markers, basins)
    return _named(np.where(basins > count, 0, basins))


def _field(landscape: str, smoothed: NDArray[np.uint8], distance: Field, objects: str) -> Field:
    if landscape == "distance":
        return -distance
    if landscape == "gradient":
        field = np.hypot(*gradient_of(smoothed))
    else:
        field = (255 - smoothed if objects == "bright" else smoothed).astype(np.float32)
    stage(landscape, field, "the landscape that is flooded")
    return field


def _depth(mask: NDArray[np.bool_]) -> Field:
    """Give the distance in px from each pixel of the mask to the nearest one outside, (H, W) float32."""
    return np.asarray(cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5), np.float32)


def _drawn(clicked: list[NDArray[np.int64]], size: tuple[int, ...]) -> NDArray[np.int32]:
    """Write the number of each stroke, from 1, at its (H, W) pixels."""
    markers = np.zeros(size, np.int32)
    for number, stroke in enumerate(clicked, 1):
        markers[tuple(stroke.T)] = number
    return markers


def _foreground(grey: NDArray[np.uint8], objects: str, smallest: int) -> NDArray[np.bool_]:
    level = otsu_level(histogram(grey))
    return drop_small(grey > level if objects == "bright" else grey <= level, smallest)


def _peaks(distance: Field, front: NDArray[np.bool_], separation: int) -> NDArray[np.int32]:
    """Give the (H, W) numbers of the distance map's peaks, `separation` px apart in each piece."""
    # Each piece is searched by itself, so that none goes without a marker; a light blur joins double peaks.
    pieces = cv2.connectedComponents(front.astype(np.uint8), connectivity=8)[1]
    peaks = ski.feature.peak_local_max(
        cv2.GaussianBlur(distance, (0, 0), 1.0), min_distance=separation, labels=pieces, exclude_border=False
    )
    markers = np.zeros(distance.shape, np.int32)
    markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    return markers


def _thick(markers: NDArray[np.int32]) -> NDArray[np.int32]:
    # One pixel is hard to see; a float holds every marker's number exactly.
    return cv2.dilate(markers.astype(np.float32), np.ones((5, 5), np.uint8)).astype(np.int32)


def _show_flood(field: Field, markers: NDArray[np.int32], basins: NDArray[np.int32]) -> None:
    """Film the lakes as the water rises."""
    inside = basins > 0
    ceiling = np.float32(field.max() + 1)
    dry = np.where(inside, field, ceiling)
    # The water stands at a pixel as high as the lowest pass between it and a marker.
    water = ski.morphology.reconstruction(np.where(markers > 0, dry, ceiling), dry, method="erosion")
    low, high = float(water[inside].min()), float(water[inside].max())
    for part in np.linspace(0, 1, FRAMES):
        wet = inside & (water <= low + part * (high - low))
        caption = f"{wet.sum() / inside.sum():.0%} of the lakes is under water"
        stage(f"flooded to {part:.0%}", np.where(wet, basins, 0), caption, kind="labels", film="flooding")


def _named(basins: NDArray[np.int32]) -> Segmentation:
    """Call each basin an object of its own, and everything else background."""
    ids = basins.astype(np.int32) + 1  # 1 is the background
    ground, front = BINARY
    segments = {n: Segment(front if n > 1 else ground) for n in present(ids)}
    return Segmentation(ids, segments, BINARY, "foreground")
