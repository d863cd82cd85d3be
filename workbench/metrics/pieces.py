"""Connected pieces: how a map of categories becomes a map of objects."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import scipy
from numpy.typing import NDArray

from workbench.segmentation import Ids, look_up, present


def connected_pieces(
    ids: Ids, apart: Sequence[int], whole: Sequence[int] = (), split: bool = False
) -> tuple[Ids, dict[int, int]]:
    """Give every connected piece of the ids in `apart` an id of its own, and say which id it came from.

    Pieces are 4-connected: objects that touch only at a corner are two, since a diagonal step would merge
    neighbours that a person sees as apart. Ids in `whole` stay in one piece; all others become 0.

    Parameters
    ----------
    ids : (H, W) int32.
    split : also cut each piece at its waists, by a watershed on the distance to its edge.

    >>> connected_pieces(np.array([[5, 0, 5], [7, 5, 7]], np.int32), [5], whole=[7])
    (array([[2, 0, 3],
           [1, 4, 1]], dtype=int32), {1: 7, 2: 5, 3: 5, 4: 5})
    """
    came_from = dict(enumerate(whole, start=1))
    fresh = look_up(ids, {old: new for new, old in came_from.items()})
    numbered = look_up(ids, {old: n for n, old in enumerate(apart, start=1)})
    # Each id within its own box: a hundred objects then cost no more than one.
    for n, (old, box) in enumerate(zip(apart, scipy.ndimage.find_objects(numbered), strict=False), start=1):
        if box is None:
            continue
        mask = numbered[box] == n
        count, pieces = cv2.connectedComponents(mask.view(np.uint8), connectivity=4, ltype=cv2.CV_32S)
        if split:
            pieces = cut_at_waists(mask, pieces)
            count = int(pieces.max()) + 1
        pieces += len(came_from)
        np.copyto(fresh[box], pieces, where=mask)
        came_from.update(dict.fromkeys(range(len(came_from) + 1, len(came_from) + count), old))
    return fresh, came_from


def cut_at_waists(mask: NDArray[np.bool_], pieces: Ids) -> Ids:
    """Cut (H, W) numbered pieces at their waists, each basin around a peak of the distance to the edge.

    Peaks closer than 5 pixels are one object: a ragged edge makes many that are not.

    References
    ----------
    Beucher and Lantuejoul, "Use of watersheds in contour detection", 1979.
    """
    from skimage.feature import peak_local_max
    from skimage.segmentation import watershed

    framed = np.pad(mask, 1).view(np.uint8)  # the picture's border is an edge too
    distance = cv2.GaussianBlur(cv2.distanceTransform(framed, cv2.DIST_L2, 5), (0, 0), 1.0)[1:-1, 1:-1]
    peaks = peak_local_max(distance, min_distance=5, labels=pieces, exclude_border=False)
    markers = np.zeros(mask.shape, np.int32)
    markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    basins = watershed(-distance, markers, mask=mask)
    # A piece without a peak would vanish: it keeps its own number.
    lost = mask & (basins == 0)
    basins[lost] = pieces[lost] + len(peaks)
    return look_up(basins, {old: new for new, old in enumerate(present(basins), start=1)})
