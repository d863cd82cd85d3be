"""Gaussian sums over scattered points, quick in many dimensions: the permutohedral lattice.

Adams, A., Baek, J. and Davis, A.: Fast high-dimensional filtering using the permutohedral lattice, 2010.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Lattice:
    """Sum values over near points: for each i the sum over j of exp(-|f_i - f_j|^2 / 2) v_j.

    Nearly, and times a factor that depends on D and hardly on the point.

    Space is cut into simplices, D + 1 corners each. Each point leaves its value at the corners around it
    (splat), corners share with their neighbours in D + 1 directions (blur), and points read back (slice).

    Parameters
    ----------
    features : (N, D) of the points, in units of the Gaussian's deviation.

    >>> there = np.array([[0.0], [0.1], [50.0]])
    >>> Lattice(there).sums(np.array([[1.0], [0.0], [0.0]])).ravel().round(1).tolist()
    [0.8, 0.8, 0.0]
    """

    def __init__(self, features: Floats) -> None:
        from scipy.sparse import csr_array

        count, depth = features.shape
        nearest, order, shares = _simplices(features)
        # One whole number a corner: its first D coordinates as digits, with room for two steps on each side.
        low, high = nearest[:, :depth].min(axis=0) - 3 * depth, nearest[:, :depth].max(axis=0) + 3 * depth
        digits = np.append(1, np.cumprod(high - low + 1)[:-1])
        self._keys, where = np.unique(_corners(nearest[:, :depth] - low, order, digits), return_inverse=True)
        rows = np.arange(0, count * (depth + 1) + 1, depth + 1)
        shape = (count, len(self._keys))
        self._splat = csr_array((shares.ravel(), where.ravel(), rows), shape=shape)
        self._steps = [self._neighbours(digits, axis) for axis in range(depth + 1)]
        self._scale = 1 / (1 + 2.0**-depth)

    def sums(self, values: Floats) -> Floats:
        """Give the (N, K) Gaussian sums of (N, K) values."""
        held = np.zeros((len(self._keys) + 1, values.shape[1]))  # the last row is where no corner is
        held[:-1] = self._splat.T @ values
        for before, after in self._steps:
            held[:-1] += (held[before] + held[after]) / 2
        return self._scale * (self._splat @ held[:-1])

    def _neighbours(self, digits: NDArray[np.int64], axis: int) -> tuple[NDArray[np.intp], ...]:
        """Find the rows of the corners one step before and after each along an axis; -1 where none is."""
        # A step is -1 along all coordinates but one, which goes D up; the last coordinate is left out.
        step = -np.ones(len(digits), np.int64)
        if axis < len(digits):
            step[axis] = len(digits)
        found = []
        for wanted in (self._keys - step @ digits, self._keys + step @ digits):
            rows = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
            found.append(np.where(self._keys[rows] == wanted, rows, -1))
        return tuple(found)


def _simplices(features: Floats) -> tuple[NDArray[np.int64], NDArray[np.intp], Floats]:
    """Find the simplex around each of (N, D) points.

    Gives (N, D + 1) the corner 0 of each; (N, D + 1) which coordinates lie furthest above it, falling; and
    (N, D + 1) the share that each corner has of the point.
    """
    depth = features.shape[1]
    size = depth + 1
    raised = features @ _raising(depth).T  # (N, D + 1), on the plane where coordinates sum to 0
    nearest = np.rint(raised / size).astype(np.int64)
    excess = nearest.sum(axis=1, keepdims=True)
    # Where rounding left the plane, those coordinates that were rounded furthest go back by one.
    rank = np.argsort(np.argsort(nearest - raised / size, axis=1, kind="stable"), axis=1) + excess
    nearest += (rank < 0).astype(np.int64) - (rank > depth)
    nearest *= size
    above = (raised - nearest) / size
    order = np.argsort(-above, axis=1, kind="stable")
    falling = np.take_along_axis(above, order, axis=1)
    shares = np.empty_like(falling)
    shares[:, 0] = 1 + falling[:, depth] - falling[:, 0]
    shares[:, 1:] = (falling[:, :-1] - falling[:, 1:])[:, ::-1]
    return nearest, order, shares


def _corners(
    nearest: NDArray[np.int64], order: NDArray[np.intp], digits: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Give the (N, D + 1) numbers of all corners of the simplices, from (N, D) corners 0."""
    size = len(digits) + 1
    down = np.append(digits, 0) * size
    keys = np.empty(order.shape, np.int64)
    keys[:, 0] = nearest @ digits
    for corner in range(1, size):  # one up in all coordinates, but for one of those before, which goes D down
        keys[:, corner] = keys[:, corner - 1] + digits.sum() - down[order[:, size - corner]]
    return keys


def _raising(depth: int) -> Any:
    """Give the (D + 1, D) matrix that lays points onto the lattice's plane, to the scale of its blur."""
    matrix = np.triu(np.ones((depth + 1, depth)))
    matrix[np.arange(1, depth + 1), np.arange(depth)] = -np.arange(1, depth + 1)
    each = np.arange(1, depth + 1)
    return matrix * (depth + 1) * np.sqrt(2 / 3) / np.sqrt(each * (each + 1))
