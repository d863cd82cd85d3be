"""Active contours: a curve that moves until both sides are as even as can be; and how curves are shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Literal

import cv2
import numpy as np
import skimage as ski
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.features import Channel, Sigma, channel_of, histogram, smooth
from workbench.methods.thresholding import otsu_level
from workbench.prompts import Curve, enclosed
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import chart, progress, stage

SLICE = 10  # iterations between two looks at the curve
AT_REST = 1e-3  # mean change of the level set in an iteration
ORANGE = (230, 159, 0)
MOST = 10  # frames of a film, beside the start and the end
FILM = "the curve"

StartCurve = Annotated[
    Curve, Label("Start curve", "Draw a closed curve to start from; without one, the method takes its own.")
]


@method("Chan-Vese", family="contours", yields="foreground", source="Chan and Vese 2001", slow=True)
def chan_vese(
    image: Image,
    *,
    mu: Annotated[
        float, Range(0.01, 1, 0.01), Label("Smoothness (mu)", "Higher asks more for each px of outline.")
    ] = 0.25,
    iterations: Annotated[
        int, Range(SLICE, 200, SLICE), Label("Iterations", "How long the curve may move.")
    ] = 30,
    start: Annotated[
        Literal["threshold", "checkerboard"],
        Label("Start", "Otsu's outline, or small squares all over that know nothing of the picture."),
    ] = "threshold",
    sigma: Sigma = 1.0,
    channel: Channel = "grey",
    curve: StartCurve = (),
) -> Segmentation:
    """Move a curve until inside and outside are each as even in brightness as can be.

    scikit-image's Chan-Vese. Otsu's threshold is the best that evenness alone can do, and so a good start;
    from there the price of the outline's length smooths it. The curve is looked at every ten iterations and
    left when it hardly moves. The object is the brighter side; where a start curve was drawn, its inside.
    Chan, T. and Vese, L.: Active contours without edges, 2001.
    """
    smoothed = smooth(channel_of(image, channel), sigma)
    grey = ski.util.img_as_float(smoothed)
    level = _start(smoothed, start, curve)
    energies: list[float] = []
    shown = frames(iterations, SLICE)
    for done in range(0, iterations, SLICE):
        progress(done, iterations)
        step, before = min(SLICE, iterations - done), level
        # The level set is handed on and the library's own stop is off: slices are one long run.
        inside, level, energy = ski.segmentation.chan_vese(
            grey, mu=mu, max_num_iter=step, tol=-1, init_level_set=level, extended_output=True
        )
        energies += energy
        rests = not isinstance(before, str) and bool(
            np.sqrt(np.square(level - before).mean()) <= AT_REST * step
        )
        if rests or done + step in shown:
            show_frame(done + step, partial(drawn, smoothed, inside), inside, energies[-1])
        if rests:
            break
    chart("energy", np.arange(len(energies)), energies, "unevenness and length", axes=("iteration", "energy"))
    return Segmentation.from_mask(inside if curve else bright_side(grey, inside))


def bright_side(grey: NDArray[np.float64], inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Give `inside`, an (H, W) mask, or what is outside it, whichever has the brighter mean.

    >>> bright_side(np.array([[0.1, 0.9]]), np.array([[True, False]])).tolist()
    [[False, True]]
    """
    if inside.all() or not inside.any():
        return inside
    return inside if grey[inside].mean() >= grey[~inside].mean() else ~inside


def frames(iterations: int, every: int = 1) -> set[int]:
    """Choose the iterations to show of a run that may be looked at `every` so many; 0 and the last are in it.

    >>> sorted(frames(45, 10))
    [0, 10, 20, 30, 40, 45]
    """
    between = every * max(1, -(-iterations // (MOST * every)))
    return {*range(0, iterations, between), iterations}


def show_frame(
    done: int, picture: Callable[[], NDArray[np.uint8]], inside: NDArray[np.bool_], energy: float
) -> None:
    """Show the curve after `done` iterations, with the share of the picture inside and the energy."""
    name = f"after {done} iterations" if done else "start"
    stage(name, picture, f"{inside.mean():.0%} inside, energy {energy:.4g}", film=FILM)


def drawn(grey: NDArray[np.uint8], inside: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Draw the outline of an (H, W) mask on an (H, W) uint8 channel; gives (H, W, 3) uint8.

    The line is a pixel wide, two where the picture is large, and lies inside.
    """
    picture = np.repeat(grey[:, :, None], 3, axis=2)
    mask = np.pad(inside.astype(np.uint8), 1)  # also along the picture's border there is an outline
    inner = cv2.erode(mask, np.ones((3, 3), np.uint8), iterations=1 + (max(grey.shape) > 300))
    picture[inside & (inner[1:-1, 1:-1] == 0)] = ORANGE
    return picture


def _start(smoothed: NDArray[np.uint8], start: str, curve: Curve) -> NDArray[np.float64] | str:
    """Give a level set that is above 0 within the curve, or where Otsu's threshold sees the bright side."""
    if curve:
        return np.where(enclosed(curve, (smoothed.shape[0], smoothed.shape[1])), 1.0, -1.0)
    if start == "checkerboard":
        return start
    level = otsu_level(histogram(smoothed))
    return (smoothed.astype(np.float64) - (level + 0.5)) / max(float(smoothed.std()), 1.0)
