"""Shadows: where the sun is missing, and only the blue of the sky is left."""

from __future__ import annotations

from typing import Annotated, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.edges import drop_small
from workbench.methods.features import Sigma, histogram
from workbench.methods.thresholding import otsu_level
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import chart, stage

Floats = NDArray[np.float32]
SPANS = {"hue": (0.5, 2.0), "blue": (0.0, np.pi / 2)}  # what each ratio can be
MEANINGS = {
    "hue": "(hue + 1) / (intensity + 1): bluer and darker is higher",
    "blue": "the angle of blue against the stronger of red and green",
}


@method("Shadow", family="texture", yields="foreground", source="Tsai 2006; Salvador et al. 2004")
def shadow(
    image: Image,
    *,
    ratio: Annotated[
        Literal["hue", "blue"],
        Label("Ratio", "Hue against brightness, or blue against red and green whatever the brightness."),
    ] = "hue",
    darkness: Annotated[
        float,
        Range(0.2, 1.5, 0.05),
        Label("Darker than", "Share of the mean brightness in the sun that a shadow stays below."),
    ] = 0.7,
    smallest: Annotated[
        int, Range(0, 2000, 10, "px"), Label("Smallest shadow", "Drops smaller pieces.")
    ] = 50,
    sigma: Sigma = 1.0,
) -> Segmentation:
    """Find what is bluer and darker than the rest: the sun is missing there, and the sky is blue.

    Otsu's threshold splits a picture of ratios; of its high side stays what is darker than the rest and not
    tiny. Hue: (hue + 1) / (intensity + 1), both from 0 to 1, of Tsai, V.: A comparative study on shadow
    compensation of color aerial images in invariant color models, 2006. Blue: the colour invariant c3 =
    arctan(blue / max(red, green)), as in Salvador, E., Cavallaro, A. and Ebrahimi, T.: Cast shadow
    segmentation using invariant color features, 2004. Both ask for a ground without much blue of its own.
    """
    pixels = np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8) if sigma > 0 else image
    unit: Floats = pixels.astype(np.float32) * np.float32(1 / 255)
    intensity = np.asarray(unit.mean(axis=2), np.float32)
    stage("intensity", intensity, "the mean of red, green and blue")
    ratios = hue_ratio(unit, intensity) if ratio == "hue" else blue_angle(unit)
    stage("ratio", ratios, MEANINGS[ratio])
    low, high = SPANS[ratio]
    levels = np.clip((ratios - low) * (255 / (high - low)) + 0.5, 0, 255).astype(np.uint8)
    counts = histogram(levels)
    level = otsu_level(counts)
    values = low + np.arange(256) / 255 * (high - low)
    chart(
        "histogram",
        values,
        counts,
        f"Otsu's threshold {values[level]:.3g}",
        marks=[values[level]],
        axes=("ratio", "pixels"),
    )
    likely = levels > level
    stage("above the threshold", likely, "what may be shadow")
    dark = likely & (intensity < darkness * _sunlit(intensity, likely))
    stage("dark enough", dark, f"and darker than {darkness:.0%} of the mean in the sun")
    return Segmentation.from_mask(drop_small(dark, smallest))


def hue_ratio(unit: Floats, intensity: Floats) -> Floats:
    """Give (H, W) Tsai's ratio (hue + 1) / (intensity + 1) of (H, W, 3) colours from 0 to 1; 0.5 to 2.

    Hue is the angle in HSI's plane of colours, as a share of a turn that begins opposite to where red is
    more than green: yellow is 0.25, red 0.42, blue 0.75, and what has no colour 0.5.

    >>> colours = np.array([[[0, 0, 1], [1, 1, 0], [1, 1, 1]]], np.float32)
    >>> hue_ratio(colours, np.zeros((1, 3), np.float32)).tolist()
    [[1.75, 1.25, 1.5]]
    """
    red, green, blue = cv2.split(unit)
    up = (2 * blue - red - green) / np.float32(np.sqrt(6))
    across = (red - green) / np.float32(np.sqrt(2))
    hue = np.arctan2(up, across) / np.float32(2 * np.pi) + np.float32(0.5)
    return np.asarray((hue + 1) / (intensity + 1), np.float32)


def blue_angle(unit: Floats) -> Floats:
    """Give (H, W) Gevers and Smeulders' c3 = arctan(blue / max(red, green)) of (H, W, 3) colours.

    Radians; the same at any brightness. Black, which has no colour, gets the angle of grey.

    >>> blue_angle(np.array([[[0.2, 0.1, 0.2], [0, 0, 0]]], np.float32)).astype(float).round(3).tolist()
    [[0.785, 0.785]]
    """
    red, green, blue = cv2.split(unit)
    strongest = np.maximum(red, green)
    angle = np.arctan2(blue, strongest)
    return np.asarray(np.where(np.maximum(strongest, blue) > 0, angle, np.pi / 4), np.float32)


def _sunlit(intensity: Floats, likely: NDArray[np.bool_]) -> float:
    """Give the mean intensity of what is surely not shadow."""
    return float(intensity[~likely].mean()) if not likely.all() else float(intensity.mean())
