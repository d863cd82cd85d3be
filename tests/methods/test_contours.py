import cv2
import numpy as np
import pytest
import skimage as ski

import workbench as wb
from workbench.methods.contours import ORANGE, bright_side, drawn, frames
from workbench.methods.thresholding import otsu_level
from workbench.prompts import enclosed
from workbench.trace import Trace, listen


def _grey(image: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (0, 0), 1.0)


@pytest.mark.parametrize("iterations", [10, 30, 50])
@pytest.mark.parametrize("start", ["threshold", "checkerboard"])
def test_slices_are_one_long_run(colour: np.ndarray, iterations: int, start: str) -> None:
    smoothed = _grey(colour)
    grey = ski.util.img_as_float(smoothed)
    level = otsu_level(np.bincount(smoothed.ravel(), minlength=256))
    begin = (smoothed - (level + 0.5)) / smoothed.std() if start == "threshold" else start
    expected = ski.segmentation.chan_vese(grey, mu=0.1, max_num_iter=iterations, tol=-1, init_level_set=begin)
    output = wb.run("chan-vese", colour, mu=0.1, iterations=iterations, start=start).output
    assert (output.mask("foreground") == bright_side(grey, expected)).all()


def test_the_energies_are_those_of_one_long_run(colour: np.ndarray) -> None:
    grey = ski.util.img_as_float(_grey(colour))
    _, _, energies = ski.segmentation.chan_vese(grey, mu=0.25, max_num_iter=30, tol=-1, extended_output=True)
    with listen(Trace()) as heard:
        wb.METHODS["chan-vese"](colour, start="checkerboard", iterations=30)
    assert heard.stages[-1].array[1].tolist() == energies
    assert energies[-1] < energies[0]


def test_without_a_price_on_length_the_start_is_nearly_the_end(coins: np.ndarray) -> None:
    # Otsu's threshold is the best that evenness alone can do; a tiny price moves few pixels.
    thresholded = wb.run("otsu", coins).output.mask("foreground")
    moved = wb.run("chan-vese", coins, mu=0.01, iterations=10).output.mask("foreground")
    assert (thresholded == moved).mean() > 0.98


def test_a_higher_price_gives_a_shorter_outline(coins: np.ndarray) -> None:
    lengths = [
        ski.measure.perimeter(wb.run("chan-vese", coins, mu=mu, iterations=50).output.mask("foreground"))
        for mu in (0.01, 0.2, 1.0)
    ]
    assert lengths[0] > lengths[1] > lengths[2]


def test_a_curve_at_rest_is_left_alone() -> None:
    with listen(Trace()) as heard:
        wb.METHODS["chan-vese"](np.full((12, 16, 3), 80, np.uint8), iterations=200)
    assert [item.name for item in heard.stages] == ["smoothed", "after 10 iterations", "energy"]


def test_progress_is_told_and_may_stop_it(colour: np.ndarray) -> None:
    class Enough(Exception):
        pass

    def stop(done: int, total: int) -> None:
        assert total == 200
        if done == 20:
            raise Enough

    with pytest.raises(Enough), listen(Trace(record=False, on_progress=stop)):
        wb.METHODS["chan-vese"](colour, iterations=200)


def test_the_object_is_the_brighter_side() -> None:
    image = np.zeros((40, 40, 3), np.uint8)
    image[10:30, 10:30] = 220
    for start in ("threshold", "checkerboard"):
        output = wb.run("chan-vese", image, start=start, iterations=100).output
        assert (output.mask("foreground") == (image[..., 0] > 0)).mean() > 0.95


def test_a_drawn_curve_is_where_it_starts_and_its_inside_the_object(colour: np.ndarray) -> None:
    corners = ((20, 30), (20, 120), (90, 120), (90, 30))
    grey = ski.util.img_as_float(_grey(colour))
    begin = np.where(enclosed(corners, grey.shape), 1.0, -1.0)
    expected = ski.segmentation.chan_vese(grey, mu=0.25, max_num_iter=30, tol=-1, init_level_set=begin)
    output = wb.run("chan-vese", colour, curve=corners).output
    assert (output.mask("foreground") == expected).all()


def test_a_dark_object_is_found_where_the_curve_was_drawn_around_it() -> None:
    image = np.full((60, 60, 3), 200, np.uint8)
    image[20:40, 20:40] = 40
    corners = ((15, 15), (15, 45), (45, 45), (45, 15))
    mask = wb.run("chan-vese", image, mu=0.1, iterations=100, curve=corners).output.mask("foreground")
    assert (mask == (image[..., 0] < 100)).mean() > 0.97


def test_a_film_has_at_most_a_dozen_frames() -> None:
    for iterations in range(10, 501, 10):
        shown = frames(iterations, 10)
        assert {0, iterations} <= shown
        assert len(shown) <= 12


def test_the_outline_is_drawn_inside() -> None:
    inside = np.zeros((20, 20), bool)
    inside[5:12, 5:12] = True
    marked = (drawn(np.zeros((20, 20), np.uint8), inside) == ORANGE).all(axis=2)
    assert (marked == (inside & ~np.pad(np.ones((5, 5), bool), ((6, 9), (6, 9))))).all()
