import cv2
import numpy as np
import pytest
from sklearn.cluster import KMeans

import workbench as wb
from workbench.methods.clustering import _features
from workbench.trace import Trace, listen


def _inertia(features: np.ndarray, ids: np.ndarray) -> float:
    """Sum the squared distances to the mean of each cluster."""
    rows = features.astype(float)
    return sum(np.square(rows[ids == n] - rows[ids == n].mean(axis=0)).sum() for n in np.unique(ids))


@pytest.mark.parametrize("name", ["chelsea", "astronaut", "coins"])
@pytest.mark.parametrize("k", [2, 4, 8])
def test_inertia_is_not_worse_than_scikit_learns(name: str, k: int) -> None:
    image = wb.samples.load(name, longest=128).image
    features = _features(image, "lab", 0.0, 1.0)
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
    lightness = _features(colour, space, 0, 1.0)[:, 0]
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


def test_features_are_on_one_scale(colour: np.ndarray) -> None:
    lab = cv2.cvtColor(colour.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    assert np.allclose(_features(colour, "lab", 0, 0), lab.reshape(-1, 3))
    grey = _features(colour, "grey", 0, 0)
    assert grey.shape == (colour.shape[0] * colour.shape[1], 1)
    assert grey.max() <= 100
    placed = _features(colour, "rgb", 0.5, 0)
    assert placed.shape[1] == 5
    assert placed[-1, 3:].max() == pytest.approx(50, abs=1)


def test_position_makes_near_pixels_cluster() -> None:
    image = np.full((20, 40, 3), 128, np.uint8)
    image[::2] = 130
    ids = wb.run("kmeans", image, position=2.0, sigma=0).output.ids
    assert len(np.unique(ids[:, :18])) == len(np.unique(ids[:, 22:])) == 1


@pytest.mark.parametrize("space", ["lab", "grey"])
def test_iterations_and_scatter_are_shown(colour: np.ndarray, space: str) -> None:
    with listen(Trace()) as heard:
        output = wb.METHODS["kmeans"](colour, k=3, space=space)
    spread, clusters, dots = heard.stages
    assert (np.diff(spread.array[1]) <= 1e-6).all()
    assert (clusters.array == output.ids).all()
    assert dots.kind == "scatter"
    assert dots.array.shape == (3, 1500)
    assert set(dots.array[2]) == {1, 2, 3}
    assert len(dots.marks) == 3
    # Each cloud lies around the centre of its own number.
    for number, (x, _) in enumerate(dots.marks, start=1):
        assert dots.array[0, dots.array[2] == number].mean() == pytest.approx(x, abs=5)
