import cv2
import numpy as np
import pytest
import skimage as ski
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from workbench.methods.gradients import (
    gradient_of,
    laplacian_of,
    show_gradient,
    slope_of,
    thinned,
    zero_crossings,
)
from workbench.trace import Trace, listen


def test_suppression_and_hysteresis_as_shown_make_the_edges(grey: np.ndarray) -> None:
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


@pytest.mark.parametrize("kernel", ["sobel", "scharr", "prewitt"])
def test_slopes_are_the_librarys_in_grey_levels_per_px(grey: np.ndarray, kernel: str) -> None:
    filters = getattr(ski.filters, f"{kernel}_v"), getattr(ski.filters, f"{kernel}_h")
    for ours, filter_of in zip(slope_of(grey, kernel), filters, strict=True):
        # At the border scikit-image gives 0; its filters span 2 px.
        expected = filter_of(grey.astype(float)) / 2
        assert np.abs(ours - expected)[1:-1, 1:-1].max() < 1e-4


@pytest.mark.parametrize("kernel", ["sobel", "scharr", "prewitt"])
def test_a_ramp_is_as_steep_as_it_is(kernel: str) -> None:
    rows, columns = np.indices((20, 20))
    across, down = slope_of((3 * rows + 4 * columns).astype(np.uint8), kernel)
    assert np.allclose(across[1:-1, 1:-1], 4, atol=1e-5)
    assert np.allclose(down[1:-1, 1:-1], 3, atol=1e-5)


def test_sobels_sums_are_eight_times_the_slope(grey: np.ndarray) -> None:
    assert np.allclose(gradient_of(grey), np.multiply(slope_of(grey, "sobel"), 8))


def test_the_laplacian_is_the_librarys(grey: np.ndarray) -> None:
    assert (laplacian_of(grey) == ndimage.laplace(grey.astype(float), mode="nearest")).all()


def _crossings(field: np.ndarray, strength: float) -> np.ndarray:
    found = np.zeros(field.shape, bool)
    for row, column in np.ndindex(field.shape):
        for r, c in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            inside = 0 <= r < field.shape[0] and 0 <= c < field.shape[1]
            if inside and field[row, column] >= 0 > field[r, c]:
                found[row, column] |= field[row, column] - field[r, c] > strength
    return found


FIELDS = arrays(
    np.float32, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.integers(-5, 5).map(np.float32)
)


@given(field=FIELDS, strength=st.sampled_from([0, 2, 5]))
@settings(deadline=None, max_examples=80)
def test_zero_crossings_pixel_by_pixel(field: np.ndarray, strength: int) -> None:
    assert (zero_crossings(field, strength) == _crossings(field, strength)).all()


def test_arrows_point_from_dark_to_bright() -> None:
    grey = np.zeros((6, 6), np.uint8)
    grey[3:] = 100
    with listen(Trace()) as heard:
        show_gradient(*slope_of(grey, "sobel"), "Sobel")
    arrows = heard.stages[-1]
    assert (arrows.kind, arrows.array.shape) == ("field", (6, 6, 2))
    assert arrows.array[3, 3].tolist() == [50.0, 0.0]  # down, and not across
