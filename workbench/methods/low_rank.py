"""Low rank and sparse: what repeats itself is background, and what does not stands out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.image import Image, fit
from workbench.methods.clouds import one_thread
from workbench.methods.features import Channel, channel_of
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import chart, progress, recording, stage

Matrix = NDArray[np.float64]
LONGEST = 256  # px; larger pictures are taken apart on a smaller copy
PATCH, STEP = 16, 8  # px: side of a patch, and from one to the next
TOLERANCE = 1e-6  # of what the two parts leave over, as a share of the whole
MOST = 60  # iterations; about half as many are needed
GROWTH = 1.3  # of the penalty in an iteration; faster, and the parts freeze before they are the best ones
EVERY = 6  # iterations between two frames


class Parts(NamedTuple):
    """Hold the two parts of a matrix after an iteration, the rank of the first, and the share left over."""

    low: Matrix
    sparse: Matrix
    rank: int
    left: float


@method("Robust PCA", family="sparsity", yields="foreground", source="Candès et al. 2011", slow=True)
def robust_pca(
    image: Image,
    *,
    matrix: Annotated[
        Literal["patches", "rows"],
        Label("Matrix", "Patches: what looks like other patches is background; rows: like other rows."),
    ] = "patches",
    price: Annotated[
        float,
        Range(0.05, 2, 0.05),
        Label("Price of the sparse part", "Higher leaves more to the background; 1 is what theory advises."),
    ] = 0.2,
    threshold: Annotated[
        float, Range(0, 128, 1), Label("Threshold", "How many grey levels the sparse part must differ by.")
    ] = 15.0,
    objects: Annotated[
        Literal["bright", "dark", "both"], Label("Objects are", "Which way they differ from the background.")
    ] = "bright",
    channel: Channel = "grey",
) -> Segmentation:
    """Split the picture into a part that repeats itself and a part that is 0 almost everywhere.

    Principal component pursuit: of all ways to write a matrix as low rank plus sparse, the one with the
    smallest sum of singular values plus `price` / sqrt(longer side) times the sum of absolute values. Candès,
    E., Li, X., Ma, Y. and Wright, J.: Robust principal component analysis?, 2011, solved by the inexact
    augmented Lagrangian of Lin, Chen and Ma, 2010. The matrix is the picture itself, or has a 16 x 16 patch
    in each column, every 8 px, as in Gao, C. et al.: Infrared patch-image model, 2013; patches are averaged
    where they overlap. Pictures larger than 256 px are taken apart on a smaller copy.
    """
    whole = channel_of(image, channel)
    grey = fit(whole, LONGEST).astype(np.float64) / 255
    tiles = Tiles(grey.shape, grey.shape if matrix == "rows" else (PATCH, PATCH))
    data = grey if matrix == "rows" else tiles.cut(grey)
    left: list[float] = []
    parts = Parts(data, 0 * data, 0, 0.0)
    with one_thread():
        for done, parts in enumerate(pursuit(data, price), 1):
            progress(done, MOST)
            left.append(parts.left)
            if recording() and done % EVERY == 0:
                _show(done, parts, tiles, matrix, whole.shape)
    low, sparse = (part if matrix == "rows" else tiles.join(part) for part in (parts.low, parts.sparse))
    outstanding = _enlarged(sparse * 255, whole.shape)
    stage("low-rank part", lambda: _enlarged(low, whole.shape), f"rank {parts.rank}: what repeats itself")
    stage("sparse part", outstanding, "what is left: grey levels above or below")
    steps = range(1, len(left) + 1)
    chart(
        "left over", steps, left, "falls until the two parts are the whole", axes=("iteration", "share left")
    )
    seen = {"bright": outstanding, "dark": -outstanding, "both": np.abs(outstanding)}[objects]
    return Segmentation.from_mask(seen > threshold)


def pursuit(matrix: Matrix, price: float = 1.0) -> Iterator[Parts]:
    """Split an (M, N) matrix into low rank and sparse, better in each iteration, until they are the whole.

    price : times 1 / sqrt(the longer side), the weight that Candès et al. prove right for random patterns.
    Nothing is given for a matrix of zeros.
    """
    size, largest = float(np.linalg.norm(matrix)), float(np.linalg.norm(matrix, 2))
    weight = price / np.sqrt(max(matrix.shape))
    penalty = 1.25 / max(largest, 1e-12)
    # The prices of breaking low + sparse = matrix; started as Lin, Chen and Ma do.
    dual = matrix / max(largest, np.abs(matrix).max() / weight, 1e-12)
    sparse = np.zeros_like(matrix)
    for _ in range(MOST if size else 0):
        low, rank = shrink_rank(matrix - sparse + dual / penalty, 1 / penalty)
        sparse = shrink(matrix - low + dual / penalty, weight / penalty)
        rest = matrix - low - sparse
        dual, penalty = dual + penalty * rest, penalty * GROWTH
        left = float(np.linalg.norm(rest) / size)
        yield Parts(low, sparse, rank, left)
        if left < TOLERANCE:
            return


def shrink(values: Matrix, by: float) -> Matrix:
    """Move every value towards 0 by the same amount, those nearer than that to 0.

    >>> shrink(np.array([3.0, -1.5, 0.5]), 1.0).tolist()
    [2.0, -0.5, 0.0]
    """
    return np.asarray(values - np.clip(values, -by, by))


def shrink_rank(matrix: Matrix, by: float) -> tuple[Matrix, int]:
    """Shrink the singular values of an (M, N) matrix; gives it and how many are left, its rank."""
    if matrix.shape[0] > matrix.shape[1]:
        turned, rank = shrink_rank(matrix.T, by)
        return turned.T, rank
    # Singular values are the roots of the eigenvalues of the small product: a third of the time of an SVD.
    squares, vectors = np.linalg.eigh(matrix @ matrix.T)
    values = np.sqrt(np.maximum(squares, 0))
    kept, axes = values[values > by], vectors[:, values > by]
    return (axes * ((kept - by) / kept)) @ (axes.T @ matrix), len(kept)


class Tiles:
    """Cut an (H, W) picture into overlapping patches, one a column of a matrix, and join them again.

    >>> tiles = Tiles((20, 30), (16, 16))
    >>> picture = np.arange(600.0).reshape(20, 30)
    >>> tiles.cut(picture).shape, bool(np.allclose(tiles.join(tiles.cut(picture)), picture))
    ((256, 6), True)
    """

    def __init__(self, size: tuple[int, ...], patch: tuple[int, ...]) -> None:
        self.size = size
        self.patch = tuple(min(side, most) for side, most in zip(patch, size, strict=True))
        rows, columns = (
            sorted({*range(0, whole - side + 1, STEP), whole - side})
            for whole, side in zip(size, self.patch, strict=True)
        )
        self.places = [
            (slice(top, top + self.patch[0]), slice(left, left + self.patch[1]))
            for top in rows
            for left in columns
        ]

    def cut(self, picture: Matrix) -> Matrix:
        """Give the (pixels of a patch, patches) matrix of an (H, W) picture."""
        return np.stack([picture[place].ravel() for place in self.places], axis=1)

    def join(self, matrix: Matrix) -> Matrix:
        """Give the (H, W) picture of such a matrix: the mean of all patches that hold a pixel."""
        total, count = np.zeros(self.size), np.zeros(self.size)
        for place, column in zip(self.places, matrix.T, strict=True):
            total[place] += column.reshape(self.patch)
            count[place] += 1
        return total / count


def _show(done: int, parts: Parts, tiles: Tiles, matrix: str, size: tuple[int, ...]) -> None:
    sparse = parts.sparse if matrix == "rows" else tiles.join(parts.sparse)
    caption = f"low-rank part of rank {parts.rank}, {parts.left:.1g} of the whole left over"
    stage(f"sparse part after {done} iterations", _enlarged(sparse, size), caption, film="the sparse part")


def _enlarged(values: Matrix, size: tuple[int, ...]) -> Matrix:
    return np.asarray(cv2.resize(values, (size[1], size[0]), interpolation=cv2.INTER_LINEAR))
