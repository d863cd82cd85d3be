"""Active contours: a curve that moves until both sides are as even as can be."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import skimage as ski

from workbench.image import Image
from workbench.methods.features import Channel, Sigma, channel_of, smooth
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import chart, progress, stage


@method("Chan-Vese", family="contours", yields="foreground", source="Chan and Vese 2001", slow=True)
def chan_vese(
    image: Image,
    *,
    mu: Annotated[float, Range(0.01, 1, 0.01), Label("Smoothness (mu)", "Price of a longer outline.")] = 0.1,
    iterations: Annotated[int, Range(5, 200, 5), Label("Iterations", "How long the curve may move.")] = 50,
    sigma: Sigma = 1.0,
    channel: Channel = "grey",
) -> Segmentation:
    """Move a curve until inside and outside are each as even in brightness as can be.

    scikit-image's Chan-Vese with checkerboard start, run in slices of its iterations so that it can show its
    way. The object is the brighter side. Chan, T. and Vese, L.: Active contours without edges, 2001.
    """
    grey = ski.util.img_as_float(smooth(channel_of(image, channel), sigma))
    level: np.ndarray | str = "checkerboard"
    energies: list[float] = []
    for done in range(0, iterations, 10):
        progress(done, iterations)
        step = min(10, iterations - done)
        inside, level, energy = ski.segmentation.chan_vese(
            grey, mu=mu, max_num_iter=step, tol=1e-3, init_level_set=level, extended_output=True
        )
        energies += list(energy)
        stage(f"after {done + step} iterations", inside, f"{inside.mean():.0%} inside")
        if len(energy) < step:  # it came to rest
            break
    chart("energy", np.arange(1, len(energies) + 1), energies, "falls as the curve settles", axes=("iteration", "energy"))
    return Segmentation.from_mask(_bright_side(grey, inside))


def _bright_side(grey: np.ndarray, inside: np.ndarray) -> np.ndarray:
    if inside.all() or not inside.any():
        return np.asarray(inside, bool)
    return inside if grey[inside].mean() >= grey[~inside].mean() else ~inside
