"""Histogram peaks: every hill of the histogram, of grey levels or of colours, becomes a segment."""

from __future__ import annotations

import itertools
from typing import Annotated, Literal

import cv2
import numpy as np
import scipy
import skimage as ski
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.features import Channel, Sigma, channel_of, histogram, smooth
from workbench.methods.levels import AXES, MOST_FRAMES
from workbench.methods.thresholding import FAMILY
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import chart, recording, scatter, stage

Cells = NDArray[np.int64]
AXIS_NAMES = {
    "Lab": ("L (dark to light)", "a (green to red)", "b (blue to yellow)"),
    "RGB": ("red", "green", "blue"),
}


@method("Histogram peaks", family=FAMILY, yields="partition", source="Prewitt and Mendelsohn 1966")
def peaks(
    image: Image,
    *,
    smoothing: Annotated[
        float,
        Range(0, 20, 0.5),
        Label("Histogram blur (sigma)", "In grey levels; more of it melts small peaks together."),
    ] = 2.0,
    prominence: Annotated[
        float,
        Range(0, 50, 0.5, "%"),
        Label("Least prominence", "How far a peak must rise over its valleys, of the highest one."),
    ] = 1.0,
    sigma: Sigma = 1.0,
    channel: Channel = "grey",
) -> Segmentation:
    """Find the hills of the histogram, and cut in the valleys between them.

    One band of grey levels for each peak that is left once the histogram is smoothed, darkest first.
    After Prewitt, J. and Mendelsohn, M.: The analysis of cell images, 1966, with any number of peaks.
    """
    smoothed = smooth(channel_of(image, channel), sigma)
    counts = histogram(smoothed)
    hills = scipy.ndimage.gaussian_filter(counts.astype(float), smoothing, mode="constant")
    tops = peaks_of(hills, prominence / 100)
    cuts = [int(a + hills[a:b].argmin()) for a, b in itertools.pairwise(tops)]
    said = "peaks at " + ", ".join(map(str, tops))
    chart("smoothed histogram", np.arange(256), hills, said, marks=tops, axes=AXES)
    said = "cut in the valleys " + ", ".join(map(str, cuts)) if cuts else "one peak: nothing to cut"
    chart("histogram", np.arange(256), counts, said, second=hills, marks=cuts, axes=AXES)
    band = np.searchsorted(cuts, np.arange(256), side="left")
    number = np.unique(band[smoothed], return_inverse=True)[1].reshape(smoothed.shape)
    return Segmentation.from_partition(number + 1)


@method("Colour histogram bundling", family=FAMILY, yields="partition", source="Khotanzad and Bouarfa 1990")
def colour_bundling(
    image: Image,
    *,
    bins: Annotated[
        int, Range(4, 32), Label("Boxes per axis", "Into how many steps each colour axis is divided.")
    ] = 24,
    smoothing: Annotated[
        float,
        Range(0, 4, 0.1),
        Label("Histogram blur (sigma)", "In boxes; more of it melts neighbouring colours together."),
    ] = 0.6,
    space: Annotated[
        Literal["Lab", "RGB"],
        Label("Colour space", "In Lab, equal distances look about equally different."),
    ] = "Lab",
    sigma: Sigma = 1.5,
) -> Segmentation:
    """Count the colours in boxes, and let every box climb to the fullest one around.

    All colours that arrive at the same top are one segment; segments are numbered from the largest down.
    Every step goes to the fullest of the 26 boxes around, unless none is fuller, after Khotanzad, A. and
    Bouarfa, A.: Image segmentation by a parallel, non-parametric histogram based clustering algorithm, 1990.
    """
    blurred = image if sigma == 0 else np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8)
    stage("smoothed", blurred, f"the picture, blurred with sigma {sigma:g} px")
    box = boxes_of(blurred, bins, space)
    counts = np.bincount(box.ravel(), minlength=bins**3).reshape((bins,) * 3)
    hills = scipy.ndimage.gaussian_filter(counts.astype(float), smoothing, mode="constant")
    step = uphill(hills)
    top = tops_of(step)
    if recording():
        _show_climb(box, step, blurred)
        _show_boxes(counts, top, space)
    number = _by_size(top[box])
    stage(
        "bundles",
        lambda: _mean_colours(blurred, number),
        f"tops reached: {number.max()}; each in its mean colour",
    )
    return Segmentation.from_partition(number)


def peaks_of(hills: NDArray[np.float64], share: float) -> list[int]:
    """List the peaks of a histogram that rise over their valleys by a share of the highest one.

    >>> peaks_of(np.array([5.0, 1, 4, 3.8, 3.9, 0]), 0.1)
    [0, 2]
    """
    # A valley on both sides, so that a peak at the first or last level is one too.
    padded = np.pad(hills, 1)
    # Lowered, then grown back under the histogram: what rises less than that ends as part of a plain.
    grown = ski.morphology.reconstruction(padded - max(share, 1e-6) * padded.max(), padded)
    plains, count = scipy.ndimage.label(ski.morphology.local_maxima(grown))
    found = scipy.ndimage.maximum_position(padded, plains, range(1, count + 1))
    return [int(place) - 1 for (place,) in found]


def boxes_of(image: Image, bins: int, space: str) -> Cells:
    """Give, for each pixel of an (H, W, 3) image, the number of its box among bins x bins x bins.

    >>> boxes_of(np.array([[[0, 0, 255], [255, 255, 255]]], np.uint8), 4, "RGB").tolist()
    [[3, 63]]
    """
    colours = cv2.cvtColor(image, cv2.COLOR_RGB2LAB) if space == "Lab" else image
    row, column, layer = np.moveaxis(colours.astype(np.int64) * bins // 256, 2, 0)
    return (row * bins + column) * bins + layer


def uphill(hills: NDArray[np.float64]) -> Cells:
    """Give, for each cell of a histogram of any dimensions, the number of the fullest cell around or itself.

    Of equally full cells the later one counts as fuller, so that a plain has one top and nothing goes round.

    >>> uphill(np.array([1.0, 2, 0, 5])).tolist()
    [1, 1, 3, 3]
    """
    order = hills.argsort(axis=None, kind="stable")
    rank = np.empty(hills.size, np.int64)
    rank[order] = np.arange(hills.size)
    best = scipy.ndimage.maximum_filter(rank.reshape(hills.shape), 3, mode="constant", cval=-1)
    return np.asarray(order[best].ravel())


def tops_of(step: Cells) -> Cells:
    """Follow the steps of `uphill` from every cell to the end.

    >>> tops_of(np.array([1, 2, 2, 3])).tolist()
    [2, 2, 2, 3]
    """
    while (further := step[step]).tolist() != step.tolist():
        step = further
    return step


def _by_size(top: Cells) -> Cells:
    """Give the values of an (H, W) array numbers from 1 on, the commonest first."""
    _, flat, sizes = np.unique(top, return_inverse=True, return_counts=True)
    place = np.empty(len(sizes), np.int64)
    place[np.argsort(-sizes, kind="stable")] = np.arange(1, len(sizes) + 1)
    return place[flat].reshape(top.shape)


def _mean_colours(image: Image, number: Cells) -> NDArray[np.uint8]:
    flat = number.ravel()
    sizes = np.maximum(np.bincount(flat), 1)
    means = [np.bincount(flat, image[..., c].ravel()) / sizes for c in range(3)]
    return np.stack(means, axis=-1)[number].astype(np.uint8)


def _show_climb(box: Cells, step: Cells, image: Image) -> None:
    """Show, step by step, the picture in the colours of the boxes that its pixels have climbed to."""
    climb = [box]
    while (step[climb[-1]] != climb[-1]).any():
        climb.append(step[climb[-1]])
    for number in np.unique(np.linspace(0, len(climb) - 1, MOST_FRAMES).astype(int)):
        colours = _by_size(climb[number])
        said = f"boxes that pixels are in: {colours.max()}"
        stage(f"steps uphill: {number}", _mean_colours(image, colours), said, film="the climb")


def _show_boxes(counts: Cells, top: Cells, space: str) -> None:
    """Show the boxes that hold a pixel, grouped by the top they reach, on the two widest axes."""
    filled = np.flatnonzero(counts)
    groups, group = np.unique(top[filled], return_inverse=True)
    places, tops = (
        (np.stack(np.unravel_index(cells, counts.shape)) + 0.5) * 256 / len(counts)
        for cells in (filled, groups)
    )
    across, up = sorted(places.var(axis=1).argsort(kind="stable")[1:])
    dots = np.stack([places[across], places[up], group])
    centres = np.stack([tops[across], tops[up]], axis=1)
    axes = AXIS_NAMES[space][across], AXIS_NAMES[space][up]
    said = f"boxes that hold a pixel: {len(filled)}; tops they climb to: {len(tops[0])}"
    scatter("colour boxes", dots, said, centres=centres, axes=axes)
