"""Level sets by morphology: a curve that may split and join, moved by widening, narrowing and rounding."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated, Literal

import cv2
import numpy as np
import skimage as ski
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.contours import StartCurve, bright_side, drawn, frames, show_frame
from workbench.methods.features import Channel, Sigma, channel_of, smooth
from workbench.prompts import Curve, enclosed
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import chart, progress, recording, stage

SOURCE = "Márquez-Neila, Baumela and Álvarez 2014"
STEEPNESS = 100.0  # how fast the edge map falls with the gradient; the threshold asks the same question
LINES = [np.array(line, np.uint8) for line in (np.eye(3), np.eye(3)[::-1], [[0, 1, 0]] * 3)]
LINES.append(np.ascontiguousarray(LINES[2].T))
SQUARE = np.ones((3, 3), np.uint8)
PUSHES = {"inwards": -1, "none": 0, "outwards": 1}

Grey = NDArray[np.uint8]
Inside = NDArray[np.uint8]  # (H, W): 1 inside the curve, 0 outside
Map = NDArray[np.float64]
Steps = Iterator[Inside]
Smoothing = Annotated[int, Range(0, 4), Label("Smoothing", "Higher rounds the curve more in each iteration.")]


@method(
    "Geodesic contour",
    family="contours",
    yields="foreground",
    source=f"Caselles et al. 1997; {SOURCE}",
    slow=True,
)
def geodesic(
    image: Image,
    *,
    push: Annotated[
        Literal["inwards", "none", "outwards"],
        Label("Push", "Where the curve is driven while no edge stops it."),
    ] = "inwards",
    threshold: Annotated[
        float, Range(0, 1, 0.01), Label("Edge threshold", "Higher stops the curve at weaker edges.")
    ] = 0.69,
    smoothing: Smoothing = 1,
    iterations: Annotated[
        int, Range(10, 400, 10), Label("Iterations", "A pushed curve moves a px in each.")
    ] = 200,
    sigma: Sigma = 2.0,
    channel: Channel = "grey",
    curve: StartCurve = (),
) -> Segmentation:
    """Shrink or grow a curve until edges hold it; it may split around several objects.

    The curve looks for the shortest way where a step over an edge costs little and one elsewhere costs much:
    Caselles, V., Kimmel, R. and Sapiro, G.: Geodesic active contours, 1997. It moves by morphology, as in
    Márquez-Neila, P., Baumela, L. and Álvarez, L.: A morphological approach to curvature-based evolution of
    curves and surfaces, 2014. Without a start curve it begins at the picture's margin, or pushed outwards, at
    an ellipse in the middle. What is inside in the end is the object.
    """
    grey = channel_of(image, channel)
    stop = ski.segmentation.inverse_gaussian_gradient(ski.util.img_as_float(grey), STEEPNESS, sigma)
    stage("edge map", stop, "dark where an edge would stop the curve")
    start = _start(grey.shape, curve, push)
    steps = geodesic_steps(stop, start, PUSHES[push], threshold, smoothing)
    length = partial(_length, stop)
    return Segmentation.from_mask(_moved(grey, start, steps, iterations, length, "length of the way") > 0)


@method(
    "Morphological Chan-Vese",
    family="contours",
    yields="foreground",
    source=f"Chan and Vese 2001; {SOURCE}",
    slow=True,
)
def morphological_chan_vese(
    image: Image,
    *,
    smoothing: Smoothing = 2,
    inside: Annotated[
        float,
        Range(0.2, 5, 0.1, log=True),
        Label("Evenness inside", "Higher asks for an evener inside, and leaves the outside its mixture."),
    ] = 1.0,
    iterations: Annotated[int, Range(5, 200, 5), Label("Iterations", "How long the curve may move.")] = 50,
    sigma: Sigma = 1.0,
    channel: Channel = "grey",
    curve: StartCurve = (),
) -> Segmentation:
    """Let the pixels along a curve change sides until both sides are even, and round it as it moves.

    Chan and Vese's energy (2001) without a price on length: morphology smooths the curve instead, as in
    Márquez-Neila, P., Baumela, L. and Álvarez, L.: A morphological approach to curvature-based evolution of
    curves and surfaces, 2014. Without a start curve it begins as small squares all over, and the object is
    the brighter side; where one was drawn, it is the inside.
    """
    grey = smooth(channel_of(image, channel), sigma)
    brightness = ski.util.img_as_float(grey)
    if curve:
        start = enclosed(curve, brightness.shape).astype(np.uint8)
    else:
        start = ski.segmentation.checkerboard_level_set(brightness.shape).astype(np.uint8)
    steps = chan_vese_steps(brightness, start, inside, smoothing)
    energy = partial(_unevenness, brightness, weight=inside)
    found = _moved(grey, start, steps, iterations, energy, "unevenness") > 0
    return Segmentation.from_mask(found if curve else bright_side(brightness, found))


def geodesic_steps(stop: Map, start: Inside, push: int, threshold: float, smoothing: int) -> Steps:
    """Give the (H, W) uint8 level set after each iteration, without end.

    stop : (H, W) edge map, near 0 at edges. start : 1 inside. push : -1, 0 or 1, where `stop` is above the
    threshold. As scikit-image's to the pixel; but there the smoothing begins as the last call left it.
    """
    u, free, slopes, rounded = start.copy(), stop > threshold, _slopes(stop), _rounding()
    while True:
        if push:
            pushed = _dilate(u, SQUARE) if push > 0 else _erode(u, SQUARE)
            u = np.where(free, pushed, u)
        # Down the slope of the edge map: to where a step costs least.
        pull = sum(slope * rise for slope, rise in zip(slopes, _slopes(u), strict=True))
        u[pull > 0], u[pull < 0] = 1, 0
        for _ in range(smoothing):
            u = next(rounded)(u)
        yield u


def chan_vese_steps(brightness: Map, start: Inside, weight: float, smoothing: int) -> Steps:
    """Give the (H, W) uint8 level set after each iteration, without end; `weight` is that of the inside.

    brightness : (H, W), from 0 to 1. The same, to the pixel, as scikit-image's.
    """
    u, rounded = start.copy(), _rounding()
    while True:
        outer, inner = _means(brightness, u)
        border = sum(np.abs(rise) for rise in _slopes(u))
        gain = border * (weight * (brightness - inner) ** 2 - (brightness - outer) ** 2)
        u[gain < 0], u[gain > 0] = 1, 0
        for _ in range(smoothing):
            u = next(rounded)(u)
        yield u


def _moved(
    grey: Grey, start: Inside, steps: Steps, iterations: int, energy: Callable[[Inside], float], what: str
) -> Inside:
    """Move until the iterations are over or nothing changes any more; gives the last level set."""
    shown, energies, u, still = frames(iterations), [energy(start)] if recording() else [], start, 0
    if recording():
        show_frame(0, partial(drawn, grey, start > 0), start > 0, energies[0])
    for done in range(1, iterations + 1):
        progress(done - 1, iterations)
        before, u = u, next(steps).copy()
        still = still + 1 if np.array_equal(before, u) else 0
        # The smoothing alternates between two kinds: what both leave alone stays for ever.
        rests = still == 2
        if recording():
            energies.append(energy(u))
            if rests or done in shown:
                show_frame(done, partial(drawn, grey, u > 0), u > 0, energies[-1])
        if rests:
            break
    chart("energy", lambda: np.arange(len(energies)), energies, what, axes=("iteration", "energy"))
    return u


def _start(size: tuple[int, int], curve: Curve, push: str) -> Inside:
    """Give 1 inside the drawn curve, or all but the margin, or an ellipse in the middle to grow from."""
    height, width = size
    if curve:
        return enclosed(curve, size).astype(np.uint8)
    start = np.zeros(size, np.uint8)
    if push == "outwards":
        cv2.ellipse(start, (width // 2, height // 2), (width // 8, height // 8), 0, 0, 360, 1, -1)
    else:
        down, across = height // 50, width // 50
        start[down : height - down, across : width - across] = 1
    return start


def _rounding() -> Iterator[Callable[[Inside], Inside]]:
    """Alternate between the two ways of smoothing, so that neither side of the curve is favoured."""
    while True:
        yield lambda u: _drop_thin(_fill_thin(u))
        yield lambda u: _fill_thin(_drop_thin(u))


def _drop_thin(u: Inside) -> Inside:
    """Keep a pixel that some straight line of three pixels, all inside, has in its middle."""
    return np.maximum.reduce([_erode(u, line) for line in LINES])


def _fill_thin(u: Inside) -> Inside:
    """Fill a pixel unless some straight line of three pixels through it is all outside."""
    return np.minimum.reduce([_dilate(u, line) for line in LINES])


def _erode(u: Inside, shape: NDArray[np.uint8]) -> Inside:
    # Beyond the picture is outside.
    return np.asarray(cv2.erode(u, shape, borderType=cv2.BORDER_CONSTANT, borderValue=0), np.uint8)


def _dilate(u: Inside, shape: NDArray[np.uint8]) -> Inside:
    return np.asarray(cv2.dilate(u, shape, borderType=cv2.BORDER_CONSTANT, borderValue=0), np.uint8)


def _slopes(values: NDArray[np.generic]) -> list[Map]:
    """Give how fast (H, W) values change down and across; 0 along an axis of one pixel."""
    wide = values.astype(np.float64)
    return [
        np.gradient(wide, axis=axis) if n > 1 else np.zeros_like(wide) for axis, n in enumerate(wide.shape)
    ]


def _means(brightness: Map, u: Inside) -> tuple[float, float]:
    """Give the mean brightness outside and inside; of no pixels, 0."""
    out = 1 - u.astype(np.int64)
    outer = (brightness * out).sum() / (out.sum() + 1e-8)
    return float(outer), float((brightness * u).sum() / (u.sum() + 1e-8))


def _unevenness(brightness: Map, u: Inside, weight: float) -> float:
    outer, inner = _means(brightness, u)
    from_inner = weight * (u * (brightness - inner) ** 2).sum()
    return float(from_inner + ((1 - u.astype(np.int64)) * (brightness - outer) ** 2).sum())


def _length(stop: Map, u: Inside) -> float:
    """Give the length of the curve, each px counted at what the edge map says it costs."""
    return float(stop[(u > 0) & (_erode(u, SQUARE) == 0)].sum())
