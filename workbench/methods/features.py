"""What several families begin with: one channel of the picture, blurred."""

from __future__ import annotations

from typing import Annotated, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.image import Image
from workbench.registry import Label, Range
from workbench.trace import stage

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


def smooth(channel: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    """Blur an (H, W) uint8 channel with a Gaussian of `sigma` px; 0 leaves it as it is."""
    if sigma > 0:
        channel = np.asarray(cv2.GaussianBlur(channel, (0, 0), sigma), np.uint8)
    stage("smoothed", channel, f"one channel, blurred with sigma {sigma:g} px")
    return channel
