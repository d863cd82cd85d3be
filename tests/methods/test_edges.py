import cv2
import numpy as np
import pytest
import skimage as ski
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

import workbench as wb
from workbench.methods.edges import basins_of
from workbench.methods.gradients import slope_of, zero_crossings
from workbench.methods.outlines import drop_small
from workbench.trace import Trace, listen


def _bare(grey: np.ndarray, low: int, high: int, close: int, smallest: int) -> np.ndarray:
    """Do the same with other libraries wherever they have it."""
    edges = cv2.Canny(cv2.GaussianBlur(grey, (0, 0), 1.5), low, high, L2gradient=True) > 0
    solid = _solid(edges, close)
    labels = ski.measure.label(solid, connectivity=2)
    return np.isin(labels, [r.label for r in ski.measure.regionprops(labels) if r.area >= smallest])


def _solid(edges: np.ndarray, close: int) -> np.ndarray:
    """Close, fill and open with SciPy."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * close + 1,) * 2) > 0
    padded = np.pad(edges, 2 * close + 1)
    inner = slice(2 * close + 1, -2 * close - 1)
    closed = ndimage.binary_closing(padded, disc)[inner, inner]
    filled = ndimage.binary_fill_holes(closed)
    # Outside the picture counts as object while eroding and as background while dilating, as in OpenCV.
    square = np.ones((3, 3))
    return ndimage.binary_dilation(ndimage.binary_erosion(filled, square, border_value=1), square)


@pytest.mark.parametrize(("low", "high", "close", "smallest"), [(20, 60, 3, 100), (40, 120, 1, 0)])
def test_canny_and_fill_step_by_step(
    coins: np.ndarray, grey: np.ndarray, low: int, high: int, close: int, smallest: int
) -> None:
    output = wb.run("canny-fill", coins, low=low, high=high, close=close, smallest=smallest).output
    assert (output.mask("foreground") == _bare(grey, low, high, close, smallest)).all()


def test_a_low_threshold_above_the_high_one_is_equal_to_it(coins: np.ndarray) -> None:
    crossed, equal = (wb.run("canny-fill", coins, low=low, high=50).sha256 for low in (200, 50))
    assert crossed == equal


KERNELS = {"sobel": ski.filters.sobel, "scharr": ski.filters.scharr, "prewitt": ski.filters.prewitt}


def _filled(edges: np.ndarray, close: int, smallest: int) -> np.ndarray:
    return drop_small(_solid(edges, close), smallest)


@pytest.mark.parametrize("threshold", [4.0, 7.5])
@pytest.mark.parametrize("name", KERNELS)
def test_gradients_are_the_librarys(coins: np.ndarray, grey: np.ndarray, name: str, threshold: float) -> None:
    blurred = cv2.GaussianBlur(grey, (0, 0), 2.0).astype(float)
    steepness = KERNELS[name](blurred) / np.sqrt(2)  # both slopes' root mean square, each over 2 px
    shown = {item.name: item.array for item in wb.run(name, coins, threshold=threshold).stages}
    assert np.abs(shown["gradient magnitude"] - steepness).max() < 1e-4
    near = np.abs(steepness - threshold) < 1e-4
    assert (shown["edges"] == (steepness > threshold))[~near].all()


@pytest.mark.parametrize("name", KERNELS)
def test_filled_gradients_step_by_step(coins: np.ndarray, grey: np.ndarray, name: str) -> None:
    edges = np.hypot(*slope_of(cv2.GaussianBlur(grey, (0, 0), 2.0), name)) > 4
    for close, smallest in ((3, 100), (0, 0)):
        output = wb.run(name, coins, segments="fill", close=close, smallest=smallest).output
        assert (output.mask("foreground") == _filled(edges, close, smallest)).all()


def test_the_laplacian_is_the_librarys(coins: np.ndarray, grey: np.ndarray) -> None:
    blurred = cv2.GaussianBlur(grey, (0, 0), 2.0)
    shown = {item.name: item.array for item in wb.run("laplacian", coins, threshold=3).stages}
    expected = ski.filters.laplace(blurred.astype(float))
    assert (shown["Laplacian"] == -expected).all()
    assert (shown["edges"] == (np.abs(expected) > 3)).all()


@pytest.mark.parametrize(("sigma", "strength"), [(1.5, 0.0), (3.0, 2.0)])
def test_laplacian_of_gaussian_is_the_librarys(
    coins: np.ndarray, grey: np.ndarray, sigma: float, strength: float
) -> None:
    expected = sigma**2 * ndimage.gaussian_laplace(grey.astype(np.float32), sigma, mode="nearest")
    ran = wb.run("log", coins, sigma=sigma, strength=strength, segments="fill", close=0)
    shown = {item.name: item.array for item in ran.stages}
    assert (shown["Laplacian of Gaussian"] == expected).all()
    assert (shown["zero crossings"] == zero_crossings(expected, strength)).all()
    assert (ran.output.mask("foreground") == _filled(shown["zero crossings"], 0, 100)).all()


def test_with_no_strength_asked_every_dark_bend_lies_within_closed_lines() -> None:
    grey = np.zeros((40, 40), np.uint8)
    cv2.circle(grey, (20, 20), 9, 200, -1)
    image = np.repeat(grey[:, :, None], 3, axis=2)
    front = wb.run("log", image, sigma=2, strength=1, close=0, smallest=0, segments="fill").output
    disc = grey > 0
    assert wb.score(wb.Segmentation.from_mask(disc), front).iou > 0.8
    assert front.mask("foreground")[disc].all()


@pytest.mark.parametrize("name", [*KERNELS, "laplacian", "log", "canny-fill"])
def test_defaults_find_the_coins(name: str) -> None:
    sample = wb.samples.load("coins")
    for segments in ("fill", "watershed"):
        output = wb.run(name, sample.image, segments=segments).output
        iou = wb.score(sample.truth, output, target=sample.target).iou
        # Laplacians mark both sides of an edge: filled, their lines are thick.
        assert iou > 0.7


def test_watershed_puts_the_border_where_filling_leaves_thick_lines() -> None:
    sample = wb.samples.load("coins")
    both = {how: wb.run("sobel", sample.image, segments=how).output for how in ("fill", "watershed")}
    scores = {how: wb.score(sample.truth, output, target=sample.target) for how, output in both.items()}
    assert scores["watershed"].iou > 0.95 > scores["fill"].iou + 0.1
    assert scores["fill"].recall > 0.95


@pytest.mark.parametrize("name", [*KERNELS, "laplacian", "log", "canny-fill"])
@pytest.mark.parametrize("segments", ["fill", "watershed"])
def test_a_picture_without_edges_has_no_objects(name: str, segments: str) -> None:
    output = wb.run(name, np.full((9, 12, 3), 80, np.uint8), segments=segments).output
    assert output.summary() == "0 segments"


def test_a_threshold_of_zero_makes_everything_an_edge_and_nothing_is_enclosed(coins: np.ndarray) -> None:
    noisy = np.random.default_rng(0).integers(0, 256, (30, 30, 3), dtype=np.uint8)
    assert not wb.run("sobel", noisy, threshold=0, sigma=0).output.mask("foreground").any()


@pytest.mark.parametrize("depth", [0.0, 2.0, 6.0])
def test_gradient_watershed_is_the_librarys(coins: np.ndarray, grey: np.ndarray, depth: float) -> None:
    blurred = cv2.GaussianBlur(grey, (0, 0), 2.0)
    height = np.hypot(*slope_of(blurred, "sobel"))
    output = wb.run("gradient-watershed", coins, depth=depth).output
    filled = ski.morphology.reconstruction(height + np.float32(depth), height, method="erosion")
    minima = ski.measure.label(ski.morphology.local_minima(filled))
    assert (output.ids == ski.segmentation.watershed(height, minima)).all()
    assert len(output.segments) == minima.max()


def _deep(height: np.ndarray, depth: float) -> int:
    """Count, flooding level by level, the lakes that reach `depth` before they meet a deeper one (1-D)."""
    lakes = []
    for start in range(len(height)):
        low, passes = height[start], []
        for way in (height[start + 1 :], height[:start][::-1]):
            below = np.flatnonzero(way < low)
            if len(below):
                passes.append(way[: below[0]].max(initial=low))
        lakes.append(min(passes, default=np.inf) - low >= max(depth, 1e-9))
    return sum(lakes)


@given(height=arrays(np.float32, st.integers(2, 15), elements=st.integers(0, 30).map(np.float32)))
@settings(deadline=None, max_examples=80)
def test_basins_are_the_minima_that_are_deep_enough(height: np.ndarray) -> None:
    height = (height + np.linspace(0, 0.4, len(height))).astype(np.float32)  # no two of them equally low
    for depth in (0.0, 2.5, 9.5):
        basins = basins_of(height[None], depth)
        assert sorted(set(basins.ravel())) == list(range(1, _deep(height, depth) + 1))


def test_deeper_basins_are_fewer_and_made_of_the_same_lines(coins: np.ndarray) -> None:
    counts = [len(wb.run("gradient-watershed", coins, depth=d).output.segments) for d in (0, 1, 2, 4, 8)]
    assert counts == sorted(counts, reverse=True)
    frames = [item for item in wb.run("gradient-watershed", coins).stages if item.film]
    assert [item.array.max() for item in frames] == sorted((f.array.max() for f in frames), reverse=True)
    assert (frames[-1].array == wb.run("gradient-watershed", coins).output.ids).all()


def test_every_step_of_canny_is_shown(coins: np.ndarray) -> None:
    with listen(Trace()) as heard:
        wb.METHODS["canny-fill"](coins)
    names = [item.name for item in heard.stages]
    expected = ["gradient across", "gradient down", "gradient magnitude", "direction", "arrows"]
    assert names[1:8] == [*expected, "non-maximum suppression", "weak and strong"]
    assert heard.stages[7].array.max() == 2
    assert names[8:] == ["edges", "closed", "filled", "opened"]


@pytest.mark.parametrize("name", ["sobel", "log"])
def test_every_step_of_flooding_is_shown(coins: np.ndarray, name: str) -> None:
    shown = {item.name: item for item in wb.run(name, coins).stages}
    assert list(shown)[-4:] == ["filled", "markers", "steepness", "flooded"]
    markers = shown["markers"].array
    assert set(np.unique(markers)) == {0, 1, 2}
    assert ((markers == 0) == shown["closed"].array).all()
    assert shown["flooded"].array[markers == 2].all()
    assert not shown["flooded"].array[markers == 1].any()
