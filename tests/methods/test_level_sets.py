from itertools import cycle, islice

import cv2
import numpy as np
import pytest
import skimage as ski
import skimage.segmentation.morphsnakes as library

import workbench as wb
from workbench.methods import level_sets
from workbench.trace import Trace, listen

CURVE = ((10, 20), (10, 120), (80, 120), (90, 30))


@pytest.fixture(autouse=True)
def _library_begins_anew() -> None:
    """Let the library's smoothing begin with its first kind: it alternates across calls, in a global."""
    ways = [
        lambda u: library.sup_inf(library.inf_sup(u)),
        lambda u: library.inf_sup(library.sup_inf(u)),
    ]
    library._curvop.funcs = cycle(ways)


def _grey(image: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)


def _after(steps: level_sets.Steps, iterations: int) -> np.ndarray:
    return next(islice(steps, iterations - 1, None))


@pytest.mark.parametrize(
    ("push", "smoothing", "threshold", "iterations"),
    [(-1, 1, 0.69, 60), (1, 2, 0.4, 15), (0, 3, 0.5, 7), (-1, 0, 0.3, 20), (1, 1, 0.0, 9)],
)
def test_geodesic_steps_are_the_librarys(
    colour: np.ndarray, push: int, smoothing: int, threshold: float, iterations: int
) -> None:
    stop = ski.segmentation.inverse_gaussian_gradient(ski.util.img_as_float(_grey(colour)), 100, 2.0)
    start = wb.prompts.enclosed(CURVE, stop.shape).astype(np.uint8)
    expected = ski.segmentation.morphological_geodesic_active_contour(
        stop, iterations, start, smoothing=smoothing, threshold=threshold, balloon=push
    )
    steps = level_sets.geodesic_steps(stop, start, push, threshold, smoothing)
    assert (_after(steps, iterations) == expected).all()


@pytest.mark.parametrize(("push", "name"), [(-1, "inwards"), (0, "none"), (1, "outwards")])
def test_the_geodesic_method_is_the_librarys(colour: np.ndarray, push: int, name: str) -> None:
    stop = ski.segmentation.inverse_gaussian_gradient(ski.util.img_as_float(_grey(colour)), 100, 2.0)
    start = wb.prompts.enclosed(CURVE, stop.shape)
    expected = ski.segmentation.morphological_geodesic_active_contour(
        stop, 40, start, smoothing=1, threshold=0.5, balloon=push
    )
    output = wb.run("geodesic", colour, push=name, threshold=0.5, iterations=40, curve=CURVE).output
    assert (output.mask("foreground") == (expected > 0)).all()


@pytest.mark.parametrize(("weight", "smoothing", "iterations"), [(1.0, 2, 35), (2.0, 1, 10), (0.5, 0, 15)])
def test_morphological_chan_vese_is_the_librarys(
    colour: np.ndarray, weight: float, smoothing: int, iterations: int
) -> None:
    brightness = ski.util.img_as_float(cv2.GaussianBlur(_grey(colour), (0, 0), 1.0))
    expected = ski.segmentation.morphological_chan_vese(
        brightness, iterations, "checkerboard", smoothing=smoothing, lambda1=weight
    )
    output = wb.run(
        "morphological-chan-vese", colour, smoothing=smoothing, inside=weight, iterations=iterations
    ).output
    bright = wb.methods.contours.bright_side(brightness, expected > 0)
    assert (output.mask("foreground") == bright).all()


def test_from_a_drawn_curve_the_inside_is_the_object(colour: np.ndarray) -> None:
    brightness = ski.util.img_as_float(cv2.GaussianBlur(_grey(colour), (0, 0), 1.0))
    start = wb.prompts.enclosed(CURVE, brightness.shape)
    expected = ski.segmentation.morphological_chan_vese(brightness, 20, start, smoothing=2)
    output = wb.run("morphological-chan-vese", colour, iterations=20, curve=CURVE).output
    assert (output.mask("foreground") == (expected > 0)).all()


def test_the_same_comes_whatever_ran_before(colour: np.ndarray) -> None:
    # With an odd number of smoothings, the library's own second run comes out otherwise.
    first = wb.run("geodesic", colour, smoothing=1, iterations=30).sha256
    library._curvop(np.ones((3, 3), np.int8))
    assert wb.run("geodesic", colour, smoothing=1, iterations=30).sha256 == first


def test_one_curve_splits_around_two_discs() -> None:
    image = np.full((100, 160, 3), 40, np.uint8)
    for column in (45, 115):
        cv2.circle(image, (column, 50), 20, (200, 200, 200), -1)
    with listen(Trace()) as heard:
        output = wb.METHODS["geodesic"](image, iterations=150, threshold=0.5)
    mask = output.mask("foreground")
    assert ski.measure.label(mask).max() == 2
    assert (mask == (image[..., 0] > 100)).mean() > 0.97
    lengths = heard.stages[-1].array[1]
    assert lengths[-1] < lengths[0]


def test_pushed_outwards_it_fills_what_holds_the_middle() -> None:
    image = np.full((100, 100, 3), 40, np.uint8)
    cv2.circle(image, (50, 50), 35, (200, 200, 200), -1)
    mask = wb.run("geodesic", image, push="outwards", threshold=0.5).output.mask("foreground")
    assert (mask == (image[..., 0] > 100)).mean() > 0.97


def test_a_level_set_at_rest_is_left_early_and_stays_what_it_is() -> None:
    image = np.full((60, 60, 3), 40, np.uint8)
    cv2.circle(image, (30, 30), 15, (200, 200, 200), -1)
    with listen(Trace()) as heard:
        short = wb.METHODS["morphological-chan-vese"](image, iterations=200)
    assert len(heard.stages[-1].array[0]) < 60
    brightness = ski.util.img_as_float(cv2.GaussianBlur(_grey(image), (0, 0), 1.0))
    whole = ski.segmentation.morphological_chan_vese(brightness, 200, "checkerboard", smoothing=2)
    assert (short.mask("foreground") == wb.methods.contours.bright_side(brightness, whole > 0)).all()


def test_the_unevenness_is_what_chan_and_vese_write(colour: np.ndarray) -> None:
    brightness = ski.util.img_as_float(_grey(colour))
    inside = brightness > 0.5
    expected = 2.0 * brightness[inside].var() * inside.sum() + brightness[~inside].var() * (~inside).sum()
    assert level_sets._unevenness(brightness, inside.astype(np.uint8), 2.0) == pytest.approx(expected)


def test_coins_are_found_each_by_itself(coins: np.ndarray) -> None:
    sample = wb.samples.load("coins")
    output = wb.run("geodesic", coins).output
    assert wb.score(sample.truth, output, target=sample.target).iou > 0.85


@pytest.mark.parametrize("name", ["geodesic", "morphological-chan-vese"])
def test_the_film_has_few_frames_from_start_to_end(coins: np.ndarray, name: str) -> None:
    with listen(Trace()) as heard:
        wb.METHODS[name](coins, iterations=130)
    film = [item for item in heard.stages if item.film]
    assert film[0].name == "start"
    assert len(film) <= 12
    assert all("energy" in item.caption for item in film)


def test_progress_may_stop_it(colour: np.ndarray) -> None:
    class Enough(Exception):
        pass

    def stop(done: int, total: int) -> None:
        assert total == 200
        if done == 3:
            raise Enough

    with pytest.raises(Enough), listen(Trace(record=False, on_progress=stop)):
        wb.METHODS["geodesic"](colour)
