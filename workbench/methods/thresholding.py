"""Thresholding: call a pixel object when it is brighter (or darker) than a level."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import skimage as ski
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.features import Channel, Sigma, channel_of, smooth
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import chart, stage

FAMILY = "thresholding"
Grey = NDArray[np.uint8]
Side = Annotated[
    Literal["bright", "dark"],
    Label("Objects are", "Whether objects are the bright or the dark side of the threshold."),
]


@method("Fixed threshold", family=FAMILY, yields="foreground", source="Prewitt and Mendelsohn 1966")
def fixed(
    image: Image,
    *,
    level: Annotated[int, Range(0, 255, 1), Label("Threshold", "Pixels above it are bright.")] = 128,
    sigma: Sigma = 0.0,
    objects: Side = "bright",
    channel: Channel = "grey",
) -> Segmentation:
    """Split the picture at a grey level that you choose.

    Prewitt, J. and Mendelsohn, M.: The analysis of cell images, 1966.
    """
    smoothed = smooth(channel_of(image, channel), sigma)
    show_histogram(smoothed, [level])
    return split(smoothed, level, objects)


@method("Otsu", family=FAMILY, yields="foreground", source="Otsu 1979")
def otsu(image: Image, *, sigma: Sigma = 1.0, objects: Side = "bright", channel: Channel = "grey") -> Segmentation:
    """Split at the level that sets the two sides' mean brightnesses furthest apart.

    The level maximises the between-class variance of the histogram.
    Otsu, N.: A threshold selection method from gray-level histograms, 1979.
    """
    smoothed = smooth(channel_of(image, channel), sigma)
    counts = histogram(smoothed)
    level = int(ski.filters.threshold_otsu(hist=(counts, np.arange(256)))) if np.ptp(smoothed) else int(smoothed.flat[0])
    show_histogram(smoothed, [level], variance=True)
    return split(smoothed, level, objects)


@method("Multi-Otsu", family=FAMILY, yields="partition", source="Liao, Chen and Chung 2001")
def multi_otsu(
    image: Image,
    *,
    classes: Annotated[int, Range(2, 5), Label("Classes", "How many brightness bands the picture is cut into.")] = 3,
    sigma: Sigma = 1.0,
    channel: Channel = "grey",
) -> Segmentation:
    """Cut the histogram into several bands that differ most from each other.

    Liao, P.-S., Chen, T.-S. and Chung, P.-C.: A fast algorithm for multilevel thresholding, 2001.
    A picture with fewer grey levels than classes gets as many bands as it has levels.
    """
    smoothed = smooth(channel_of(image, channel), sigma)
    levels = np.flatnonzero(histogram(smoothed))
    classes = min(classes, len(levels))
    if classes == len(levels):  # nothing to choose: every level is a band of its own
        cuts = levels[:-1]
    else:
        cuts = ski.filters.threshold_multiotsu(hist=(histogram(smoothed), np.arange(256)), classes=classes)
    show_histogram(smoothed, cuts)
    return Segmentation.from_partition(np.searchsorted(cuts, smoothed, side="left") + 1)


@method("Sauvola", family=FAMILY, yields="foreground", source="Sauvola and Pietikäinen 2000")
def sauvola(
    image: Image,
    *,
    window: Annotated[int, Range(3, 151, 2, "px"), Label("Window", "How far around a pixel it looks.")] = 25,
    k: Annotated[float, Range(-0.5, 0.5, 0.01), Label("Contrast weight k", "How much local contrast moves the level.")] = 0.2,
    sigma: Sigma = 0.0,
    objects: Side = "dark",
    channel: Channel = "grey",
) -> Segmentation:
    """Choose a level for every pixel from the mean and contrast around it.

    level = mean * (1 + k * (deviation / 128 - 1)).
    Sauvola, J. and Pietikäinen, M.: Adaptive document image binarization, 2000.
    """
    smoothed = smooth(channel_of(image, channel), sigma)
    window += 1 - window % 2  # a window has a middle
    levels = ski.filters.threshold_sauvola(smoothed, window_size=window, k=k, r=128)
    stage("level", levels, f"the threshold of each pixel, from a window of {window} px")
    return split(smoothed, levels, objects)


def split(grey: Grey, level: int | NDArray[np.float64], objects: str) -> Segmentation:
    """Call the pixels above `level` bright, all others dark, and one of the two the object."""
    return Segmentation.from_mask(grey > level if objects == "bright" else grey <= level)


def histogram(grey: Grey) -> NDArray[np.int64]:
    """Count the pixels of each of the 256 grey levels."""
    return np.bincount(grey.ravel(), minlength=256)


def between_class_variance(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give, for each level t, how far apart levels <= t and levels > t are: w0 w1 (mean0 - mean1)^2.

    Levels that leave one side empty are 0.
    """
    share = counts / counts.sum()
    below, sums = share.cumsum(), (share * np.arange(len(counts))).cumsum()
    weight = below * (1 - below)
    return np.divide((sums[-1] * below - sums) ** 2, weight, out=np.zeros_like(weight), where=weight > 1e-12)


def show_histogram(grey: Grey, levels: list[int] | NDArray[np.int64], variance: bool = False) -> None:
    """Show the histogram with its threshold lines, and the between-class variance where it decides."""
    caption = "threshold " + " and ".join(f"{level:g}" for level in levels)
    curve = (lambda: between_class_variance(histogram(grey))) if variance else None
    axes = ("grey level", "pixels")
    chart("histogram", np.arange(256), lambda: histogram(grey), caption, second=curve, marks=levels, axes=axes)
