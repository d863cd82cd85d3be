"""Exercises of lesson 33: the weights that part touching cells, and what a tile is shown."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

from workbench.teaching.exercise import FunctionExercise, Wrong

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]


def weight_map(ids: Ids, balance: Floats, w0: float, sigma: float) -> Floats:
    """Give the (H, W) weight of each pixel."""
    far = _distances(ids)
    if len(far) < 2:
        return _balanced(ids, balance)
    gap = w0 * np.exp(-((far[0] + far[1]) ** 2) / (2 * sigma**2))
    return _balanced(ids, balance) + np.where(ids > 0, 0, gap)


def shown(picture: Floats, row: int, column: int, side: int, margin: int) -> Floats:
    """Give the tile with its margin, mirrored where the picture ends."""
    return _cut(np.pad(picture, margin, mode="reflect"), row, column, side + 2 * margin)


def _balanced(ids: Ids, balance: Floats) -> Floats:
    return np.where(ids > 0, balance[1], balance[0]).astype(float)


def _distances(ids: Ids) -> Floats:
    """Give (cells, H, W): how far each pixel is from the nearest cell, from the second nearest, and so on."""
    cells = [n for n in np.unique(ids) if n]
    far = [scipy.ndimage.distance_transform_edt(ids != n) for n in cells]
    return np.sort(np.reshape(far, (len(cells), *ids.shape)), axis=0)


def _cut(around: Floats, row: int, column: int, size: int) -> Floats:
    return around[row : row + size, column : column + size]


def _dishes(rng: np.random.Generator) -> list[tuple[Ids, Floats, float, float]]:
    _ = scipy.ndimage.distance_transform_edt  # loaded before an answer is timed
    smallest = np.zeros((2, 7), int)
    smallest[:, :2], smallest[:, 5:] = 1, 2
    cases = [smallest, np.where(np.arange(16) < 5, 1, 0).reshape(1, 16)]  # two cells; one alone
    for side, count in ((9, 2), (14, 3), (20, 5)):
        ids = np.zeros((side, side + 3), int)
        for n in range(1, count + 1):
            row, col = rng.integers(1, side - 4, 2)
            ids[row : row + 3, col : col + 3] = (
                3 * n
            )  # numbers with gaps, as after things have been taken out
        ids[:2, :2], ids[-2:, -2:] = 1, 2  # two at least, whatever hides what
        cases.append(ids)
    values = [
        (np.round(rng.uniform(0.5, 3, 2), 1), float(rng.integers(5, 12)), float(rng.integers(2, 6)))
        for _ in cases
    ]
    return [(ids, *value) for ids, value in zip(cases, values, strict=True)]


def _tiles(rng: np.random.Generator) -> list[tuple[Floats, int, int, int, int]]:
    cases = []
    for height, width, side, margin in (
        (4, 4, 2, 1),
        (4, 6, 2, 2),
        (8, 8, 4, 3),
        (8, 12, 4, 3),
        (16, 12, 4, 6),
    ):
        picture = rng.permutation(height * width).reshape(height, width).astype(float)
        # At a corner, so that the mirror is seen on two sides, and another one from case to case.
        row, column = (int(rng.choice([0, length - side])) for length in (height, width))
        cases.append((picture, row, column, side, margin))
    picture = rng.permutation(240).reshape(12, 20).astype(float)
    return [*cases, (picture, 4, 8, 4, 2)]


def _everywhere(ids: Ids, balance: Floats, w0: float, sigma: float) -> Floats:
    far = _distances(ids)
    if len(far) < 2:
        return _balanced(ids, balance)
    return _balanced(ids, balance) + w0 * np.exp(-((far[0] + far[1]) ** 2) / (2 * sigma**2))


def _nearest_alone(ids: Ids, balance: Floats, w0: float, sigma: float) -> Floats:
    gap = w0 * np.exp(-(_distances(ids)[0] ** 2) / (2 * sigma**2))
    return _balanced(ids, balance) + np.where(ids > 0, 0, gap)


def _squares_summed(ids: Ids, balance: Floats, w0: float, sigma: float) -> Floats:
    far = _distances(ids)
    if len(far) < 2:
        return _balanced(ids, balance)
    gap = w0 * np.exp(-(far[0] ** 2 + far[1] ** 2) / (2 * sigma**2))
    return _balanced(ids, balance) + np.where(ids > 0, 0, gap)


def _gap_alone(ids: Ids, balance: Floats, w0: float, sigma: float) -> Floats:
    return weight_map(ids, np.zeros(2), w0, sigma)


def _zeros(picture: Floats, row: int, column: int, side: int, margin: int) -> Floats:
    return _cut(np.pad(picture, margin), row, column, side + 2 * margin)


def _rim_repeated(picture: Floats, row: int, column: int, side: int, margin: int) -> Floats:
    return _cut(np.pad(picture, margin, mode="symmetric"), row, column, side + 2 * margin)


def _rim_smeared(picture: Floats, row: int, column: int, side: int, margin: int) -> Floats:
    return _cut(np.pad(picture, margin, mode="edge"), row, column, side + 2 * margin)


def _tile_mirrored(picture: Floats, row: int, column: int, side: int, margin: int) -> Floats:
    return np.pad(_cut(picture, row, column, side), margin, mode="reflect")


def _cut_off(picture: Floats, row: int, column: int, side: int, margin: int) -> Floats:
    top, left = max(row - margin, 0), max(column - margin, 0)
    return picture[top : row + side + margin, left : column + side + margin]


EXERCISES = (
    FunctionExercise(
        id="33.1",
        title="The weight of a gap",
        prompt=(
            "Write `weight_map(ids, balance, w0, sigma)`: the balance of background or cell, and on "
            "background w0 exp(-(d1 + d2)^2 / 2 sigma^2), by the distances to the nearest two cells."
        ),
        signature="weight_map(ids, balance, w0, sigma)",
        solution=weight_map,
        cases=_dishes,
        hint="Stack the distance maps of all cells (of ids != n) and sort: the first two are d1 and d2.",
        wrong=(
            Wrong(
                "in cells too",
                _everywhere,
                "You raise pixels of cells as well; only background gets the second term here.",
            ),
            Wrong(
                "nearest alone",
                _nearest_alone,
                "You raise every rim; a gap is where the second nearest cell is near, too.",
            ),
            Wrong(
                "squares summed",
                _squares_summed,
                "You square each distance and add; add the distances first, then square.",
            ),
            Wrong(
                "gap alone",
                _gap_alone,
                "Only the second term is there; the balance of background and cell belongs to each pixel.",
            ),
        ),
    ),
    FunctionExercise(
        id="33.2",
        title="What a tile is shown",
        prompt=(
            "Write `shown(picture, row, column, side, margin)`: the tile at row, column with a margin around "
            "it, the mirror image where the picture ends."
        ),
        signature="shown(picture, row, column, side, margin)",
        solution=shown,
        cases=_tiles,
        hint="Pad the whole picture first (np.pad has a mode for it); row and column then are the margin's.",
        wrong=(
            Wrong("zeros", _zeros, "Beyond the rim you show black; the network would take it for an object."),
            Wrong(
                "rim repeated",
                _rim_repeated,
                "Your mirror stands behind the rim and shows it twice; it should stand on it.",
            ),
            Wrong(
                "rim smeared",
                _rim_smeared,
                "You repeat the rim's pixel outwards; a mirror shows what lies inside of the rim.",
            ),
            Wrong(
                "tile mirrored",
                _tile_mirrored,
                "You mirror the tile itself; where the picture goes on, the margin shows the real picture.",
            ),
            Wrong(
                "cut off",
                _cut_off,
                "At the rim your tile is smaller; the network needs side + 2 * margin px on each side.",
            ),
        ),
    ),
)
