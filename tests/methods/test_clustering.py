import warnings

import numpy as np
import pytest
from sklearn.cluster import KMeans, kmeans_plusplus
from sklearn.mixture import GaussianMixture

import workbench as wb
from workbench.methods.clustering import in_order, nearest
from workbench.methods.pixel_features import pixel_features
from workbench.trace import Trace, listen


def _inertia(features: np.ndarray, ids: np.ndarray) -> float:
    """Sum the squared distances to the mean of each cluster."""
    rows = features.astype(float)
    return sum(np.square(rows[ids == n] - rows[ids == n].mean(axis=0)).sum() for n in np.unique(ids))


@pytest.mark.parametrize("name", ["chelsea", "astronaut", "coins"])
@pytest.mark.parametrize("k", [2, 4, 8])
def test_inertia_is_not_worse_than_scikit_learns(name: str, k: int) -> None:
    image = wb.samples.load(name, longest=128).image
    features = pixel_features(image, "lab", 0.0, 1.0)
    ours = _inertia(features, wb.run("kmeans", image, k=k).output.ids.ravel())
    theirs = KMeans(k, n_init=10, random_state=0).fit(features).inertia_
    assert ours <= 1.01 * theirs


def test_every_pixel_is_in_the_cluster_with_the_nearest_centre(colour: np.ndarray) -> None:
    ids = wb.run("kmeans", colour, k=4, space="rgb", sigma=0).output.ids
    features = (colour / 255 * 100).reshape(-1, 3)
    means = np.array([features[ids.ravel() == n].mean(axis=0) for n in range(1, 5)])
    nearest = np.square(features[:, None] - means).sum(axis=2).argmin(axis=1) + 1
    # Few pixels at most lie between two centres that the last iteration still moved.
    assert (nearest == ids.ravel()).mean() > 0.99


@pytest.mark.parametrize("space", ["lab", "grey"])
def test_clusters_are_numbered_from_dark_to_bright(colour: np.ndarray, space: str) -> None:
    ids = wb.run("kmeans", colour, k=5, space=space).output.ids
    lightness = pixel_features(colour, space, 0, 1.0)[:, 0]
    assert (np.diff([lightness[ids.ravel() == n].mean() for n in range(1, 6)]) > 0).all()


def test_small_changes_keep_the_numbers(coins: np.ndarray) -> None:
    runs = [wb.run("kmeans", coins, k=3, sigma=sigma).output.ids for sigma in (1.0, 1.1, 1.2)]
    # The optimum is flat, so some pixels change; clusters that swap numbers would change most of them.
    assert all((run == runs[0]).mean() > 0.9 for run in runs)


def test_other_seeds_find_about_the_same_clusters(coins: np.ndarray) -> None:
    runs = [wb.run("kmeans", coins, k=2, seed=seed).output.ids for seed in range(5)]
    assert all((run == runs[0]).mean() > 0.98 for run in runs)


def test_fewer_colours_than_clusters() -> None:
    image = np.zeros((4, 6, 3), np.uint8)
    image[:, :2] = (200, 10, 10)
    assert wb.run("kmeans", image, k=6, sigma=0).output.ids.tolist() == [[2, 2, 1, 1, 1, 1]] * 4


def test_position_makes_near_pixels_cluster() -> None:
    image = np.full((20, 40, 3), 128, np.uint8)
    image[::2] = 130
    ids = wb.run("kmeans", image, position=2.0, sigma=0).output.ids
    assert len(np.unique(ids[:, :18])) == len(np.unique(ids[:, 22:])) == 1


@pytest.mark.parametrize("space", ["lab", "grey"])
def test_iterations_and_scatter_are_shown(colour: np.ndarray, space: str) -> None:
    with listen(Trace()) as heard:
        output = wb.METHODS["kmeans"](colour, k=3, space=space)
    *film, spread, clusters, dots = heard.stages
    assert len(spread.array[1]) == len(film)
    assert (np.diff(spread.array[1]) <= 1e-6).all()
    assert (clusters.array == output.ids).all()
    for frame in (*film, dots):
        assert frame.kind == "scatter"
        assert frame.array.shape == (3, 1500)
        assert len(frame.marks) == 3
    assert {frame.film for frame in film} == {"centres"}
    assert set(dots.array[2]) == {1, 2, 3}
    # Each cloud lies around the centre of its own number.
    for number, (x, _) in enumerate(dots.marks, start=1):
        assert dots.array[0, dots.array[2] == number].mean() == pytest.approx(x, abs=5)


def test_k_means_finds_the_best_of_all_partitions() -> None:
    """Seven colours have 63 partitions into two; none of them has a smaller spread."""
    image = np.random.default_rng(4).integers(0, 256, (1, 7, 3), dtype=np.uint8)
    features = pixel_features(image, "rgb", 0, 0)
    splits = [np.array([1 + (number >> bit & 1) for bit in range(7)]) for number in range(1, 64)]
    best = min(_inertia(features, ids) for ids in splits)
    ids = wb.run("kmeans", image, k=2, space="rgb", sigma=0).output.ids.ravel()
    assert _inertia(features, ids) == pytest.approx(best, rel=1e-5)


@pytest.mark.parametrize("count", [1, 3, 70, 200])
def test_nearest_is_the_nearest_however_many_centres(count: int) -> None:
    rng = np.random.default_rng(0)
    features = rng.uniform(0, 100, (300, 3)).astype(np.float32)
    centres = rng.uniform(0, 100, (count, 3)).astype(np.float32)
    far = np.square(features[:, None].astype(float) - centres).sum(axis=2)
    chosen = far[np.arange(300), nearest(features, centres)]
    assert np.allclose(chosen, far.min(axis=1), atol=0.05)


# --- small batches ---
def test_small_batches_are_sculleys() -> None:
    """The textbook, one pixel at a time: the centre moves by one over the pixels it has met."""
    image = np.random.default_rng(1).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    features = pixel_features(image, "rgb", 0, 0)
    rng = np.random.default_rng(0)
    batches = [features[rng.integers(1600, size=64)] for _ in range(30)]
    centres, _ = kmeans_plusplus(batches[0], 3, random_state=0)
    met = np.zeros(3)
    for rows in batches:
        home = np.square(rows[:, None] - centres).sum(axis=2).argmin(axis=1)
        for row, number in zip(rows, home, strict=True):
            met[number] += 1
            centres[number] += (row - centres[number]) / met[number]
    values = {"k": 3, "batch": 64, "batches": 30, "space": "rgb", "sigma": 0.0}
    ids = wb.run("minibatch-kmeans", image, **values).output.ids.ravel() - 1
    ours = centres[in_order(centres)]
    assert (nearest(features, ours.astype(np.float32)) == ids).mean() > 0.999


def test_small_batches_come_near_k_means(coins: np.ndarray, colour: np.ndarray) -> None:
    for image in (coins, colour):
        features = pixel_features(image, "lab", 0.0, 1.0)
        small, full = (
            _inertia(features, wb.run(name, image, k=3).output.ids.ravel())
            for name in ("minibatch-kmeans", "kmeans")
        )
        assert small <= 1.1 * full


def test_the_film_of_small_batches_ends_where_the_method_does(colour: np.ndarray) -> None:
    with listen(Trace()) as heard:
        wb.METHODS["minibatch-kmeans"](colour, k=3, batches=20)
    frames = [item for item in heard.stages if item.film == "centres"]
    assert 5 <= len(frames) <= 12
    assert frames[-1].name == "after 20 batches"
    assert frames[-1].marks == heard.stages[-1].marks


# --- Gaussian mixture ---
@pytest.mark.parametrize("shape", ["full", "diag", "spherical"])
def test_the_mixture_is_scikit_learns(colour: np.ndarray, shape: str) -> None:
    features = pixel_features(colour, "lab", 0.0, 1.0).astype(float)
    chosen = features[np.random.default_rng(0).choice(len(features), 10_000, replace=False)]
    theirs = GaussianMixture(
        4, covariance_type=shape, reg_covar=0.01, max_iter=100, init_params="k-means++", random_state=0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        labels = theirs.fit(chosen).predict(features)
    ids = wb.run("gaussian-mixture", colour, k=4, shape=shape).output.ids.ravel()
    # The same groups under other numbers: ours go from dark to bright.
    assert len({*zip(labels.tolist(), ids.tolist(), strict=True)}) == 4
    assert (np.diff([theirs.means_[labels[ids == n][0], 0] for n in range(1, 5)]) > 0).all()


def test_a_mixture_parts_a_small_tight_cloud_from_a_wide_one() -> None:
    """K-means cuts the wide cloud in half; a mixture knows that clouds may differ in width."""
    rng = np.random.default_rng(0)
    wide = np.clip(rng.normal(120, 35, 3000), 0, 255)
    tight = np.clip(rng.normal(200, 2, 1500), 0, 255)
    grey = np.concatenate([wide, tight]).astype(np.uint8).reshape(45, 100)
    truth = np.arange(4500).reshape(45, 100) >= 3000
    image = np.repeat(grey[..., None], 3, axis=2)
    wrong = [
        min((ids != truth).mean(), (ids == truth).mean())
        for name in ("gaussian-mixture", "kmeans")
        for ids in [wb.run(name, image, sigma=0.0, space="grey").output.ids == 2]
    ]
    assert wrong[0] < 0.05 < 0.1 < wrong[1]


def test_the_likelihood_never_falls_and_rings_are_drawn(colour: np.ndarray) -> None:
    with listen(Trace()) as heard:
        wb.METHODS["gaussian-mixture"](colour, k=3)
    *film, likely, _, dots = heard.stages
    assert (np.diff(likely.array[1]) >= -1e-9).all()
    assert 2 <= len(film) <= 12
    assert dots.array.shape == (3, 1500 + 3 * 60)
    for number, middle in enumerate(dots.marks, start=1):
        ring = dots.array[:2, 1500 + 60 * (number - 1) : 1500 + 60 * number]
        assert np.allclose(ring[:, :-1].mean(axis=1), middle, atol=0.1)
        assert (dots.array[2, 1500 + 60 * (number - 1) : 1500 + 60 * number] == number).all()


@pytest.mark.parametrize("name", ["kmeans", "minibatch-kmeans", "gaussian-mixture"])
@pytest.mark.parametrize("texture", ["gabor", "lbp"])
def test_texture_can_count(name: str, texture: str) -> None:
    """Stripes this way and that, of one mean and one histogram: no colour tells them apart."""
    image = np.full((48, 96, 3), 90, np.uint8)
    image[:, :48:2], image[::4, 48:], image[1::4, 48:] = 160, 160, 160
    ids = wb.run(name, image, space="grey", sigma=6.0, texture=texture).output.ids
    left, right = ids[8:-8, 8:32], ids[8:-8, 64:-8]
    assert len(np.unique(left)) == len(np.unique(right)) == 1
    assert left[0, 0] != right[0, 0]


@pytest.mark.parametrize("name", ["minibatch-kmeans", "gaussian-mixture"])
def test_others_also_make_no_more_clusters_than_colours(name: str) -> None:
    image = np.zeros((4, 6, 3), np.uint8)
    image[:, :2] = (200, 10, 10)
    assert wb.run(name, image, k=6, sigma=0).output.ids.tolist() == [[2, 2, 1, 1, 1, 1]] * 4
