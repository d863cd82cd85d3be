"""Local thresholds: every pixel gets a level of its own, from the pixels around it."""

from __future__ import annotations

from typing import Annotated, Literal

import cv2
import numpy as np
import skimage as ski
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.features import Channel, Sigma, channel_of, smooth
from workbench.methods.thresholding import FAMILY, Side
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import stage

Window = Annotated[
    int,
    Range(3, 201, 2, "px"),
    Label("Window", "Side of the square around each pixel; take it wider than the objects."),
]


@method("Local mean", family=FAMILY, yields="foreground", source="Gonzalez and Woods 2002")
def adaptive(
    image: Image,
    *,
    window: Window = 101,
    around: Annotated[
        Literal["mean", "gaussian", "median"],
        Label("Compared with", "The plain mean around, one where near pixels weigh more, or the median."),
    ] = "mean",
    offset: Annotated[
        int,
        Range(0, 100),
        Label("Stand out by", "Grey levels that an object must differ from what is around."),
    ] = 10,
    sigma: Sigma = 1.0,
    objects: Side = "bright",
    channel: Channel = "grey",
) -> Segmentation:
    """Compare every pixel with the mean of what is around it.

    Gonzalez, R. C. and Woods, R. E.: Digital image processing, 2002 (adaptive thresholding). The Gaussian's
    sigma is a sixth of the window. An even window is read as one more.
    """
    ink = _ink(smooth(channel_of(image, channel), sigma), objects)
    levels = _level_around(ink, _odd(window), around)
    _show(levels, objects, f"{around} of {_odd(window)} x {_odd(window)} px around each pixel")
    stage("difference", lambda: levels - ink, "how far each pixel stands out from what is around it")
    return Segmentation.from_mask(ink < levels - offset)


@method("Niblack", family=FAMILY, yields="foreground", source="Niblack 1986")
def niblack(
    image: Image,
    *,
    window: Window = 101,
    k: Annotated[
        float,
        Range(0, 2, 0.05),
        Label("Contrast weight (k)", "How many deviations an object must differ from the mean around."),
    ] = 0.5,
    sigma: Sigma = 1.0,
    objects: Side = "bright",
    channel: Channel = "grey",
) -> Segmentation:
    """Choose a level for every pixel: the mean around it, and a share of the deviation away.

    Dark pixels are those up to level = mean - k * deviation; bright objects are found in the same way in the
    negative. Where nothing is around but plain ground, it cuts the noise. An even window is read as one more.
    Niblack, W.: An introduction to digital image processing, 1986.
    """
    ink = _ink(smooth(channel_of(image, channel), sigma), objects)
    levels = ski.filters.threshold_niblack(ink, window_size=_odd(window), k=k)
    _show_moments(ink, _odd(window), objects)
    _show(levels, objects, f"from {_odd(window)} x {_odd(window)} px around each pixel")
    return Segmentation.from_mask(ink <= levels)


@method("Sauvola", family=FAMILY, yields="foreground", source="Sauvola and Pietikäinen 2000")
def sauvola(
    image: Image,
    *,
    window: Window = 101,
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
    ink = _ink(smooth(channel_of(image, channel), sigma), objects)
    levels = ski.filters.threshold_sauvola(ink, window_size=_odd(window), k=k, r=128)
    _show_moments(ink, _odd(window), objects)
    _show(levels, objects, f"from {_odd(window)} x {_odd(window)} px around each pixel")
    return Segmentation.from_mask(ink <= levels)


def _odd(window: int) -> int:
    return window + 1 - window % 2  # a window has a middle


def _ink(grey: NDArray[np.uint8], objects: str) -> NDArray[np.uint8]:
    """Give the channel with the objects dark, as ink on paper is."""
    return grey if objects == "dark" else 255 - grey


def _level_around(ink: NDArray[np.uint8], window: int, around: str) -> NDArray[np.float64]:
    if around == "median":  # OpenCV's takes the same time at every width
        return cv2.medianBlur(ink, window).astype(np.float64)
    return np.asarray(ski.filters.threshold_local(ink, window, method=around, mode="nearest"))


def _show(levels: NDArray[np.float64], objects: str, caption: str) -> None:
    stage("level", lambda: levels if objects == "dark" else 255 - levels, caption)


def _show_moments(ink: NDArray[np.uint8], window: int, objects: str) -> None:
    mean = lambda: ski.filters.threshold_niblack(ink, window_size=window, k=0)  # noqa: E731
    deviation = lambda: mean() - ski.filters.threshold_niblack(ink, window_size=window, k=1)  # noqa: E731
    around = lambda: mean() if objects == "dark" else 255 - mean()  # noqa: E731
    stage("mean around", around, "what is called bright or dark is so beside this")
    stage("deviation around", deviation, "bright where there is much contrast")
