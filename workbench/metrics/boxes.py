"""Where segments lie: the box around each."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import scipy

from workbench.instances import Instances
from workbench.segmentation import Ids, look_up, present

Box = tuple[int, int, int, int]  # top, left, bottom, right; the last two are not in it


def boxes(ids: Ids) -> dict[int, Box]:
    """Give the box around each id of an (H, W) map, 0 left out.

    >>> boxes(np.array([[0, 7, 7], [0, 7, 0]], np.int32))
    {7: (0, 1, 2, 3)}
    """
    numbers = present(ids)
    dense = look_up(ids, {n: at for at, n in enumerate(numbers, start=1)})
    found = zip(numbers, scipy.ndimage.find_objects(dense), strict=True)
    return {n: (rows.start, columns.start, rows.stop, columns.stop) for n, (rows, columns) in found}


def mask_boxes(masks: Instances) -> dict[int, Box]:
    """Give the box around each of N masks that may overlap, numbered from 1; empty ones have none."""
    numbered = enumerate(masks.masks(), start=1)
    return {n: boxes(mask.astype(np.int32))[1] for n, mask in numbered if mask.any()}


def around(several: Iterable[Box]) -> Box:
    """Give the box around boxes, of which there is at least one."""
    top, left, bottom, right = zip(*several, strict=True)
    return min(top), min(left), max(bottom), max(right)
