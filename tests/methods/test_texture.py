import cv2
import numpy as np
import pytest
from scipy import ndimage
from sklearn.cluster import KMeans

import workbench as wb
from workbench.methods.pixel_features import gabor_bank, pattern_codes
from workbench.methods.texture import as_colours
from workbench.trace import Trace, listen

NAMES = ["gabor-texture", "lbp-texture"]


def _stripes() -> np.ndarray:
    """Stripes across on the left and down on the right, of one histogram."""
    rows, columns = np.mgrid[:96, :192]
    wave = np.where(columns < 96, np.cos(np.pi * rows / 4), np.cos(np.pi * columns / 4))
    grey = (128 + 60 * wave).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


def test_direction_tells_what_no_histogram_can() -> None:
    ids = wb.run("gabor-texture", _stripes(), k=2, window=24).output.ids
    left, right = ids[:, :80], ids[:, 112:]
    assert len(np.unique(left)) == len(np.unique(right)) == 1
    assert left[0, 0] != right[0, 0]


@pytest.mark.parametrize("name", NAMES)
def test_the_mosaic_is_taken_apart(name: str) -> None:
    """K-means on colour alone cannot: the grey levels of the three textures overlap."""
    sample = wb.samples.load("mosaic")
    ours, colour = (
        wb.score(sample.truth, wb.run(method, sample.image, k=3).output, lens="semantic").miou
        for method in (name, "kmeans")
    )
    assert ours > 0.75 > 0.5 > colour


@pytest.mark.parametrize("change", [lambda grey: grey // 2 + 60, lambda grey: grey // 3])
def test_patterns_do_not_know_brightness(grey: np.ndarray, change) -> None:
    """Any change that keeps the order of grey levels keeps the patterns; ties may fall either way."""
    levels = (grey // 6 * 6).astype(np.uint8)
    same = pattern_codes(levels, 1) == pattern_codes(change(levels).astype(np.uint8), 1)
    assert same.mean() > 0.97


def test_gabor_clusters_are_those_of_the_textbook() -> None:
    """The same energies by a plain convolution, and k-means by scikit-learn."""
    image = wb.samples.load("mosaic", longest=128).image
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(float)
    energies = []
    for gabor in gabor_bank(2, 3):
        response = ndimage.correlate(grey, gabor.weights.astype(float), mode="mirror")
        size = np.abs(np.tanh(0.05 * response)).astype(np.float32)
        energies.append(cv2.GaussianBlur(size, (0, 0), 40 / 4))
    rows = np.stack(energies, axis=2).reshape(-1, 6)
    rows = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    labels = KMeans(3, n_init=10, random_state=0).fit_predict(rows)
    ids = wb.run("gabor-texture", image, k=3, scales=2, orientations=3, window=40).output.ids.ravel()
    table = np.histogram2d(labels, ids, bins=(3, [1, 2, 3, 4]))[0]
    assert table.max(axis=1).sum() > 0.98 * len(ids)


@pytest.mark.parametrize("name", NAMES)
def test_position_makes_near_pixels_cluster(name: str) -> None:
    rng = np.random.default_rng(0)
    image = np.repeat(rng.integers(0, 256, (64, 128, 1), dtype=np.uint8), 3, axis=2)

    def pieces(position: float) -> int:
        ids = wb.run(name, image, k=2, window=9, position=position).output.ids
        return sum(cv2.connectedComponents((ids == n).astype(np.uint8))[0] - 1 for n in (1, 2))

    assert pieces(2.0) <= 4 < pieces(0.0)


def test_the_bank_is_a_film() -> None:
    with listen(Trace()) as heard:
        wb.METHODS["gabor-texture"](_stripes(), scales=3, orientations=2)
    film = [item for item in heard.stages if item.film == "filter responses"]
    assert len(film) == 6
    assert film[-1].name == "stripes of 16 px at 90 degrees"
    strongest = max(film, key=lambda item: np.abs(item.array[:, :80]).mean())
    assert strongest.name == "stripes of 8 px at 90 degrees"  # across the rows of the left side


def test_a_large_bank_shows_some_of_its_filters() -> None:
    with listen(Trace()) as heard:
        wb.METHODS["gabor-texture"](_stripes()[:40, :40], scales=5, orientations=8)
    assert len([item for item in heard.stages if item.film == "filter responses"]) == 16


def test_patterns_and_shares_are_shown(colour: np.ndarray) -> None:
    with listen(Trace()) as heard:
        wb.METHODS["lbp-texture"](colour)
    shown = {item.name: item for item in heard.stages}
    assert set(np.unique(shown["patterns"].array)) <= set(range(10))
    shares = [item.array for item in heard.stages if item.film == "shares"]
    assert len(shares) == 10
    assert np.allclose(sum(shares), 1, atol=1e-3)


def test_features_as_colours_keep_what_differs() -> None:
    """Ten features that are copies of two differ in two directions; the third colour stays black."""
    two = np.random.default_rng(0).uniform(0, 1, (20, 30, 2)).astype(np.float32)
    picture = as_colours(np.concatenate([two, two, 3 * two], axis=2))
    assert picture.dtype == np.uint8
    assert picture[..., 1].max() == picture[..., 0].max() == 255
    assert as_colours(np.zeros((4, 5, 3), np.float32)).max() == 0
