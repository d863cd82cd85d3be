"""Superpixels: small regions of one colour that respect edges."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import cv2
import numpy as np
import skimage as ski
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.edges import gradient_of
from workbench.methods.features import channel_of
from workbench.methods.partitions import ORANGE, averaged, middles, outlined
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import field, recording, stage

Ids = NDArray[np.int64]
ROUNDS = (1, 2, 3, 5, 10)  # of SLIC's ten, those that are filmed

Segments = Annotated[int, Range(2, 1000, 1, log=True), Label("Segments", "About how many superpixels.")]
Blur = Annotated[float, Range(0, 5, 0.1, "px"), Label("Gaussian blur (sigma)", "Smooths noise first.")]


@method("SLIC", family="superpixels", yields="partition", source="Achanta et al. 2012")
def slic(
    image: Image,
    *,
    segments: Segments = 150,
    compactness: Annotated[
        float, Range(0.1, 100, 0.1, log=True), Label("Compactness", "Higher is squarer.")
    ] = 10.0,
    sigma: Blur = 1.0,
) -> Segmentation:
    """Cluster pixels by colour and position around a grid of centres.

    scikit-image's, in CIELAB, ten rounds. Achanta, R. et al.: SLIC superpixels compared to state-of-the-art
    superpixel methods, 2012.
    """
    return _clustered(image, n_segments=segments, compactness=compactness, sigma=sigma)


@method("SLIC-zero", family="superpixels", yields="partition", source="Achanta et al. 2012")
def slic_zero(image: Image, *, segments: Segments = 150, sigma: Blur = 1.0) -> Segmentation:
    """Cluster as SLIC does, each superpixel with a compactness of its own that it finds by itself.

    scikit-image's, in CIELAB, ten rounds: distances in colour are measured in units of the widest one that
    the superpixel saw in the round before. SLICO, from the authors of Achanta, R. et al.: SLIC superpixels
    compared to state-of-the-art superpixel methods, 2012.
    """
    return _clustered(image, n_segments=segments, sigma=sigma, slic_zero=True)


def _clustered(image: Image, **how: Any) -> Segmentation:
    """Give the answer of ten rounds, and film the rounds, before strays are joined to a neighbour."""
    slic_of = partial(ski.segmentation.slic, image, start_label=1, **how)
    if recording():
        for rounds in ROUNDS:
            ids = slic_of(max_num_iter=rounds, enforce_connectivity=False)
            said = "each pixel at its nearest centre"
            stage(f"round {rounds}", ids, said, kind="labels", film="clustering")
    ids = slic_of(max_num_iter=10)
    if recording():
        show_superpixels(image, ids)
    return Segmentation.from_partition(ids)


@method("Quickshift", family="superpixels", yields="partition", source="Vedaldi and Soatto 2008", slow=True)
def quickshift(
    image: Image,
    *,
    colour: Annotated[
        float, Range(0.05, 1, 0.05), Label("Weight of colour", "Lower lets nearness decide, and is squarer.")
    ] = 0.5,
    kernel: Annotated[
        float,
        Range(1, 5, 0.5, "px"),
        Label("Width of the density", "Wider sees fewer peaks, and takes longer."),
    ] = 3.0,
    distance: Annotated[
        float,
        Range(1, 50, 0.5),
        Label("Longest link", "Longer ones are cut; higher leaves fewer superpixels."),
    ] = 10.0,
    sigma: Blur = 1.0,
) -> Segmentation:
    """Link each pixel to the nearest one in a denser place, in colour and position, and cut long links.

    scikit-image's, in CIELAB times the weight of colour, with its fixed seed for ties. Vedaldi, A. and
    Soatto, S.: Quick shift and kernel methods for mode seeking, 2008.
    """
    ids, parents, lengths = _linked(image, colour, kernel, distance, sigma)
    if recording():
        _show_links(image, parents, lengths, distance)
        show_superpixels(image, ids)
    return Segmentation.from_partition(ids)


def _linked(
    image: Image, colour: float, kernel: float, distance: float, sigma: float
) -> tuple[Ids, Ids, NDArray[np.float64]]:
    """Give (H, W) ids from 1, the flat index that each pixel links to, and the link's length."""
    ids, parents, lengths = ski.segmentation.quickshift(
        image, ratio=colour, kernel_size=kernel, max_dist=distance, sigma=sigma, return_tree=True
    )
    return np.asarray(ids) + 1, np.asarray(parents), np.asarray(lengths)


def _show_links(image: Image, parents: Ids, lengths: NDArray[np.float64], distance: float) -> None:
    height, width = parents.shape
    here = np.indices((height, width))
    kept = lengths <= distance
    there = np.stack(np.divmod(parents, width))
    field(
        "links",
        lambda: np.where(kept, there - here, 0).transpose(1, 2, 0),
        "where each pixel leads: uphill, to the nearest denser one",
    )
    for longest in np.linspace(distance / 8, distance, 8):
        roots = _roots(parents, lengths <= longest)
        caption = f"{len(np.unique(roots))} superpixels"
        stage(f"links up to {longest:.1f}", outlined(image, roots), caption, film="longer links")


def _roots(parents: Ids, kept: NDArray[np.bool_]) -> Ids:
    """Follow the kept links of (H, W) flat indices to their ends."""
    own = np.arange(parents.size).reshape(parents.shape)
    roots = np.where(kept, parents, own)
    while (roots != (further := roots.ravel()[roots])).any():
        roots = further
    return roots


@method("Compact watershed", family="superpixels", yields="partition", source="Neubert and Protzel 2014")
def compact_watershed(
    image: Image,
    *,
    segments: Segments = 150,
    compactness: Annotated[
        float, Range(0.1, 1000, 0.1, log=True), Label("Compactness", "Higher is squarer.")
    ] = 1.0,
    sigma: Blur = 1.0,
) -> Segmentation:
    """Flood the gradient from a grid of markers, with a price for water that leaves its marker behind.

    scikit-image's, on the magnitude of Sobel's gradient of the grey picture. Neubert, P. and Protzel, P.:
    Compact watershed and preemptive SLIC, 2014.
    """
    grey = channel_of(image, "grey")
    smoothed = np.asarray(cv2.GaussianBlur(grey, (0, 0), sigma), np.uint8) if sigma > 0 else grey
    slope = np.hypot(*gradient_of(smoothed))
    stage("gradient", slope, "the landscape that is flooded, in grey levels")
    markers = ski.util.regular_seeds(slope.shape, segments)
    ids = ski.segmentation.watershed(slope, markers, compactness=compactness)
    if recording():
        for price in (0.0, compactness / 10, compactness, compactness * 10):
            flooded = ski.segmentation.watershed(slope, markers, compactness=price)
            caption = "the price of a px away from the marker, in levels of the gradient"
            stage(f"compactness {price:.3g}", outlined(image, flooded), caption, film="compactness")
        show_superpixels(image, ids)
    return Segmentation.from_partition(ids)


def show_superpixels(image: Image, ids: Ids) -> None:
    """Show (H, W) superpixels, numbered from 1: in their mean colours with their centres, and outlined."""
    stage("superpixels", ids, f"{ids.max()} of them", kind="labels")
    picture = averaged(image, ids)
    for row, column in middles(ids).round().astype(int).tolist():
        cv2.circle(picture, (column, row), 2, ORANGE, -1)
    stage("centres", picture, "the mean place and colour that pixels gathered around")
    stage("boundaries", outlined(image, ids), "where they meet")
