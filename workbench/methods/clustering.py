"""Clustering: pixels that look alike belong together, wherever they are."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Annotated, Literal

import cv2
import numpy as np
import scipy
from numpy.typing import NDArray

from workbench.image import Image
from workbench.methods.clouds import DRAWN, one_thread, show_cloud, show_clusters, some, two_axes
from workbench.methods.features import Sigma
from workbench.methods.pixel_features import (
    Floats,
    Position,
    Seed,
    Space,
    Texture,
    feature_names,
    pixel_features,
)
from workbench.registry import Label, Range, method
from workbench.segmentation import Segmentation
from workbench.trace import chart, progress, recording, stage

if TYPE_CHECKING:
    from sklearn.mixture import GaussianMixture

FAMILY = "clustering"
LOOKED_AT = 10_000  # pixels that centres are found on
MOST_FRAMES = 12
TRANSFORMED = 64  # centres that OpenCV's transform takes; it breaks above 128
Clusters = Annotated[int, Range(2, 8), Label("Clusters (k)", "How many groups of colours to look for.")]


@method("K-means", family=FAMILY, yields="partition", source="Lloyd 1982; Arthur and Vassilvitskii 2007")
def kmeans(
    image: Image,
    *,
    k: Clusters = 2,
    space: Space = "lab",
    position: Position = 0.0,
    sigma: Sigma = 1.0,
    texture: Texture = "none",
    seed: Seed = 0,
) -> Segmentation:
    """Group the pixels around k centres in colour (and, if you like, position and texture).

    Lloyd, S.: Least squares quantization in PCM, 1982, started as k-means++ (Arthur and Vassilvitskii, 2007)
    on at most 10 000 pixels chosen by the seed, best of three starts; then every pixel joins its nearest
    centre. Clusters are numbered from dark to bright, so that small changes seldom swap their colours.
    """
    features = pixel_features(image, space, position, sigma, texture)
    return around_centres(features, image.shape[:2], k, seed, feature_names(space, position, texture))


@method("K-means in small batches", family=FAMILY, yields="partition", source="Sculley 2010")
def minibatch_kmeans(
    image: Image,
    *,
    k: Clusters = 2,
    batch: Annotated[
        int, Range(16, 4096, 1, "px", log=True), Label("Pixels in a batch", "Few are quick, many are sure.")
    ] = 256,
    batches: Annotated[int, Range(1, 200), Label("Batches", "How many times the centres may move.")] = 60,
    space: Space = "lab",
    position: Position = 0.0,
    sigma: Sigma = 1.0,
    texture: Texture = "none",
    seed: Seed = 0,
) -> Segmentation:
    """Let the centres of k-means learn from a few pixels at a time.

    Each pixel of a batch draws its nearest centre towards itself, by one over the number of pixels that
    the centre has met: the more it has met, the less it moves. scikit-learn's, started as k-means++ on the
    first batch, without its moving of lonely centres, which Sculley has not.
    Sculley, D.: Web-scale k-means clustering, 2010.
    """
    features = pixel_features(image, space, position, sigma, texture)
    names = feature_names(space, position, texture)
    centres = few_colours(some(features, LOOKED_AT, seed), k)
    if centres is None:
        centres = _learned(features, (k, batch, batches, seed), names)
    ids = nearest(features, centres).reshape(image.shape[:2]) + 1
    show_clusters(features, centres, ids, names, seed)
    return Segmentation.from_partition(ids)


@method("Gaussian mixture", family=FAMILY, yields="partition", source="Dempster, Laird and Rubin 1977")
def gaussian_mixture(
    image: Image,
    *,
    k: Clusters = 2,
    shape: Annotated[
        Literal["full", "diag", "spherical"],
        Label("Shape of a cloud", "Any ellipse, one along the axes, or a ball."),
    ] = "full",
    space: Space = "lab",
    position: Position = 0.0,
    sigma: Sigma = 1.0,
    texture: Texture = "none",
    seed: Seed = 0,
) -> Segmentation:
    """Explain the colours by k Gaussian clouds, and give each pixel to the likeliest.

    Unlike k-means, clouds may differ in size, shape and weight. Expectation and maximisation in turns, on at
    most 10 000 pixels chosen by the seed, by scikit-learn, which starts as k-means++ does.
    Dempster, A., Laird, N. and Rubin, D.: Maximum likelihood from incomplete data via the EM algorithm, 1977.
    """
    features = pixel_features(image, space, position, sigma, texture)
    names = feature_names(space, position, texture)
    chosen = some(features, LOOKED_AT, seed)
    centres = few_colours(chosen, k)
    if centres is not None:
        ids = nearest(features, centres).reshape(image.shape[:2]) + 1
        show_clusters(features, centres, ids, names, seed)
        return Segmentation.from_partition(ids)
    model = mixture(chosen, k, shape, seed)
    if recording():
        _show_rounds(chosen, (k, shape, seed), model.n_iter_, names)
    ids = likeliest(model, features).reshape(image.shape[:2]) + 1
    stage("clusters", ids, "the likeliest cloud of each pixel", kind="labels")
    if recording():
        _show_clouds("features", model, some(features, DRAWN, seed), names)
    return Segmentation.from_partition(ids)


def around_centres(
    features: Floats, size: tuple[int, int], k: int, seed: int, names: tuple[str, ...]
) -> Segmentation:
    """Partition (height, width) pixels, given as (N, F) rows, by k-means; shows its stages."""
    centres = centres_of(features, k, seed, names)
    ids = nearest(features, centres).reshape(size) + 1
    show_clusters(features, centres, ids, names, seed)
    return Segmentation.from_partition(ids)


def centres_of(features: Floats, k: int, seed: int, names: tuple[str, ...]) -> Floats:
    """Find (k, F) centres of (N, F) rows by k-means, darkest first; fewer where there are fewer colours."""
    chosen = some(features, LOOKED_AT, seed)
    few = few_colours(chosen, k)
    if few is not None:
        return few
    if recording():
        _show_iterations(chosen, k, seed, names)
    return _lloyd(chosen, k, seed, 50)[1]


def few_colours(chosen: Floats, k: int) -> Floats | None:
    """Give the different rows where there are no more than k, each then a centre; None where there are more.

    >>> few_colours(np.array([[2], [1], [2]], np.float32), 2).tolist()
    [[1.0], [2.0]]
    """
    # Quick for most pictures, whose first pixels have more colours than that.
    if len(np.unique(chosen[:1000], axis=0)) > k:
        return None
    distinct = np.unique(chosen, axis=0)
    return distinct if len(distinct) <= k else None


def nearest(features: Floats, centres: Floats) -> NDArray[np.int32]:
    """Give (N,) which of the (K, F) centres is nearest to each row of (N, F) features.

    >>> nearest(np.array([[1], [9]], np.float32), np.array([[0], [5], [10]], np.float32)).tolist()
    [0, 2]
    """
    if len(centres) > TRANSFORMED:
        return scipy.spatial.KDTree(centres).query(features)[1].astype(np.int32)
    # |x - c|^2 without |x|^2, which is the same for all centres, is linear in x: OpenCV's transform. A matrix
    # product would wait for its threads on a busy machine.
    linear = np.column_stack([-2 * centres, np.square(centres).sum(axis=1)])
    far = cv2.transform(features[:, None, :], linear)[:, 0].reshape(len(features), -1)
    return far.argmin(axis=1).astype(np.int32)


def in_order(centres: NDArray[np.floating]) -> NDArray[np.intp]:
    """Order (K, F) centres by lightness (the first feature), then by the next ones."""
    return np.lexsort(centres.T[::-1])


@one_thread()
def mixture(chosen: Floats, k: int, shape: str, seed: int, rounds: int = 100) -> GaussianMixture:
    """Fit scikit-learn's mixture of k Gaussians to (N, F) rows, in at most so many rounds."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    # A cloud of one colour alone would have no width at all: a tenth of a unit of colour is the least.
    model = GaussianMixture(
        k, covariance_type=shape, reg_covar=0.01, max_iter=rounds, init_params="k-means++", random_state=seed
    )
    with warnings.catch_warnings():
        # To stop before rest is what rounds are for.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(chosen.astype(np.float64))


@one_thread()
def likeliest(model: GaussianMixture, features: Floats) -> NDArray[np.int32]:
    """Give (N,) which cloud, counted from the darkest, each of the (N, F) rows most likely comes from."""
    rank = np.argsort(in_order(model.means_)).astype(np.int32)
    return rank[model.predict(features.astype(np.float64))]


def _lloyd(chosen: Floats, k: int, seed: int, limit: int) -> tuple[float, Floats]:
    """Give the sum of squared distances to the nearest centre, and the centres; equal seeds start alike."""
    cv2.setRNGSeed(seed)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, limit, 0.01)
    spread, _, centres = cv2.kmeans(chosen, k, None, stop, 3, cv2.KMEANS_PP_CENTERS)  # type: ignore[call-overload]
    # The numbers follow the picture, not the random start.
    return spread, centres[in_order(centres)]


def _show_iterations(chosen: Floats, k: int, seed: int, names: tuple[str, ...]) -> None:
    """Show the best of the three starts after each of the first rounds, and how its spread falls."""
    shown, spreads = chosen[:DRAWN], list[float]()
    for number in range(1, MOST_FRAMES):
        spread, centres = _lloyd(chosen, k, seed, number + 1)  # OpenCV counts the start as one
        if spreads and spread / len(chosen) == spreads[-1]:
            break  # at rest: the centres move no more
        spreads.append(spread / len(chosen))
        caption = f"spread {spreads[-1]:.4g}, the best of three starts"
        groups = nearest(shown, centres) + 1
        show_cloud(
            f"after {number} moves of the centres", shown, groups, centres, names, caption, film="centres"
        )
    text = "mean squared distance to the centre: falls until no pixel changes sides"
    chart("iterations", np.arange(len(spreads)) + 1, spreads, text, axes=("moves of the centres", "spread"))


@one_thread()
def _learned(features: Floats, how: tuple[int, int, int, int], names: tuple[str, ...]) -> Floats:
    """Let (k, F) centres learn from batches; `how` is k, the batch's size, their number and the seed."""
    from sklearn.cluster import MiniBatchKMeans, kmeans_plusplus

    k, batch, batches, seed = how
    rng = np.random.default_rng(seed)
    drawn = [features[rng.integers(len(features), size=max(batch, k))] for _ in range(batches)]
    start, _ = kmeans_plusplus(drawn[0], k, random_state=seed)
    model = MiniBatchKMeans(k, init=start, n_init=1, reassignment_ratio=0.0, random_state=seed)
    kept = set(np.geomspace(1, batches, MOST_FRAMES).round().astype(int)) if recording() else set()
    test = some(features, DRAWN, seed)
    spreads: list[float] = []
    for number, rows in enumerate(drawn, start=1):
        progress(number, batches)
        model.partial_fit(rows)
        if recording():
            groups = nearest(test, model.cluster_centers_)
            spreads.append(float(np.square(test - model.cluster_centers_[groups]).sum(axis=1).mean()))
        if number in kept:
            centres = model.cluster_centers_[in_order(model.cluster_centers_)]
            name, caption = f"after {number} batches", f"spread {spreads[-1]:.4g}"
            show_cloud(name, test, nearest(test, centres) + 1, centres, names, caption, film="centres")
    text = "mean squared distance to the centre of some pixels: it trembles, since each batch is another"
    chart("batches", np.arange(len(spreads)) + 1, spreads, text, axes=("batches", "spread"))
    return model.cluster_centers_[in_order(model.cluster_centers_)]


def _show_rounds(chosen: Floats, how: tuple[int, str, int], last: int, names: tuple[str, ...]) -> None:
    """Show the clouds after some of the rounds of expectation and maximisation, and the likelihood."""
    k, shape, seed = how
    rounds = np.unique(np.geomspace(1, last, MOST_FRAMES).round().astype(int)).tolist()
    likely = []
    for number in rounds:
        model = mixture(chosen, k, shape, seed, number)
        likely.append(model.lower_bound_)
        _show_clouds(f"after {number} rounds", model, chosen[:DRAWN], names, "clouds")
    text = "mean log-likelihood of a pixel: it never falls"
    chart("likelihood", rounds, likely, text, axes=("rounds", "log-likelihood"))


def _show_clouds(
    name: str, model: GaussianMixture, shown: Floats, names: tuple[str, ...], film: str = ""
) -> None:
    """Show pixels by their cloud, the middles, and each cloud's outline at two deviations as dots."""
    order = in_order(model.means_)
    groups = likeliest(model, shown) + 1
    axes = list(two_axes(shown))
    flat = shown.shape[1] == 1
    rings = [] if flat else [_ring(model, part, axes, number) for number, part in enumerate(order, start=1)]
    caption = f"outlines at two deviations; mean log-likelihood {model.lower_bound_:.3f}"
    centres = model.means_[order]
    show_cloud(name, shown, groups, centres, names, caption, film=film, rings=rings)


def _ring(model: GaussianMixture, part: int, axes: list[int], number: int) -> NDArray[np.float64]:
    """Give (3, 60) dots around a cloud at two deviations in two of its features, with its number."""
    covariance = model.covariances_[part]
    if covariance.ndim < 2:  # along the axes, or a ball
        covariance = np.diag(np.broadcast_to(covariance, model.means_.shape[1]))
    turn = np.linspace(0, 2 * np.pi, 60)
    circle = np.stack([np.cos(turn), np.sin(turn)])
    dots = 2 * np.linalg.cholesky(covariance[np.ix_(axes, axes)]) @ circle
    return np.vstack([dots + model.means_[part, axes][:, None], np.full(len(turn), number)])
