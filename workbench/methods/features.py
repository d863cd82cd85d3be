"""What several families begin with: one channel of the picture, blurred."""

from __future__ import annotations

from typing import Annotated, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.image import Image
from workbench.registry import Label, Range
from workbench.trace import stage

EXACT = 2**24  # pixels; OpenCV counts in single precision, which is exact up to here

Channel = Annotated[
    Literal["grey", "red", "green", "blue", "hue", "saturation"],
    Label("Channel", "Which single number of each pixel the method looks at."),
]
Sigma = Annotated[
    float,
    Range(0, 10, 0.1, "px"),
    Label("Gaussian blur (sigma)", "Smooths noise before deciding; too much rounds off corners."),
]


def channel_of(image: Image, channel: str) -> NDArray[np.uint8]:
    """Give one channel of an (H, W, 3) image as (H, W) uint8.

    Grey is Rec. 601 luma; hue runs over 0 to 255 for a full turn.
    """
    if channel == "grey":
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
    if channel in ("hue", "saturation"):
        hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV_FULL)
        return np.ascontiguousarray(hsv[..., ("hue", "saturation").index(channel)])
    return np.ascontiguousarray(image[..., ("red", "green", "blue").index(channel)])


def even_out(channel: NDArray[np.uint8], radius: int) -> NDArray[np.uint8]:
    """Take out slow changes of light from an (H, W) uint8 channel: 128 plus what it has over the mean around.

    The mean is that of the square `radius` px to each side; a radius of 0 leaves the channel as it is.

    >>> even_out(np.full((2, 3), 40, np.uint8), 5).tolist()
    [[128, 128, 128], [128, 128, 128]]
    """
    if radius == 0:
        return channel
    around = cv2.blur(channel, (2 * radius + 1,) * 2, borderType=cv2.BORDER_REFLECT)
    evened = np.clip(channel.astype(np.int16) - around + 128, 0, 255).astype(np.uint8)
    stage("evened out", evened, f"less the mean brightness within {radius} px")
    return evened


def histogram(channel: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Count the pixels of each of the 256 levels of an (H, W) uint8 channel.

    >>> histogram(np.array([[3, 3, 0]], np.uint8))[:5].tolist()
    [1, 0, 0, 2, 0]
    """
    if channel.size < EXACT:
        return cv2.calcHist([channel], [0], None, [256], [0, 256]).ravel().astype(np.int64)
    return np.bincount(channel.ravel(), minlength=256)


def smooth(channel: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    """Blur an (H, W) uint8 channel with a Gaussian of `sigma` px; 0 leaves it as it is."""
    if sigma > 0:
        channel = np.asarray(cv2.GaussianBlur(channel, (0, 0), sigma), np.uint8)
    stage("smoothed", channel, f"one channel, blurred with sigma {sigma:g} px")
    return channel
