"""Bands along edges: the pixels close to another segment, for all segments of a map in one pass."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.metrics.outlines import Mask, void_of
from workbench.metrics.overlap import Overlap
from workbench.segmentation import Ids

RATIO = 0.02  # of the diagonal, for COCO and LVIS; the paper takes 0.005 for the large pictures of Cityscapes


def band_width(size: tuple[int, int], ratio: float = RATIO) -> int:
    """Give how many pixels wide the band is in a picture of (height, width), at least 1.

    Raises
    ------
    ValueError : a ratio that is not above 0.

    References
    ----------
    Cheng et al., "Boundary IoU: Improving Object-Centric Image Segmentation Evaluation", 2021.

    >>> band_width((480, 640)), band_width((8, 8))
    (16, 1)
    """
    if not ratio > 0:
        raise ValueError(f"the band's ratio must be above 0, got {ratio}; the paper takes {RATIO}")
    return max(1, round(ratio * math.sqrt(size[0] ** 2 + size[1] ** 2)))


def inner_band(ids: Ids, width: int, void: Mask | None = None) -> Mask:
    """Give the (H, W) pixels within `width` pixels of another id or of the picture's border.

    Distance is counted as a king moves. For each id these are the pixels that `width` erosions by 3x3 take
    from its mask (Cheng et al., 2021); here for all ids at once, from the least and the greatest id in the
    window around each pixel, which differ where the window holds two ids.

    Void pixels are in no band and make none: neither is greater nor less than its neighbours. So a truth
    that draws void along its contours, as VOC does, still has bands on both sides of it.

    Parameters
    ----------
    ids : (H, W) whole numbers; 0 is an id like others, since in a guess it is a region left unlabelled.
    void : (H, W) bool.

    >>> inner_band(np.array([[1] * 7] * 7), 2)[3].astype(int).tolist()
    [1, 1, 0, 0, 0, 1, 1]
    >>> inner_band(np.array([[1, 1, 1, 0, 2, 2, 2]] * 9), 1, np.array([[0, 0, 0, 1, 0, 0, 0]] * 9) > 0)[4]
    array([ True, False, False, False, False, False,  True])
    """
    least = greatest = _small(ids)
    top = 2**24 if least.dtype == np.float32 else np.iinfo(least.dtype).max
    if void is not None:
        least, greatest = least.copy(), greatest.copy()
        least[void], greatest[void] = top, 0
    window = cv2.getStructuringElement(cv2.MORPH_RECT, (2 * width + 1, 2 * width + 1))
    # Outside the picture lies an id below all and above all, which differs from any.
    least = cv2.erode(least, window, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    greatest = cv2.dilate(greatest, window, borderType=cv2.BORDER_CONSTANT, borderValue=float(top))
    band = least != greatest
    return band if void is None else band & ~void


def band_overlap(truth_ids: Ids, guess_ids: Ids, width: int) -> Overlap:
    """Count the band pixels that each truth segment shares with each guess segment.

    In this table 0 is neither void nor unlabelled but "not in the band", so that sizes need no correction:
    a segment's size is that of its band. Pixels of the guess in the truth's void count nowhere.

    Parameters
    ----------
    truth_ids, guess_ids : (H, W) whole numbers; 0 is void in the truth. Guess ids up to 0 are nobody's,
        but others end where they begin.
    """
    void = void_of(truth_ids)
    truth = np.where(inner_band(truth_ids, width, void), truth_ids, 0)
    guess = np.where(inner_band(guess_ids, width, void), np.maximum(guess_ids, 0), 0)
    return Overlap.of(truth, guess)


def band_ious(bands: Overlap) -> NDArray[np.float64]:
    """Give the (N,) boundary IoU of each pair in a table of bands; nan for pairs with no band.

    >>> band_ious(band_overlap(np.array([[1, 1, 2]]), np.array([[1, 2, 2]]), 1)).round(3).tolist()
    [0.5, 0.333, 0.5]
    """
    union = bands.truth_sizes[bands.rows] + bands.guess_sizes[bands.columns] - bands.pixels
    named = (bands.rows > 0) & (bands.columns > 0)
    return np.divide(bands.pixels, union, out=np.full(len(union), np.nan), where=named)


def lesser_ious(table: Overlap, bands: Overlap) -> NDArray[np.float64]:
    """Give the (N,) lesser of IoU and boundary IoU for each pair of a table of whole segments.

    Boundary AP and boundary PQ match by it (Cheng et al., 2021): a large object cannot hide a careless edge,
    nor can a thin ring pass for a disk. Bands that do not meet have boundary IoU 0; a segment that void
    surrounds may have no band, and its IoU stands alone.
    """
    found = {
        (int(bands.truth_ids[r]), int(bands.guess_ids[c])): value
        for r, c, value in zip(bands.rows, bands.columns, band_ious(bands).tolist(), strict=True)
    }
    truth, guess = table.truth_ids[table.rows].tolist(), table.guess_ids[table.columns].tolist()
    drawn = {*bands.truth_ids.tolist()}, {*bands.guess_ids.tolist()}
    edges = [
        found.get((t, g), 0.0 if t in drawn[0] or g in drawn[1] else math.nan)
        for t, g in zip(truth, guess, strict=True)
    ]
    ious = table.iou()
    return np.where(np.isnan(ious), ious, np.fmin(ious, edges))


def _small(ids: Ids) -> NDArray:
    """Give ids numbers from 1 in the smallest type that OpenCV has windows for; 0 and the top stay free."""
    low, high = int(ids.min()), int(ids.max())
    if high - low < 254:
        return (ids - (low - 1)).astype(np.uint8)
    found, where = np.unique(ids, return_inverse=True)
    kind = np.uint8 if len(found) < 255 else np.uint16 if len(found) < 2**16 - 1 else np.float32
    return (where.reshape(ids.shape) + 1).astype(kind)
