"""Edges: find where the picture changes, and make segments of what the lines enclose."""

from __future__ import annotations

from typing import Annotated

import cv2
import numpy as np
import scipy
import skimage as ski
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.features import Channel, Sigma, channel_of, smooth
from workbench.methods.gradients import (
    Field,
    Grey,
    gradient_of,
    laplacian_of,
    show_gradient,
    slope_of,
    steepness_of,
    thinned,
    zero_crossings,
)
from workbench.methods.outlines import Close, Segments, Smallest, segments_of
from workbench.methods.outlines import drop_small as drop_small
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import recording, stage

FAMILY = "edges"
Steep = Annotated[
    float,
    Range(0, 40, 0.5),
    Label("Edge threshold", "In grey levels per px: what changes faster is an edge."),
]


@method("Sobel", family=FAMILY, yields="foreground", source="Sobel and Feldman 1968")
def sobel(
    image: Image,
    *,
    threshold: Steep = 4.0,
    sigma: Sigma = 2.0,
    segments: Segments = "watershed",
    close: Close = 3,
    smallest: Smallest = 100,
    channel: Channel = "grey",
) -> Segmentation:
    """Call steep places edges, by slopes that weigh the middle twice, and fill what they enclose.

    Sobel, I. and Feldman, G.: A 3x3 isotropic gradient operator for image processing, 1968.
    """
    return _by_slope(smooth(channel_of(image, channel), sigma), "sobel", threshold, segments, close, smallest)


@method("Scharr", family=FAMILY, yields="foreground", source="Scharr 2000")
def scharr(
    image: Image,
    *,
    threshold: Steep = 4.0,
    sigma: Sigma = 2.0,
    segments: Segments = "watershed",
    close: Close = 3,
    smallest: Smallest = 100,
    channel: Channel = "grey",
) -> Segmentation:
    """Call steep places edges, by slopes that are nearly the same in every direction.

    Scharr, H.: Optimal operators in digital image processing, 2000, his 3 x 3 filters.
    """
    return _by_slope(
        smooth(channel_of(image, channel), sigma), "scharr", threshold, segments, close, smallest
    )


@method("Prewitt", family=FAMILY, yields="foreground", source="Prewitt 1970")
def prewitt(
    image: Image,
    *,
    threshold: Steep = 4.0,
    sigma: Sigma = 2.0,
    segments: Segments = "watershed",
    close: Close = 3,
    smallest: Smallest = 100,
    channel: Channel = "grey",
) -> Segmentation:
    """Call steep places edges, by slopes that weigh three pixels alike.

    Prewitt, J. M. S.: Object enhancement and extraction, 1970.
    """
    return _by_slope(
        smooth(channel_of(image, channel), sigma), "prewitt", threshold, segments, close, smallest
    )


@method("Laplacian", family=FAMILY, yields="foreground", source="Rosenfeld and Kak 1976")
def laplacian(
    image: Image,
    *,
    threshold: Annotated[
        float,
        Range(0, 40, 0.5),
        Label("Edge threshold", "How far a pixel must differ from the four around it, taken together."),
    ] = 3.0,
    sigma: Sigma = 2.0,
    segments: Segments = "watershed",
    close: Close = 3,
    smallest: Smallest = 100,
    channel: Channel = "grey",
) -> Segmentation:
    """Call places edges where a slope begins or ends: the sum of both second derivatives is large.

    It has no direction, marks both sides of an edge, and is hurt by noise more than slopes are.
    Rosenfeld, A. and Kak, A. C.: Digital picture processing, 1976.
    """
    smoothed = smooth(channel_of(image, channel), sigma)
    curvature = laplacian_of(smoothed)
    stage("Laplacian", curvature, "grey: no change of slope; bright: the dark foot of an edge; dark: its top")
    edges = np.abs(curvature) > threshold
    stage("edges", edges, f"beyond {threshold:g}, up or down")
    return segments_of(edges, lambda: steepness_of(smoothed), segments, close, smallest)


@method("Laplacian of Gaussian", family=FAMILY, yields="foreground", source="Marr and Hildreth 1980")
def log(
    image: Image,
    *,
    sigma: Annotated[
        float,
        Range(0.5, 10, 0.1, "px"),
        Label("Scale (sigma)", "Blur before deriving: small finds every detail, large only the big shapes."),
    ] = 3.0,
    strength: Annotated[
        float,
        Range(0, 30, 0.5),
        Label("Least strength", "How far it must fall through zero; 0 keeps every faint line."),
    ] = 1.0,
    segments: Segments = "watershed",
    close: Close = 3,
    smallest: Smallest = 100,
    channel: Channel = "grey",
) -> Segmentation:
    """Follow the lines on which the second derivative of the blurred picture changes sign.

    There a slope is steepest, so the lines are thin, and closed wherever no strength is asked for. The
    Laplacian is multiplied by sigma squared, so that strengths compare between scales.
    Marr, D. and Hildreth, E.: Theory of edge detection, 1980.
    """
    grey = channel_of(image, channel)
    smoothed = smooth(grey, sigma)
    # Derived from the unblurred channel, so that no grey level is rounded on the way.
    curvature = sigma**2 * scipy.ndimage.gaussian_laplace(grey.astype(np.float32), sigma, mode="nearest")
    stage(
        "Laplacian of Gaussian", curvature, f"the second derivative at scale {sigma:g} px, times its square"
    )
    stage("sign", lambda: curvature >= 0, "white: bends up, as at the dark foot of an edge")
    edges = zero_crossings(curvature, strength)
    stage("zero crossings", edges, f"where the sign changes, by more than {strength:g}")
    return segments_of(edges, lambda: steepness_of(smoothed), segments, close, smallest)


@method("Canny", family=FAMILY, yields="foreground", source="Canny 1986")
def canny_fill(
    image: Image,
    *,
    sigma: Sigma = 1.5,
    low: Annotated[
        int, Range(0, 255), Label("Low threshold", "Weak edges count where they touch strong ones.")
    ] = 20,
    high: Annotated[
        int, Range(0, 255), Label("High threshold", "Edges with a steeper gradient always count.")
    ] = 60,
    segments: Segments = "fill",
    close: Close = 3,
    smallest: Smallest = 100,
    channel: Channel = "grey",
) -> Segmentation:
    """Find thin edges, bridge their gaps, and fill what they enclose.

    Gradient, non-maximum suppression and hysteresis as in Canny, J.: A computational approach to edge
    detection, 1986 (OpenCV's, with the L2 gradient: thresholds are for Sobel's sums, eight times the slope).
    A low threshold above the high one is read as equal.
    """
    smoothed = smooth(channel_of(image, channel), sigma)
    low = min(low, high)
    if recording():
        show_gradient(*gradient_of(smoothed), "Sobel")
        _show_thinning(smoothed, low, high)
    edges = cv2.Canny(smoothed, low, high, L2gradient=True) > 0
    stage("edges", edges, "hysteresis: strong edges, and weak ones that touch them")
    return segments_of(edges, lambda: steepness_of(smoothed), segments, close, smallest)


@method("Gradient watershed", family=FAMILY, yields="partition", source="Beucher and Lantuéjoul 1979")
def gradient_watershed(
    image: Image,
    *,
    depth: Annotated[
        float,
        Range(0, 20, 0.1),
        Label("Least depth", "In grey levels per px; shallower basins run over into their neighbours."),
    ] = 2.0,
    sigma: Sigma = 2.0,
    channel: Channel = "grey",
) -> Segmentation:
    """Cut the picture along its steepest lines: one segment for every basin of the gradient.

    Basins that are shallower than `depth` are filled up first, so that they run over; the others are flooded
    from their minima. A picture without any is one segment. Beucher, S. and Lantuéjoul, C.: Use of watersheds
    in contour detection, 1979; minima by depth after Soille, P.: Morphological image analysis, 1999.
    """
    smoothed = smooth(channel_of(image, channel), sigma)
    across, down = slope_of(smoothed, "sobel")
    if recording():
        show_gradient(across, down, "Sobel")
    steepness = np.hypot(across, down)
    if recording():
        _show_filling(steepness, depth)
    return Segmentation.from_partition(basins_of(steepness, depth))


def basins_of(steepness: Field, depth: float) -> NDArray[np.int32]:
    """Give the basins of an (H, W) landscape that are at least `depth` deep numbers from 1; all is 1 without.

    >>> basins_of(np.array([[1, 4, 2, 3, 0]], np.float32), 0).tolist()
    [[1, 1, 2, 3, 3]]
    >>> basins_of(np.array([[1, 4, 2, 3, 0]], np.float32), 2).tolist()
    [[1, 1, 2, 2, 2]]
    """
    # Raised, then worn down to where it came from: what is not deep enough stays flat.
    filled = ski.morphology.reconstruction(steepness + np.float32(depth), steepness, method="erosion")
    markers = ski.measure.label(ski.morphology.local_minima(filled))
    if not markers.any():
        return np.ones(steepness.shape, np.int32)
    return np.asarray(ski.segmentation.watershed(steepness, markers), np.int32)


def _show_filling(steepness: Field, depth: float) -> None:
    for part in sorted({0.0, depth / 4, depth / 2, depth}):
        basins = basins_of(steepness, part)
        said = f"basins at least {part:g} deep: {basins.max()}"
        stage(f"depth {part:g}", basins, said, kind="labels", film="shallow basins run over")


def _by_slope(
    smoothed: Grey, kernel: str, threshold: float, segments: str, close: int, smallest: int
) -> Segmentation:
    across, down = slope_of(smoothed, kernel)
    if recording():
        show_gradient(across, down, kernel.capitalize())
    steepness = np.hypot(across, down)
    edges = steepness > threshold
    stage("edges", edges, f"steeper than {threshold:g} grey levels per px")
    return segments_of(edges, lambda: steepness, segments, close, smallest)


def _show_thinning(smoothed: Grey, low: int, high: int) -> None:
    thin = thinned(smoothed)
    stage("non-maximum suppression", thin, "only the crest of each slope is left")
    both = np.add(thin > low, thin > high, dtype=np.float32)
    stage("weak and strong", both, "grey above the low threshold, white above the high one")
