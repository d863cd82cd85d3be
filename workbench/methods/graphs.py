"""Graphs: pixels are nodes, likeness is the edge between them, and a cut makes the segments."""

from __future__ import annotations

from typing import Annotated

import cv2
import numpy as np
import skimage as ski
from numpy.typing import NDArray

from workbench.image import Image
from workbench.registry import Box, Label, Points, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import progress, stage


@method("GrabCut", family="graphs", yields="foreground", source="Rother, Kolmogorov and Blake 2004", slow=True)
def grabcut(
    image: Image,
    *,
    box: Annotated[Box | None, Label("Box", "Drag around the object; without one, the middle of the picture.")] = None,
    seeds: Annotated[Points, Label("Corrections", "Click what must be object or background.")] = (),
    iterations: Annotated[int, Range(1, 10), Label("Iterations", "How often colours are learnt and cut again.")] = 3,
) -> Segmentation:
    """Learn the colours inside and outside a box, and cut along the cheapest line, again and again.

    OpenCV's GrabCut. Everything outside the box is background. Clicks are discs of 5 px that the cut must obey.
    Rother, C., Kolmogorov, V. and Blake, A.: GrabCut, 2004.
    """
    start = _start(image.shape[:2], box, seeds)
    stage("given", start + 1, "what the box and the clicks say", kind="labels")
    if not {cv2.GC_BGD, cv2.GC_PR_BGD} & set(np.unique(start).tolist()):
        return Segmentation.from_mask(np.ones(start.shape, bool))  # nothing outside the box to learn from
    mask, models = start, (np.zeros((1, 65)), np.zeros((1, 65)))
    cv2.setRNGSeed(0)  # its colour models start from k-means
    for done in range(iterations):
        progress(done, iterations)
        mode = cv2.GC_EVAL if done else cv2.GC_INIT_WITH_MASK
        if not np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).any():
            break  # nothing is left of the object: no colours to learn from
        cv2.grabCut(np.ascontiguousarray(image[..., ::-1]), mask, None, *models, 1, mode)
        stage(f"cut {done + 1}", mask % 2, "after learning the colours and cutting")
    return Segmentation.from_mask(mask % 2 == 1)


def _start(size: tuple[int, ...], box: Box | None, seeds: Points) -> NDArray[np.uint8]:
    height, width = size
    top, left, bottom, right = box or (height // 10, width // 10, height - 1 - height // 10, width - 1 - width // 10)
    mask = np.full((height, width), cv2.GC_BGD, np.uint8)
    mask[top : bottom + 1, left : right + 1] = cv2.GC_PR_FGD
    for row, column, what in seeds:
        cv2.circle(mask, (column, row), 5, cv2.GC_FGD if what == "object" else cv2.GC_BGD, -1)
    return mask


@method("Felzenszwalb", family="graphs", yields="partition", source="Felzenszwalb and Huttenlocher 2004")
def felzenszwalb(
    image: Image,
    *,
    scale: Annotated[float, Range(1, 1000, 1, log=True), Label("Scale", "Higher asks for larger segments.")] = 100.0,
    sigma: Annotated[float, Range(0, 5, 0.1, "px"), Label("Gaussian blur (sigma)", "Smooths noise first.")] = 0.8,
    smallest: Annotated[int, Range(1, 500, 1, "px"), Label("Smallest segment", "Smaller ones join a neighbour.")] = 50,
) -> Segmentation:
    """Merge neighbouring pixels while they differ less than the segments do inside.

    Felzenszwalb, P. and Huttenlocher, D.: Efficient graph-based image segmentation, 2004.
    """
    if min(image.shape[:2]) == 1:  # the library needs two rows and two columns; a doubled pixel changes no difference
        doubled = np.repeat(np.repeat(image, 2, 0), 2, 1)
        return Segmentation.from_partition(_graph(doubled, scale, sigma, smallest)[::2, ::2])
    return Segmentation.from_partition(_graph(image, scale, sigma, smallest))


def _graph(image: Image, scale: float, sigma: float, smallest: int) -> NDArray[np.int64]:
    return ski.segmentation.felzenszwalb(image, scale=scale, sigma=sigma, min_size=smallest) + 1
