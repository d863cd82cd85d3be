"""The Berkeley boundary benchmark: thin boundaries, each pixel matched with at most one of the other side."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import scipy
from numpy.typing import NDArray

from workbench.metrics.boundary import EdgeCounts
from workbench.metrics.outlines import Mask, Points, corners, filled, points_of
from workbench.segmentation import Ids

TOLERANCE = 0.0075  # of the diagonal
Partners = NDArray[np.integer]


def thin_boundary(ids: Ids) -> Mask:
    """Give the (H, W) boundary between regions, thinned to one pixel, as the Berkeley truths have it.

    References
    ----------
    Guo and Hall, "Parallel thinning with two-subiteration algorithms", 1989.

    >>> thin_boundary(np.array([[1, 1, 2, 2]] * 3)).astype(int).tolist()
    [[0, 1, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0]]
    """
    from skimage.morphology import thin

    return thin(corners(ids))


def bsds_counts(truths: Sequence[Ids], guess_ids: Ids, tolerance: float = TOLERANCE) -> EdgeCounts:
    """Count the boundary pixels of a guess and of one truth or more that find a partner.

    A guessed pixel is right if it finds a partner in any truth; the truths' pixels are all counted, so that
    an edge which only one annotator drew costs little (Martin et al., 2004; Arbelaez et al., 2011).

    Parameters
    ----------
    truths : (H, W) region ids, one map an annotator; 0 is void, which is `filled`.
    guess_ids : (H, W) region ids.
    tolerance : how far partners may be apart, as a share of the diagonal.

    Raises
    ------
    ValueError : no truth, or one of another size.

    >>> halves, thirds = np.repeat([[1, 2]], 6, axis=1), np.repeat([[1, 2, 3]], 4, axis=1)
    >>> bsds_counts([halves], thirds), bsds_counts([halves, thirds], thirds)
    (EdgeCounts(truth=1, found=0, guess=2, right=0), EdgeCounts(truth=3, found=2, guess=2, right=2))
    """
    if not len(truths):
        raise ValueError("bsds_counts needs at least one truth, got none")
    strange = [truth.shape for truth in truths if truth.shape != guess_ids.shape]
    if strange:
        raise ValueError(f"truths and guess must have one size, got {strange[0]} and {guess_ids.shape}")
    radius = tolerance * math.hypot(*guess_ids.shape)
    # What no annotator judges is nobody's mistake.
    seen_by_none = np.logical_and.reduce([truth == 0 for truth in truths])
    guess = points_of(thin_boundary(filled(guess_ids, seen_by_none)))
    right, drawn, found = np.zeros(len(guess), bool), 0, 0
    for truth_ids in truths:
        truth = points_of(thin_boundary(filled(truth_ids, truth_ids == 0)))
        partner = nearest_pairs(truth, guess, radius)
        met = partner >= 0
        right[partner[met]] = True
        drawn, found = drawn + len(truth), found + int(met.sum())
    return EdgeCounts(drawn, found, len(guess), int(right.sum()))


def nearest_pairs(truth: Points, guess: Points, radius: float) -> Partners:
    """Pair points one to one, as many as can be within the radius, and so that distances sum to the least.

    Not a number of the registry: a photograph of the benchmark's takes tens of milliseconds, a megapixel of
    long boundaries ten seconds, too long for a page that waits. (SciPy's matching that ignores distance is
    no way out: on such boundaries it did not end within a minute.)

    The benchmark's own solver reaches nearly the same: it allows each pixel six ways to stay alone, drawn at
    random, and finds up to 0.1 % fewer pairs.

    Returns
    -------
    (T,) the number of each true point's partner, -1 where it has none.

    >>> nearest_pairs(np.array([[0, 0], [0, 1]]), np.array([[0, 2]]), 2).tolist()
    [-1, 0]
    """
    pairs = _within(truth, guess, radius)
    # Each true point may also stay alone, which is dearer than all distances together. The solver takes 0
    # for no edge at all, so everything costs 1 more, which favours none.
    alone = np.arange(len(truth))
    rows = np.concatenate([pairs["i"], alone])
    columns = np.concatenate([pairs["j"], len(guess) + alone])
    costs = np.concatenate([pairs["v"], np.full(len(truth), radius * (len(truth) + 1))]) + 1
    graph = scipy.sparse.csr_array((costs, (rows, columns)), shape=(len(truth), len(guess) + len(truth)))
    partner = scipy.sparse.csgraph.min_weight_full_bipartite_matching(graph)[1]
    return np.where(partner < len(guess), partner, -1)


def _within(truth: Points, guess: Points, radius: float) -> NDArray:
    """List the pairs of points within the radius: numbers i and j, distance v."""
    trees = (scipy.spatial.cKDTree(side.reshape(-1, 2)) for side in (truth, guess))
    return next(trees).sparse_distance_matrix(next(trees), radius, output_type="ndarray")
