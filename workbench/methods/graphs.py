"""Graphs: pixels are nodes, likeness is the edge between them, and a cut makes the segments."""

from __future__ import annotations

from typing import Annotated

import cv2
import numpy as np
import skimage as ski
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.seeds import BACKGROUND, OBJECT, marked
from workbench.registry import Box, Label, Points, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import progress, recording, stage

NO_BOX = (0, 0, 1, 1)  # the box is in the mask already; OpenCV does not look at this one


@method(
    "GrabCut", family="graphs", yields="foreground", source="Rother, Kolmogorov and Blake 2004", slow=True
)
def grabcut(
    image: Image,
    *,
    box: Annotated[
        Box | None, Label("Box", "Drag around the object; without one, all but the picture's margin.")
    ] = None,
    seeds: Annotated[
        Points, Label("Corrections", "Click or scribble what must be object or background.")
    ] = (),
    iterations: Annotated[
        int, Range(1, 10), Label("Iterations", "How often colours are learnt and cut.")
    ] = 3,
) -> Segmentation:
    """Learn the colours inside and outside a box, and cut along the cheapest line, again and again.

    OpenCV's GrabCut. Everything outside the box is background; without a box, a margin of a twentieth of the
    picture is. Clicks and scribbles are discs of 5 px radius that the cut must obey.
    Rother, C., Kolmogorov, V. and Blake, A.: GrabCut: interactive foreground extraction using iterated graph
    cuts, 2004.
    """
    start = _start(image.shape[:2], box, seeds)
    stage("given", start + 1, "what the box and the clicks say", kind="labels")
    if (start % 2 == 1).all():
        return Segmentation.from_mask(np.ones(start.shape, bool))  # nothing outside the box to learn from
    colours, mask, models = (
        np.ascontiguousarray(image[..., ::-1]),
        start,
        (np.zeros((1, 65)), np.zeros((1, 65))),
    )
    cv2.setRNGSeed(0)  # its colour models start from k-means
    for done in range(iterations):
        progress(done, iterations)
        mode = cv2.GC_EVAL if done else cv2.GC_INIT_WITH_MASK
        if not (mask % 2 == 1).any():
            break  # nothing is left of the object: no colours to learn from
        cv2.grabCut(colours, mask, NO_BOX, *models, 1, mode)
        if recording():
            likelier = np.clip(_likelihood(colours, models[1]) - _likelihood(colours, models[0]), -20, 20)
            stage(
                f"unary {done + 1}", likelier, "bright where a colour is likelier the object's, by its models"
            )
            stage(f"cut {done + 1}", mask % 2 + 1, "after learning the colours and cutting", kind="labels")
    return Segmentation.from_mask(mask % 2 == 1)


def _start(size: tuple[int, int], box: Box | None, seeds: Points) -> NDArray[np.uint8]:
    height, width = size
    down, across = height // 20, width // 20
    top, left, bottom, right = box or (down, across, height - 1 - down, width - 1 - across)
    mask = np.full((height, width), cv2.GC_BGD, np.uint8)
    mask[top : bottom + 1, left : right + 1] = cv2.GC_PR_FGD
    marks = marked(seeds, size)
    mask[marks == OBJECT] = cv2.GC_FGD
    mask[marks == BACKGROUND] = cv2.GC_BGD
    return mask


def _likelihood(colours: NDArray[np.uint8], model: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the (H, W) log likelihood of each colour in OpenCV's mixture: 5 weights, means, covariances."""
    weights, means, covariances = model[0, :5], model[0, 5:20].reshape(5, 3), model[0, 20:].reshape(5, 3, 3)
    density = np.zeros(colours.shape[:2])
    for weight, mean, covariance in zip(weights, means, covariances, strict=True):
        spread = np.linalg.det(covariance)
        if weight > 0 and spread > 0:
            away = colours - mean
            distance = ((away @ np.linalg.inv(covariance)) * away).sum(axis=2)
            density += weight / np.sqrt(spread) * np.exp(-distance / 2)
    return np.log(density + 1e-300)


@method("Felzenszwalb", family="graphs", yields="partition", source="Felzenszwalb and Huttenlocher 2004")
def felzenszwalb(
    image: Image,
    *,
    scale: Annotated[
        float, Range(1, 1000, 1, log=True), Label("Scale (k)", "Higher asks for larger segments.")
    ] = 300.0,
    sigma: Annotated[
        float, Range(0, 5, 0.1, "px"), Label("Gaussian blur (sigma)", "Smooths noise first.")
    ] = 0.8,
    smallest: Annotated[
        int, Range(1, 500, 1, "px"), Label("Smallest segment", "Smaller ones join a neighbour.")
    ] = 50,
) -> Segmentation:
    """Merge neighbouring pixels while they differ less than the segments do inside.

    scikit-image's, with the paper's k = 300 and sigma = 0.8 for pictures of about 320 x 240.
    Felzenszwalb, P. and Huttenlocher, D.: Efficient graph-based image segmentation, 2004.
    """
    if recording():
        stage("edges", _differences(image, sigma), "the largest difference to a neighbour, after the blur")
    if (
        min(image.shape[:2]) == 1
    ):  # the library needs two rows and two columns; a doubled pixel changes no difference
        doubled = np.repeat(np.repeat(image, 2, 0), 2, 1)
        ids = _graph(doubled, scale, sigma, smallest)[::2, ::2]
    else:
        ids = _graph(image, scale, sigma, smallest)
    stage("segments", ids, f"{ids.max()} of them", kind="labels")
    return Segmentation.from_partition(ids)


def _differences(image: Image, sigma: float) -> NDArray[np.float32]:
    """Give each pixel's largest colour distance to the neighbours below and to the right, (H, W)."""
    smoothed = ski.filters.gaussian(image, sigma, channel_axis=-1, preserve_range=True)
    steps = np.zeros(image.shape[:2], np.float32)
    for axis in (0, 1):
        change = np.linalg.norm(np.diff(smoothed, axis=axis, append=np.take(smoothed, [-1], axis)), axis=2)
        steps = np.maximum(steps, change)
    return steps


def _graph(image: Image, scale: float, sigma: float, smallest: int) -> NDArray[np.int64]:
    return ski.segmentation.felzenszwalb(image, scale=scale, sigma=sigma, min_size=smallest) + 1
