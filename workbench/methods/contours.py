"""Active contours: a curve that moves until both sides are as even as can be."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

import numpy as np
import skimage as ski
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.features import Channel, Sigma, channel_of, histogram, smooth
from workbench.methods.thresholding import otsu_level
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import chart, progress, stage

SLICE = 10  # iterations between two looks at the curve
AT_REST = 1e-3  # mean change of the level set in an iteration
ORANGE = (230, 159, 0)


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
) -> Segmentation:
    """Move a curve until inside and outside are each as even in brightness as can be.

    scikit-image's Chan-Vese. Otsu's threshold is the best that evenness alone can do, and so a good start;
    from there the price of the outline's length smooths it. The curve is looked at every ten iterations and
    left when it hardly moves. The object is the brighter side.
    Chan, T. and Vese, L.: Active contours without edges, 2001.
    """
    smoothed = smooth(channel_of(image, channel), sigma)
    grey = ski.util.img_as_float(smoothed)
    level = _start(smoothed) if start == "threshold" else "checkerboard"
    energies: list[float] = []
    for done in range(0, iterations, SLICE):
        progress(done, iterations)
        step, before = min(SLICE, iterations - done), level
        # The level set is handed on and the library's own stop is off: slices are one long run.
        inside, level, energy = ski.segmentation.chan_vese(
            grey, mu=mu, max_num_iter=step, tol=-1, init_level_set=level, extended_output=True
        )
        energies += energy
        stage(
            f"after {done + step} iterations",
            partial(_drawn, smoothed, inside),
            f"{inside.mean():.0%} inside",
        )
        if not isinstance(before, str) and np.sqrt(np.square(level - before).mean()) <= AT_REST * step:
            break
    chart("energy", np.arange(len(energies)), energies, "unevenness and length", axes=("iteration", "energy"))
    return Segmentation.from_mask(bright_side(grey, inside))


def bright_side(grey: NDArray[np.float64], inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Give `inside`, an (H, W) mask, or what is outside it, whichever has the brighter mean.

    >>> bright_side(np.array([[0.1, 0.9]]), np.array([[True, False]])).tolist()
    [[False, True]]
    """
    if inside.all() or not inside.any():
        return inside
    return inside if grey[inside].mean() >= grey[~inside].mean() else ~inside


def _start(smoothed: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Give a level set that is above 0 where Otsu's threshold sees the bright side."""
    level = otsu_level(histogram(smoothed))
    return (smoothed.astype(np.float64) - (level + 0.5)) / max(float(smoothed.std()), 1.0)


def _drawn(smoothed: NDArray[np.uint8], inside: NDArray[np.bool_]) -> NDArray[np.uint8]:
    picture = np.repeat(smoothed[:, :, None], 3, axis=2)
    picture[ski.segmentation.find_boundaries(inside, mode="inner")] = ORANGE
    return picture
