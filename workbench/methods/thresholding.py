"""Thresholding: call a pixel object when it is brighter (or darker) than a level."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import skimage as ski
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.features import Channel, Sigma, channel_of, histogram, smooth
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

    The histogram's valley is where to look for it.
    Prewitt, J. and Mendelsohn, M.: The analysis of cell images, 1966.
    """
    smoothed = smooth(channel_of(image, channel), sigma)
    show_histogram(smoothed, [level])
    return split(smoothed, level, objects)


@method("Otsu", family=FAMILY, yields="foreground", source="Otsu 1979")
def otsu(
    image: Image, *, sigma: Sigma = 1.0, objects: Side = "bright", channel: Channel = "grey"
) -> Segmentation:
    """Split at the level that sets the two sides' mean brightnesses furthest apart.

    The level maximises the between-class variance of the histogram.
    Otsu, N.: A threshold selection method from gray-level histograms, 1979.
    """
    smoothed = smooth(channel_of(image, channel), sigma)
    level = otsu_level(histogram(smoothed))
    show_histogram(smoothed, [level], variance=True)
    return split(smoothed, level, objects)


@method("Multi-Otsu", family=FAMILY, yields="partition", source="Liao, Chen and Chung 2001")
def multi_otsu(
    image: Image,
    *,
    classes: Annotated[
        int, Range(2, 5), Label("Classes", "How many brightness bands the picture is cut into.")
    ] = 3,
    sigma: Sigma = 1.0,
    channel: Channel = "grey",
) -> Segmentation:
    """Cut the histogram into several bands that differ most from each other.

    Liao, P.-S., Chen, T.-S. and Chung, P.-C.: A fast algorithm for multilevel thresholding, 2001.
    A picture with fewer grey levels than classes gets as many bands as it has levels.
    """
    smoothed = smooth(channel_of(image, channel), sigma)
    counts = histogram(smoothed)
    levels = np.flatnonzero(counts)
    if len(levels) <= classes:  # nothing to choose: every level is a band of its own
        cuts = levels[:-1]
    else:
        cuts = ski.filters.threshold_multiotsu(hist=(counts, np.arange(256)), classes=classes)
    show_histogram(smoothed, cuts)
    band = np.searchsorted(cuts, np.arange(256), side="left").astype(np.int32) + 1
    return Segmentation.from_partition(band[smoothed])


@method("Sauvola", family=FAMILY, yields="foreground", source="Sauvola and Pietikäinen 2000")
def sauvola(
    image: Image,
    *,
    window: Annotated[
        int,
        Range(3, 201, 2, "px"),
        Label("Window", "Side of the square around each pixel; take it wider than the objects."),
    ] = 101,
    k: Annotated[
        float, Range(0, 0.5, 0.01), Label("Contrast weight (k)", "Higher keeps only what stands out.")
    ] = 0.2,
    sigma: Sigma = 0.0,
    objects: Side = "bright",
    channel: Channel = "grey",
) -> Segmentation:
    """Choose a level for every pixel from the mean and contrast around it.

    Dark pixels are those up to level = mean * (1 + k * (deviation / 128 - 1)), made for dark ink on paper;
    bright objects are found in the same way in the negative. An even window is read as one more.
    Sauvola, J. and Pietikäinen, M.: Adaptive document image binarization, 2000.
    """
    smoothed = smooth(channel_of(image, channel), sigma)
    window += 1 - window % 2  # a window has a middle
    ink = smoothed if objects == "dark" else 255 - smoothed
    levels = ski.filters.threshold_sauvola(ink, window_size=window, k=k, r=128)
    stage(
        "level",
        lambda: levels if objects == "dark" else 255 - levels,
        f"from {window} x {window} px around each pixel",
    )
    return Segmentation.from_mask(ink <= levels)


def split(grey: Grey, level: int, objects: str) -> Segmentation:
    """Call pixels of an (H, W) channel above `level` bright, all others dark, one of the two the object.

    >>> split(np.array([[1, 2]], np.uint8), 1, "dark").ids.tolist()
    [[2, 1]]
    """
    return Segmentation.from_mask(grey > level if objects == "bright" else grey <= level)


def otsu_level(counts: NDArray[np.int64]) -> int:
    """Give the level of a histogram of 256 that Otsu's method splits at; of one grey alone, that grey.

    >>> otsu_level(np.bincount([10, 10, 200], minlength=256))
    10
    """
    levels = np.flatnonzero(counts)
    if len(levels) == 1:
        return int(levels[0])
    return int(ski.filters.threshold_otsu(hist=(counts, np.arange(256))))


def between_class_variance(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give, for each level t, how far apart levels <= t and levels > t are: w0 w1 (mean0 - mean1)^2.

    counts : (L,) pixels of each level. Levels that leave one side empty are 0.

    >>> between_class_variance(np.array([1, 0, 1, 0])).tolist()
    [1.0, 1.0, 0.0, 0.0]
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
    chart(
        "histogram",
        np.arange(256),
        lambda: histogram(grey),
        caption,
        second=curve,
        marks=list(levels),
        axes=axes,
    )
