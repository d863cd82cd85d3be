"""Superpixels: small regions of one colour that respect edges."""

from __future__ import annotations

from typing import Annotated

import cv2
import numpy as np
import skimage as ski
from numpy.typing import NDArray

from workbench.image import Image
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import recording, stage


@method("SLIC", family="superpixels", yields="partition", source="Achanta et al. 2012")
def slic(
    image: Image,
    *,
    segments: Annotated[
        int, Range(2, 1000, 1, log=True), Label("Segments", "About how many superpixels.")
    ] = 150,
    compactness: Annotated[
        float, Range(0.1, 100, 0.1, log=True), Label("Compactness", "Higher is squarer.")
    ] = 10.0,
    sigma: Annotated[
        float, Range(0, 5, 0.1, "px"), Label("Gaussian blur (sigma)", "Smooths noise first.")
    ] = 1.0,
    zero: Annotated[bool, Label("SLIC-zero", "Each superpixel finds its own compactness.")] = False,
) -> Segmentation:
    """Cluster pixels by colour and position around a grid of centres.

    scikit-image's, in CIELAB. Achanta, R. et al.: SLIC superpixels compared to state-of-the-art superpixel
    methods, 2012.
    """
    ids = ski.segmentation.slic(
        image, n_segments=segments, compactness=compactness, sigma=sigma, slic_zero=zero, start_label=1
    )
    if recording():
        stage("superpixels", ids, f"{ids.max()} of them", kind="labels")
        stage("centres", _centres(image, ids), "the mean place and colour that pixels gathered around")
        stage("boundaries", ski.segmentation.mark_boundaries(image, ids, (0.9, 0.62, 0)), "where they meet")
    return Segmentation.from_partition(ids)


def _centres(image: Image, ids: NDArray[np.int64]) -> Image:
    """Paint each superpixel in its mean colour, with a dot at its centre."""
    picture = ski.color.label2rgb(ids, image, kind="avg", bg_label=-1).astype(np.uint8)
    for region in ski.measure.regionprops(ids):
        row, column = region.centroid
        cv2.circle(picture, (round(column), round(row)), 2, (230, 159, 0), -1)
    return picture
