import cv2
import numpy as np
import pytest
import skimage as ski
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import workbench as wb
from workbench.methods.thresholding import between_class_variance, otsu_level
from workbench.trace import Trace, listen

GREYS = arrays(np.uint8, st.tuples(st.integers(1, 8), st.integers(1, 8)), elements=st.integers(0, 255))


def _front(output: wb.Segmentation) -> np.ndarray:
    return output.mask("foreground")


def _as_image(grey: np.ndarray) -> np.ndarray:
    return np.repeat(grey[:, :, None], 3, axis=2)


def _variance(values: np.ndarray, level: int) -> float:
    """Compute w0 w1 (mean0 - mean1)^2 pixel by pixel."""
    below, above = values[values <= level], values[values > level]
    if not len(below) or not len(above):
        return 0.0
    return len(below) * len(above) / len(values) ** 2 * (below.mean() - above.mean()) ** 2


@given(grey=GREYS)
@settings(deadline=None, max_examples=60)
def test_between_class_variance_pixel_by_pixel(grey: np.ndarray) -> None:
    values = grey.ravel().astype(float)
    curve = between_class_variance(np.bincount(grey.ravel(), minlength=256))
    assert np.allclose(curve, [_variance(values, level) for level in range(256)], atol=1e-6)


@given(grey=GREYS)
@settings(deadline=None, max_examples=60)
def test_otsu_finds_the_highest_between_class_variance(grey: np.ndarray) -> None:
    values = grey.ravel().astype(float)
    level = otsu_level(np.bincount(grey.ravel(), minlength=256))
    best = max(_variance(values, candidate) for candidate in range(256))
    assert _variance(values, level) == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize("sigma", [0.0, 1.0, 2.5])
def test_otsu_is_the_librarys(coins: np.ndarray, grey: np.ndarray, sigma: float) -> None:
    blurred = cv2.GaussianBlur(grey, (0, 0), sigma) if sigma else grey
    expected = blurred > ski.filters.threshold_otsu(blurred)
    assert (_front(wb.run("otsu", coins, sigma=sigma).output) == expected).all()
    assert (_front(wb.run("otsu", coins, sigma=sigma, objects="dark").output) == ~expected).all()


def test_otsu_agrees_with_opencv(coins: np.ndarray, grey: np.ndarray) -> None:
    _, expected = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    assert (_front(wb.run("otsu", coins, sigma=0).output) == (expected > 0)).all()


def test_one_grey_alone_is_no_object() -> None:
    output = wb.run("otsu", np.full((4, 5, 3), 90, np.uint8)).output
    assert not _front(output).any()


def test_fixed_splits_above_the_level() -> None:
    image = _as_image(np.array([[127, 128, 129]], np.uint8))
    assert _front(wb.run("fixed", image, level=128).output).tolist() == [[False, False, True]]
    assert _front(wb.run("fixed", image, level=128, objects="dark").output).tolist() == [[True, True, False]]
    assert not _front(wb.run("fixed", image, level=255).output).any()


@pytest.mark.parametrize("classes", [2, 3, 4])
def test_multi_otsu_is_the_librarys(coins: np.ndarray, grey: np.ndarray, classes: int) -> None:
    cuts = ski.filters.threshold_multiotsu(grey, classes=classes)
    output = wb.run("multi-otsu", coins, classes=classes, sigma=0).output
    # A level that is a cut itself belongs below it, as in Otsu's method with two classes.
    assert (output.ids == np.searchsorted(cuts, grey, side="left") + 1).all()
    assert len(output.segments) == classes


def test_multi_otsu_with_two_classes_is_otsu(coins: np.ndarray) -> None:
    two, one = wb.run("multi-otsu", coins, classes=2).output, wb.run("otsu", coins).output
    assert ((two.ids == 2) == _front(one)).all()


def test_fewer_greys_than_classes_are_bands_of_their_own() -> None:
    image = _as_image(np.array([[10, 10, 200, 90]], np.uint8))
    assert wb.run("multi-otsu", image, classes=5, sigma=0).output.ids.tolist() == [[1, 1, 3, 2]]


@pytest.mark.parametrize(("window", "k"), [(25, 0.2), (101, 0.1)])
def test_sauvola_is_the_librarys_on_ink_and_on_the_negative(
    coins: np.ndarray, grey: np.ndarray, window: int, k: float
) -> None:
    for objects, ink in (("dark", grey), ("bright", 255 - grey)):
        expected = ink <= ski.filters.threshold_sauvola(ink, window_size=window, k=k, r=128)
        output = wb.run("sauvola", coins, window=window, k=k, objects=objects).output
        assert (_front(output) == expected).all()


def test_sauvolas_level_by_hand() -> None:
    grey = np.random.default_rng(0).integers(0, 256, (9, 9), dtype=np.uint8)
    square = grey[2:7, 2:7].astype(float)
    level = square.mean() * (1 + 0.3 * (square.std() / 128 - 1))
    front = _front(wb.run("sauvola", _as_image(grey), window=5, k=0.3, objects="dark").output)
    assert front[4, 4] == (grey[4, 4] <= level)


def test_an_even_window_is_one_more(coins: np.ndarray) -> None:
    assert wb.run("sauvola", coins, window=24).sha256 == wb.run("sauvola", coins, window=25).sha256


def test_the_histogram_marks_the_level_and_shows_what_otsu_maximises(
    coins: np.ndarray, grey: np.ndarray
) -> None:
    with listen(Trace()) as heard:
        wb.METHODS["otsu"](coins, sigma=0)
    shown = heard.stages[-1]
    counts, curve = shown.array[1], shown.array[2]
    assert (counts == np.bincount(grey.ravel(), minlength=256)).all()
    assert shown.marks == (float(curve.argmax()),) == (float(ski.filters.threshold_otsu(grey)),)
