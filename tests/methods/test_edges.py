import cv2
import numpy as np
import pytest
import skimage as ski
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

import workbench as wb
from workbench.methods.edges import drop_small, gradient_of, thinned
from workbench.trace import Trace, listen


def _bare(grey: np.ndarray, low: int, high: int, close: int, smallest: int) -> np.ndarray:
    """Do the same with other libraries wherever they have it."""
    edges = cv2.Canny(cv2.GaussianBlur(grey, (0, 0), 1.5), low, high, L2gradient=True) > 0
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * close + 1,) * 2) > 0
    padded = np.pad(edges, 2 * close)
    closed = ndimage.binary_closing(padded, disc)[2 * close : -2 * close, 2 * close : -2 * close]
    filled = ndimage.binary_fill_holes(closed)
    # Outside the picture counts as object while eroding and as background while dilating, as in OpenCV.
    square = np.ones((3, 3))
    solid = ndimage.binary_dilation(ndimage.binary_erosion(filled, square, border_value=1), square)
    labels = ski.measure.label(solid, connectivity=2)
    return np.isin(labels, [r.label for r in ski.measure.regionprops(labels) if r.area >= smallest])


@pytest.mark.parametrize(("low", "high", "close", "smallest"), [(20, 60, 3, 100), (40, 120, 1, 0)])
def test_canny_and_fill_step_by_step(
    coins: np.ndarray, grey: np.ndarray, low: int, high: int, close: int, smallest: int
) -> None:
    output = wb.run("canny-fill", coins, low=low, high=high, close=close, smallest=smallest).output
    assert (output.mask("foreground") == _bare(grey, low, high, close, smallest)).all()


def test_a_low_threshold_above_the_high_one_is_equal_to_it(coins: np.ndarray) -> None:
    crossed, equal = (wb.run("canny-fill", coins, low=low, high=50).sha256 for low in (200, 50))
    assert crossed == equal


def test_suppression_and_hysteresis_as_shown_make_the_edges(coins: np.ndarray, grey: np.ndarray) -> None:
    low, high = 30, 90
    thin = thinned(grey)
    labels, count = ndimage.label(thin > low, np.ones((3, 3)))
    strong = np.zeros(count + 1, bool)
    strong[labels[thin > high]] = True
    strong[0] = False
    assert (strong[labels] == (cv2.Canny(grey, low, high, L2gradient=True) > 0)).all()


def test_the_gradient_is_sobels(grey: np.ndarray) -> None:
    across, down = gradient_of(grey)
    assert (across == ndimage.sobel(grey.astype(float), axis=1)).all()
    assert (down == ndimage.sobel(grey.astype(float), axis=0)).all()


def test_every_step_of_canny_is_shown(coins: np.ndarray) -> None:
    with listen(Trace()) as heard:
        wb.METHODS["canny-fill"](coins)
    names = [item.name for item in heard.stages]
    expected = ["gradient across", "gradient down", "gradient magnitude", "direction"]
    assert names[1:7] == [*expected, "non-maximum suppression", "weak and strong"]
    assert heard.stages[6].array.max() == 2


MASKS = arrays(bool, st.tuples(st.integers(1, 10), st.integers(1, 10)))


@given(mask=MASKS, smallest=st.integers(0, 12))
@settings(deadline=None, max_examples=80)
def test_small_pieces_are_dropped_and_others_kept(mask: np.ndarray, smallest: int) -> None:
    before = mask.copy()
    labels = ski.measure.label(mask, connectivity=2)
    big = [n for n in range(1, labels.max() + 1) if (labels == n).sum() >= smallest]
    assert (drop_small(mask, smallest) == np.isin(labels, big)).all()
    assert (mask == before).all()
