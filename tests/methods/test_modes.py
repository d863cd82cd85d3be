import cv2
import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.cluster import DBSCAN, MeanShift

import workbench as wb
from workbench.methods.clouds import some
from workbench.methods.modes import climbed, dense_groups, starts, summits, thumbnail
from workbench.methods.pixel_features import pixel_features
from workbench.trace import Trace, listen


# --- mean shift ---
@pytest.mark.parametrize("name", ["coins", "chelsea", "astronaut"])
@pytest.mark.parametrize("bandwidth", [8.0, 12.0, 24.0])
def test_modes_are_scikit_learns(name: str, bandwidth: float) -> None:
    features = pixel_features(wb.samples.load(name, longest=200).image, "lab", 0, 1.0)
    points = some(features, 1500, 0)
    places = starts(points, bandwidth)
    ours = summits(points, places, bandwidth, ())
    theirs = MeanShift(bandwidth=bandwidth, seeds=places).fit(points).cluster_centers_
    assert ours.shape == theirs.shape
    assert cdist(ours, theirs).min(axis=1).max() < 0.05
    assert (np.diff(ours[:, 0]) >= 0).all()  # from dark to bright


def test_a_wider_look_finds_fewer(colour: np.ndarray) -> None:
    counts = [len(wb.run("mean-shift", colour, bandwidth=b).output.segments) for b in (4, 8, 16, 32, 60)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 5
    assert counts[-1] == 1


def test_every_climb_ends_where_the_density_has_no_slope(colour: np.ndarray) -> None:
    points = some(pixel_features(colour, "lab", 0, 1.0), 1000, 0)
    ends = summits(points, starts(points, 10.0), 10.0, ())
    assert np.linalg.norm(climbed(points, ends, 10.0)[0] - ends, axis=1).max() <= 0.01


def test_pixels_join_the_nearest_mode(coins: np.ndarray) -> None:
    with listen(Trace()) as heard:
        output = wb.METHODS["mean-shift"](coins)
    *film, _, dots = heard.stages
    assert {item.film for item in film} == {"climb"}
    assert len(film) <= 12
    # The film ends on the modes that the answer has.
    assert set(np.round(dots.marks, 2)[:, 0]) <= set(np.round(film[-1].marks, 2)[:, 0])
    lightness = pixel_features(coins, "lab", 0, 1.0)[:, 0]
    means = [lightness[output.ids.ravel() == n].mean() for n in output.segments]
    assert means == sorted(means)


# --- DBSCAN ---
def _textbook(points: np.ndarray, reach: float, crowd: int) -> np.ndarray:
    """Grow clusters from cores, one after the other, as in the paper; -1 is noise."""
    near = cdist(points, points) <= reach
    core = near.sum(axis=1) >= crowd
    groups, count = np.full(len(points), -1), 0
    for first in np.flatnonzero(core):
        if groups[first] >= 0:
            continue
        front = [first]
        while front:
            here = front.pop()
            if groups[here] >= 0:
                continue
            groups[here] = count
            if core[here]:
                front += [int(there) for there in np.flatnonzero(near[here] & (groups < 0))]
        count += 1
    return groups


def test_groups_are_those_of_the_paper() -> None:
    rng = np.random.default_rng(3)
    clouds = [rng.normal(middle, 2, (60, 2)) for middle in ((0, 0), (20, 5), (8, 30))]
    points = np.concatenate([*clouds, rng.uniform(-20, 50, (40, 2))]).astype(np.float32)
    ours, paper = dense_groups(points, 3.0, 6), _textbook(points, 3.0, 6)
    assert ((ours < 0) == (paper < 0)).all()
    cores = (cdist(points, points) <= 3.0).sum(axis=1) >= 6  # a border point may belong to either side
    assert len({*zip(ours[cores].tolist(), paper[cores].tolist(), strict=True)}) == ours.max() + 1 >= 3


def test_a_small_picture_is_scikit_learns_own() -> None:
    image = wb.samples.load("chelsea", longest=64).image
    points = pixel_features(image, "lab", 1.0, 1.0)
    labels = DBSCAN(eps=6.0, min_samples=12).fit(points).labels_
    ids = wb.run("dbscan", image).output.ids.ravel()
    assert (ids[labels >= 0] == labels[labels >= 0] + 1).all()
    assert (ids > 0).all()  # noise has joined its nearest cluster


def test_clusters_may_have_any_shape() -> None:
    """A ring around a disc of another colour, on a third: three clusters, though the ring has a hole."""
    image = np.full((60, 60, 3), 30, np.uint8)
    cv2.circle(image, (30, 30), 22, (200, 200, 200), 6)
    cv2.circle(image, (30, 30), 10, (120, 120, 120), -1)
    ids = wb.run("dbscan", image, sigma=0.0, reach=3.0, crowd=4).output.ids
    assert len({ids[30, 30], ids[30, 8], ids[2, 2]}) == 3
    assert ids[30, 8] == ids[30, 52] == ids[8, 30]


def test_where_all_is_noise_there_is_one_cluster() -> None:
    image = np.random.default_rng(0).integers(0, 256, (30, 30, 3), dtype=np.uint8)
    assert len(wb.run("dbscan", image, reach=1.0, crowd=100, sigma=0.0).output.segments) == 1


def test_each_coin_is_a_cluster(coins: np.ndarray) -> None:
    sample = wb.samples.load("coins")
    output = wb.run("dbscan", coins).output
    assert wb.score(sample.truth, output, target=sample.target).iou > 0.95
    assert 20 <= len(output.segments) <= 30


@pytest.mark.parametrize("size", [(40, 64), (128, 96), (1, 200), (300, 2)])
def test_the_thumbnail_is_an_average(size: tuple[int, int]) -> None:
    features = np.random.default_rng(0).uniform(0, 100, (size[0] * size[1], 6)).astype(np.float32)
    small = thumbnail(features, size)
    assert len(small) <= 64 * 64
    assert small.shape[1] == 6
    assert np.allclose(small.mean(axis=0), features.mean(axis=0), atol=4)
    if max(size) <= 64:
        assert small is features
