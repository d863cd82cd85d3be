"""What clusterings share: some of the pixels, one thread, and a scatter of the features that say most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.methods.pixel_features import Floats
from workbench.trace import recording, scatter, stage

DRAWN = 1500  # pixels that a scatter shows


def some(features: Floats, count: int, seed: int) -> Floats:
    """Choose rows by the seed, each at most once; all of them where there are no more than `count`."""
    if len(features) <= count:
        return features
    return features[np.random.default_rng(seed).choice(len(features), count, replace=False)]


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep scikit-learn on one thread: on so few rows, threads cost more to wait for than they save."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        yield


def two_axes(rows: NDArray[np.floating]) -> tuple[int, int]:
    """Give the two columns of (N, F) rows that differ most from row to row, in their order; (0, 1) of one.

    >>> two_axes(np.array([[0, 5, 1], [9, 5, 2]], np.float32))
    (0, 2)
    """
    if rows.shape[1] == 1:
        return 0, 1
    first, second = sorted(np.argsort(-rows.var(axis=0), kind="stable")[:2].tolist())
    return first, second


def show_clusters(
    features: Floats, centres: Floats, ids: NDArray[np.int32], names: Sequence[str], seed: int
) -> None:
    """Show the (H, W) ids from 1, and some of the (H * W, F) pixels by their cluster."""
    stage("clusters", ids, "the nearest centre of each pixel", kind="labels")
    if recording():
        shown = some(np.column_stack([features, ids.ravel()]), DRAWN, seed)
        caption = "pixels by their cluster, and the centres"
        show_cloud("features", shown[:, :-1], shown[:, -1], centres, names, caption)


def show_cloud(
    name: str,
    rows: Floats,
    groups: ArrayLike,
    centres: NDArray[np.floating],
    names: Sequence[str],
    caption: str,
    *,
    film: str = "",
    rings: Sequence[NDArray[np.float64]] = (),
) -> None:
    """Show (N, F) rows by their group, from 1, (K, F) centres, and rings of (3, M) dots x, y and group.

    Two features are drawn, those that differ most from row to row; a single one against the cluster.
    """
    pair = list(two_axes(rows))
    rows = np.column_stack([rows, groups])
    places = np.column_stack([centres, np.arange(1, len(centres) + 1)])
    dots = np.vstack([rows[:, pair].T, groups])
    labels = [*names, "cluster"]
    axes = (labels[pair[0]], labels[pair[1]])
    scatter(name, np.hstack([dots, *rings]), caption, centres=places[:, pair], axes=axes, film=film)
