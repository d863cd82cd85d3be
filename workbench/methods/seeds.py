"""Which pixels are known from the start: those that a person marked, or that Otsu's level is sure of."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.features import channel_of, even_out, histogram
from workbench.methods.levels import otsu_level
from workbench.prompts import Points, strokes

UNKNOWN, BACKGROUND, OBJECT = 0, 1, 2
RADIUS = 5  # px of the disc that a click, and each pixel of a scribble, stands for
SURROUNDINGS = 60  # px: how far around the automatic seeds compare brightness
Marks = NDArray[np.uint8]


def known(image: Image, seeds: Points) -> Marks:
    """Give (H, W) uint8: 1 where a pixel is known to be background, 2 where object, 0 elsewhere.

    What the seeds mark. Where they mark no object, pixels that Otsu's level is sure of are it; where they
    mark no background, the picture's rim is, or, without any seed, again what Otsu's level is sure of.
    """
    marks = marked(seeds, image.shape[:2])
    if not (marks == OBJECT).any():
        sure = confident(image)
        wanted = (sure == OBJECT) | (not seeds)
        return np.where((marks == UNKNOWN) & wanted, sure, marks)
    if not (marks == BACKGROUND).any():
        rim = np.ones(marks.shape, bool)
        rim[1:-1, 1:-1] = False
        marks[rim & (marks == UNKNOWN)] = BACKGROUND
    return marks


def marked(seeds: Points, size: tuple[int, int]) -> Marks:
    """Give (H, W) uint8: 1 where background was marked, 2 where object, 0 elsewhere; the later stroke wins.

    >>> marked(((0, 0, "object"),), (1, 8)).tolist()
    [[2, 2, 2, 2, 2, 2, 0, 0]]
    """
    marks = np.zeros(size, np.uint8)
    for seed in seeds:
        what = OBJECT if seed[-1] == "object" else BACKGROUND
        for row, column in strokes((seed,), seed[-1])[0].tolist():
            cv2.circle(marks, (column, row), RADIUS, what, -1)
    return marks


def confident(image: Image) -> Marks:
    """Mark what Otsu's level is surest of, (H, W) uint8 as `marked` does, bright pixels as object.

    The brighter half of the bright side and the darker half of the dark side, once each pixel is compared
    with the mean around it; single pixels do not count. Where nothing is sure, nothing is marked.
    """
    smoothed = np.asarray(cv2.GaussianBlur(channel_of(image, "grey"), (0, 0), 1.0), np.uint8)
    grey = even_out(smoothed, SURROUNDINGS)
    bright = grey > otsu_level(histogram(grey))
    marks = np.zeros(grey.shape, np.uint8)
    if bright.any() and not bright.all():
        sure = {OBJECT: bright & (grey >= np.median(grey[bright])),
                BACKGROUND: ~bright & (grey <= np.median(grey[~bright]))}  # fmt: skip
        for what, side in sure.items():
            marks[cv2.erode(side.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0] = what
    return marks
