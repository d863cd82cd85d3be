"""Thresholding: call a pixel object when it is brighter (or darker) than a level."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

import numpy as np
import skimage as ski
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.features import Channel, Sigma, channel_of, histogram, smooth
from workbench.methods.levels import (
    AXES,
    ISODATA,
    LI,
    OTSU,
    TRIANGLE,
    YEN,
    Counts,
    Floats,
    Grey,
    Rule,
    otsu_level,
    show_smoothing,
    valley_level,
)
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import chart, recording, stage

FAMILY = "thresholding"
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
    return by_rule(image, OTSU, sigma, objects, channel)


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


@method("Li", family=FAMILY, yields="foreground", source="Li and Tam 1998")
def li(
    image: Image, *, sigma: Sigma = 1.0, objects: Side = "bright", channel: Channel = "grey"
) -> Segmentation:
    """Split where painting each side in its mean loses the least information.

    Steps to the nearest minimum of the cross entropy between picture and painting, from the mean grey.
    Li, C. H. and Tam, P. K. S.: An iterative algorithm for minimum cross entropy thresholding, 1998.
    """
    return by_rule(image, LI, sigma, objects, channel)


@method("Triangle", family=FAMILY, yields="foreground", source="Zack, Rogers and Latt 1977")
def triangle(
    image: Image, *, sigma: Sigma = 1.0, objects: Side = "bright", channel: Channel = "grey"
) -> Segmentation:
    """Split where the histogram hangs furthest below the line from its peak to its far end.

    Made for one large peak with a long tail, such as few objects on a plain ground.
    Zack, G. W., Rogers, W. E. and Latt, S. A.: Automatic measurement of sister chromatid exchange
    frequency, 1977.
    """
    return by_rule(image, TRIANGLE, sigma, objects, channel)


@method("Yen", family=FAMILY, yields="foreground", source="Yen, Chang and Chang 1995")
def yen(
    image: Image, *, sigma: Sigma = 1.0, objects: Side = "bright", channel: Channel = "grey"
) -> Segmentation:
    """Split where both sides spread most evenly over their own grey levels.

    Yen, J.-C., Chang, F.-J. and Chang, S.: A new criterion for automatic multilevel thresholding, 1995, its
    correlation criterion for two classes.
    """
    return by_rule(image, YEN, sigma, objects, channel)


@method("Isodata", family=FAMILY, yields="foreground", source="Ridler and Calvard 1978")
def isodata(
    image: Image, *, sigma: Sigma = 1.0, objects: Side = "bright", channel: Channel = "grey"
) -> Segmentation:
    """Walk to the level that lies halfway between the means of its two sides.

    The walk begins at the darkest level, so of several such levels it ends at the first.
    Ridler, T. W. and Calvard, S.: Picture thresholding using an iterative selection method, 1978.
    """
    return by_rule(image, ISODATA, sigma, objects, channel)


@method("Minimum", family=FAMILY, yields="foreground", source="Prewitt and Mendelsohn 1966")
def minimum(
    image: Image, *, sigma: Sigma = 1.0, objects: Side = "bright", channel: Channel = "grey"
) -> Segmentation:
    """Smooth the histogram until two peaks are left, and split at the valley between them.

    Where smoothing never leaves two peaks, Otsu's level is taken instead, and the histogram says so.
    Prewitt, J. and Mendelsohn, M.: The analysis of cell images, 1966.
    """
    smoothed = smooth(channel_of(image, channel), sigma)
    if recording():
        show_smoothing(histogram(smoothed))
    level, why = valley_level(smoothed), "the valley between the last two peaks"
    if level is None:
        level, why = otsu_level(histogram(smoothed)), "Otsu's, as smoothing never left two peaks"
    show_histogram(smoothed, [level], why)
    return split(smoothed, level, objects)


@method("Hysteresis", family=FAMILY, yields="foreground", source="Canny 1986")
def hysteresis(
    image: Image,
    *,
    low: Annotated[
        int, Range(0, 255), Label("Low threshold", "Doubtful pixels count where they touch sure ones.")
    ] = 95,
    high: Annotated[
        int, Range(0, 255), Label("High threshold", "Pixels beyond it are sure, if objects are bright.")
    ] = 140,
    sigma: Sigma = 1.0,
    objects: Side = "bright",
    channel: Channel = "grey",
) -> Segmentation:
    """Keep doubtful pixels where they hang together with sure ones.

    Bright objects: above the high threshold is sure, above the low one doubtful; dark objects: up to the low
    one is sure, up to the high one doubtful. Pieces hang together by their sides. A low threshold above the
    high one is read as equal. Canny, J.: A computational approach to edge detection, 1986.
    """
    smoothed = smooth(channel_of(image, channel), sigma)
    low = min(low, high)
    show_histogram(smoothed, [low, high])
    sure, doubtful = (high, low) if objects == "bright" else (254 - low, 254 - high)
    grey = smoothed if objects == "bright" else 255 - smoothed
    both = lambda: np.add(grey > sure, grey > doubtful, dtype=np.float32)  # noqa: E731
    stage("doubtful and sure", both, "grey: doubtful, white: sure")
    kept = ski.filters.apply_hysteresis_threshold(grey, doubtful, sure)
    return Segmentation.from_mask(kept)


def by_rule(image: Image, rule: Rule, sigma: float, objects: str, channel: str) -> Segmentation:
    """Blur one channel of an (H, W, 3) image, let the rule choose a level from its histogram, and split."""
    smoothed = smooth(channel_of(image, channel), sigma)
    if rule.film is not None and recording():
        rule.film(histogram(smoothed))
    level = int(rule.level(smoothed))
    show_histogram(smoothed, [level], rule.words, rule.curve)
    return split(smoothed, level, objects)


def split(grey: Grey, level: int, objects: str) -> Segmentation:
    """Call pixels of an (H, W) channel above `level` bright, all others dark, one of the two the object.

    >>> split(np.array([[1, 2]], np.uint8), 1, "dark").ids.tolist()
    [[2, 1]]
    """
    return Segmentation.from_mask(grey > level if objects == "bright" else grey <= level)


def show_histogram(
    grey: Grey,
    cuts: list[int] | NDArray[np.int64],
    why: str = "",
    curve: Callable[[Counts], Floats] | None = None,
) -> None:
    """Show the histogram with its threshold lines, why they lie there, and the curve that decided, if any."""
    caption = "threshold " + " and ".join(f"{level:g}" for level in cuts) + (why and f": {why}")
    counts = lambda: histogram(grey)  # noqa: E731
    second = None if curve is None else lambda: curve(counts())
    chart("histogram", np.arange(256), counts, caption, second=second, marks=list(cuts), axes=AXES)
