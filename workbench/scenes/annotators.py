"""People who draw a truth: the careful, the generous, the hasty; invented, so that the truth stays known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.ndimage as ndi
from numpy.typing import NDArray

from workbench.segmentation import Ids, Segmentation

REACH = 6.0  # px over which a hand wanders: neighbouring points of an outline err alike
MOST_MISSES = 0.5


@dataclass(frozen=True)
class Annotator:
    """Hold the habits of somebody who draws objects.

    Parameters
    ----------
    grow : px that every outline lies too far out; too far in where it is negative.
    wobble : px by which the hand wanders, standard deviation.
    smooth : px; what is narrower is rounded off, as by a thick brush.
    shift : (rows, columns) by which everything lies aside, whole px.
    misses : mean share of the objects left out (0 to 0.5): the smallest twice as often, the largest never.

    Raises
    ------
    ValueError : a wobble or a smoothing below 0, or misses out of their range.

    >>> square = Segmentation.from_mask(np.pad(np.ones((9, 9), bool), 6))
    >>> int((Annotator(grow=1).draw(square) > 0).sum()) > 81
    True
    """

    grow: float = 0.0
    wobble: float = 0.0
    smooth: float = 0.0
    shift: tuple[int, int] = (0, 0)
    misses: float = 0.0

    def __post_init__(self) -> None:
        for name, high in (("wobble", np.inf), ("smooth", np.inf), ("misses", MOST_MISSES)):
            if not 0 <= (value := getattr(self, name)) <= high:
                raise ValueError(f"annotator: {name} must be in [0, {high:g}], got {value}; choose one in it")

    def draw(self, truth: Segmentation, seed: int = 0) -> Ids:
        """Draw the things of a truth: (H, W) ids as the truth has them, 0 where nothing was drawn.

        The same seed gives the same drawing. Where two things touch, the border between them stays: it is
        the outline of both together that is drawn well or badly.
        """
        rng = np.random.default_rng(seed)
        ids = self._seen(truth.things().ids, rng)
        signed, owner = _signed(ids, self.smooth)
        hand = self.grow + self.wobble * _wander(rng, ids.shape)
        drawn = np.where(signed + hand > 0, owner, np.int32(0))
        return _moved(drawn, self.shift)

    def _seen(self, ids: Ids, rng: np.random.Generator) -> Ids:
        """Leave out what was overlooked, small things more often."""
        numbers, sizes = np.unique(ids[ids > 0], return_counts=True)
        rank = np.argsort(np.argsort(sizes)) / max(1, len(sizes) - 1)  # 0 the smallest, 1 the largest
        gone = numbers[rng.random(len(numbers)) < 2 * self.misses * (1 - rank)]
        return np.where(np.isin(ids, gone), np.int32(0), ids)


def _signed(ids: Ids, smooth: float) -> tuple[NDArray[np.float64], Ids]:
    """Give how far each pixel lies inside of what is drawn (below 0 outside), and whose it is or would be."""
    inside = ids > 0
    if inside.all() or not inside.any():  # there is no outline to draw
        return np.where(inside, np.inf, -np.inf), ids
    away, (rows, columns) = ndi.distance_transform_edt(~inside, return_indices=True)
    # An outline runs between two pixels, half a pixel from the middle of each.
    signed = np.where(inside, ndi.distance_transform_edt(inside) - 0.5, 0.5 - away)
    return (ndi.gaussian_filter(signed, smooth) if smooth else signed), ids[rows, columns]


def _wander(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Give a smooth (H, W) field of mean about 0 and deviation 1."""
    field = ndi.gaussian_filter(rng.standard_normal(shape), REACH)
    return field / (field.std() or 1.0)


def _moved(ids: Ids, shift: tuple[int, int]) -> Ids:
    """Move everything aside; what comes in from outside of the picture is nothing."""
    return ndi.shift(ids, shift, order=0, mode="constant", cval=0) if any(shift) else ids
