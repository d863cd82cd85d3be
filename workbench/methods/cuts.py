"""Graph cuts: each pixel pays for its side and for each neighbour on the other; the cheapest bill wins."""

from __future__ import annotations

from typing import Annotated, Literal

import cv2
import numpy as np
import skimage as ski
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.maxflow import (
    Floats,
    Pairs,
    coarse_graph,
    contrast_weights,
    energy_of,
    grid_pairs,
    minimum_cut,
)
from workbench.methods.seeds import BACKGROUND, OBJECT, known
from workbench.registry import Label, Points, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import graph, progress, recording, stage

BINS = 16  # levels of each colour channel in the histograms
UNSEEN = 0.01  # how much of a histogram is spread evenly over all colours
HARD = 1e6  # what it costs to put a seed on the wrong side
ORANGE = (230, 159, 0)


@method(
    "Graph cut",
    family="graphs",
    yields="foreground",
    source="Boykov and Jolly 2001",
    name="graph-cut",
    slow=True,
)
def graph_cut(
    image: Image,
    *,
    seeds: Annotated[
        Points, Label("Seeds", "Click or scribble on objects and on background; both teach their colours.")
    ] = (),
    smoothness: Annotated[
        float, Range(0, 50, 0.5), Label("Price of the outline (lambda)", "Higher asks for shorter outlines.")
    ] = 4.0,
    contrast: Annotated[
        float, Range(0, 5, 0.1), Label("Contrast", "Higher makes an outline cheap where colours change.")
    ] = 1.0,
    neighbours: Annotated[
        Literal["4", "8"], Label("Neighbours", "With 8, slanted outlines cost no more than straight ones.")
    ] = "4",
) -> Segmentation:
    """Find the cheapest outline between pixels marked as object and as background.

    The colours under the seeds, discs of 5 px radius along clicks and scribbles, give two histograms. A pixel
    pays -ln P of its colour on its side, and lambda for each neighbour on the other side, less where the two
    differ in colour. SciPy's maximum flow finds the cheapest of all cuts that obey the seeds. Without object
    seeds, the pixels that Otsu's level is surest of are taken; without background seeds, the picture's rim.
    Boykov, Y. and Jolly, M.-P.: Interactive graph cuts for optimal boundary and region segmentation of
    objects in N-D images, 2001.
    """
    marks = known(image, seeds)
    stage("seeds", marks.astype(np.int32) + 1, "unknown, background and object before the cut", kind="labels")
    costs = colour_costs(image, marks)
    stage("unary", lambda: _leaning(costs, marks), "bright where the colour is likelier the object's")
    pairs, lengths = grid_pairs(marks.shape, int(neighbours))
    weights = smoothness * contrast_weights(image, pairs, contrast) / lengths
    if recording():
        stage("pairwise", mean_weight(marks.shape, pairs, weights), "dark where the outline is cheap")
        graph("graph", *coarse_graph(image, smoothness, contrast, int(neighbours)), "on a smaller picture")
    costs[marks == BACKGROUND, 1] += HARD
    costs[marks == OBJECT, 0] += HARD
    progress(0, 1)
    cut = minimum_cut(costs.reshape(-1, 2), pairs, weights)
    inside = cut.sides.reshape(marks.shape)
    if recording():
        energy = energy_of(cut.sides.astype(int), costs.reshape(-1, 2), pairs, weights)
        told = f"what the outline runs through; flow {cut.flow:.0f}, energy of the cut {energy:.0f}"
        stage("cut", _outlined(image, inside), told)
    return Segmentation.from_mask(inside)


def colour_costs(image: Image, marks: NDArray[np.uint8]) -> Floats:
    """Give the (H, W, 2) cost, -ln P, of each pixel's colour as background and as object.

    P is a histogram of the marked pixels of that side, 16 levels a channel, blurred by one level, with a
    hundredth of it spread evenly, so that no colour is impossible. A side without marks costs nothing.
    """
    level = (image // (256 // BINS)).astype(np.int64)
    colour = (level[..., 0] * BINS + level[..., 1]) * BINS + level[..., 2]
    costs = np.zeros((*marks.shape, 2))
    for side, what in enumerate((BACKGROUND, OBJECT)):
        counts = np.bincount(colour[marks == what], minlength=BINS**3).astype(float)
        if counts.any():
            spread = ski.filters.gaussian(counts.reshape(BINS, BINS, BINS), 1.0, mode="nearest").ravel()
            likely = (1 - UNSEEN) * spread / spread.sum() + UNSEEN / BINS**3
            costs[..., side] = -np.log(likely)[colour]
    return costs


def mean_weight(size: tuple[int, ...], pairs: Pairs, weights: Floats) -> Floats:
    """Give the (H, W) mean weight of the edges that meet at each pixel; 0 where none does."""
    ends, pixels = np.concatenate([pairs[:, 0], pairs[:, 1]]), size[0] * size[1]
    total = np.bincount(ends, np.concatenate([weights, weights]), pixels)
    return (total / np.maximum(np.bincount(ends, minlength=pixels), 1)).reshape(size)


def _leaning(costs: Floats, marks: NDArray[np.uint8]) -> Floats:
    return np.clip(costs[..., 0] - costs[..., 1], -10, 10)


def _outlined(image: Image, inside: NDArray[np.bool_]) -> Image:
    picture = image.copy()
    edge = cv2.morphologyEx(inside.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    picture[edge > 0] = ORANGE
    return picture
