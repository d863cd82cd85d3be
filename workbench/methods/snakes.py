"""Snakes: a closed curve of points that is stiff in itself and pulled by the edges of the picture."""

from __future__ import annotations

from typing import Annotated

import cv2
import numpy as np
import scipy
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.contours import FILM, ORANGE, StartCurve, frames
from workbench.methods.features import Channel, channel_of, even_out, histogram, smooth
from workbench.methods.thresholding import otsu_level
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import chart, field, progress, recording, stage

Curve = NDArray[np.float64]  # (N, 2): row and column of the points of a closed curve, in order
Grey = NDArray[np.uint8]
Map = NDArray[np.float64]

SPACING, FEWEST = 2.0, 8  # px between neighbours, and points that even the smallest curve has
EVERY = 10  # iterations between two times that the points are spaced anew
BLUR = 1.0  # px; a single noisy pixel is no edge
LIGHT = 60  # px; automatic start curves look at what outshines its surroundings

Alpha = Annotated[
    float, Range(0, 2, 0.01), Label("Tension (alpha)", "Higher makes the curve shorter, like a rubber band.")
]
Beta = Annotated[
    float,
    Range(0, 5, 0.05),
    Label("Stiffness (beta)", "Higher makes it bend less, like a steel wire."),
]
Reach = Annotated[
    float,
    Range(0.5, 15, 0.5, "px"),
    Label("Reach of edges (sigma)", "How far off an edge is felt; too much blurs it away."),
]
Iterations = Annotated[int, Range(10, 500, 10), Label("Iterations", "How long the curve may move.")]


@method("Snake", family="contours", yields="foreground", source="Kass, Witkin and Terzopoulos 1988")
def snake(
    image: Image,
    *,
    alpha: Alpha = 0.1,
    beta: Beta = 0.2,
    sigma: Reach = 3.0,
    line: Annotated[
        float,
        Range(-1, 1, 0.05),
        Label("Pull of brightness", "Above 0 it seeks dark, below 0 bright."),
    ] = 0.0,
    iterations: Iterations = 200,
    channel: Channel = "grey",
    curve: StartCurve = (),
) -> Segmentation:
    """Let an elastic curve slide to where its own stiffness and the pull of edges are at rest.

    Its energy is half alpha times the squared step between neighbouring points, half beta times the squared
    change of that step, and the height of its places in a landscape with valleys along edges, times the line
    term. Each iteration solves the stiff part exactly and takes the pull from where the curve was.
    Kass, M., Witkin, A. and Terzopoulos, D.: Snakes: active contour models, 1988. Points are kept 2 px
    apart. Without a start curve, it is an ellipse around the largest bright piece that Otsu's threshold sees.
    """
    grey = smooth(channel_of(image, channel), BLUR)
    landscape = line * grey / 255 - edge_map(grey, sigma)
    pull = downhill(landscape)
    stage("landscape", landscape, "dark where the curve would like to be")
    field("pull", pull, "how each place pulls the curve")
    start = given(curve) if curve else around(largest_piece(grey), 1.2)
    return _slide(grey, start, landscape, pull, (alpha, beta), 0.0, iterations)


@method("Balloon", family="contours", yields="foreground", source="Cohen 1991")
def balloon(
    image: Image,
    *,
    inflation: Annotated[
        float,
        Range(-0.9, 0.9, 0.05, "px"),
        Label("Inflation", "How far air blows the curve out in an iteration; below 0 it is sucked in."),
    ] = 0.5,
    weak: Annotated[
        float,
        Range(0.05, 1, 0.05),
        Label("Full pull from", "Edges that pull less than this share of the strongest give way to the air."),
    ] = 0.4,
    alpha: Alpha = 0.2,
    beta: Beta = 0.5,
    sigma: Reach = 2.0,
    iterations: Iterations = 200,
    channel: Channel = "grey",
    curve: StartCurve = (),
) -> Segmentation:
    """Blow a small curve up like a balloon until edges hold it.

    A snake with a pressure along its normal, so that it needs no near start and passes weak edges. As in
    Cohen, L.: On active contour models and balloons, 1991, edges pull with the same force wherever they are:
    here all those that pull at least as much as a chosen share of the strongest; weaker ones pull in
    proportion. Without a start curve, it is a circle in the largest bright piece that Otsu's threshold sees.
    """
    grey = smooth(channel_of(image, channel), BLUR)
    landscape = -edge_map(grey, sigma)
    pull = downhill(landscape)
    pull /= np.maximum(np.hypot(pull[..., 0], pull[..., 1]), weak)[..., None]
    stage("landscape", landscape, "dark where the curve would like to be")
    field("pull", pull, "how each place pulls the curve, strong edges all alike")
    start = given(curve) if curve else within(largest_piece(grey), 0.5)
    return _slide(grey, start, landscape, pull, (alpha, beta), inflation, iterations)


def edge_map(grey: Grey, sigma: float) -> Map:
    """Give the (H, W) gradient magnitude, blurred with `sigma` px so that it is felt from afar; at most 1."""
    across = cv2.Sobel(grey, cv2.CV_64F, 1, 0, borderType=cv2.BORDER_REPLICATE)
    down = cv2.Sobel(grey, cv2.CV_64F, 0, 1, borderType=cv2.BORDER_REPLICATE)
    edges = np.asarray(cv2.GaussianBlur(np.hypot(across, down), (0, 0), sigma), np.float64)
    return edges / (edges.max() or 1.0)


def downhill(landscape: Map) -> Map:
    """Give the (H, W, 2) pull of an (H, W) landscape down its slope, rows before columns; at most 1 long."""
    slopes = [
        np.gradient(landscape, axis=k) if n > 1 else 0 * landscape for k, n in enumerate(landscape.shape)
    ]
    pull = -np.stack(slopes, axis=-1)
    return pull / (np.hypot(pull[..., 0], pull[..., 1]).max() or 1.0)


def internal(count: int, alpha: float, beta: float) -> Map:
    """Give the (N, N) matrix A whose product with the points is the slope of the curve's own energy.

    Five diagonals, closed to a ring: beta, -alpha - 4 beta, 2 alpha + 6 beta, and the same backwards.

    >>> internal(6, 1.0, 0.0)[0].tolist()
    [2.0, -1.0, 0.0, 0.0, 0.0, -1.0]
    """
    return scipy.linalg.circulant(_column(count, alpha, beta))


def stiff_step(points: Curve, pull: Curve, alpha: float, beta: float) -> Curve:
    """Solve (A + I) new = old + pull: one semi-implicit step of 1, for (N, 2) points of a closed curve."""
    # Each row of A is the one above moved on by one, so that waves around the curve are damped one by one.
    damping = 1 + np.fft.rfft(_column(len(points), alpha, beta)).real
    return np.fft.irfft(np.fft.rfft(points + pull, axis=0) / damping[:, None], len(points), axis=0)


def energy(points: Curve, landscape: Map, alpha: float, beta: float) -> float:
    """Give the mean energy of the points: tension, stiffness, and the height of the landscape under them."""
    step = np.roll(points, -1, axis=0) - points
    bend = step - np.roll(step, 1, axis=0)
    stiff = alpha * np.square(step).sum() + beta * np.square(bend).sum()
    return float(stiff / 2 / len(points) + _at(landscape, points).mean())


def spaced(points: Curve) -> Curve:
    """Put points about 2 px apart along a closed curve, at least 8.

    >>> len(spaced(np.array([[0.0, 0.0], [0.0, 10.0], [10.0, 10.0], [10.0, 0.0]])))
    20
    """
    ring = np.vstack([points, points[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(ring, axis=0).T))])
    count = max(FEWEST, round(along[-1] / SPACING))
    at = np.arange(count) * along[-1] / count
    return np.column_stack([np.interp(at, along, ring[:, axis]) for axis in (0, 1)])


def outward(points: Curve) -> Curve:
    """Give the (N, 2) normals of length 1 that point out of a closed curve, whichever way round it runs."""
    ahead = np.roll(points, -1, axis=0) - np.roll(points, 1, axis=0)
    normals = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    rows, columns = points.T
    turn = np.sign((rows * np.roll(columns, -1) - np.roll(rows, -1) * columns).sum())
    return -turn * normals / np.maximum(np.hypot(*ahead.T), 1e-9)[:, None]


def filled(points: Curve, size: tuple[int, ...]) -> NDArray[np.bool_]:
    """Give the (H, W) mask of what the curve runs around."""
    mask = np.zeros(size, np.uint8)
    cv2.fillPoly(mask, [_corners(points)], 1)
    return mask > 0


def largest_piece(grey: Grey) -> NDArray[np.bool_]:
    """Give the largest piece of what outshines its surroundings, one inside the picture if there is any."""
    evened = even_out(grey, LIGHT)
    bright = (evened > otsu_level(histogram(evened))).astype(np.uint8)
    # Bridges thinner than a fiftieth of the picture join what are several things.
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (1 + min(grey.shape) // 50,) * 2)
    opened = np.asarray(cv2.morphologyEx(bright, cv2.MORPH_OPEN, disc), np.uint8)
    _, pieces, table, _ = cv2.connectedComponentsWithStats(opened)
    left, top, width, height, size = table.T
    inner = (left > 0) & (top > 0) & (left + width < grey.shape[1]) & (top + height < grey.shape[0])
    inner[0] = False
    size = np.where(inner, size, 0) if inner.any() else np.append(0, size[1:])
    return pieces == int(size.argmax()) if size.any() else np.ones(grey.shape, bool)


def around(piece: NDArray[np.bool_], part: float) -> Curve:
    """Give an ellipse with the place, tilt and spread of an (H, W) piece, `part` times as large as it."""
    places = np.argwhere(piece).astype(np.float64)
    spread, tilt = np.linalg.eigh(np.cov(places.T, bias=True) + np.eye(2) / 12)  # a pixel has a size, too
    return places.mean(axis=0) + _circle() * (2 * part * np.sqrt(spread)) @ tilt.T


def within(piece: NDArray[np.bool_], part: float) -> Curve:
    """Give a circle around the innermost point of an (H, W) piece, `part` as wide as fits in."""
    depth = cv2.distanceTransform(np.pad(piece.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    middle = np.array(np.unravel_index(depth.argmax(), depth.shape), np.float64)
    return middle + _circle() * max(1.0, part * float(depth.max()))


def given(curve: tuple[tuple[int, int], ...]) -> Curve:
    """Read the corners of a drawn curve as (N, 2) points."""
    return np.array(curve, np.float64)


def _slide(
    grey: Grey,
    start: Curve,
    landscape: Map,
    pull: Map,
    stiff: tuple[float, float],
    air: float,
    iterations: int,
) -> Segmentation:
    """Move the start curve step by step; `stiff` is alpha and beta, `air` the px that inflation adds."""
    last = np.array(grey.shape) - 1.0
    points, shown, energies = spaced(np.clip(start, 0, last)), frames(iterations), []
    for done in range(iterations + 1):
        if recording():
            energies.append(energy(points, landscape, *stiff))
            if done in shown:
                _show(grey, points, done, energies[-1])
        if done == iterations:
            break
        if done % EVERY == 0:
            progress(done, iterations)
            points = spaced(points)
        force = np.column_stack([_at(pull[..., axis], points) for axis in (0, 1)])
        if air:
            force += air * outward(points)
        points = np.clip(stiff_step(points, force, *stiff), 0, last)
    what = "tension, stiffness and landscape, a point"
    chart("energy", lambda: np.arange(len(energies)), energies, what, axes=("iteration", "energy"))
    return Segmentation.from_mask(filled(points, grey.shape))


def _show(grey: Grey, points: Curve, done: int, height: float) -> None:
    picture = np.repeat(grey[:, :, None], 3, axis=2)
    cv2.polylines(picture, [_corners(points)], True, ORANGE, 1 + (max(grey.shape) > 300))
    caption = f"{len(points)} points, energy {height:.4f}"
    stage(f"after {done} iterations" if done else "start", picture, caption, film=FILM)


def _column(count: int, alpha: float, beta: float) -> NDArray[np.float64]:
    """Give the first column of the internal matrix."""
    column = np.zeros(count)
    for place, weight in ((0, 2 * alpha + 6 * beta), (1, -alpha - 4 * beta), (2, beta)):
        column[place] += weight
        if place:
            column[-place] += weight
    return column


def _at(values: Map, points: Curve) -> NDArray[np.float64]:
    """Read an (H, W) map between its pixels, at (N, 2) points."""
    return scipy.ndimage.map_coordinates(values, points.T, order=1, mode="nearest")


def _circle() -> Curve:
    turn = np.linspace(0, 2 * np.pi, 100, endpoint=False)
    return np.column_stack([np.sin(turn), np.cos(turn)])


def _corners(points: Curve) -> NDArray[np.int32]:
    return points[:, ::-1].round().astype(np.int32).reshape(-1, 1, 2)
