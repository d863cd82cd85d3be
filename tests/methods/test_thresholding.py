import cv2
import numpy as np
import pytest
import skimage as ski
from scipy import ndimage

import workbench as wb
from workbench.trace import Trace, listen


def _front(output: wb.Segmentation) -> np.ndarray:
    return output.mask("foreground")


def _as_image(grey: np.ndarray) -> np.ndarray:
    return np.repeat(grey[:, :, None], 3, axis=2)


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


RULES = {
    "li": ski.filters.threshold_li,
    "triangle": ski.filters.threshold_triangle,
    "yen": ski.filters.threshold_yen,
    "isodata": ski.filters.threshold_isodata,
    "minimum": ski.filters.threshold_minimum,
}
PICTURES = ["coins", "camera", "chelsea", "ihc", "moon", "cells"]


@pytest.mark.parametrize("sample", PICTURES)
@pytest.mark.parametrize("name", RULES)
def test_levels_are_the_librarys(name: str, sample: str) -> None:
    image = wb.samples.load(sample).image
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    for sigma in (0.0, 1.5):
        blurred = cv2.GaussianBlur(grey, (0, 0), sigma) if sigma else grey
        expected = blurred > RULES[name](blurred)
        assert (_front(wb.run(name, image, sigma=sigma).output) == expected).all()
        assert (_front(wb.run(name, image, sigma=sigma, objects="dark").output) == ~expected).all()


@pytest.mark.parametrize("name", ["otsu", "hysteresis", *RULES])
def test_one_grey_alone_is_not_brighter_than_itself(name: str) -> None:
    output = wb.run(name, np.full((4, 5, 3), 90, np.uint8)).output
    assert output.summary() == "0 segments"


def test_minimum_takes_otsus_level_where_two_peaks_never_come_and_says_so() -> None:
    image = _as_image(np.array([[10, 10, 10, 11, 12]], np.uint8))
    ran = wb.run("minimum", image, sigma=0)
    assert (_front(ran.output) == _front(wb.run("otsu", image, sigma=0).output)).all()
    assert "never left two peaks" in ran.stages[-1].caption


@pytest.mark.parametrize(("low", "high"), [(95, 140), (60, 200), (0, 255)])
def test_hysteresis_is_the_librarys_on_either_side(
    coins: np.ndarray, grey: np.ndarray, low: int, high: int
) -> None:
    bright = wb.run("hysteresis", coins, low=low, high=high, sigma=0).output
    assert (_front(bright) == ski.filters.apply_hysteresis_threshold(grey, low, high)).all()
    dark = wb.run("hysteresis", coins, low=low, high=high, sigma=0, objects="dark").output
    doubtful, count = ndimage.label(grey <= high)
    sure = np.isin(np.arange(count + 1), np.unique(doubtful[grey <= low])) & (np.arange(count + 1) > 0)
    assert (_front(dark) == sure[doubtful]).all()


def test_hysteresis_with_crossed_or_equal_levels_is_one_threshold(coins: np.ndarray) -> None:
    crossed = wb.run("hysteresis", coins, low=200, high=120).sha256
    assert crossed == wb.run("hysteresis", coins, low=120, high=120).sha256
    assert crossed == wb.run("fixed", coins, level=120, sigma=1).sha256


def test_a_rule_shows_the_curve_that_decided_with_its_line_at_the_end_of_it(coins: np.ndarray) -> None:
    for name, best in {"otsu": np.argmax, "yen": np.argmax, "triangle": np.argmax}.items():
        shown = wb.run(name, coins).stages[-1]
        assert shown.marks == (float(best(shown.array[2])),)
    li = wb.run("li", coins).stages[-1]
    low = int(li.marks[0])
    assert abs(int(li.array[2][low - 5 : low + 6].argmin()) - 5) <= 1  # its steps end within half a level


def test_the_walk_and_the_smoothing_are_films_of_at_most_a_dozen_frames(coins: np.ndarray) -> None:
    for name, film in (("isodata", "walk to the level"), ("minimum", "smoothing")):
        stages = wb.run(name, coins).stages
        frames = [item for item in stages if item.film == film]
        assert 3 <= len(frames) <= 12
    walk = [item for item in wb.run("isodata", coins).stages if item.film]
    assert walk[-1].marks[0] == wb.run("isodata", coins).stages[-1].marks[0]


def test_the_histogram_marks_the_level_and_shows_what_otsu_maximises(
    coins: np.ndarray, grey: np.ndarray
) -> None:
    with listen(Trace()) as heard:
        wb.METHODS["otsu"](coins, sigma=0)
    shown = heard.stages[-1]
    counts, curve = shown.array[1], shown.array[2]
    assert (counts == np.bincount(grey.ravel(), minlength=256)).all()
    assert shown.marks == (float(curve.argmax()),) == (float(ski.filters.threshold_otsu(grey)),)
